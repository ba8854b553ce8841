// The tasks that may start, in the order in which they do.
import type { TaskId } from '../base/brand.ts';
import type { Task } from '../model/task.ts';

export class ReadyLine<T extends { readonly task: Task }> {
  /** They were next before, and are so again. */
  private readonly again: T[] = [];
  private readonly waiting: { readonly one: T; readonly chainMs: number; readonly rank: number }[] = [];
  private readonly ranks: ReadonlyMap<TaskId, number> | null;
  private readonly chains: ReadonlyMap<string, number> | null;

  /**
   * `chains`, by stage: the longer the chain behind one, the earlier it comes. Among equal ones `order` says who comes
   * first, whenever it became ready; `null`: who became ready first.
   */
  constructor(order: readonly Task[] | null, chains: ReadonlyMap<string, number> | null = null) {
    this.ranks = order && new Map(order.map(({ id }, rank) => [id, rank]));
    this.chains = chains;
  }

  push(one: T): void {
    const chainMs = this.chains?.get(one.task.stage.name) ?? 0;
    const rank = this.ranks?.get(one.task.id) ?? 0;
    // By halves: a stage may have become ready as a hundred thousand items.
    let from = 0;
    let to = this.waiting.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const other = this.waiting[middle]!;
      const isBehind = other.chainMs < chainMs || (other.chainMs === chainMs && other.rank > rank);
      if (isBehind) to = middle;
      else from = middle + 1;
    }
    this.waiting.splice(from, 0, { one, chainMs, rank });
  }

  /** As the first, in this order: they were next before. */
  putBack(ones: readonly T[]): void {
    if (this.ranks === null) this.again.unshift(...ones);
    else for (const one of ones) this.push(one);
  }

  shift(): T | undefined {
    return this.again.shift() ?? this.waiting.shift()?.one;
  }

  /** The first of these, past all the others. */
  shiftFirst(isMeant: (task: Task) => boolean): T | undefined {
    const next = this.again.findIndex(({ task }) => isMeant(task));
    if (next !== -1) return this.again.splice(next, 1)[0];
    const at = this.waiting.findIndex(({ one }) => isMeant(one.task));
    return at === -1 ? undefined : this.waiting.splice(at, 1)[0]!.one;
  }
}
