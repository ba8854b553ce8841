// How an attempt can end.
import type { LeftOverEdit } from '../model/edit-events.ts';
import type { AuditVerdict } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Prepared } from './execution.ts';
import { isRefusal } from './refusal.ts';

export interface SuccessfulEnd {
  readonly kind: 'executed' | 'restored';
  readonly record: TaskRecord;
  /** A result that was stored without a log has none in this run. */
  readonly hasLog: boolean;
  readonly audit: AuditVerdict | null;
}

export interface FailedEnd {
  readonly kind: 'failed';
  readonly failure: Failure;
  readonly tail: readonly string[];
  readonly hiddenEnv: readonly string[];
  readonly command: string | null;
  /** What the command asked for before another attempt. */
  readonly retryAfterMs: number | null;
}

export interface CancelledEnd {
  readonly kind: 'cancelled';
  /** In a watch, over an edit. */
  readonly left?: Left;
}

/** It is `waiting` to be asked for again, or the next run sees to it. */
export type Left = LeftOverEdit & { readonly outcome: 'waiting' | 'cancelled' };

export type AttemptEnd = SuccessfulEnd | FailedEnd | CancelledEnd;

export function failed(
  failure: Failure,
  tail: readonly string[] = [],
  prepared: Prepared | null = null,
): FailedEnd {
  return {
    kind: 'failed',
    failure,
    tail,
    // What it made is wrong, and not for want of a variable as far as anybody can tell: it ended well.
    hiddenEnv: failure.kind === 'check-failed' ? [] : (prepared?.hiddenEnv() ?? []),
    command: prepared?.command() ?? null,
    retryAfterMs: prepared?.retryAfterMs() ?? null,
  };
}

/** What was thrown while an attempt was at work, as a fate of its task. */
export function failureOf(error: unknown): Failure {
  if (isRefusal(error)) return { kind: 'io', message: error.message };
  const { message, stack } = error as Error;
  return { kind: 'internal', message: message ?? String(error), stack: stack ?? null };
}
