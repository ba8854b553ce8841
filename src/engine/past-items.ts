// What the items of each stage took, by the last executions of those that had one: a measure for the others.
import { type Metrics, meanOfMetrics } from '../model/metrics.ts';
import type { TaskRecord } from '../model/record.ts';
import { stageOfTask } from '../model/task.ts';
import type { Records } from './ports.ts';

/** What an execution is likely to take and to use. */
export interface Expectation {
  readonly durationMs: number;
  readonly metrics: Metrics;
}

export interface ItemsTook {
  readonly longestMs: number;
  readonly sumMs: number;
  /** Of one of them, on average. */
  readonly mean: Expectation;
}

/** By stage. What a person has accepted was not executed. */
export function itemsTook(records: Pick<Records, 'remembered'>): ReadonlyMap<string, ItemsTook> {
  const all = records.remembered();
  let took = knownOf.get(all);
  if (took === undefined) {
    took = tookIn(all);
    knownOf.set(all, took);
  }
  return took;
}

/** What was worked out of a list of records, which is the same as long as none of them is another. */
const knownOf = new WeakMap<readonly TaskRecord[], ReadonlyMap<string, ItemsTook>>();

function tookIn(records: readonly TaskRecord[]): ReadonlyMap<string, ItemsTook> {
  const byStage = new Map<string, Expectation[]>();
  for (const { task, durationMs, metrics, accepted } of records) {
    if (accepted !== undefined) continue;
    const stage = stageOfTask(task);
    const known = byStage.get(stage);
    if (known === undefined) byStage.set(stage, [{ durationMs, metrics }]);
    else known.push({ durationMs, metrics });
  }
  return new Map([...byStage].map(([stage, executions]) => [stage, together(executions)]));
}

function together(executions: readonly Expectation[]): ItemsTook {
  let longestMs = 0;
  let sumMs = 0;
  for (const { durationMs } of executions) {
    longestMs = Math.max(longestMs, durationMs);
    sumMs += durationMs;
  }
  const metrics = meanOfMetrics(executions.map((one) => one.metrics));
  return { longestMs, sumMs, mean: { durationMs: sumMs / executions.length, metrics } };
}
