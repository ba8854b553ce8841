// The present time as the file system tells it, for the racy-clean problem: a file that changed within the
// last tick may change again without its stamp showing it.
import fs from 'node:fs';
import path from 'node:path';
import type { Stamp } from '../engine/ports.ts';

const tickNs = 10_000_000n;
const coarseTickNs = 2_000_000_000n;
/** Where the clock has gone on by so much, it shows also in what is kept in milliseconds. */
const stepNs = 1_000_000n;
const probeAgainAfterMs = 2;
/** By so much more than time has passed the clock may have gone on, since it goes in steps. */
const stepMs = 5;

export class FileSystemNow {
  private readonly folder: string;
  private lastNs: bigint | null = null;
  /** The file system of the probe, once there was one. */
  private device: bigint | null = null;
  private probedAtMs = Number.NEGATIVE_INFINITY;
  /** The same moment, by the clock that people and programs may set. */
  private probedWallMs = Number.NEGATIVE_INFINITY;
  private probeFile: { readonly descriptor: number; sizeBytes: number } | null = null;

  /** `folder` is where a probe file is written; on the file system whose clock counts. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Whether the file's last change is so far back that any later change must show in its stamp. */
  isSettled(stamp: Stamp, writers?: 'gone'): boolean {
    const settledAt = stamp.ctimeNs + this.tickOf(stamp, writers);
    // Set back since, the clock comes again to where it was, and what it said then is ahead of the present.
    if (Date.now() < this.probedWallMs) this.lastNs = null;
    if (this.lastNs !== null && settledAt < this.lastNs) return true;
    // As far as can be told without asking, and asking costs a file: not yet.
    const sinceMs = Math.ceil(monotonicMs() - this.probedAtMs) + stepMs;
    if (this.lastNs !== null && settledAt >= this.lastNs + BigInt(sinceMs) * 1_000_000n) return false;
    const now = this.probe();
    return now !== null && settledAt < now;
  }

  /** Lets go of the probe file. Asked again, it makes another. */
  close(): void {
    if (this.probeFile === null) return;
    try {
      fs.closeSync(this.probeFile.descriptor);
    } catch {
      // It has no name, so that nothing is left of it in any case.
    }
    this.probeFile = null;
  }

  /** After how many milliseconds it had better be asked again whether this has settled; 0: it has. */
  untilSettledMs(stamp: Stamp, writers?: 'gone'): number {
    if (this.isSettled(stamp, writers)) return 0;
    if (this.lastNs === null) return probeAgainAfterMs;
    const agoMs = monotonicMs() - this.probedAtMs;
    const missingMs = Number(stamp.ctimeNs + this.tickOf(stamp, writers) - this.lastNs) / 1e6 - agoMs;
    return Math.max(missingMs, probeAgainAfterMs - agoMs, 1);
  }

  /**
   * A write that has begun may already have given its file the time, and the bytes only now: that is what the tick allows
   * for, besides for other clocks. Where nobody writes any more, and the clock is that of the probe, it need only have
   * gone on: no later change can have a time that was over before. In whatever steps it goes, the probe goes in the same.
   */
  private tickOf(stamp: Stamp, writers: 'gone' | undefined): bigint {
    if (writers === undefined || stamp.device === undefined) return tickOf(stamp);
    if (this.device === null) this.probe();
    return stamp.device === this.device ? stepNs : tickOf(stamp);
  }

  /** A lower bound of the present; `null` where nothing can be written. */
  private probe(): bigint | null {
    if (monotonicMs() - this.probedAtMs < probeAgainAfterMs) return this.lastNs;
    try {
      this.probeFile ??= this.makeProbeFile();
      const { descriptor } = this.probeFile;
      // It grows by a hole: that takes no room on the disk, and gives it the present time.
      fs.ftruncateSync(descriptor, ++this.probeFile.sizeBytes);
      const { mtimeNs, dev } = fs.fstatSync(descriptor, { bigint: true });
      this.lastNs = mtimeNs;
      this.device = dev;
    } catch {
      // Without a probe nothing is ever trusted: slower, never wrong.
      this.lastNs = null;
    }
    this.probedAtMs = monotonicMs();
    // After the probe, whose clock is never ahead of this one.
    this.probedWallMs = Date.now();
    return this.lastNs;
  }

  /** One for all questions: to make and delete a file for each costs ten times as much. */
  private makeProbeFile(): { readonly descriptor: number; sizeBytes: number } {
    const file = path.join(this.folder, `now-${process.pid}`);
    const descriptor = fs.openSync(file, 'w');
    fs.unlinkSync(file);
    return { descriptor, sizeBytes: 0 };
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
