// What another tool was told, in the file that `pipe init --from` names, as a draft of a configuration.
import fs from 'node:fs';
import path from 'node:path';
import { parseJson, RepeatedName } from '../base/json.ts';
import { NotUtf8, utf8Text } from '../base/utf8.ts';
import { UsageError } from '../model/diagnostic.ts';
import type { Draft } from '../model/starting/draft.ts';
import { fromPackage } from '../model/starting/from-package.ts';
import { fromStageGraph } from '../model/starting/from-stage-graph.ts';
import { isJson, type Json, Reading } from '../model/starting/reading.ts';
import { inOneLine } from '../model/words/printable.ts';

/** Throws `UsageError` with all that stands in the way. */
export function imported(named: string): Draft {
  const json = jsonIn(named);
  const file = path.basename(path.resolve(named));
  const reading = new Reading(file);
  const isPackage = file === 'package.json';
  const draft = (isPackage ? fromPackage : fromStageGraph)(json, reading);
  const names = draft.stages.map(({ name }) => name);
  for (const name of new Set(names.filter((one, i) => names.indexOf(one) !== i)))
    reading.wrong(
      isPackage ? 'scripts' : 'stages',
      `several stages would be called "${name}"`,
      'rename all but one of them',
    );
  if (reading.problems.length > 0) throw new UsageError(reading.problems);
  return draft;
}

function jsonIn(named: string): Json {
  const content = textIn(named);
  let json: unknown;
  try {
    json = parseJson(content);
  } catch (error) {
    const message = inOneLine((error as Error).message);
    const said = error instanceof RepeatedName ? `${named}: ${message}` : `${named} is no JSON: ${message}`;
    throw wrong(said, named.endsWith('.json') ? mend(named) : anotherFile);
  }
  if (!isJson(json)) throw wrong(`${named} holds no object`, mend(named));
  return json;
}

function textIn(named: string): string {
  try {
    return utf8Text(fs.readFileSync(named));
  } catch (error) {
    if (error instanceof NotUtf8) throw wrong(`${named} ${error.message}`, mend(named));
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw wrong(`there is no file ${named}`, anotherFile);
    if (code === 'EISDIR') throw wrong(`${named} is a folder`, anotherFile);
    throw wrong(`${named} cannot be read: ${message}`, anotherFile);
  }
}

const anotherFile = 'name a package.json, or a stage-graph.json';

function mend(named: string): string {
  return `mend ${named}, and do this again`;
}

function wrong(message: string, hint: string): UsageError {
  return new UsageError([{ code: 'PIPE008', message, at: '--from', hint }]);
}
