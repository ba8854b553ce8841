// How a disk damages a file: one bit, its end, or all of it.
import fs from 'node:fs';
import path from 'node:path';

export type Damage = 'flip' | 'cut' | 'delete';

/** `fraction`: where in the file, from 0 to below 1. */
export function damage(target: string, how: Damage, fraction: number): void {
  if (how === 'delete') {
    fs.rmSync(target);
    return;
  }
  const bytes = fs.readFileSync(target);
  const at = Math.floor(bytes.length * fraction);
  if (how === 'flip' && bytes.length > 0) bytes[at]! ^= 0x10;
  // What is stored is read-only, which binds neither a disk nor the superuser.
  fs.chmodSync(target, 0o644);
  fs.writeFileSync(target, how === 'cut' ? bytes.subarray(0, at) : bytes);
}

/** Damages one of the files below a folder, if there is any, as is said of it. */
export function damageBelow(folder: string, pick: number, how: (file: string) => Damage): void {
  if (!fs.existsSync(folder)) return;
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const file = files[pick % Math.max(1, files.length)];
  if (file !== undefined) damage(file, how(file), (pick % 97) / 97);
}
