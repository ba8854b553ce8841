// What a run that has not finished, or was killed, has come to: its tasks and what they used, out of its events.

import type { TaskSummary } from '../journal/run-summary.ts';
import type { PipeEvent } from '../model/events.ts';
import { type Metrics, noMetrics, sumOfMetrics } from '../model/metrics.ts';

export interface TaskSoFar extends Pick<TaskSummary, 'task' | 'stage' | 'item' | 'metrics'> {
  /** `unfinished`: it was at work when the last was heard of it. */
  readonly outcome: TaskSummary['outcome'] | 'unfinished';
  /** Of what was heard of it last. */
  readonly at: string;
}

export interface SoFar {
  /** In the order in which they began, those that were found fresh left out. */
  readonly tasks: readonly TaskSoFar[];
  /** What was used, failed attempts included. */
  readonly metrics: Metrics;
}

export function soFar(events: readonly PipeEvent[]): SoFar {
  const tasks = new Map<string, TaskSoFar>();
  let metrics = noMetrics;
  const take = ({ task, at }: { readonly task: string; readonly at: string }, part: Partial<TaskSoFar>) => {
    const before = tasks.get(task);
    if (before !== undefined) tasks.set(task, { ...before, ...part, at });
  };
  for (const event of events) {
    switch (event.kind) {
      case 'task-started': {
        const { task, stage, item, at } = event;
        const { metrics: used } = tasks.get(task) ?? {};
        tasks.set(task, { task, stage, item, outcome: 'unfinished', at, ...(used && { metrics: used }) });
        break;
      }
      case 'task-metric':
        metrics = sumOfMetrics(metrics, event.values);
        take(event, { metrics: sumOfMetrics(tasks.get(event.task)?.metrics ?? noMetrics, event.values) });
        break;
      case 'task-finished': {
        const { task, stage, item, at, outcome } = event;
        const told = Object.keys(event.metrics).length > 0 && { metrics: event.metrics };
        tasks.set(task, { task, stage, item, at, outcome, ...told });
        break;
      }
    }
  }
  return { tasks: [...tasks.values()], metrics };
}
