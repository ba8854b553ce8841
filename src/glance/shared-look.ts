// Looks at many paths with several threads: each takes the next chunk until none is left. No thread waits for another
// to start, so that one that never does costs nothing.
import { isAsItWas } from './glance.ts';
import { stampLength } from './proof-format.ts';

export interface Sight {
  readonly root: string;
  readonly paths: readonly string[];
  readonly stamps: Float64Array;
}

/** What the threads have in common. */
export interface Shared {
  /** The next chunk to take, and how many are done. */
  readonly counts: Int32Array;
  /** For each path 1 where it is not as it was. */
  readonly changed: Uint8Array;
}

/** Places in the counts. */
const next = 0;
const done = 1;

const chunkLength = 1024;

export function sharedFor(paths: number): Shared {
  return {
    counts: new Int32Array(new SharedArrayBuffer(8)),
    changed: new Uint8Array(new SharedArrayBuffer(paths)),
  };
}

export function chunksOf(count: number): number {
  return Math.ceil(count / chunkLength);
}

/** Takes chunks until there are none. */
export function lookAtChunks({ root, paths, stamps }: Sight, { counts, changed }: Shared): void {
  const chunks = chunksOf(paths.length);
  const below = `${root}/`;
  for (;;) {
    const chunk = Atomics.add(counts, next, 1);
    if (chunk >= chunks) return;
    const end = Math.min(paths.length, (chunk + 1) * chunkLength);
    for (let i = chunk * chunkLength; i < end; i++)
      if (!isAsItWas(below, paths[i]!, stamps, i * stampLength)) changed[i] = 1;
    Atomics.add(counts, done, 1);
    Atomics.notify(counts, done);
  }
}

/** Waits for the chunks that others took. `null`: a thread did not come back. */
export function changesSeen({ counts, changed }: Shared, patienceMs: number): readonly number[] | null {
  const chunks = chunksOf(changed.length);
  for (;;) {
    const so = Atomics.load(counts, done);
    if (so === chunks) break;
    if (Atomics.wait(counts, done, so, patienceMs) === 'timed-out') return null;
  }
  const seen: number[] = [];
  for (let i = changed.indexOf(1); i >= 0; i = changed.indexOf(1, i + 1)) seen.push(i);
  return seen;
}
