// Passes over a build in which all is fresh, and tells of it. Nobody holds the lock, so nothing is looked at again, begun
// or taken away: what has changed since the look is for the next build.
import type { TaskId } from '../base/brand.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import type { Board } from './board.ts';

/** What one look found. */
export interface AllFresh {
  /** Of the stages that have any. */
  readonly items: ReadonlyMap<TaskId, readonly Task[]>;
  readonly records: ReadonlyMap<TaskId, TaskRecord | null>;
}

/** How many items each stage has, by its task. */
export type Counts = ReadonlyMap<TaskId, number>;

export function countsOf({ items }: AllFresh): Counts {
  return new Map([...items].map(([stage, tasks]) => [stage, tasks.length]));
}

/** The board must know of no orders from item to item: here all items of a stage come before those of the next. */
export function passOver(board: Board, { items, records }: AllFresh): Board {
  for (let task = board.takeReady(); task !== null; task = board.takeReady()) {
    const ofStage = items.get(task.id);
    if (ofStage === undefined) board.fresh(task, records.get(task.id) ?? null);
    else board.families.fanOut(task, ofStage, { expected: ofStage.length });
  }
  return board;
}
