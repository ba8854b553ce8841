// The tasks that may start, in the order in which they do.
import type { TaskId } from '../base/brand.ts';
import type { Task } from '../model/task.ts';

export class ReadyLine<T extends { readonly task: Task }> {
  private readonly waiting: T[] = [];
  private readonly ranks: ReadonlyMap<TaskId, number> | null;

  /** `order`: who comes first, whenever it became ready; `null`: who became ready first. */
  constructor(order: readonly Task[] | null) {
    this.ranks = order && new Map(order.map(({ id }, rank) => [id, rank]));
  }

  push(one: T): void {
    const rank = this.rankOf(one);
    const at = this.ranks === null ? -1 : this.waiting.findIndex((other) => this.rankOf(other) > rank);
    this.waiting.splice(at < 0 ? this.waiting.length : at, 0, one);
  }

  /** As the first, in this order: they were next before. */
  putBack(ones: readonly T[]): void {
    if (this.ranks === null) this.waiting.unshift(...ones);
    else for (const one of ones) this.push(one);
  }

  shift(): T | undefined {
    return this.waiting.shift();
  }

  private rankOf({ task }: T): number {
    return this.ranks?.get(task.id) ?? 0;
  }
}
