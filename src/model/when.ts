// Whether a stage runs, by how the stages before it ended.
import type { TaskOutcome } from './events.ts';

/** What has to have become of the stages before it. */
export type When = 'success' | 'failure' | 'always';

export const whens = ['success', 'failure', 'always'] as const satisfies readonly When[];

/** How a stage before it ended in this run. */
export interface EndBefore {
  readonly stage: string;
  readonly outcome: TaskOutcome;
  /** Its failure does not fail the run. */
  readonly optional: boolean;
  /** Whether the stage comes right after it, by a file or by name. */
  readonly isNext: boolean;
  /** The stages that stood in its way. */
  readonly blockedBy: readonly string[];
}

export type Call =
  /** `failed`: the stages that did, of those that count. */
  | { readonly kind: 'called'; readonly failed: readonly string[] }
  /** It is for a failure, and there was none. */
  | { readonly kind: 'unneeded' }
  | { readonly kind: 'blocked'; readonly outcome: 'skipped' | 'cancelled'; readonly by: readonly string[] };

/** For a stage that does not just wait for success, when all before it have ended, near and far. */
export function callFor(when: Exclude<When, 'success'>, before: readonly EndBefore[]): Call {
  const named = (ends: readonly EndBefore[]) => [...new Set(ends.map(({ stage }) => stage))];
  const cancelled = before.filter(({ outcome }) => outcome === 'cancelled');
  if (cancelled.length > 0) return { kind: 'blocked', outcome: 'cancelled', by: named(cancelled) };
  const failed = named(before.filter((end) => end.outcome === 'failed' && counts(end, before)));
  if (when === 'failure') return failed.length === 0 ? { kind: 'unneeded' } : { kind: 'called', failed };
  // What waits for a person has not ended, one way or the other.
  const waiting = before.filter(({ outcome }) => outcome === 'waiting');
  if (waiting.length > 0) return { kind: 'blocked', outcome: 'skipped', by: named(waiting) };
  return { kind: 'called', failed };
}

/** An optional stage may fail, but for those right after it, or where these could not run over it. */
function counts({ stage, optional, isNext }: EndBefore, before: readonly EndBefore[]): boolean {
  return !optional || isNext || before.some((other) => other.isNext && other.blockedBy.includes(stage));
}
