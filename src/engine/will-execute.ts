// Whether what is stale comes to an execution, as far as can be told beforehand: it may be restored, or only checked again.
import type { Task } from '../model/task.ts';
import { findAction } from './artifacts.ts';
import type { Assessment } from './assessment.ts';
import { resultToCheck } from './checking.ts';
import { protectedAmong } from './make-room.ts';
import type { ActionResult } from './ports.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import type { World } from './world.ts';

/** The tasks that are executed whatever the cache has. */
export type Executing = Pick<SchedulerOptions, 'forced' | 'audited'>;

export function willExecute(world: World, options: Executing, task: Task, assessment: Assessment): boolean {
  if (assessment.verdict.kind === 'fresh') return false;
  if (task.stage.always || options.forced.has(task) || options.audited.has(task)) return true;
  const reading = assessment.read();
  if ('failure' in reading) return false;
  if (resultToCheck(world, assessment, assessment.outputs) !== null) return false;
  return findAction(world, assessment, reading.fingerprint()) === null;
}

/** The same of an attempt that has looked into the cache, at what is not fresh: a person may have to decide first. */
export function comesToExecution(
  world: World,
  assessment: Assessment,
  action: ActionResult | null,
  whateverThereIs: boolean,
): boolean {
  if (whateverThereIs) return true;
  if (action !== null || resultToCheck(world, assessment, assessment.outputs) !== null) return false;
  return protectedAmong(world, assessment).length === 0;
}
