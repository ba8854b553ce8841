// The circuit breakers of one build: which tasks have to wait since what they use keeps failing.
// A task that waits has no slot, and no room in a pool.
import {
  afterEnd,
  afterTurn,
  type BreakerPolicy,
  type BreakerState,
  closed,
  opensAtMs,
  type Sign,
} from '../model/breaker.ts';
import type { BreakerChanged, BreakerNews } from '../model/breaker-events.ts';
import type { Stage } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import { WakeUp } from './wake-up.ts';
import type { World } from './world.ts';

interface Breaker {
  readonly of: BreakerChanged['of'];
  readonly name: string;
  readonly policy: BreakerPolicy;
  state: BreakerState;
  /** Whose turn it is to show how things are. */
  trial: Task | null;
}

export class Breakers {
  private readonly world: World;
  private readonly known = new Map<string, Breaker>();
  private readonly atWork = new Set<Task>();
  /** In the order in which they came. */
  private waiting: Task[] = [];
  private readonly wakeUp: WakeUp;

  /** `onTime`: those that wait for a pause to pass are to be `called`. */
  constructor(world: World, onTime: () => void) {
    this.world = world;
    this.wakeUp = new WakeUp(world, onTime);
  }

  get areWaitedFor(): boolean {
    return this.waiting.length > 0;
  }

  /** Whether the task must wait, which it then does until it is `called`. */
  hold(task: Task): boolean {
    const breakers = this.breakersOf(task.stage);
    if (breakers.length === 0 || this.hasTurn(task, breakers)) return false;
    this.waiting.push(task);
    return true;
  }

  /** It may begin now. */
  begins(task: Task): void {
    if (this.breakersOf(task.stage).length > 0) this.atWork.add(task);
  }

  /** Said once of what began, or of what does not begin after all. Answers those whose turn has come. */
  ended(task: Task, sign: Sign): readonly Task[] {
    const breakers = this.breakersOf(task.stage);
    const wasAtWork = this.atWork.delete(task);
    const nowMs = this.world.clock.monotonicMs();
    let isNews = false;
    for (const breaker of breakers) {
      const isTrial = breaker.trial === task;
      if (!wasAtWork && !isTrial) continue;
      if (isTrial) breaker.trial = null;
      isNews =
        this.change(breaker, afterEnd(breaker.policy, breaker.state, { sign, isTrial, nowMs })) || isNews;
    }
    return isNews ? this.called() : [];
  }

  /** Those whose turn has come. Of what is open that is one, once its pause is over. */
  called(): readonly Task[] {
    const before = this.waiting;
    this.waiting = [];
    const called: Task[] = [];
    for (const task of before)
      (this.hasTurn(task, this.breakersOf(task.stage)) ? called : this.waiting).push(task);
    return called;
  }

  /** These will have no turn. */
  leave(isLeft: (task: Task) => boolean): readonly Task[] {
    this.waiting = this.waiting.filter((task) => !isLeft(task));
    const trials = [...this.known.values()].flatMap(({ trial }) => trial ?? []);
    return trials.flatMap((task) =>
      isLeft(task) && !this.atWork.has(task) ? this.ended(task, 'nothing') : [],
    );
  }

  close(): void {
    this.wakeUp.close();
  }

  /** Whether it may begin. If it is only a matter of time, it is waited for. */
  private hasTurn(task: Task, breakers: readonly Breaker[]): boolean {
    const nowMs = this.world.clock.monotonicMs();
    const others = breakers.filter(({ trial }) => trial !== task);
    const untilMs = Math.max(...others.map(({ state }) => opensAtMs(state)));
    if (untilMs > nowMs) {
      if (untilMs < Number.POSITIVE_INFINITY) this.wakeUp.after(untilMs - nowMs);
      return false;
    }
    for (const breaker of others) {
      if (breaker.state.kind !== 'open') continue;
      breaker.trial = task;
      this.change(breaker, afterTurn(breaker.state));
    }
    return true;
  }

  /** Answers whether it is another state, not only another count. */
  private change(breaker: Breaker, state: BreakerState): boolean {
    const before = breaker.state;
    breaker.state = state;
    const news = this.newsOf(breaker, before);
    if (news !== null) {
      const { of, name } = breaker;
      this.world.events.emit({ kind: 'breaker-changed', of, name, ...news });
    }
    return state.kind !== before.kind;
  }

  private newsOf({ state, policy, trial }: Breaker, before: BreakerState): BreakerNews | null {
    if (state.kind === before.kind) return null;
    switch (state.kind) {
      case 'closed':
        return { state: 'closed' };
      case 'trying':
        return { state: 'trying', task: trial!.id };
      case 'open': {
        // Of a trial that came to nothing there is nothing to say.
        if (state.untilMs <= this.world.clock.monotonicMs()) return null;
        const failures = before.kind === 'closed' ? policy.failures : 1;
        return { state: 'open', failures, pauseMs: policy.pauseMs };
      }
    }
  }

  private breakersOf({ pools, services }: Stage): readonly Breaker[] {
    return [
      ...pools.flatMap(({ name, breaker }) => (breaker === null ? [] : this.breaker('pool', name, breaker))),
      ...services.flatMap(({ name, breaker }) =>
        breaker === null ? [] : this.breaker('service', name, breaker),
      ),
    ];
  }

  private breaker(of: Breaker['of'], name: string, policy: BreakerPolicy): Breaker {
    const key = `${of} ${name}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const breaker: Breaker = { of, name, policy, state: closed, trial: null };
    this.known.set(key, breaker);
    return breaker;
  }
}
