// How the last attempt at a task ended where it did not succeed: as its record and the history of its run tell.
import type { RunId, TaskId } from '../base/brand.ts';
import { endIn, type TaskEnd } from '../journal/history.ts';
import { shellQuote } from '../model/command/shell-line.ts';
import type { Memory, Overwriting } from '../model/record.ts';
import { ago } from '../model/words/amounts.ts';
import { explainFailure } from '../model/words/failures.ts';
import { printable } from '../model/words/printable.ts';
import { type AtWork, isRunOf } from './looking.ts';

export type LastAttempt = { readonly task: TaskId; readonly runId: RunId } & (
  | { readonly kind: 'ended'; readonly end: TaskEnd }
  /** In good order, and the history knows no more of it. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'killed' }
  /** By a run that is at work still. */
  | { readonly kind: 'begun' }
  /** It had succeeded; the lines of the state file after it were damaged. */
  | { readonly kind: 'doubted' }
  | { readonly kind: 'overwritten'; readonly by: Overwriting }
);

/** `null`: there was none, or it succeeded. `state`: the state folder, absolute. `atWork`: asked before `memory`. */
export function lastAttempt(
  state: string,
  task: TaskId,
  memory: Memory,
  atWork: AtWork | null,
): LastAttempt | null {
  if (memory.kind !== 'unfinished') return null;
  const { runId, leftovers, overwritten, last } = memory;
  const which = { task, runId };
  if (overwritten !== undefined) return { ...which, kind: 'overwritten', by: overwritten };
  if (!leftovers && last?.runId === runId) return { ...which, kind: 'doubted' };
  // Asked first: the run may end at any time.
  const isAtWork = atWork !== null && isRunOf(atWork.holder, state, runId);
  const end = endIn(state, runId, task);
  if (end !== null) return { ...which, kind: 'ended', end };
  if (isAtWork) return { ...which, kind: 'begun' };
  return { ...which, kind: leftovers ? 'killed' : 'failed' };
}

export function attemptLines(attempt: LastAttempt, nowMs: number): readonly string[] {
  const { task, runId } = attempt;
  switch (attempt.kind) {
    case 'ended': {
      const { at, outcome, failure, log } = attempt.end;
      const how = failure === undefined ? '' : `: ${explainFailure(failure)[0]}`;
      return [
        `${outcome} ${ago(Date.parse(at), nowMs)}${how}, run ${runId}`,
        ...(log === undefined ? [] : [`its log: pipe logs ${runId} ${printable(shellQuote(task))}`]),
      ];
    }
    case 'failed':
      return [`run ${runId} tried it, and it failed`];
    case 'begun':
      return [`run ${runId} has begun it, and is at work`];
    case 'killed':
      return [`run ${runId} began and did not finish it`];
    case 'doubted':
      return [`run ${runId} did it, but what is on record since is damaged`];
    case 'overwritten':
      return [`run ${runId} made ${printable(attempt.by.path)} for ${printable(attempt.by.params)}`];
  }
}

/** Of those that did not succeed by themselves. */
export function attemptJson(attempt: LastAttempt) {
  const { runId, kind } = attempt;
  switch (kind) {
    case 'ended': {
      const { at, outcome, failure, log } = attempt.end;
      return { runId, outcome, at, ...(failure && { failure }), ...(log !== undefined && { log }) };
    }
    case 'failed':
      return { runId, outcome: 'failed' as const };
    case 'begun':
      return { runId, outcome: 'running' as const };
    case 'killed':
      return { runId, outcome: 'unfinished' as const };
    case 'doubted':
    case 'overwritten':
      return null;
  }
}
