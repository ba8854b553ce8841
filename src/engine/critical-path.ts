// How long the rest of a build is known to take behind each of its tasks, by what executions took before.
import type { TaskId } from '../base/brand.ts';
import { recordIn } from '../model/record.ts';
import { isManyTasks, stageOfTask, type Task } from '../model/task.ts';
import { type ItemsTook, itemsTook } from './past-items.ts';
import type { Records } from './ports.ts';
import type { TaskOrder } from './task-orders.ts';
import type { Found } from './whats-to-do.ts';

/**
 * By stage: the longest chain from its task to an end of the build, its own time included, in milliseconds; items have
 * that of all of them together. What never ended well counts for nothing. `tasks` in topological order. `first`: stages
 * that come before all others.
 */
export function chainsOf(
  tasks: readonly Task[],
  orders: readonly TaskOrder[],
  durationMsOf: (task: Task) => number,
  first: ReadonlySet<string> = new Set(),
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
  for (const stage of first) chains.set(stage, Number.POSITIVE_INFINITY);
  return chains;
}

/**
 * The stages that are known to be stale, where all of it can run at once: then none of it has to wait until a thousand
 * others have passed. Else it would take the slot of something with a longer chain that these release.
 */
export function staleAtOnce(found: Found | null, jobs: number): ReadonlySet<string> {
  const stale: TaskId[] = [];
  for (const [id, { kind }] of found?.tasks ?? []) if (kind === 'stale') stale.push(id);
  return new Set(stale.length <= jobs ? stale.map(stageOfTask) : []);
}

/**
 * A stage with items takes as long as its longest one, and at least its share of all slots. `known`: what tasks took of
 * which no record need be read for that.
 */
export function pastDurations(
  records: Pick<Records, 'memory' | 'remembered'>,
  jobs: number,
  known: (task: TaskId) => number | undefined = () => undefined,
): (task: Task) => number {
  let families: ReadonlyMap<string, ItemsTook> | null = null;
  return (task) => {
    if (!isManyTasks(task)) return known(task.id) ?? recordIn(records.memory(task.id))?.durationMs ?? 0;
    families ??= itemsTook(records);
    const time = families.get(task.stage.name);
    return time === undefined ? 0 : Math.max(time.longestMs, time.sumMs / jobs);
  };
}
