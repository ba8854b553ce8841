// What has failed in a watch, and whether it would fail again: what is the same as it was then is left alone.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import { globMatches } from '../model/glob/glob.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { Task } from '../model/task.ts';
import { type AssessmentOrFailure, isFailure } from './assess.ts';

/**
 * What failed over edits each time is tried so often in a row. A person comes to rest; a stage that edits what it reads
 * does not, and cannot be told from one.
 */
const mostTries = 3;

interface Failed {
  readonly failure: Failure;
  readonly isManual: boolean;
  /** Of what it was assessed by; `null`: of nothing that could be tried again, and of what is there now not yet. */
  key: string | null;
  /** Whether all was looked at anew since. */
  isLongAgo: boolean;
}

export class FailedBefore {
  private readonly failures = new Map<TaskId, Failed>();
  /** How often in a row each has failed over edits. */
  private readonly overEdits = new Map<TaskId, number>();
  /** By what each was assessed when it was tried again over an output that somebody had taken away. */
  private readonly triedAgain = new Map<TaskId, string>();
  /** Where something was for a moment at least, between the last two looks. */
  private came: ReadonlySet<FilePath> = new Set();

  has(task: TaskId): boolean {
    return this.failures.has(task);
  }

  add({ id, stage }: Task, assessed: AssessmentOrFailure, failure: Failure): void {
    const isOver = isOverEdits(failure);
    if (isOver) this.overEdits.set(id, (this.overEdits.get(id) ?? 0) + 1);
    else this.overEdits.delete(id);
    const key = isOver || failure.kind === 'input-overwritten' ? null : keyOf(assessed, failure);
    this.failures.set(id, { failure, isManual: stage.watch === 'manual', key, isLongAgo: false });
  }

  /** It has gone well, here or elsewhere. */
  forget(task: TaskId): void {
    this.failures.delete(task);
    this.overEdits.delete(task);
    this.triedAgain.delete(task);
  }

  /** A person asks for them again. What runs by request alone is so until it has had its turn. */
  letGo(): void {
    for (const [task, { isManual }] of this.failures) if (!isManual) this.failures.delete(task);
    this.overEdits.clear();
  }

  /** `came`: where something was for a moment at least since the last look; `null`: nobody knows, and all is looked at. */
  heard(came: Iterable<FilePath> | null): void {
    this.came = new Set(came ?? []);
    if (came === null) for (const one of this.failures.values()) one.isLongAgo = true;
  }

  /** What it would fail of again; `null`: it is worth another try, or has not failed. */
  failureOf(task: Task, assessed: AssessmentOrFailure): Failure | null {
    const before = this.failures.get(task.id);
    if (before === undefined) return null;
    const key = keyOf(assessed, before.failure);
    if (!this.isWorthTrying(task, before, key)) return before.failure;
    this.failures.delete(task.id);
    return null;
  }

  private isWorthTrying(task: Task, before: Failed, key: string): boolean {
    if (isOverEdits(before.failure)) return this.haveEditsEnded(task.id, before, key);
    // What it was assessed by was gone before it ended, and is made anew before it has its turn.
    before.key ??= key;
    return before.key !== key || this.wasTakenAway(task, before.failure, key);
  }

  /**
   * The last edit was met by no attempt that counts, so what is there now was never tried. Once more after a while: by
   * then a person has come to rest. An edit while nothing runs is a person's.
   */
  private haveEditsEnded(id: TaskId, before: Failed, key: string): boolean {
    const tries = this.overEdits.get(id) ?? 0;
    if (tries < mostTries || (tries === mostTries && before.isLongAgo)) return true;
    before.key ??= key;
    if (before.key === key) return false;
    this.overEdits.delete(id);
    return true;
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
}

function isOverEdits({ kind }: Failure): boolean {
  return kind === 'input-changing' || kind === 'record-gone';
}

/** Another one where anything is different by which it may come out otherwise. */
function keyOf(assessed: AssessmentOrFailure, failure: Failure): string {
  if (isFailure(assessed)) return JSON.stringify(assessed.failure);
  const reading = assessed.read();
  if ('failure' in reading) return JSON.stringify(reading.failure);
  // What stands in the way of its outputs is among them.
  const isOverOutputs = failure.kind === 'protected' || failure.kind === 'output-blocked';
  const outputs = isOverOutputs && assessed.verdict.kind === 'stale' ? assessed.verdict.reasons : [];
  return JSON.stringify([reading.fingerprint(), assessed.circumstances(), outputs]);
}
