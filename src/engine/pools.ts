// Which tasks have to wait for room in a pool although a slot is free: so many at once, so many a minute.
// A task that waits keeps its place: none that needs the same pool overtakes it.
import type { PoolShare } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import { WakeUp } from './wake-up.ts';
import type { World } from './world.ts';

const minuteMs = 60_000;

/** A shorter wait is no news, nor is the next one right after it. */
const leastNewsMs = 1000;
const betweenNewsMs = 10_000;

interface PoolUse {
  /** Of those that have room. */
  weight: number;
  /** Of those, how many have not begun. */
  promised: number;
  waiting: number;
  /** When executions began, in the last minute. */
  starts: number[];
}

export class Pools {
  private readonly world: World;
  private readonly uses = new Map<string, PoolUse>();
  /** Those that have room: it is their turn to begin, or they have begun. */
  private readonly using = new Map<Task, 'promised' | 'begun'>();
  /** In the order of their turns. */
  private waiting: Task[] = [];
  private readonly wakeUp: WakeUp;
  private toldAtMs = Number.NEGATIVE_INFINITY;

  /** `onTime`: those that wait for a minute to pass are to be `called`. */
  constructor(world: World, onTime: () => void) {
    this.world = world;
    this.wakeUp = new WakeUp(world, onTime);
  }

  get areWaitedFor(): boolean {
    return this.waiting.length > 0;
  }

  /** Whether the task must wait, which it then does until it is `called`. Else it has its room, if it needs any. */
  hold(task: Task): boolean {
    const { pools } = task.stage;
    if (pools.length === 0) return false;
    if (!this.using.has(task)) {
      const isBehind = pools.some(({ name }) => this.useOf(name).waiting > 0);
      if (isBehind || !this.takes(task)) {
        for (const { name } of pools) this.useOf(name).waiting++;
        this.waiting.push(task);
        return true;
      }
    }
    this.begins(task);
    return false;
  }

  /** Takes the first of these out of the line: another one has the room, and it goes along. */
  withdraw(isMeant: (task: Task) => boolean): Task | null {
    const at = this.waiting.findIndex(isMeant);
    if (at === -1) return null;
    const [task] = this.waiting.splice(at, 1);
    for (const { name } of task!.stage.pools) this.useOf(name).waiting--;
    return task!;
  }

  /** It needs no room any more, or did not after all. Answers those whose turn has come. */
  free(task: Task): readonly Task[] {
    const how = this.using.get(task);
    if (how === undefined) return [];
    this.using.delete(task);
    for (const { name, weight } of task.stage.pools) {
      const use = this.useOf(name);
      use.weight -= weight;
      if (how === 'promised') use.promised--;
    }
    return this.called();
  }

  /** Those whose turn has come: they have room, and are to ask again. Looks no further than to who cannot have it. */
  called(): readonly Task[] {
    const called: Task[] = [];
    const blocked = new Set<string>();
    const waitedFor = [...this.uses.values()].filter(({ waiting }) => waiting > 0).length;
    const left: Task[] = [];
    let at = 0;
    for (; at < this.waiting.length && blocked.size < waitedFor; at++) {
      const task = this.waiting[at]!;
      const { pools } = task.stage;
      if (pools.every(({ name }) => !blocked.has(name)) && this.takes(task)) {
        for (const { name } of pools) this.useOf(name).waiting--;
        called.push(task);
      } else {
        for (const { name } of pools) blocked.add(name);
        left.push(task);
      }
    }
    this.waiting = [...left, ...this.waiting.slice(at)];
    return called;
  }

  /** These will have no turn: nobody waits behind them any more. Answers those whose turn has come thereby. */
  leave(isLeft: (task: Task) => boolean): readonly Task[] {
    for (const task of this.waiting.filter(isLeft))
      for (const { name } of task.stage.pools) this.useOf(name).waiting--;
    this.waiting = this.waiting.filter((task) => !isLeft(task));
    const promised = [...this.using].filter(([task, how]) => how === 'promised' && isLeft(task));
    return [...promised.flatMap(([task]) => this.free(task)), ...this.called()];
  }

  close(): void {
    this.wakeUp.close();
  }

  /** Whether there is room for it, which is then its own. If it is only a matter of time, it is waited for. */
  private takes(task: Task): boolean {
    const { pools } = task.stage;
    const nowMs = this.world.clock.monotonicMs();
    const untilMs = Math.max(...pools.map((share) => this.opensAtMs(share, nowMs)));
    if (untilMs > nowMs) {
      if (untilMs === Number.POSITIVE_INFINITY) return false;
      const full = pools.find((share) => this.opensAtMs(share, nowMs) === untilMs);
      if (full !== undefined) this.tell(full, untilMs - nowMs, nowMs);
      this.wakeUp.after(untilMs - nowMs);
      return false;
    }
    this.using.set(task, 'promised');
    for (const { name, weight } of pools) {
      const use = this.useOf(name);
      use.weight += weight;
      use.promised++;
    }
    return true;
  }

  private tell({ name, perMinute }: PoolShare, forMs: number, nowMs: number): void {
    if (perMinute === null || forMs < leastNewsMs || nowMs - this.toldAtMs < betweenNewsMs) return;
    this.toldAtMs = nowMs;
    this.world.events.emit({ kind: 'pool-full', pool: name, perMinute, forMs: Math.floor(forMs) });
  }

  private begins(task: Task): void {
    this.using.set(task, 'begun');
    for (const { name, perMinute } of task.stage.pools) {
      const use = this.useOf(name);
      use.promised--;
      use.starts.push(this.world.clock.monotonicMs());
      if (perMinute !== null && use.waiting > 0) this.wakeUp.after(minuteMs);
    }
  }

  /** The moment at which there is room; infinite: when another one ends. */
  private opensAtMs({ name, weight, limit, perMinute }: PoolShare, nowMs: number): number {
    const use = this.useOf(name);
    if (limit !== null && use.weight + weight > limit) return Number.POSITIVE_INFINITY;
    if (perMinute === null) return nowMs;
    use.starts = use.starts.filter((ms) => ms > nowMs - minuteMs);
    const tooMany = use.starts.length + use.promised - perMinute;
    if (tooMany < 0) return nowMs;
    const opens = use.starts[tooMany];
    // What is promised and has not begun: when it does, it is known until when to wait.
    return opens === undefined ? Number.POSITIVE_INFINITY : opens + minuteMs;
  }

  private useOf(name: string): PoolUse {
    const known = this.uses.get(name);
    if (known !== undefined) return known;
    const use = { weight: 0, promised: 0, waiting: 0, starts: [] };
    this.uses.set(name, use);
    return use;
  }
}
