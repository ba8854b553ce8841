// How long the rest of a build is known to take behind each of its tasks, by what executions took before.
import type { TaskId } from '../base/brand.ts';
import { recordIn } from '../model/record.ts';
import { isManyTasks, type Task } from '../model/task.ts';
import { type ItemsTook, itemsTook } from './past-items.ts';
import type { Records } from './ports.ts';
import type { TaskOrder } from './task-orders.ts';

/**
 * By stage: the longest chain from its task to an end of the build, its own time included, in milliseconds; items have
 * that of all of them together. What never ended well counts for nothing. `tasks` in topological order.
 */
export function chainsOf(
  tasks: readonly Task[],
  orders: readonly TaskOrder[],
  durationMsOf: (task: Task) => number,
): ReadonlyMap<string, number> {
  const after = new Map<TaskId, TaskId[]>();
  for (const order of orders) {
    const known = after.get(order.before);
    if (known === undefined) after.set(order.before, [order.after]);
    else known.push(order.after);
  }
  const chains = new Map<string, number>();
  for (let i = tasks.length - 1; i >= 0; i--) {
    const task = tasks[i]!;
    let longestMs = 0;
    for (const id of after.get(task.id) ?? []) longestMs = Math.max(longestMs, chains.get(id) ?? 0);
    chains.set(task.id, durationMsOf(task) + longestMs);
  }
  return chains;
}

/** A stage with items takes as long as its longest one, and at least its share of all slots. */
export function pastDurations(
  records: Pick<Records, 'memory' | 'remembered'>,
  jobs: number,
): (task: Task) => number {
  let families: ReadonlyMap<string, ItemsTook> | null = null;
  return (task) => {
    if (!isManyTasks(task)) return recordIn(records.memory(task.id))?.durationMs ?? 0;
    families ??= itemsTook(records);
    const time = families.get(task.stage.name);
    return time === undefined ? 0 : Math.max(time.longestMs, time.sumMs / jobs);
  };
}
