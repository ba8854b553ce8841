// What a watch does not run by itself although it is stale: what would fail again, what waits to be asked for, what a budget
// has stopped, and what would run each time. Nor does it try again what could not be taken away.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { TaskFinished } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { type Metrics, noMetrics, reachedLimit } from '../model/metrics.ts';
import { isNamedIn, type Task } from '../model/task.ts';
import { type AssessmentOrFailure, isFailure } from './assessment.ts';
import { FailedBefore } from './failed-before.ts';
import { OverEdits } from './over-edits.ts';
import type { Hold, Watching } from './watching.ts';

/** What a run is made for. */
export type RunCause =
  /** The first one, which brings all up to date. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'change' }
  /** A person asked: for all that is stale, for what failed before, for one stage if it is stale, or one task in any case. */
  | { readonly kind: 'all' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'stage'; readonly stage: string }
  | { readonly kind: 'force'; readonly task: string };

export class Holds implements Watching {
  private readonly overEdits = new OverEdits();
  private readonly failedBefore = new FailedBefore(this.overEdits);
  /** What a budget has stopped, and how much had been used by then. */
  private readonly stopped = new Map<TaskId, Metrics>();
  private cause: RunCause = { kind: 'begin' };
  private budget: Metrics = noMetrics;
  private readonly cleared = new Set<string | null>();
  /** In the run that is at work, by stage: what did something, well or not. */
  private readonly ran = new Set<string>();

  /** Before each run, and again before looking whether there is to be one: then `change`. `budget`: of each run. */
  begin(cause: RunCause, budget: Metrics = noMetrics): void {
    this.cause = cause;
    this.budget = budget;
    this.ran.clear();
    if (cause.kind === 'all' || cause.kind === 'failed') this.failedBefore.letGo();
    if (cause.kind === 'all') this.stopped.clear();
  }

  /**
   * Something may be otherwise than it was. `came`: where something was for a moment at least since the last look; `null`:
   * nobody knows, and all is looked at.
   */
  heard(came: Iterable<FilePath> | null): void {
    this.cleared.clear();
    this.failedBefore.heard(came);
  }

  /** Whether something failed over edits that is to be tried once more when there are none for a while. */
  get waitsForCalm(): boolean {
    return this.failedBefore.waitsForCalm;
  }

  /** In the run that is at work. What a failure in it has left out has had its turn as well. */
  ended(finished: TaskFinished): void {
    const { task, stage, outcome, failure, blockedBy = [] } = finished;
    this.overEdits.ended(finished);
    const isLeftOut = outcome === 'skipped' && failure === undefined;
    if (outcome === 'executed' || outcome === 'restored') this.foundFresh(task);
    const hasRun = outcome === 'executed' || outcome === 'restored' || outcome === 'failed';
    if (hasRun || (isLeftOut && blockedBy.some((before) => this.ran.has(before)))) this.ran.add(stage);
  }

  failed(task: Task, assessed: AssessmentOrFailure, failure: Failure, overEdits: boolean): void {
    this.failedBefore.add(task, assessed, failure, overEdits);
  }

  stoppedByBudget(task: TaskId, spent: Metrics): void {
    this.stopped.set(task, spent);
  }

  foundFresh(task: TaskId): void {
    this.failedBefore.forget(task);
    this.stopped.delete(task);
  }

  foundAtRest(isGone: (task: TaskId) => boolean): void {
    this.failedBefore.forgetEdits(isGone);
  }

  leavesToNext({ id }: Task): boolean {
    return this.overEdits.leavesToNext(id);
  }

  clearedUp(stage: string | null): void {
    this.cleared.add(stage);
  }

  hasClearedUp(stage: string | null): boolean {
    return this.cleared.has(stage);
  }

  hold(
    task: Task,
    assessed: AssessmentOrFailure,
    isBeforeItsTurn: (() => boolean) | null = null,
  ): Hold | null {
    const { stage } = task;
    if (this.isAskedFor(task)) return null;
    if (this.isStopped(task.id)) return { kind: 'until-asked', why: 'budget' };
    if (stage.watch === 'manual') return this.untilAsked(this.failedBefore.has(task.id));
    if (this.isJustAlways(assessed) && !stage.after.some((name) => this.ran.has(name)))
      return { kind: 'as-it-is' };
    // Another failure is news for what it runs over.
    if (stage.when === 'failure') return null;
    const failure = this.failedBefore.failureOf(task, assessed, isBeforeItsTurn);
    return failure && { kind: 'until-changed', failure };
  }

  private untilAsked(hasFailed: boolean): Hold | null {
    const isAsked = this.cause.kind === 'all' || (this.cause.kind === 'failed' && hasFailed);
    return isAsked ? null : { kind: 'until-asked', why: hasFailed ? 'failed' : 'manual' };
  }

  /** Each run has a budget of its own, so that whatever ran by itself would use it anew; a larger one is a request. */
  private isStopped(task: TaskId): boolean {
    const spent = this.stopped.get(task);
    if (spent === undefined) return false;
    if (reachedLimit(spent, this.budget) !== null) return true;
    this.stopped.delete(task);
    return false;
  }

  private isAskedFor(task: Task): boolean {
    if (this.cause.kind === 'force') return isNamedIn(new Set([this.cause.task]), task);
    return this.cause.kind === 'stage' && this.cause.stage === task.stage.name;
  }

  /**
   * What declares nothing to compare with, and what goes by a time that is still to come, would run again for each change of
   * anything, and for whatever is asked for.
   */
  private isJustAlways(assessed: AssessmentOrFailure): boolean {
    const isForAll = this.cause.kind === 'begin' || this.cause.kind === 'all';
    if (isForAll || isFailure(assessed) || assessed.verdict.kind === 'fresh') return false;
    return assessed.verdict.reasons.every(
      (reason) => reason.code === 'always' || (reason.code === 'input-newer' && reason.isAhead === true),
    );
  }
}
