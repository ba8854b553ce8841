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
  return nearest(folder, ['tsconfig.json']);
}

function nearest(start: string, names: readonly string[]): string | null {
  for (let folder = start; ; folder = path.dirname(folder)) {
    for (const name of names) {
      const candidate = path.join(folder, name);
      if (fs.existsSync(candidate)) return candidate;
    }
    if (path.dirname(folder) === folder) return null;
  }
}
