// What has to be so before a task executes, besides a slot: its services are healthy, nothing that it uses has to be left
// alone for a while, and its pools have room. In this order: a task that waits for one of the first must not keep room from
// others. What is restored needs none of it.
import { type Sign, signOf } from '../model/breaker.ts';
import type { Task } from '../model/task.ts';
import { type AssessmentOrFailure, isFailure } from './assessment.ts';
import type { AttemptEnd } from './attempt-end.ts';
import { Breakers } from './breakers.ts';
import { Pools } from './pools.ts';
import type { Down, Services } from './services.ts';
import { type Executing, willExecute } from './will-execute.ts';
import type { World } from './world.ts';

export class Admission {
  private readonly world: World;
  private readonly options: Executing;
  private readonly services: Services;
  private readonly breakers: Breakers;
  private readonly pools: Pools;
  private readonly onNews: () => void;
  /** For services. */
  private waiting: Task[] = [];
  /** Of what is down, what it printed was told. */
  private readonly explained = new Set<Down>();
  /** Whose turn came while another was asking. */
  private next: Task[] = [];

  /** `onNews`: those that wait may have to be `called`. */
  constructor(world: World, options: Executing & { readonly services: Services }, onNews: () => void) {
    this.world = world;
    this.options = options;
    this.onNews = onNews;
    this.services = options.services;
    this.services.hear(onNews);
    this.breakers = new Breakers(world, onNews);
    this.pools = new Pools(world, onNews);
  }

  get areWaitedFor(): boolean {
    const own = this.waiting.length + this.next.length;
    return own > 0 || this.breakers.areWaitedFor || this.pools.areWaitedFor;
  }

  /** `waits`: until it is `called`. `Down`: it cannot begin. `null`: it may, and has its room. */
  ask(task: Task, assessed: AssessmentOrFailure): 'waits' | Down | null {
    const { services, pools } = task.stage;
    if ((services.length === 0 && pools.length === 0) || isFailure(assessed)) return null;
    if (!willExecute(this.world, this.options, task, assessed)) return null;
    const state = this.services.stateOf(services);
    if (state === 'unclear') this.waiting.push(task);
    if (state !== null) return state === 'unclear' ? 'waits' : this.explainedOnce(state);
    if (this.breakers.hold(task)) {
      // It may have been its turn in a pool: others have the room meanwhile.
      this.next.push(...this.pools.free(task));
      if (this.next.length > 0) this.onNews();
      return 'waits';
    }
    if (this.pools.hold(task)) return 'waits';
    this.breakers.begins(task);
    return null;
  }

  /** Takes one of these out of the line for a pool: another one has the room, and it goes along. */
  withdraw(isMeant: (task: Task) => boolean): Task | null {
    return this.pools.withdraw(isMeant);
  }

  /** Thousands of items may fail for one service: what it printed is told with the first. */
  private explainedOnce(down: Down): Down {
    if (this.explained.has(down)) return { ...down, tail: [] };
    this.explained.add(down);
    return down;
  }

  /**
   * It needs no room any more, or did not after all. `end`: how its attempt came out, `made` when only storing is left;
   * `null`: it had none. Answers those whose turn has come.
   */
  free(task: Task, end: AttemptEnd | 'made' | null): readonly Task[] {
    return [...this.breakers.ended(task, signIn(end)), ...this.pools.free(task)];
  }

  /** Those that are to ask again. */
  called(): readonly Task[] {
    const before = this.waiting;
    this.waiting = [];
    const called = this.next;
    this.next = [];
    for (const task of before) {
      const isUnclear = this.services.stateOf(task.stage.services) === 'unclear';
      (isUnclear ? this.waiting : called).push(task);
    }
    return [...called, ...this.breakers.called(), ...this.pools.called()];
  }

  /** These will have no turn. Answers those whose turn has come thereby. */
  leave(isLeft: (task: Task) => boolean): readonly Task[] {
    this.waiting = this.waiting.filter((task) => !isLeft(task));
    return [...this.breakers.leave(isLeft), ...this.pools.leave(isLeft)];
  }

  close(): void {
    this.breakers.close();
    this.pools.close();
  }
}

function signIn(end: AttemptEnd | 'made' | null): Sign {
  if (end === null) return 'nothing';
  if (end === 'made' || end.kind === 'executed') return 'answered';
  return end.kind === 'failed' ? signOf(end.failure) : 'nothing';
}
