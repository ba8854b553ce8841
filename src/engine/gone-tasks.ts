// Which items a stage no longer has, and what is known of them.
import type { TaskId } from '../base/brand.ts';
import { type PatternSet, setOfTexts } from '../model/glob/pattern-set.ts';
import { taskOfStage } from '../model/items/item-tasks.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Stage } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import type { World } from './world.ts';

/** A stage with the tasks that it has by now. */
export interface Family {
  readonly stage: Stage;
  readonly tasks: readonly Task[];
  /** Where others are left out: those that may be gone. Default: all others that are on record. */
  readonly among?: ReadonlySet<TaskId>;
}

/** What is known of a task whose item is gone. */
export interface GoneTask {
  readonly task: TaskId;
  readonly record: TaskRecord | null;
  /** Where its last attempt did not end well: the outputs it was to make, of which there may be others than on record. */
  readonly attempt: { readonly wasKilled: boolean; readonly produces: PatternSet } | null;
}

/** All of a stage that are none of its tasks, sorted. */
export function goneTasks({ records }: World, { stage, tasks, among }: Family): readonly GoneTask[] {
  const present = idsOf(tasks);
  const isGone = (id: TaskId) => !present.has(id) && (among === undefined || among.has(id));
  const results = new Map<TaskId, TaskRecord>();
  for (const record of records.remembered(stage.name))
    if (isGone(record.task)) results.set(record.task, record);
  const unfinished = new Set(records.unfinished(stage.name).filter(isGone));
  const known = new Set([...results.keys(), ...unfinished]);
  if (known.size === 0) return [];
  const killed = new Map(records.killed().map((one) => [one.task, one]));
  const attemptAt = (task: TaskId): GoneTask['attempt'] => {
    if (!unfinished.has(task)) return null;
    const begun = killed.get(task);
    if (begun !== undefined) return { wasKilled: true, produces: setOfTexts(begun.produces) };
    return { wasKilled: false, produces: taskOfStage(stage, task)?.stage.produces ?? { entries: [] } };
  };
  return [...known]
    .sort()
    .map((task) => ({ task, record: results.get(task) ?? null, attempt: attemptAt(task) }));
}

/** The items that a stage is found to have are asked of several times. */
const idsOfTasks = new WeakMap<readonly Task[], ReadonlySet<TaskId>>();

function idsOf(tasks: readonly Task[]): ReadonlySet<TaskId> {
  let ids = idsOfTasks.get(tasks);
  if (ids === undefined) {
    ids = new Set(tasks.map(({ id }) => id));
    idsOfTasks.set(tasks, ids);
  }
  return ids;
}
