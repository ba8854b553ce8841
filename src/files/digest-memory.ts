// Content digests by stamp: reads a file only when no trusted stamp vouches for what was read before.
import type { Digest } from '../base/brand.ts';
import type { Stamp } from '../engine/ports.ts';
import { FileSystemNow, tickOf } from './fs-now.ts';
import { type HashedFile, hashFile } from './hash-file.ts';
import { sameStamp, stampOf } from './stamp.ts';

/** What is remembered from run to run; an entry is there only if its stamp may be trusted. */
export interface StampMemory {
  get(path: string): { readonly stamp: Stamp; readonly digest: Digest } | undefined;
  put(path: string, entry: { readonly stamp: Stamp; readonly digest: Digest }): void;
}

/** Above this, waiting out the clock's tick first is cheaper than hashing twice. */
const largeBytes = 1n << 20n;

export class DigestMemory {
  private readonly memory: StampMemory;
  private readonly now: FileSystemNow | null;
  /** Hashed so soon after their last change that the stamp may not be trusted yet. */
  private readonly unsettled = new Map<
    string,
    { readonly absolutePath: string; readonly hashed: HashedFile }
  >();

  constructor(memory: StampMemory, probeFolder: string | null) {
    this.memory = memory;
    this.now = probeFolder === null ? null : new FileSystemNow(probeFolder);
  }

  /** `file` is its name in the memory. Throws what reading can throw: ENOENT, EACCES, `ChangingFile`. */
  of(file: string, absolutePath: string, stamp: Stamp): HashedFile {
    const known = this.memory.get(file);
    if (known !== undefined && sameStamp(known.stamp, stamp)) return known;
    if (this.now !== null && stamp.sizeBytes > largeBytes && !this.now.isSettled(stamp))
      pause(Number(tickOf(stamp) / 1_000_000n) + 1);
    // Asked before reading: a change after this moment must show in the stamp.
    const settled = this.now?.isSettled(stamp) ?? false;
    const hashed = hashFile(absolutePath);
    if (settled && sameStamp(hashed.stamp, stamp)) this.memory.put(file, hashed);
    else if (this.now !== null) this.unsettled.set(file, { absolutePath, hashed });
    return hashed;
  }

  /**
   * Waits until the clock has ticked and reads once more what was read too soon, so that the next
   * run finds stamps that it may trust. What is large, gone or changed by then is left to that run.
   */
  async settle(): Promise<void> {
    if (this.now === null) return;
    const deadline = performance.now() + 50;
    for (const [file, { absolutePath, hashed }] of this.unsettled) {
      if (hashed.stamp.sizeBytes > largeBytes) continue;
      while (!this.now.isSettled(hashed.stamp) && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      this.settleOne(file, absolutePath, hashed);
    }
    this.unsettled.clear();
  }

  private settleOne(file: string, absolutePath: string, hashed: HashedFile): void {
    try {
      const stamp = stampOf(absolutePath);
      if (stamp === null || !sameStamp(stamp, hashed.stamp) || !(this.now?.isSettled(stamp) ?? false)) return;
      const again = hashFile(absolutePath);
      if (again.digest === hashed.digest && sameStamp(again.stamp, stamp)) this.memory.put(file, again);
    } catch {
      // Gone or unreadable by now: the next run will say so.
    }
  }
}

/** Blocks the thread; for the few milliseconds of a tick only. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(ms, 2100));
}
