// The retries of one build: how often each task has been tried, and which wait for their next attempt.
// A task that waits has no slot.
import type { TaskId } from '../base/brand.ts';
import { type RetryDecision, type RetryPolicy, retryDecision } from '../model/retry.ts';
import type { Task } from '../model/task.ts';
import { type AssessmentOrFailure, isFailure } from './assessment.ts';
import type { Attempt } from './attempt.ts';
import type { FailedEnd } from './attempt-end.ts';
import type { Board } from './board.ts';
import { areAsSeen, inputsThatChanged } from './input-changes.ts';
import { detailsOf, type FailureDetails } from './run-outcome.ts';
import type { Stopping } from './stopping.ts';
import { named } from './task-state.ts';
import { type EditedFiles, mayConcern } from './watching.ts';
import type { World } from './world.ts';

interface Tried {
  /** Attempts so far, those over edited inputs among them. */
  readonly attempts: number;
  readonly failures: number;
}

/** What comes of a task without another attempt. */
interface Pause {
  readonly assessed: AssessmentOrFailure;
  readonly details: FailureDetails;
  readonly callOff: () => void;
  /** When it is over, and over all that failed together and wait as long. */
  readonly group: string;
}

export class Retrying {
  private readonly world: World;
  private readonly board: Board;
  private readonly onOver: (task: Task) => void;
  private readonly isWatched: boolean;
  private readonly tried = new Map<Task, Tried>();
  private readonly pauses = new Map<Task, Pause>();

  /** `onOver`: the time of a task has come. `isWatched`: what is asked for once runs once. */
  constructor(
    world: World,
    board: Board,
    { onOver, isWatched }: { readonly onOver: (task: Task) => void; readonly isWatched: boolean },
  ) {
    this.world = world;
    this.board = board;
    this.onOver = onOver;
    this.isWatched = isWatched;
  }

  /** The number of the task's next attempt. */
  next(task: Task): number {
    return (this.tried.get(task)?.attempts ?? 0) + 1;
  }

  isRetry(task: Task): boolean {
    return this.tried.has(task);
  }

  /** Whether the task is to have another attempt: then it waits for it from now on. `log`: of the one that failed. */
  takes(task: Task, attempt: Attempt, end: FailedEnd, log: string): boolean {
    const { retry } = task.stage;
    if (retry === null) return false;
    const failures = this.failuresWith(task);
    const first = attempt.executing.batch?.first ?? task.id;
    const decision = this.decide(retry, first, end, failures);
    if (decision.kind === 'no-answer') {
      const message = `it is not tried again, since its "retry.when" gave no answer: ${decision.why}`;
      this.world.events.emit({ kind: 'warning', message, task: task.id });
    }
    if (decision.kind !== 'again') return false;
    const { number, assessed } = attempt;
    const { delayMs } = decision;
    this.tried.set(task, { attempts: number, failures });
    this.world.folders.beginLog(task.id);
    this.board.retrying(task, {
      ...{ kind: 'task-retrying', ...named(task), attempt: number, why: 'failed' },
      ...{ failure: end.failure, left: retry.attempts - failures, delayMs, log },
    });
    const callOff = this.world.alarm(delayMs, () => this.onOver(task));
    const group = `${first} ${failures} ${delayMs}`;
    this.pauses.set(task, { assessed, details: detailsOf(end, log), callOff, group });
    return true;
  }

  /** The time of the task has come. The items of a batch come back together. */
  over(task: Task): void {
    const group = this.pauses.get(task)?.group;
    if (group === undefined) return;
    for (const [one, pause] of this.pauses)
      if (pause.group === group && this.whetherAsked(one, pause) !== 'left') this.board.resumed(one);
  }

  /** What `takes` would answer. */
  wouldTake(task: Task, end: FailedEnd): boolean {
    const { retry } = task.stage;
    return retry !== null && this.decide(retry, task.id, end, this.failuresWith(task)).kind === 'again';
  }

  /** It is looked at again: its next attempt begins, or it has failed. */
  taken(task: Task): void {
    this.pauses.get(task)?.callOff();
    this.pauses.delete(task);
  }

  /** What was edited may be what was missing. */
  hear(files: EditedFiles): void {
    for (const [task, pause] of this.pauses) {
      const { assessed } = pause;
      if (isFailure(assessed) || !mayConcern(assessed, files)) continue;
      if (this.whetherAsked(task, pause) === 'asked') this.board.resumed(task);
    }
  }

  /** For a stage that may cost something, whether it is asked for as its inputs are now; else it is left to be asked for. */
  private whetherAsked(task: Task, { assessed }: Pause): 'asked' | 'as-before' | 'left' {
    if (!this.isWatched || task.stage.watch !== 'manual' || isFailure(assessed)) return 'asked';
    this.world.files.forget();
    const reading = assessed.read();
    if ('failure' in reading) return 'as-before';
    const edited = inputsThatChanged(this.world, task, assessed, reading.seen);
    if (areAsSeen(this.world, assessed, reading.seen, edited)) return 'as-before';
    this.taken(task);
    this.board.cancelled(task, { outcome: 'waiting', edited });
    return 'left';
  }

  /** Nothing new begins: what waits has failed, or is cancelled. */
  giveUp(
    stopping: Pick<Stopping, 'wasInterrupted' | 'leaves'>,
    fail: (task: Task, assessed: AssessmentOrFailure, details: FailureDetails) => void,
  ): void {
    if (this.pauses.size === 0) return;
    for (const [task, { assessed, details }] of [...this.pauses]) {
      if (!stopping.leaves(task)) continue;
      this.taken(task);
      if (stopping.wasInterrupted) this.board.cancelled(task);
      else fail(task, assessed, details);
    }
  }

  /** With the one that it has just come to. */
  private failuresWith(task: Task): number {
    return (this.tried.get(task)?.failures ?? 0) + 1;
  }

  /** `first`: of those that failed together, which have the same jitter. */
  private decide(retry: RetryPolicy, first: TaskId, end: FailedEnd, failures: number): RetryDecision {
    const { failure, tail, retryAfterMs } = end;
    const seed = `${this.world.folders.runId} ${first}`;
    return retryDecision(retry, { failure, failures, tail, askedMs: retryAfterMs }, seed);
  }
}
