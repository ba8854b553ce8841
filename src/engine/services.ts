// The services of one build. Each is looked at once, when the first task that needs it is about to execute: what is fresh
// or restored asks for none. What had to be started is ended with the build.
import type { Failure } from '../model/failure.ts';
import { type Answer, describeCheck, downOf, longestLookMs, nextLookMs } from '../model/service.ts';
import type { ServiceChanged } from '../model/service-events.ts';
import type { Service } from '../model/stage.ts';
import { failureOf } from './attempt-end.ts';
import { lookAt } from './service-look.ts';
import { StartedService } from './started-service.ts';
import type { World } from './world.ts';

export interface Down {
  readonly failure: Failure;
  /** The last lines that its start printed. */
  readonly tail: readonly string[];
}

type Known =
  | { readonly kind: 'unclear' }
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly down: Down };

interface Asked {
  state: Known;
  readonly answered: Promise<void>;
}

type Told = ServiceChanged extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'kind' | 'service'>
    : never
  : never;

export class Services {
  private readonly world: World;
  private readonly asked = new Map<string, Asked>();
  private readonly started: StartedService[] = [];
  private readonly ending = new AbortController();
  private onAnswer: () => void = () => {};

  constructor(world: World) {
    this.world = world;
  }

  /** `onAnswer`: of a service it is known by now how it stands. */
  hear(onAnswer: () => void): void {
    this.onAnswer = onAnswer;
  }

  /** One of them that is down; `unclear`: that is being looked at; `null`: all are up. */
  stateOf(services: readonly Service[]): Down | 'unclear' | null {
    const states = services.map((service) => this.ask(service).state);
    const down = states.find((state) => state.kind === 'down');
    if (down !== undefined) return down.down;
    return states.some(({ kind }) => kind === 'unclear') ? 'unclear' : null;
  }

  /** The same when all have answered; `null` at once where none is waited for. None also where there is no time for answers any more. */
  whatIsDown(services: readonly Service[]): Promise<Failure | null> | null {
    if (this.stateOf(services) === null) return null;
    return Promise.all(services.map((service) => this.ask(service).answered)).then(() => {
      const state = this.stateOf(services);
      return state === null || state === 'unclear' ? null : state.failure;
    });
  }

  /** Nothing is waited for any more. What was started goes on, for those that are at work; `now`: it is killed. */
  interrupt(how: 'gently' | 'now'): void {
    this.ending.abort();
    if (how === 'now') for (const one of this.started) void one.stop('now');
  }

  /** Resolves when nothing that was started here is left. */
  async end(): Promise<void> {
    this.ending.abort();
    await Promise.all([...this.asked.values()].map(({ answered }) => answered));
    await Promise.all(this.started.map((one) => one.stop('gently')));
  }

  private ask(service: Service): Asked {
    const known = this.asked.get(service.name);
    if (known !== undefined) return known;
    const answered = this.bringUp(service)
      .catch((error: unknown): Known => ({ kind: 'down', down: { failure: failureOf(error), tail: [] } }))
      .then((state) => {
        asked.state = state;
        this.onAnswer();
      });
    const asked: Asked = { state: { kind: 'unclear' }, answered };
    this.asked.set(service.name, asked);
    return asked;
  }

  private async bringUp(service: Service): Promise<Known> {
    const { world, ending } = this;
    const { signal } = ending;
    const checked = describeCheck(service.check);
    const beganMs = world.clock.monotonicMs();
    let answer = await lookAt(world, service, { timeoutMs: longestLookMs(service), signal });
    let started: StartedService | null = null;
    const leftMs = service.timeoutMs - (world.clock.monotonicMs() - beganMs);
    const isWaitedFor = service.timeoutMs > 0 && (service.start !== null || nextLookMs(service, leftMs) > 0);
    if (!answer.isHealthy && isWaitedFor && !signal.aborted) {
      started = this.begin(service, answer);
      // What was looked at in vain was waited for; what is started now has all of the time.
      const fromMs = started === null ? beganMs : world.clock.monotonicMs();
      answer = await this.waitFor(service, answer, started, fromMs + service.timeoutMs);
    }
    if (signal.aborted) return { kind: 'unclear' };
    const waitedMs = Math.round(world.clock.monotonicMs() - beganMs);
    if (answer.isHealthy) {
      this.tell(service, { state: 'healthy', checked, waitedMs });
      return { kind: 'up' };
    }
    const death = started?.death ?? null;
    const why = death === null ? answer.why : `its start failed with ${death.why}`;
    this.tell(service, { state: 'down', checked, why, waitedMs });
    // The others need not bear with it.
    void started?.stop('gently');
    return {
      kind: 'down',
      down: { failure: downOf(service, why, started?.log ?? null), tail: death?.tail ?? [] },
    };
  }

  /** It is waited for from now on. */
  private begin(
    service: Service,
    { why }: Extract<Answer, { readonly isHealthy: false }>,
  ): StartedService | null {
    const { timeoutMs, start } = service;
    if (start === null) {
      this.tell(service, { state: 'awaited', checked: describeCheck(service.check), why, timeoutMs });
      return null;
    }
    const started = new StartedService(this.world, service, start, (death) => {
      const asked = this.asked.get(service.name)!;
      if (asked.state.kind !== 'up') return;
      const failure = downOf(service, `it was started, and failed with ${death.why}`, started.log);
      asked.state = { kind: 'down', down: { failure, tail: death.tail } };
    });
    this.started.push(started);
    const { command, log } = started;
    this.tell(service, { state: 'started', command, timeoutMs, log });
    return started;
  }

  private async waitFor(
    service: Service,
    first: Answer,
    started: StartedService | null,
    untilMs: number,
  ): Promise<Answer> {
    const { world } = this;
    const { signal } = this.ending;
    for (let answer = first; ; ) {
      const pauseMs = nextLookMs(service, untilMs - world.clock.monotonicMs());
      if (pauseMs === 0 || signal.aborted) return answer;
      await pause(world, pauseMs, signal);
      // Before it is looked at: another may be up by now in the place of one that could not start.
      const isDead = started !== null && started.death !== null;
      const leftMs = untilMs - world.clock.monotonicMs();
      if (leftMs <= 0) return answer;
      const next = await lookAt(world, service, { timeoutMs: longestLookMs(service, leftMs), signal });
      // What it said when it had the time tells more than that it was cut short at the end.
      if (!next.isHealthy && next.isLate && world.clock.monotonicMs() >= untilMs - 1) return answer;
      answer = next;
      if (answer.isHealthy || isDead) return answer;
    }
  }

  private tell({ name }: Service, change: Told): void {
    this.world.events.emit({ kind: 'service-changed', service: name, ...change });
  }
}

function pause(world: World, afterMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      callOff();
      signal.removeEventListener('abort', over);
      resolve();
    };
    const callOff = world.alarm(afterMs, over);
    signal.addEventListener('abort', over, { once: true });
  });
}
