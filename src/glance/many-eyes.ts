// Looks at everything in a proof: alone, or with other threads where there is so much that starting them pays.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { pathsIn } from './proof-format.ts';
import {
  changesAmong,
  changesSeen,
  lookAtChunks,
  type Shared,
  type Sight,
  sharedFor,
  stopLooking,
} from './shared-look.ts';

/** To start a thread, and to end it, takes as long as some ten thousand looks: more where there is much else to do. */
const manyPaths = 50_000;
const mostThreads = 4;
/** For one chunk, of a thread that was seen to take it. */
const patienceMs = 5000;

export interface LookOrder {
  /** Of the proof. */
  readonly bytes: SharedArrayBuffer;
  readonly root: string;
  readonly shared: Shared;
}

export class ManyEyes {
  private readonly sight: Sight;
  private readonly shared: Shared | null;

  private constructor(sight: Sight, shared: Shared | null) {
    this.sight = sight;
    this.shared = shared;
  }

  /**
   * Others begin at once, though nobody has asked yet whether the proof holds: that takes about as long as they need
   * to start. `null`: it is no proof. `bytes`: others can help only where they are in shared memory.
   */
  static open(root: string, bytes: Buffer): ManyEyes | null {
    const seen = pathsIn(bytes);
    if (seen === null) return null;
    const sight = { root, ...seen };
    const { buffer } = bytes;
    // Before the processors are counted, for which a module of Node's is loaded.
    if (seen.paths.count < manyPaths || !(buffer instanceof SharedArrayBuffer))
      return new ManyEyes(sight, null);
    const threads = Math.min(mostThreads, availableParallelism());
    if (threads < 2) return new ManyEyes(sight, null);
    const shared = sharedFor(seen.paths.count);
    const order: LookOrder = { bytes: buffer, root, shared };
    for (let i = 1; i < threads; i++) {
      const worker = new Worker(path.join(import.meta.dirname, 'glance-worker.cjs'), { workerData: order });
      // One that cannot start leaves its chunks to the others.
      worker.on('error', () => {});
      worker.unref();
    }
    return new ManyEyes(sight, shared);
  }

  /** The positions of the paths that are not as they were; `null` where it cannot be told. */
  changes(): readonly number[] | null {
    if (this.shared === null) return changesAmong(this.sight);
    lookAtChunks(this.sight, this.shared);
    return changesSeen(this.shared, patienceMs);
  }

  /** Nobody looks any more. */
  close(): void {
    if (this.shared !== null) stopLooking(this.shared);
  }
}
