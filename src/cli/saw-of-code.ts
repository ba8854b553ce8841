// Tells a witness what was asked of a path when it was found that compiled code still holds.
import fs from 'node:fs';
import type { Witness } from '../base/witness.ts';
import type { PathBehind } from '../config/code-cache.ts';

export function sawOfCode(witness: Witness, { path, as }: PathBehind): void {
  // A link by which something was sought may lead nowhere.
  if (as === 'end' || as === 'passed') witness.followed(path, fs.existsSync(path));
  else witness.saw(path, as === 'file');
}
