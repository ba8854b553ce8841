// The files around a module that decide how it compiles and which packages it gets.
import fs from 'node:fs';
import path from 'node:path';
import { lockNames } from '../model/lock-names.ts';

/** The lock file of the packages that modules in `folder` import; absolute. */
export function nearestLockFile(folder: string): string | null {
  for (const candidate of candidates(folder, lockNames)) if (fs.existsSync(candidate)) return candidate;
  return null;
}

/** All the places at which it was looked for before it was found, or in vain; absolute. */
export function placesWithoutLockFile(folder: string, found: string | null): readonly string[] {
  const places = [...candidates(folder, lockNames)];
  return found === null ? places : places.slice(0, places.indexOf(found));
}

/** Where a file of this name is looked for from `folder` upwards, up to the first that is there; absolute. */
export function placesUpTo(folder: string, name: string): readonly string[] {
  const places = [...candidates(folder, [name])];
  const found = places.findIndex((place) => fs.existsSync(place));
  return found < 0 ? places : places.slice(0, found + 1);
}

function* candidates(start: string, names: readonly string[]): Iterable<string> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    for (const name of names) yield path.join(folder, name);
    if (path.dirname(folder) === folder) return;
  }
}
