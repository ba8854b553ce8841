// `pipe init`: writes a configuration to start from, or from what another tool was told.
import fs from 'node:fs';
import path from 'node:path';
import { parseJson, RepeatedName } from '../base/json.ts';
import { NotUtf8, utf8Text } from '../base/utf8.ts';
import { UsageError } from '../model/diagnostic.ts';
import { type Draft, draftText } from '../model/starting/draft.ts';
import { fromPackage } from '../model/starting/from-package.ts';
import { fromStageGraph } from '../model/starting/from-stage-graph.ts';
import { isJson, type Json, Reading } from '../model/starting/reading.ts';
import { starter, starterFiles } from '../model/starting/starter.ts';
import { printable } from '../model/words/printable.ts';
import { type Flags, text } from './flags.ts';
import { samePlace, typedFrom } from './going-on.ts';
import { configHidden, newPlace, refuseWhatIsInTheWay } from './new-place.ts';
import { printLines } from './print.ts';

export async function init(_: readonly string[], flags: Flags): Promise<number> {
  const { configPath, root } = newPlace(flags);
  const from = text(flags, 'from');
  const draft = from === undefined ? starter : imported(path.resolve(from), from);
  const samples = Object.entries(from === undefined ? starterFiles : {}).map(
    ([name, content]) => [path.join(root, name), content] as const,
  );
  const files = [...samples, [configPath, draftText(draft)] as const];
  for (const [file] of files) refuseWhatIsInTheWay(path.dirname(file), 'pipe init');
  // Nothing may be written to it, and yet the root has to be there.
  fs.mkdirSync(root, { recursive: true });
  const written = files.filter(([file, content]) => writeNew(file, content));
  const typed = typedFrom(root);
  printLines([
    ...written.map(([file]) => `wrote     ${printable(typed(file))}`),
    ...hiddenBy(configPath),
    ...draft.notes.map((note) => `to do     ${printable(note)}`),
    '',
    `next: pipe build${printable(samePlace(flags).join(''))}`,
  ]);
  return 0;
}

/** A person who forgot that there is one would wonder where its stages are. */
function hiddenBy(configPath: string): readonly string[] {
  const above = configHidden(configPath);
  if (above === null) return [];
  const [hidden, folder] = [above, path.dirname(configPath)].map((one) => printable(typedFrom('/')(one)));
  const where = folder === '' ? 'here' : `in ${folder}`;
  return [`note      ${hidden} lies above: from now on, commands ${where} use the new one`];
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
