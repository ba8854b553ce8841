// `pipe init`: writes a configuration to start from, or from what another tool was told.
import fs from 'node:fs';
import path from 'node:path';
import { parseJson, RepeatedName } from '../base/json.ts';
import { NotUtf8, utf8Text } from '../base/utf8.ts';
import { configNames } from '../config/locate.ts';
import { UsageError } from '../model/diagnostic.ts';
import { type Draft, draftText } from '../model/starting/draft.ts';
import { fromPackage } from '../model/starting/from-package.ts';
import { fromStageGraph } from '../model/starting/from-stage-graph.ts';
import { isJson, type Json, Reading } from '../model/starting/reading.ts';
import { starter, starterFiles } from '../model/starting/starter.ts';
import { printable } from '../model/words/printable.ts';
import { type Flags, text } from './flags.ts';
import { printLines } from './print.ts';

export async function init(_: readonly string[], flags: Flags): Promise<number> {
  const folder = path.resolve(text(flags, 'root') ?? '.');
  const config = text(flags, 'config');
  const names = config === undefined ? configNames : [path.relative(folder, path.resolve(config))];
  const present = names.find((name) => fs.existsSync(path.join(folder, name)));
  if (present !== undefined) {
    const message = `there is a ${present} in ${folder} already`;
    const hint = `it is left as it is: edit it, move it away, or go to another folder with --root <dir>`;
    throw new UsageError([{ code: 'PIPE007', message, hint }]);
  }
  const from = text(flags, 'from');
  const draft = from === undefined ? starter : imported(path.resolve(from), from);
  const files = {
    ...(from === undefined ? starterFiles : {}),
    [config === undefined ? configNames[0] : names[0]!]: draftText(draft),
  };
  const written = Object.entries(files).filter(([name, content]) =>
    writeNew(path.join(folder, name), content),
  );
  printLines([
    ...written.map(([name]) => `wrote     ${name}`),
    ...draft.notes.map((note) => `to do     ${printable(note)}`),
    '',
    'next: pipe build',
  ]);
  return 0;
}

/** Throws `UsageError` with all that stands in the way. */
function imported(file: string, named: string): Draft {
  const json = jsonIn(file, named);
  const reading = new Reading();
  const read = path.basename(file) === 'package.json' ? fromPackage : fromStageGraph;
  const draft = read(json, reading);
  const names = draft.stages.map(({ name }) => name);
  for (const name of new Set(names.filter((one, i) => names.indexOf(one) !== i)))
    reading.wrong('stages', `several stages would be called "${name}"`);
  if (reading.problems.length > 0) throw new UsageError(reading.problems);
  return draft;
}

function jsonIn(file: string, named: string): Json {
  const wrong = (message: string) =>
    new UsageError([
      { code: 'PIPE008', message, at: '--from', hint: 'name a package.json, or a stage-graph.json' },
    ]);
  let content: string;
  try {
    content = utf8Text(fs.readFileSync(file));
  } catch (error) {
    if (error instanceof NotUtf8) throw wrong(`${named} ${error.message}`);
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw wrong(
      isAbsent ? `there is no file ${named}` : `${named} cannot be read: ${(error as Error).message}`,
    );
  }
  let json: unknown;
  try {
    json = parseJson(content);
  } catch (error) {
    const { message } = error as Error;
    throw wrong(error instanceof RepeatedName ? `${named}: ${message}` : `${named} is no JSON: ${message}`);
  }
  if (!isJson(json)) throw wrong(`${named} holds no object`);
  return json;
}

/** `false`: something is there, and is left. */
function writeNew(file: string, content: string): boolean {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  try {
    fs.writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
