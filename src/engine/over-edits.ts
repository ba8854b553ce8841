// How often in a row tasks of a watch came to nothing over edits: a person comes to rest, while a stage that edits what it
// reads, or what was made before it, does not. Beforehand nobody can tell one from the other.
import type { TaskId } from '../base/brand.ts';
import type { TaskFinished } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';

/** What failed over edits each time is tried so often in a row. */
const mostTries = 3;

/** And left to the next run so often. */
const mostLeft = 3;

export class OverEdits {
  private readonly failed = new Map<TaskId, number>();
  private readonly left = new Map<TaskId, number>();

  /** Whether the next run may see to it, whose inputs were edited in this one. */
  leavesToNext(task: TaskId): boolean {
    const count = (this.left.get(task) ?? 0) + 1;
    this.left.set(task, count);
    return count <= mostLeft;
  }

  hasFailed(task: TaskId, overEdits: boolean): void {
    if (overEdits) this.failed.set(task, (this.failed.get(task) ?? 0) + 1);
    else this.failed.delete(task);
  }

  /** `isLongAgo`: all was looked at anew since, in a calm. By then a person has come to rest, so that it is tried once more. */
  isWorthTrying(task: TaskId, isLongAgo: boolean): boolean {
    const tries = this.failed.get(task) ?? 0;
    return tries < mostTries || (tries === mostTries && isLongAgo);
  }

  /** Whether a calm is all that it waits for. */
  waitsForCalm(task: TaskId): boolean {
    return this.failed.get(task) === mostTries;
  }

  /** What was left so often that it was tried and failed would else be left so often before each try. */
  ended({ task, outcome, failure }: Pick<TaskFinished, 'task' | 'outcome' | 'failure'>): void {
    if (outcome !== 'cancelled' && !(failure && isOverEdits(failure))) this.left.delete(task);
  }

  /** It has gone well, or was edited while nothing ran, thus by a person. */
  forget(task: TaskId): void {
    this.failed.delete(task);
    this.left.delete(task);
  }

  /** A person asks for all that has failed. */
  letGo(): void {
    this.failed.clear();
    this.left.clear();
  }
}

/** It never met what is there now, but an edit of it. */
export function isOverEdits({ kind }: Failure): boolean {
  return kind === 'input-changing' || kind === 'input-overwritten' || kind === 'record-gone';
}
