// What has failed in a watch, and whether it would fail again: what is the same as it was then is left alone.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import { globMatches } from '../model/glob/glob.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { Task } from '../model/task.ts';
import { type AssessmentOrFailure, isFailure } from './assessment.ts';
import { isOverEdits, type OverEdits } from './over-edits.ts';

interface Failed {
  readonly failure: Failure;
  /** What is there now it never met, or not alone. */
  readonly isOverEdits: boolean;
  readonly isManual: boolean;
  /** Of what it was assessed by; `null`: an edit, and what is there now was not looked at yet. */
  key: string | null;
  /** Whether all was looked at anew since. */
  isLongAgo: boolean;
}

export class FailedBefore {
  private readonly failures = new Map<TaskId, Failed>();
  private readonly overEdits: OverEdits;
  /** By what each was assessed when it was tried again over an output that somebody may have taken away or edited. */
  private readonly triedAgain = new Map<TaskId, string>();
  /** Where something was for a moment at least, between the last two looks. */
  private came: ReadonlySet<FilePath> = new Set();

  constructor(overEdits: OverEdits) {
    this.overEdits = overEdits;
  }

  has(task: TaskId): boolean {
    return this.failures.has(task);
  }

  /** `wasEdited`: its inputs were, while it ran. */
  add({ id, stage }: Task, assessed: AssessmentOrFailure, failure: Failure, wasEdited: boolean): void {
    const overEdits = wasEdited || isOverEdits(failure);
    this.overEdits.hasFailed(id, overEdits);
    this.failures.set(id, {
      ...{ failure, isOverEdits: overEdits, isManual: stage.watch === 'manual', isLongAgo: false },
      key: overEdits ? null : keyOf(assessed, failure),
    });
  }

  /** Whether any of them is worth another try as soon as nothing is edited for a while. */
  get waitsForCalm(): boolean {
    return [...this.failures.keys()].some((task) => this.overEdits.waitsForCalm(task));
  }

  /** It has gone well, here or elsewhere. */
  forget(task: TaskId): void {
    this.failures.delete(task);
    this.overEdits.forget(task);
    this.triedAgain.delete(task);
  }

  /** What failed over edits, and how often in a row. */
  forgetEdits(isMeant: (task: TaskId) => boolean): void {
    for (const [task, { isOverEdits }] of this.failures) {
      if (isOverEdits && isMeant(task)) this.forget(task);
    }
  }

  /** A person asks for them again. What runs by request alone is so until it has had its turn. */
  letGo(): void {
    for (const [task, { isManual }] of this.failures) if (!isManual) this.failures.delete(task);
    this.overEdits.letGo();
  }

  /** `came`: where something was for a moment at least since the last look; `null`: nobody knows, and all is looked at. */
  heard(came: Iterable<FilePath> | null): void {
    this.came = new Set(came ?? []);
    if (came === null) for (const one of this.failures.values()) one.isLongAgo = true;
  }

  /**
   * What it would fail of again; `null`: it is worth another try, or has not failed. `isBeforeItsTurn`: whether what comes
   * before it is to run first, and so may make other inputs than there are: which those are is seen when it has its turn;
   * `null`: it has it, in a run.
   */
  failureOf(
    task: Task,
    assessed: AssessmentOrFailure,
    isBeforeItsTurn: (() => boolean) | null,
  ): Failure | null {
    const before = this.failures.get(task.id);
    if (before === undefined) return null;
    if (isBeforeItsTurn?.()) return before.failure;
    const key = keyOf(assessed, before.failure);
    // Whether a disk has room again nobody tells. It begins no run for that: what it does itself is heard of as well.
    const goesAlong = before.failure.kind === 'io' && isBeforeItsTurn === null;
    if (!goesAlong && !this.isWorthTrying(task, before, key)) return before.failure;
    this.failures.delete(task.id);
    return null;
  }

  private isWorthTrying(task: Task, before: Failed, key: string): boolean {
    if (before.isOverEdits) return this.haveEditsEnded(task.id, before, key);
    return before.key !== key || this.wasMeddledWith(task, before.failure, key);
  }

  /**
   * The last edit was met by no attempt that counts, so what is there now was never tried. An edit while nothing runs is
   * a person's.
   */
  private haveEditsEnded(id: TaskId, before: Failed, key: string): boolean {
    if (this.overEdits.isWorthTrying(id, before.isLongAgo)) return true;
    before.key ??= key;
    if (before.key === key) return false;
    this.overEdits.forget(id);
    return true;
  }

  /**
   * Whether what it did not make was there while it ran, or a folder for what it was to make, so that somebody may have
   * deleted it, or edited it while it was checked: once, since a command or a check that does so by itself cannot be told
   * from a person.
   */
  private wasMeddledWith({ id, stage }: Task, failure: Failure, key: string): boolean {
    const isSo =
      (failure.kind === 'check-broken' && failure.edited !== undefined) ||
      this.lacksWhatWasThere(stage, failure);
    if (!isSo || this.triedAgain.get(id) === key) return false;
    this.triedAgain.set(id, key);
    return true;
  }

  private lacksWhatWasThere({ produces }: Task['stage'], failure: Failure): boolean {
    if (failure.kind === 'exit' || failure.kind === 'threw') return failure.foldersGone !== undefined;
    if (failure.kind !== 'output-missing' || produces === null) return false;
    const missing = produces.entries.filter(({ source }) => failure.patterns.includes(source));
    return missing.some(({ glob }) =>
      glob.literal === null
        ? [...this.came].some((path) => globMatches(glob, path) && setMatches(produces, path))
        : this.came.has(glob.literal as FilePath),
    );
  }
}

/** Another one where anything is different by which it may come out otherwise. */
function keyOf(assessed: AssessmentOrFailure, failure: Failure): string {
  if (isFailure(assessed)) return JSON.stringify(assessed.failure);
  const reading = assessed.read();
  if ('failure' in reading) return JSON.stringify(reading.failure);
  // What stands in the way of its outputs is among them.
  const isOverOutputs = failure.kind === 'protected' || failure.kind === 'output-blocked';
  const outputs = isOverOutputs && assessed.verdict.kind === 'stale' ? assessed.verdict.reasons : [];
  return JSON.stringify([reading.fingerprint(), assessed.circumstances(failure), outputs]);
}
