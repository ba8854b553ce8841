// Looks at many paths with several threads: each takes the next chunk until none is left. No thread waits for another
// to start, so that one that never does costs nothing.
import { isAsItWas } from './glance.ts';
import { stampLength } from './proof-format.ts';

export interface Sight {
  readonly root: string;
  readonly paths: readonly string[];
  readonly stamps: Float64Array;
}

/** Places in the shared memory. */
const next = 0;
const done = 1;
const different = 2;
export const sharedLength = 3;

const chunkLength = 1024;

export function chunksOf(count: number): number {
  return Math.ceil(count / chunkLength);
}

/** Takes chunks until there are none, or until one differs. */
export function lookAtChunks({ root, paths, stamps }: Sight, shared: Int32Array): void {
  const chunks = chunksOf(paths.length);
  const below = `${root}/`;
  for (;;) {
    const chunk = Atomics.add(shared, next, 1);
    if (chunk >= chunks || Atomics.load(shared, different) === 1) return;
    const end = Math.min(paths.length, (chunk + 1) * chunkLength);
    for (let i = chunk * chunkLength; i < end; i++) {
      if (isAsItWas(below, paths[i]!, stamps, i * stampLength)) continue;
      Atomics.store(shared, different, 1);
      break;
    }
    Atomics.add(shared, done, 1);
    Atomics.notify(shared, done);
  }
}

/** Waits for the chunks that others took. `false`: something differs, or a thread did not come back. */
export function allTheSame(count: number, shared: Int32Array, patienceMs: number): boolean {
  const chunks = chunksOf(count);
  for (;;) {
    if (Atomics.load(shared, different) === 1) return false;
    const so = Atomics.load(shared, done);
    if (so === chunks) return true;
    if (Atomics.wait(shared, done, so, patienceMs) === 'timed-out') return false;
  }
}
