// How a run ended, from how its tasks did: counts, outcome, exit code; and what is told of a result.
import path from 'node:path';
import type { AuditVerdict, RunFinished, TaskOutcome, TaskPlanned } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Saved } from '../model/saved.ts';
import type { Task } from '../model/task.ts';
import type { FailedEnd } from './attempt-end.ts';
import type { World } from './world.ts';

export type Summary = Omit<RunFinished, 'kind' | 'durationMs'>;

export const noCounts = {
  executed: 0,
  restored: 0,
  fresh: 0,
  failed: 0,
  skipped: 0,
  waiting: 0,
  cancelled: 0,
  savedMs: 0,
} as const;

/** Before any of so many tasks had begun. */
export function cancelledBefore(tasks: number): Summary {
  return { outcome: 'cancelled', exitCode: 130, ...noCounts, cancelled: tasks };
}

export interface TaskEnd {
  readonly outcome: TaskOutcome;
  readonly failure: Failure | null;
  /** Its failure does not fail the run. */
  readonly optional: boolean;
  /** `null`: it was not to be audited. */
  readonly audit: AuditVerdict['kind'] | 'pending' | null;
}

export interface FailureDetails {
  readonly failure: Failure;
  readonly tail: readonly string[];
  readonly hiddenEnv: readonly string[];
  readonly command: string | null;
  readonly log: string | null;
}

/** Where the log of the task's last attempt is, relative to the root. */
export function logOf({ folders }: World, task: Task): string {
  return path.relative(folders.root, folders.logPath(task.id));
}

/** `log`: of its last attempt. */
export function detailsOf(end: FailedEnd, log: string): FailureDetails {
  const { failure, tail, hiddenEnv, command } = end;
  // What never began has printed nothing.
  return { failure, tail, hiddenEnv, command, log: command === null ? null : log };
}

/** Of a task that failed before anything of it was started. `tail`: what something else printed that explains it. */
export function neverBegan(failure: Failure, tail: readonly string[] = []): FailureDetails {
  return { failure, tail, hiddenEnv: [], command: null, log: null };
}

/** Of a task that was to be audited and ended without it. */
export function notAudited(outcome: TaskOutcome): AuditVerdict {
  return { kind: 'not-audited', why: outcome === 'failed' ? 'it failed' : 'it did not run to its end' };
}

function isFailed(outcome: TaskOutcome): boolean {
  return outcome === 'failed' || outcome === 'skipped';
}

export function outcomeOf(ends: readonly TaskEnd[], saved: Saved, interrupted: boolean): Summary {
  const count = (outcome: TaskOutcome) => ends.filter((end) => end.outcome === outcome).length;
  const counts = {
    executed: count('executed'),
    restored: count('restored'),
    fresh: count('fresh'),
    failed: count('failed'),
    skipped: count('skipped'),
    waiting: count('waiting'),
    cancelled: count('cancelled'),
    ...saved,
  };
  if (ends.some((end) => end.failure?.kind === 'internal'))
    return { outcome: 'failed', exitCode: 70, ...counts };
  if (interrupted) return { outcome: 'cancelled', exitCode: 130, ...counts };
  if (counts.cancelled > 0) return { outcome: 'cancelled', exitCode: 130, ...counts, gaveWay: true };
  // Also what is skipped over its own failure of before.
  if (ends.some((end) => end.failure !== null && !end.optional && isFailed(end.outcome)))
    return { outcome: 'failed', exitCode: 1, ...counts };
  const notClean = ends.filter((end) => end.audit !== null && end.audit !== 'declared');
  if (notClean.some((end) => end.outcome === 'executed'))
    return { outcome: 'failed', exitCode: 1, ...counts };
  if (counts.waiting > 0) return { outcome: 'waiting', exitCode: 3, ...counts };
  // What was skipped, or failed as it may, was to be looked at and was not.
  if (notClean.length > 0) return { outcome: 'failed', exitCode: 1, ...counts };
  return { outcome: counts.failed > 0 ? 'degraded' : 'succeeded', exitCode: 0, ...counts };
}

/** As a build would end that did what is planned. */
export function outcomeOfPlans(plans: readonly TaskPlanned[]): Summary {
  const fresh = plans.filter((plan) => plan.action === 'fresh').length;
  const waiting = plans.filter((plan) => plan.action === 'wait').length;
  const failures = plans.filter((plan) => plan.action === 'fail');
  const failed = failures.length;
  const skipped = plans.filter((plan) => plan.action === 'skip').length;
  const counts = { ...noCounts, fresh, failed, skipped, waiting };
  if (failures.some(({ optional }) => !optional)) return { outcome: 'failed', exitCode: 1, ...counts };
  if (waiting > 0) return { outcome: 'waiting', exitCode: 3, ...counts };
  return { outcome: failed > 0 ? 'degraded' : 'succeeded', exitCode: 0, ...counts };
}

/** What is told of a task's result. */
export function resultOf(record: TaskRecord | null) {
  if (record === null) return {};
  const outputs = record.outputs.map(({ path, sizeBytes, digest }) => ({ path, sizeBytes, digest }));
  return { metrics: record.metrics, outputs };
}
