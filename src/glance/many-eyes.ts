// Looks at everything in a proof: alone, or with other threads where there is so much that starting them pays.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { changesAmong } from './glance.ts';
import { changesSeen, lookAtChunks, type Shared, type Sight, sharedFor } from './shared-look.ts';

/** To start a thread, and to end it, takes as long as some ten thousand looks: more where there is much else to do. */
const manyPaths = 50_000;
const mostThreads = 4;
/** For one chunk, of a thread that was seen to take it. */
const patienceMs = 5000;

export interface LookOrder {
  readonly proofFile: string;
  readonly root: string;
  readonly shared: Shared;
}

/**
 * The positions of the paths that are not as they were; `null` where it cannot be told. `proofFile`: where other
 * threads find the same paths and stamps.
 */
export function changesIn(sight: Sight, proofFile: string): readonly number[] | null {
  const { root, paths, stamps } = sight;
  // Before the processors are counted, for which a module of Node's is loaded.
  if (paths.length < manyPaths) return changesAmong(root, paths, stamps);
  const threads = Math.min(mostThreads, availableParallelism());
  if (threads < 2) return changesAmong(root, paths, stamps);
  const shared = sharedFor(paths.length);
  const order: LookOrder = { proofFile, root, shared };
  for (let i = 1; i < threads; i++) {
    const worker = new Worker(path.join(import.meta.dirname, 'glance-worker.cjs'), { workerData: order });
    // One that cannot start leaves its chunks to the others.
    worker.on('error', () => {});
    worker.unref();
  }
  lookAtChunks(sight, shared);
  return changesSeen(shared, patienceMs);
}
