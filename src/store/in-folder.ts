// Writes into folders of the cache, which are made when the first file needs one.

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';

/** Most folders are there: to make sure of each beforehand would cost as much as the writing. */
export function inFolder<T>(folder: string, act: () => T): T {
  try {
    return act();
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'ENOENT') throw problem;
    fs.mkdirSync(folder, { recursive: true });
    return act();
  }
}

/** Two machines may share a cache, and number their processes alike. */
let ownPrefix: string | null = null;
let names = 0;

/** No other process has it, and it is recognised as a leftover. */
export function temporaryName(): string {
  ownPrefix ??= `${process.pid}-${randomBytes(6).toString('hex')}`;
  return `${ownPrefix}-${names++}.tmp`;
}
