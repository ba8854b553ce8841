// How a run ended, from how its tasks did: counts, outcome, exit code.
import type { AuditVerdict, RunFinished, TaskOutcome } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';

export interface TaskEnd {
  readonly outcome: TaskOutcome;
  readonly failure: Failure | null;
  /** Its failure does not fail the run. */
  readonly optional: boolean;
  /** `null`: it was not to be audited. */
  readonly audit: AuditVerdict['kind'] | 'pending' | null;
}

/** Of a task that was to be audited and ended without it. */
export function notAudited(outcome: TaskOutcome): AuditVerdict {
  return { kind: 'not-audited', why: outcome === 'failed' ? 'it failed' : 'it did not run to its end' };
}

export function outcomeOf(
  ends: readonly TaskEnd[],
  savedMs: number,
  interrupted: boolean,
): Omit<RunFinished, 'kind' | 'durationMs'> {
  const count = (outcome: TaskOutcome) => ends.filter((end) => end.outcome === outcome).length;
  const counts = {
    executed: count('executed'),
    restored: count('restored'),
    fresh: count('fresh'),
    failed: count('failed'),
    skipped: count('skipped'),
    waiting: count('waiting'),
    cancelled: count('cancelled'),
    savedMs,
  };
  if (ends.some((end) => end.failure?.kind === 'internal'))
    return { outcome: 'failed', exitCode: 70, ...counts };
  if (interrupted) return { outcome: 'cancelled', exitCode: 130, ...counts };
  if (ends.some((end) => end.outcome === 'failed' && !end.optional))
    return { outcome: 'failed', exitCode: 1, ...counts };
  const notClean = ends.filter((end) => end.audit !== null && end.audit !== 'declared');
  if (notClean.some((end) => end.outcome === 'executed'))
    return { outcome: 'failed', exitCode: 1, ...counts };
  if (counts.waiting > 0) return { outcome: 'waiting', exitCode: 3, ...counts };
  // What was skipped, or failed as it may, was to be looked at and was not.
  if (notClean.length > 0) return { outcome: 'failed', exitCode: 1, ...counts };
  return { outcome: counts.failed > 0 ? 'degraded' : 'succeeded', exitCode: 0, ...counts };
}
