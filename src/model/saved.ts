// What a run did not have to spend again: time and metrics of the executions whose results are still of use.
import { type Metrics, sumOfMetrics } from './metrics.ts';

export interface Saved {
  readonly savedMs: number;
  /** Where any were reported. */
  readonly savedMetrics?: Metrics;
}

export function savedBy(durationMs: number, metrics: Metrics): Saved {
  return Object.keys(metrics).length === 0
    ? { savedMs: durationMs }
    : { savedMs: durationMs, savedMetrics: metrics };
}

export function savedInAll(ones: Iterable<Saved>): Saved {
  let savedMs = 0;
  let metrics: Metrics | null = null;
  for (const one of ones) {
    savedMs += one.savedMs;
    if (one.savedMetrics !== undefined) metrics = sumOfMetrics(metrics ?? {}, one.savedMetrics);
  }
  return savedBy(savedMs, metrics ?? {});
}
