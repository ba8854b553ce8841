// The files of a workspace, without following links: what a tool keeps, what a build made, how far a copy has come.

import fs from 'node:fs';
import path from 'node:path';

/** Paths relative to `folder` that are wanted, as absolute paths, sorted. What vanishes meanwhile is left out. */
export function filesIn(folder, isWanted = () => true) {
  return entriesIn(folder)
    .filter((entry) => entry.kind === 'file' && isWanted(entry.path))
    .map((entry) => path.join(folder, entry.path));
}

export function bytesIn(folder, isWanted) {
  return filesIn(folder, isWanted).reduce((sum, file) => sum + (sizeOf(file) ?? 0), 0);
}

/**
 * Everything below a folder; links are told, not followed, so a linked node_modules costs nothing.
 * @returns {{ path: string, kind: 'file' | 'folder' | 'link' }[]}
 */
export function entriesIn(folder, inside = '') {
  return listing(path.join(folder, inside)).flatMap((entry) => {
    const name = path.join(inside, entry.name);
    if (entry.isSymbolicLink()) return [{ path: name, kind: 'link' }];
    if (entry.isDirectory()) return [{ path: name, kind: 'folder' }, ...entriesIn(folder, name)];
    return entry.isFile() ? [{ path: name, kind: 'file' }] : [];
  });
}

function listing(folder) {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function sizeOf(file) {
  try {
    return fs.statSync(file).size;
  } catch {
    return null;
  }
}
