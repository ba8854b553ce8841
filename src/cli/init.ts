// `pipe init`: writes a configuration to start from, or from what another tool was told.
import fs from 'node:fs';
import path from 'node:path';
import { draftText } from '../model/starting/draft.ts';
import { starter, starterFiles } from '../model/starting/starter.ts';
import { printable } from '../model/words/printable.ts';
import { type Flags, text } from './flags.ts';
import { samePlace, typedFrom } from './going-on.ts';
import { imported } from './imported.ts';
import { configHidden, newPlace, refuseWhatIsInTheWay } from './new-place.ts';
import { printLines } from './print.ts';

export async function init(_: readonly string[], flags: Flags): Promise<number> {
  const { configPath, root } = newPlace(flags);
  const from = text(flags, 'from');
  const draft = from === undefined ? starter : imported(from);
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
