// A task: one stage applied to one item. Stages without items have exactly one task.

import type { TaskId } from '../base/brand.ts';
import type { Stage } from './stage.ts';

export interface Task {
  readonly id: TaskId;
  /** As it stands for the item. */
  readonly stage: Stage;
  /** `null` where the stage has no items. */
  readonly item: string | null;
}

/** Of a stage with items as a whole it stands for all its tasks, until it is known which there are. */
export function taskOf(stage: Stage): Task {
  const item = stage.item?.name ?? null;
  return { id: taskIdOf(stage.name, item), stage, item };
}

export function taskIdOf(stage: string, item: string | null): TaskId {
  return (item === null ? stage : `${stage}:${item}`) as TaskId;
}

/** In place of a task, for all items of a stage together. No item is called so. */
export function allItemsOf(stage: string): TaskId {
  return taskIdOf(stage, '');
}

/** Names of stages have no colon. */
export function stageOfTask(id: TaskId): string {
  const colon = id.indexOf(':');
  return colon < 0 ? id : id.slice(0, colon);
}

/** Whether it stands for tasks that are not known yet. */
export function isManyTasks({ stage }: Task): boolean {
  return stage.forEach !== null && stage.item === null;
}

/** Whether it is among the names, or its stage with all its items. */
export function isNamedIn(names: ReadonlySet<string>, { id, stage }: Task): boolean {
  return names.size > 0 && (names.has(stage.name) || names.has(id));
}
