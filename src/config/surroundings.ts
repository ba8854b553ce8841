// The files around a module that decide how it compiles and which packages it gets.
import fs from 'node:fs';
import path from 'node:path';
import { lockNames } from '../model/lock-names.ts';

/** The lock file of the packages that modules in `folder` import; absolute. */
export function nearestLockFile(folder: string): string | null {
  return nearest(folder, lockNames);
}

/** The settings that the compiler applies to modules in `folder`; absolute. */
export function nearestTsconfig(folder: string): string | null {
  return nearest(folder, tsconfigNames);
}

/** All the places at which the two were looked for and not found; absolute. */
export function placesWithout(
  folder: string,
  found: { tsconfig: string | null; lockFile: string | null | 'unasked' },
): readonly string[] {
  const before = (names: readonly string[], hit: string | null) => {
    const places = [...candidates(folder, names)];
    return hit === null ? places : places.slice(0, places.indexOf(hit));
  };
  const lockPlaces = found.lockFile === 'unasked' ? [] : before(lockNames, found.lockFile);
  return [...before(tsconfigNames, found.tsconfig), ...lockPlaces];
}

/** Where a file of this name is looked for from `folder` upwards, up to the first that is there; absolute. */
export function placesUpTo(folder: string, name: string): readonly string[] {
  const places = [...candidates(folder, [name])];
  const found = places.findIndex((place) => fs.existsSync(place));
  return found < 0 ? places : places.slice(0, found + 1);
}

const tsconfigNames = ['tsconfig.json'];

function nearest(start: string, names: readonly string[]): string | null {
  for (const candidate of candidates(start, names)) if (fs.existsSync(candidate)) return candidate;
  return null;
}

function* candidates(start: string, names: readonly string[]): Iterable<string> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    for (const name of names) yield path.join(folder, name);
    if (path.dirname(folder) === folder) return;
  }
}
