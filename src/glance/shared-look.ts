// Looks at many paths with several threads: each takes the next chunk until none is left. No thread waits for another
// to start, so that one that never does costs nothing.
import { belowRoot, isAsItWas } from './glance.ts';
import { chunkLength, chunksOf, pathsOfChunk } from './path-list.ts';
import { type PathsWithStamps, stampLength } from './proof-format.ts';

export interface Sight extends PathsWithStamps {
  readonly root: string;
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

export function sharedFor(paths: number): Shared {
  return {
    counts: new Int32Array(new SharedArrayBuffer(8)),
    changed: new Uint8Array(new SharedArrayBuffer(paths)),
  };
}

/** The positions of those that differ. Paths that are not absolute are below `root`. */
export function changesAmong(sight: Sight): readonly number[] {
  const below = belowRoot(sight.root);
  const changed: number[] = [];
  for (let chunk = 0; chunk < chunksOf(sight.paths.count); chunk++)
    lookAtChunk(sight, chunk, below, (position) => void changed.push(position));
  return changed;
}

/** Takes chunks until there are none. */
export function lookAtChunks(sight: Sight, { counts, changed }: Shared): void {
  const chunks = chunksOf(sight.paths.count);
  const below = belowRoot(sight.root);
  const onChange = (position: number) => {
    changed[position] = 1;
  };
  for (;;) {
    const chunk = Atomics.add(counts, next, 1);
    if (chunk >= chunks) return;
    lookAtChunk(sight, chunk, below, onChange);
    Atomics.add(counts, done, 1);
    Atomics.notify(counts, done);
  }
}

/** Each thread takes apart what it looks at: of texts that do not last, V8 makes short work. */
function lookAtChunk(
  { paths, stamps }: Sight,
  chunk: number,
  below: string,
  onChange: (position: number) => void,
): void {
  const first = chunk * chunkLength;
  const named = pathsOfChunk(paths, chunk);
  for (let i = 0; i < named.length; i++)
    if (!isAsItWas(below, named[i]!, stamps, (first + i) * stampLength)) onChange(first + i);
}

/** Nobody takes any more. */
export function stopLooking({ counts, changed }: Shared): void {
  Atomics.store(counts, next, chunksOf(changed.length));
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
