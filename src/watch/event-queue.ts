// How many events at once are so many that the system may have dropped others.
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
