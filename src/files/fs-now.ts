// The present time as the file system tells it, for the racy-clean problem: a file that changed within the
// last tick may change again without its stamp showing it.
import fs from 'node:fs';
import path from 'node:path';
import type { Stamp } from '../engine/ports.ts';

const tickNs = 10_000_000n;
const coarseTickNs = 2_000_000_000n;
const probeAgainAfterMs = 2;
/** By so much more than time has passed the clock may have gone on, since it goes in steps. */
const stepMs = 5;

export class FileSystemNow {
  private readonly folder: string;
  private lastNs: bigint | null = null;
  private probedAtMs = Number.NEGATIVE_INFINITY;

  /** `folder` is where probe files are written; on the file system whose clock counts. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Whether the file's last change is so far back that any later change must show in its stamp. */
  isSettled(stamp: Stamp): boolean {
    const settledAt = stamp.ctimeNs + tickOf(stamp);
    if (this.lastNs !== null && settledAt < this.lastNs) return true;
    // As far as can be told without asking, and asking costs a file: not yet.
    const sinceMs = Math.ceil(monotonicMs() - this.probedAtMs) + stepMs;
    if (this.lastNs !== null && settledAt >= this.lastNs + BigInt(sinceMs) * 1_000_000n) return false;
    const now = this.probe();
    return now !== null && settledAt < now;
  }

  /** After how many milliseconds it had better be asked again whether this has settled; 0: it has. */
  untilSettledMs(stamp: Stamp): number {
    if (this.isSettled(stamp)) return 0;
    if (this.lastNs === null) return probeAgainAfterMs;
    const agoMs = monotonicMs() - this.probedAtMs;
    const missingMs = Number(stamp.ctimeNs + tickOf(stamp) - this.lastNs) / 1e6 - agoMs;
    return Math.max(missingMs, probeAgainAfterMs - agoMs, 1);
  }

  /** A lower bound of the present; `null` where nothing can be written. */
  private probe(): bigint | null {
    if (monotonicMs() - this.probedAtMs < probeAgainAfterMs) return this.lastNs;
    const file = path.join(this.folder, `now-${process.pid}`);
    try {
      fs.writeFileSync(file, '');
      this.lastNs = fs.statSync(file, { bigint: true }).mtimeNs;
      fs.unlinkSync(file);
    } catch {
      // Without a probe nothing is ever trusted: slower, never wrong.
      this.lastNs = null;
    }
    this.probedAtMs = monotonicMs();
    return this.lastNs;
  }
}

/** Milliseconds that only go forward. `performance` takes some of them to load. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** File systems without fractions of a second show it in the stamp. */
export function tickOf(stamp: Stamp): bigint {
  return stamp.ctimeNs % 1_000_000_000n === 0n ? coarseTickNs : tickNs;
}
