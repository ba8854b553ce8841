// Gives every file one name: relative to the root where it is inside it, absolute elsewhere.
// Plain paths only; patterns are the business of pattern-path.
import { posix } from 'node:path';
import type { FilePath } from '../base/brand.ts';

/** Where relative and `~/` paths begin; both absolute. */
export interface Folders {
  readonly root: string;
  readonly home: string;
}

/** `''` for the root itself. `~/` is the home folder; `.` and `..` parts are resolved by name, links are not followed. */
export function canonicalPath(text: string, { root, home }: Folders): FilePath {
  const expanded = text === '~' || text.startsWith('~/') ? home + text.slice(1) : text;
  const absolute = nameParts(posix.isAbsolute(expanded) ? expanded : `${root}/${expanded}`);
  const inside = nameParts(root);
  const isInside = inside.every((part, i) => absolute[i] === part);
  return (isInside ? absolute.slice(inside.length).join('/') : `/${absolute.join('/')}`) as FilePath;
}

/** A canonical path that begins with `/` lies outside the root. */
export function isOutside(path: string): boolean {
  return path.startsWith('/');
}

/** The names from the file system's root down to an absolute path. */
export function nameParts(absolute: string): readonly string[] {
  return posix
    .normalize(absolute)
    .split('/')
    .filter((part) => part !== '');
}
