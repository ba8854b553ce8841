// How a task of a watch ends that is not to begin in this run.
import { type AssessmentOrFailure, isFailure } from './assessment.ts';
import type { Left } from './attempt-end.ts';
import type { Board } from './board.ts';
import type { Hold } from './watching.ts';
import { recordOf } from './whats-to-do.ts';

/** `Left`: its code is known to be old. */
export function leave(board: Board, assessed: AssessmentOrFailure, why: Hold | Left): void {
  const { task } = assessed;
  if ('outcome' in why) board.cancelled(task, why);
  else if (why.kind !== 'as-it-is') board.held(task, why.kind === 'until-asked' ? null : why.failure);
  else board.fresh(task, isFailure(assessed) ? null : recordOf(assessed));
}
