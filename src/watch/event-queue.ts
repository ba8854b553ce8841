// How many events at once are so many that the system may have dropped others, and whether it can have done so since a
// moment at which all had come.
import fs from 'node:fs';

/** Where nobody says how long the queue is. */
const usualLength = 16_384;

/** Far below the length of the queue: some of what fills it never reaches us. */
export function burstBound(file = '/proc/sys/fs/inotify/max_queued_events'): number {
  return Math.max(1, Math.floor(queueLength(file) / 8));
}

function queueLength(file: string): number {
  try {
    const length = Number(fs.readFileSync(file, 'utf8'));
    return Number.isSafeInteger(length) && length > 0 ? length : usualLength;
  } catch {
    return usualLength;
  }
}

/** Counts events between proofs that all have come. */
export class EventCount {
  private readonly bound: number;
  private sinceProof = 0;
  private isExact = true;

  /** So many may have been accompanied by others that were dropped. */
  constructor(bound: number) {
    this.bound = bound;
  }

  add(): void {
    this.sinceProof++;
  }

  /** What is told of a folder whose watch was ended is not counted. */
  lose(): void {
    this.isExact = false;
  }

  /** An event has come that was waited for: whether all before it can have come too. From here on it counts anew. */
  prove(): boolean {
    const isSure = this.isExact && this.sinceProof < this.bound;
    this.sinceProof = 0;
    this.isExact = true;
    return isSure;
  }
}
