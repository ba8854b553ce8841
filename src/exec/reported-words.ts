// What one line of PIPE_OUTPUT says, and to whom it is told.

import type { BatchNews } from '../engine/executor.ts';
import { addNames } from '../model/metrics.ts';
import { timerMs } from '../model/validation/duration.ts';

export interface Hearers {
  readonly onProgress: (done: number, total: number) => void;
  readonly onMetric: (values: Readonly<Record<string, number>>) => void;
  readonly onRetryAfter: (delayMs: number) => void;
  readonly onNote: (text: string) => void;
  /** Those that a line may be about. */
  readonly items: ReadonlySet<string>;
  readonly batch: BatchNews | null;
}

export class ReportedWords {
  private readonly hearers: Hearers;
  private readonly metricNames = new Set<string>();
  private readonly unheard: Set<string>;
  private strayFailure: string | null = null;

  constructor(hearers: Hearers) {
    this.hearers = hearers;
    this.unheard = new Set(hearers.batch === null ? [] : hearers.items);
  }

  /** What was reported of an item that is not in the batch: one has failed, and nobody knows which. */
  get failureOfNobody(): string | null {
    return this.strayFailure;
  }

  /** Whether there are items in a batch of which neither `done` nor `failed` was heard. */
  get leavesItemsOpen(): boolean {
    return this.unheard.size > 0;
  }

  /**
   * A line holds one or more of `progress`, `metric`, `retryAfter` and `note`, or what is to be said of an item; and
   * counts as a whole or not at all.
   */
  understand(line: string): boolean {
    const said = parsed(line);
    if (!isObject(said)) return false;
    if (said.item !== undefined) return this.understandItem(said);
    const { progress, metric, retryAfter, note, ...others } = said;
    if (Object.keys(others).length > 0 || Object.keys(said).length === 0) return false;
    if (progress !== undefined && !isProgress(progress)) return false;
    if (metric !== undefined && !isMetric(metric)) return false;
    const delayMs = retryAfter === undefined ? null : timerMs(retryAfter);
    if (retryAfter !== undefined && delayMs === null) return false;
    if (note !== undefined && typeof note !== 'string') return false;
    // Last, since it is remembered.
    if (isMetric(metric) && !addNames(this.metricNames, metric)) return false;
    if (isProgress(progress)) this.hearers.onProgress(progress.done, progress.total);
    if (isMetric(metric)) this.hearers.onMetric(metric);
    if (delayMs !== null) this.hearers.onRetryAfter(delayMs);
    if (note !== undefined) this.hearers.onNote(note);
    return true;
  }

  /** `{"item":"…"}` with one or more of `done`, `failed` and `metric`. */
  private understandItem(said: Readonly<Record<string, unknown>>): boolean {
    const { items, batch } = this.hearers;
    if (batch === null) return false;
    const { item, done, failed, metric, ...others } = said;
    // The key of a record may be a number.
    const name = typeof item === 'number' ? String(item) : item;
    const isKnown = typeof name === 'string' && items.has(name);
    const isClear =
      isKnown &&
      Object.keys(others).length === 0 &&
      Object.keys(said).length > 1 &&
      (done === undefined || done === true) &&
      (failed === undefined || (typeof failed === 'string' && done !== true)) &&
      (metric === undefined || (isMetric(metric) && addNames(this.metricNames, metric)));
    if (isClear && isMetric(metric)) batch.onMetric(name, metric);
    if (isClear && done === true) {
      this.unheard.delete(name);
      batch.onDone(name);
    }
    // However it is said, what has failed is never taken for done.
    if (failed !== undefined && failed !== null && failed !== false) {
      const why = typeof failed === 'string' ? failed : JSON.stringify(failed);
      if (isKnown) {
        this.unheard.delete(name);
        batch.onFailed(name, why);
      } else this.strayFailure ??= `an item that is not in the batch, ${JSON.stringify(item)}: ${why}`;
    }
    return isClear;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isProgress(value: unknown): value is { readonly done: number; readonly total: number } {
  return isObject(value) && Number.isFinite(value.done) && Number.isFinite(value.total);
}

export function isMetric(value: unknown): value is Readonly<Record<string, number>> {
  return isObject(value) && Object.entries(value).every(([name, one]) => name.trim() !== '' && isAmount(one));
}

/** Whatever is summed stays a number; and what has been used is never given back, or a budget would not end. */
function isAmount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
