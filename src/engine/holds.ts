// What a watch does not run by itself although it is stale: what has failed and would fail again, what waits to be
// asked for, and what would run each time. Nor does it try again what could not be taken away.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { TaskFinished } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { globMatches } from '../model/glob/glob.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import { isNamedIn, type Task } from '../model/task.ts';
import { type AssessmentOrFailure, isFailure } from './assess.ts';
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

/** A stage that edits what is made before it must not be left to the next run for ever. */
const mostLeft = 3;

interface Failed {
  readonly failure: Failure;
  /** Of what it was assessed by; `null`: that is not known before somebody looks again. */
  key: string | null;
}

export class Holds implements Watching {
  private readonly failures = new Map<TaskId, Failed>();
  /** How often in a row each was left to the next run. */
  private readonly left = new Map<TaskId, number>();
  /** By what each was assessed when it was tried again over an output that somebody had taken away. */
  private readonly triedAgain = new Map<TaskId, string>();
  /** Where something was for a moment at least, between the last two looks. */
  private came: ReadonlySet<FilePath> = new Set();
  private cause: RunCause = { kind: 'begin' };
  private readonly cleared = new Set<string | null>();
  /** In the run that is at work, by stage: what did something, well or not. */
  private readonly ran = new Set<string>();

  /** Before each run, and again before looking whether there is to be one: then `change`. */
  begin(cause: RunCause): void {
    this.cause = cause;
    this.ran.clear();
    if (cause.kind === 'all' || cause.kind === 'failed') this.failures.clear();
  }

  /** Something may be otherwise than it was. `came`: where something was for a moment at least since the last look. */
  heard(came: Iterable<FilePath>): void {
    this.cleared.clear();
    this.came = new Set(came);
  }

  /** In the run that is at work. What a failure in it has left out has had its turn as well. */
  ended({ task, stage, outcome, failure, blockedBy = [] }: TaskFinished): void {
    if (outcome !== 'cancelled') this.left.delete(task);
    const isLeftOut = outcome === 'skipped' && failure === undefined;
    if (outcome === 'executed' || outcome === 'restored') this.triedAgain.delete(task);
    const hasRun = outcome === 'executed' || outcome === 'restored' || outcome === 'failed';
    if (hasRun || (isLeftOut && blockedBy.some((before) => this.ran.has(before)))) this.ran.add(stage);
  }

  failed(task: Task, assessed: AssessmentOrFailure, failure: Failure): void {
    // What it was assessed by was gone before it ended.
    const isGone = failure.kind === 'input-changing' || failure.kind === 'input-overwritten';
    const key = isGone ? null : keyOf(assessed, failure);
    this.failures.set(task.id, { failure, key });
  }

  leavesToNext({ id }: Task): boolean {
    const count = (this.left.get(id) ?? 0) + 1;
    this.left.set(id, count);
    return count <= mostLeft;
  }

  clearedUp(stage: string | null): void {
    this.cleared.add(stage);
  }

  hasClearedUp(stage: string | null): boolean {
    return this.cleared.has(stage);
  }

  hold(task: Task, assessed: AssessmentOrFailure): Hold | null {
    const { stage } = task;
    if (this.isAskedFor(task)) return null;
    if (stage.watch === 'manual' && this.cause.kind !== 'all') return { kind: 'until-asked' };
    if (this.isJustAlways(assessed) && !stage.after.some((name) => this.ran.has(name)))
      return { kind: 'as-it-is' };
    const before = this.failures.get(task.id);
    // Another failure is news for what it runs over.
    if (before === undefined || stage.when === 'failure') return null;
    const key = keyOf(assessed, before.failure);
    before.key ??= key;
    if (before.key === key && !this.wasTakenAway(task, before.failure, key))
      return { kind: 'until-changed', failure: before.failure };
    this.failures.delete(task.id);
    return null;
  }

  /**
   * Whether what it did not make was there while it ran, so that somebody may have deleted it: once, since a command that
   * deletes it by itself cannot be told from a person.
   */
  private wasTakenAway({ id, stage: { produces } }: Task, failure: Failure, key: string): boolean {
    if (failure.kind !== 'output-missing' || produces === null || this.triedAgain.get(id) === key)
      return false;
    const missing = produces.entries.filter(({ source }) => failure.patterns.includes(source));
    const hasCome = missing.some(({ glob }) =>
      glob.literal === null
        ? [...this.came].some((path) => globMatches(glob, path) && setMatches(produces, path))
        : this.came.has(glob.literal as FilePath),
    );
    if (!hasCome) return false;
    this.triedAgain.set(id, key);
    return true;
  }

  private isAskedFor(task: Task): boolean {
    if (this.cause.kind === 'force') return isNamedIn(new Set([this.cause.task]), task);
    return this.cause.kind === 'stage' && this.cause.stage === task.stage.name;
  }

  /** What declares nothing to compare with would run again for each change of anything, and for whatever is asked for. */
  private isJustAlways(assessed: AssessmentOrFailure): boolean {
    const isForAll = this.cause.kind === 'begin' || this.cause.kind === 'all';
    if (isForAll || isFailure(assessed) || assessed.verdict.kind === 'fresh') return false;
    return assessed.verdict.reasons.every((reason) => reason.code === 'always');
  }
}

/** Another one where anything is different that it depends on. */
function keyOf(assessed: AssessmentOrFailure, failure: Failure): string {
  if (isFailure(assessed)) return JSON.stringify(assessed.failure);
  const reading = assessed.read();
  if ('failure' in reading) return JSON.stringify(reading.failure);
  // What stands in the way of its outputs is among them.
  const isOverOutputs = failure.kind === 'protected' || failure.kind === 'output-blocked';
  const outputs = isOverOutputs && assessed.verdict.kind === 'stale' ? assessed.verdict.reasons : [];
  return JSON.stringify([reading.fingerprint(), outputs]);
}
