// A task that is being worked on, as displays see it.

import type { TaskId } from '../../base/brand.ts';
import type { TaskStarted } from '../events.ts';
import type { Failure } from '../failure.ts';

export interface RunningTask {
  readonly kind: 'running';
  readonly task: TaskId;
  readonly stage: string;
  readonly item: string | null;
  /** Milliseconds since 1970, by the events' own clock. */
  readonly sinceMs: number;
  readonly attempt: number;
  readonly reasons: TaskStarted['reasons'];
  readonly command: string;
  readonly estimateMs: number | null;
  /** Since its last attempt failed, until the next one begins; `untilMs` as `sinceMs`. */
  readonly pause: { readonly untilMs: number; readonly failure: Failure } | null;
  readonly progress: { readonly done: number; readonly total: number } | null;
  /** The last line of output with something in it, as it came. */
  readonly lastLine: string | null;
  /** Summed over this run. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * How long a running task will still take, in milliseconds: by its own progress where it tells, else by
 * its last execution. `null` where nobody knows, also when it is late or waits for its next attempt.
 */
export function remainingMs(task: RunningTask, nowMs: number): number | null {
  if (task.pause !== null) return null;
  const elapsed = Math.max(0, nowMs - task.sinceMs);
  const { progress } = task;
  if (progress !== null && progress.done > 0 && progress.total >= progress.done) {
    return (elapsed / progress.done) * (progress.total - progress.done);
  }
  return task.estimateMs === null || task.estimateMs <= elapsed ? null : task.estimateMs - elapsed;
}

/** More than any terminal shows. */
const longestLastLine = 400;

/** Tools that redraw their own progress line write carriage returns; each is a line here. */
export function lastLineOf(text: string): string | null {
  let end = text.length;
  while (end > 0) {
    const start = Math.max(text.lastIndexOf('\n', end - 1), text.lastIndexOf('\r', end - 1)) + 1;
    const line = text.slice(start, end).trim();
    if (line !== '') return line.slice(0, longestLastLine);
    end = start - 1;
  }
  return null;
}
