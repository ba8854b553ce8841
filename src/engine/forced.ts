// What is executed although it may be fresh: in a run that goes on with another, what has not been executed since.
import type { RunId } from '../base/brand.ts';
import { recordIn } from '../model/record.ts';
import type { Selection } from '../model/selection.ts';
import type { Task } from '../model/task.ts';
import type { World } from './world.ts';

export interface Forced {
  has(task: Task): boolean;
}

/** The run that can be gone on with where anything is forced in it; `null`: nothing is. */
export function forcingRun({ folders }: World, { forced }: Selection): RunId | null {
  return forced.isEmpty ? null : folders.runId;
}

/** It is asked anew each time: while a build waits for another, that one may do what it was to do. */
export function forcedIn(
  { records }: Pick<World, 'records'>,
  { forced, forcedSince }: Pick<Selection, 'forced' | 'forcedSince'>,
): Forced {
  if (forcedSince === undefined) return forced;
  return {
    has(task) {
      if (!forced.has(task)) return false;
      // Also one that does not stand any more: what it was asked for was done, and the rest is as for any other task.
      const last = recordIn(records.memory(task.id));
      return last === null || (last.executedIn ?? last.runId) < forcedSince;
    },
  };
}
