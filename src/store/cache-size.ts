// How much the cache holds, roughly, without listing it: so that most runs need not look for something to evict.
import fs from 'node:fs';
import path from 'node:path';
import { collectCache } from './collect.ts';

/**
 * For the holder of the lock: nobody else is storing, so that nothing needs a grace.
 * Adds `addedBytes` to the remembered size and evicts once that passes `maxBytes`. The sum never lags behind
 * the truth by more than what was stored by runs that were killed; each eviction measures anew. Never throws.
 */
export function growCache(options: {
  readonly state: string;
  readonly addedBytes: number;
  readonly maxBytes: number;
  readonly nowMs: number;
}): void {
  const { state, addedBytes, maxBytes, nowMs } = options;
  if (addedBytes === 0) return;
  const file = path.join(state, 'cache-size');
  try {
    let bytes = remembered(file) + addedBytes;
    if (bytes > maxBytes) bytes = collectCache({ state, maxBytes, nowMs, graceMs: 0 }).keptBytes;
    fs.writeFileSync(file, `${bytes}\n`);
  } catch {
    // A cache that cannot be tidied is no reason to fail: `pipe cache gc` says what is wrong.
  }
}

function remembered(file: string): number {
  try {
    const bytes = Number.parseInt(fs.readFileSync(file, 'latin1'), 10);
    return Number.isSafeInteger(bytes) ? bytes : 0;
  } catch {
    return 0;
  }
}
