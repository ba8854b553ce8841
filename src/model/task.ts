// A task: one stage applied to one item. Stages without items have exactly one task.

import type { TaskId } from '../base/brand.ts';
import type { Stage } from './stage.ts';

export interface Task {
  readonly id: TaskId;
  readonly stage: Stage;
  /** `null` where the stage has no items. */
  readonly item: string | null;
}

export function taskOf(stage: Stage, item: string | null = null): Task {
  return { id: (item === null ? stage.name : `${stage.name}:${item}`) as TaskId, stage, item };
}
