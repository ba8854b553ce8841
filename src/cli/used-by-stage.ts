// What the stages of a run used, where the tasks of a stage are several: its items, added up.

import { type Metrics, metricsText, noMetrics, sumOfMetrics } from '../model/metrics.ts';
import { printable } from '../model/words/printable.ts';
import type { Column } from '../render/table.ts';
import type { TaskSoFar } from './so-far.ts';

export const usedByStageColumns: readonly Column[] = [
  { title: 'stage' },
  { title: 'tasks', align: 'right' },
  { title: 'used' },
  { title: 'saved' },
];

interface Total {
  readonly tasks: number;
  readonly used: Metrics;
  /** What those were spared that were restored. */
  readonly saved: Metrics;
}

/**
 * One row for each stage that reported anything, in the order in which they first finished. None at all where
 * each of them has one task, and the table of tasks says the same.
 */
export function usedByStage(
  tasks: readonly Pick<TaskSoFar, 'stage' | 'outcome' | 'metrics'>[],
): readonly (readonly string[])[] {
  const totals = new Map<string, Total>();
  for (const { stage, outcome, metrics } of tasks) {
    if (metrics === undefined) continue;
    const { tasks, used, saved } = totals.get(stage) ?? { tasks: 0, used: noMetrics, saved: noMetrics };
    totals.set(
      stage,
      outcome === 'restored'
        ? { tasks: tasks + 1, used, saved: sumOfMetrics(saved, metrics) }
        : { tasks: tasks + 1, used: sumOfMetrics(used, metrics), saved },
    );
  }
  if ([...totals.values()].every((total) => total.tasks === 1)) return [];
  return [...totals].map(([stage, { tasks, used, saved }]) => [
    printable(stage),
    String(tasks),
    printable(metricsText(used)),
    printable(metricsText(saved)),
  ]);
}
