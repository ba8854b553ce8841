// How much the cache holds, roughly, without listing it: so that most runs need not look for something to evict.
import fs from 'node:fs';
import path from 'node:path';
import { collectCache } from './collect.ts';

/**
 * For the holder of the lock: nobody else is storing, so that nothing needs a grace.
 * Adds `addedBytes` to the remembered size, or to nothing where it `beganEmpty`, and evicts once that passes `maxBytes`. The sum never lags behind
 * the truth by more than what was stored by runs that were killed; each eviction measures anew, as does a size that cannot be read. Never throws.
 */
export function growCache(options: {
  readonly state: string;
  readonly addedBytes: number;
  readonly beganEmpty: boolean;
  readonly maxBytes: number;
  readonly nowMs: number;
}): void {
  const { state, addedBytes, beganEmpty, maxBytes, nowMs } = options;
  if (addedBytes === 0) return;
  const file = path.join(state, 'cache-size');
  try {
    const before = beganEmpty ? 0 : remembered(file);
    let bytes = (before ?? 0) + addedBytes;
    if (before === null || bytes > maxBytes)
      bytes = collectCache({ state, maxBytes, nowMs, graceMs: 0 }).keptBytes;
    fs.writeFileSync(file, `${bytes}\n`);
  } catch {
    // A cache that cannot be tidied is no reason to fail: `pipe cache gc` says what is wrong.
  }
}

/** `null`: there is none, or half of one, which a loss of power leaves. Its line end tells a number that is whole. */
function remembered(file: string): number | null {
  try {
    const text = fs.readFileSync(file, 'latin1');
    return /^\d{1,15}\n$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}
