// What has to be so before a task begins, besides a slot: its services are healthy, and its pools have room.
// Services come first: a task that waits for one must not keep room from others.
import type { Task } from '../model/task.ts';
import { type AssessmentOrFailure, isFailure } from './assess.ts';
import { Pools } from './pools.ts';
import type { Down, Services } from './services.ts';
import { type Executing, willExecute } from './will-execute.ts';
import type { World } from './world.ts';

export class Admission {
  private readonly world: World;
  private readonly options: Executing;
  private readonly services: Services;
  private readonly pools: Pools;
  /** For services. */
  private waiting: Task[] = [];

  /** `onNews`: those that wait may have to be `called`. */
  constructor(world: World, options: Executing & { readonly services: Services }, onNews: () => void) {
    this.world = world;
    this.options = options;
    this.services = options.services;
    this.services.hear(onNews);
    this.pools = new Pools(world, options, onNews);
  }

  get areWaitedFor(): boolean {
    return this.waiting.length > 0 || this.pools.areWaitedFor;
  }

  /** `waits`: until it is `called`. `Down`: it cannot begin. `null`: it may, and has its room. */
  ask(task: Task, assessed: AssessmentOrFailure): 'waits' | Down | null {
    const { services } = task.stage;
    if (
      services.length > 0 &&
      !isFailure(assessed) &&
      willExecute(this.world, this.options, task, assessed)
    ) {
      const state = this.services.stateOf(services);
      if (state === 'unclear') this.waiting.push(task);
      if (state !== null) return state === 'unclear' ? 'waits' : state;
    }
    return this.pools.hold(task, assessed) ? 'waits' : null;
  }

  /** It needs no room any more, or did not after all. Answers those whose turn has come. */
  free(task: Task): readonly Task[] {
    return this.pools.free(task);
  }

  /** Those that are to ask again. */
  called(): readonly Task[] {
    const before = this.waiting;
    this.waiting = [];
    const known: Task[] = [];
    for (const task of before) {
      const isUnclear = this.services.stateOf(task.stage.services) === 'unclear';
      (isUnclear ? this.waiting : known).push(task);
    }
    return [...known, ...this.pools.called()];
  }

  /** These will have no turn. Answers those whose turn has come thereby. */
  leave(isLeft: (task: Task) => boolean): readonly Task[] {
    this.waiting = this.waiting.filter((task) => !isLeft(task));
    return this.pools.leave(isLeft);
  }

  close(): void {
    this.pools.close();
  }
}
