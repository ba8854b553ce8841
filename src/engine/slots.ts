// How many tasks may be at work at once: each takes as many slots as it weighs.
import type { Task } from '../model/task.ts';

export class Slots {
  private readonly count: number;
  private readonly takers = new Set<Task>();
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

  take(task: Task): void {
    this.takers.add(task);
    this.taken += this.neededBy(task);
  }

  /** It may be told twice: what has only to be stored needs none any more. */
  free(task: Task): void {
    if (this.takers.delete(task)) this.taken -= this.neededBy(task);
  }

  private neededBy({ stage }: Task): number {
    return Math.min(stage.weight, this.count);
  }
}
