// How many tasks may be at work at once: each takes as many slots as it weighs. The items of a batch take them together, from
// when it begins until none of them needs any more.
import type { Task } from '../model/task.ts';

export class Slots {
  private readonly count: number;
  /** With whom: of a batch its first. */
  private readonly takers = new Map<Task, Task>();
  private readonly sharers = new Map<Task, number>();
  private taken = 0;

  constructor(count: number) {
    this.count = count;
  }

  get areFree(): boolean {
    return this.taken < this.count;
  }

  /** What weighs more than there are has room where nothing else is at work. */
  fits(task: Task): boolean {
    return this.neededBy(task) <= this.count - this.taken;
  }

  take(task: Task, first: Task): void {
    const sharers = this.sharers.get(first) ?? 0;
    if (sharers === 0) this.taken += this.neededBy(first);
    this.sharers.set(first, sharers + 1);
    this.takers.set(task, first);
  }

  /**
   * It may be told twice: what has only to be stored needs none any more. Answers with whom the slots were taken that are
   * free now; `null`: none are.
   */
  free(task: Task): Task | null {
    const first = this.takers.get(task);
    if (first === undefined) return null;
    this.takers.delete(task);
    const left = this.sharers.get(first)! - 1;
    if (left > 0) this.sharers.set(first, left);
    else {
      this.sharers.delete(first);
      this.taken -= this.neededBy(first);
    }
    return left > 0 ? null : first;
  }

  private neededBy({ stage }: Task): number {
    return Math.min(stage.weight, this.count);
  }
}
