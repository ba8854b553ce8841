// What a run has put aside of a person's, and what of it that run has told.
import path from 'node:path';
import type { FilePath, RunId } from '../base/brand.ts';
import type { ListedFile } from '../engine/ports.ts';
import type { Displaced, KeptFile } from '../engine/run-folders.ts';
import { byPath } from '../model/manifest.ts';
import { placesTold } from '../model/words/kept-words.ts';
import { readEvents } from './history.ts';
import { entriesOf, placesLike } from './numbered-places.ts';

/** `root` and `state`: absolute. */
export function displacedFiles(root: string, state: string, run: RunId): Displaced {
  const last = new Map<FilePath, KeptFile>();
  for (const folder of placesLike(path.join(state, 'displaced', run)))
    for (const file of filesBelow(folder)) last.set(file.path, { folder, file });
  if (last.size === 0) return { of: () => null, untold: [] };
  const events = readEvents({ folder: path.join(state, 'runs', run) });
  const told = placesTold(events.filter((event) => event.kind === 'warning'));
  const isTold = ({ folder, file }: KeptFile) => told.has(path.relative(root, path.join(folder, file.path)));
  return {
    of: (file) => last.get(file) ?? null,
    untold: [...last.values()].filter((kept) => !isTold(kept)).sort((a, b) => byPath(a.file, b.file)),
  };
}

function filesBelow(folder: string, above = ''): readonly ListedFile[] {
  return entriesOf(path.join(folder, above)).flatMap((entry): readonly ListedFile[] => {
    const file = path.posix.join(above, entry.name) as FilePath;
    if (entry.isDirectory()) return filesBelow(folder, file);
    if (entry.isFile()) return [{ path: file, kind: 'file' }];
    return entry.isSymbolicLink() ? [{ path: file, kind: 'link' }] : [];
  });
}
