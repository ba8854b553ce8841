// What is on the way to a file where only folders should be: nothing is moved, copied or written through a link.
import fs from 'node:fs';
import path from 'node:path';
import type { FilePath } from '../base/brand.ts';
import { removeFile } from './remove.ts';
import { stampOf } from './stamp.ts';

/** The first folder above `file` below `base` (absolute) that is a link or no folder; `null`: there is none yet. */
export function onTheWay(
  base: string,
  file: FilePath,
): { readonly path: FilePath; readonly isLink: boolean } | null {
  for (let end = file.indexOf('/'); end !== -1; end = file.indexOf('/', end + 1)) {
    const folder = file.slice(0, end);
    const stamp = stampOf(`${base}/${folder}`);
    if (stamp === null) return null;
    if (stamp.kind !== 'folder') return { path: folder as FilePath, isLink: stamp.kind === 'link' };
  }
  return null;
}

/** Where `file` goes in `folder` (absolute), once there is a folder for it. Throws EEXIST where something is on the way. */
export function placeBeside(folder: string, file: FilePath): string {
  const taken = onTheWay(folder, file);
  if (taken !== null) throw isThere(`${folder}/${taken.path}`);
  return withFolder(`${folder}/${file}`);
}

/** The same, where what is on the way goes: an earlier attempt put it there. */
export function placeInstead(folder: string, file: FilePath): string {
  const taken = onTheWay(folder, file);
  if (taken !== null) removeFile(`${folder}/${taken.path}`);
  return withFolder(`${folder}/${file}`);
}

export function isThere(place: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`EEXIST: ${place} is there already`), { code: 'EEXIST' });
}

function withFolder(place: string): string {
  fs.mkdirSync(path.dirname(place), { recursive: true });
  return place;
}
