// Says of each moment of this thread what it was spent on. Knows nothing of what that is.
//
//   within   synchronous work; the innermost counts
//   phase    what goes on beside nothing else, waits of its own included
//   neither  a thread at rest waits for other threads that read, or for commands that run, or for time to pass, or for something else; what
//            it does is other work
import type { WorkKind } from '../model/profile.ts';

export interface ThreadClock {
  readonly nowMs: () => number;
  /** How long the thread has been at rest so far, with nothing to do until something happens. */
  readonly idleMs: () => number;
}

export class Stopwatch {
  private readonly clock: ThreadClock;
  private readonly spent = new Map<WorkKind, number>();
  private sinceMs: number;
  private idleSinceMs: number;
  private inner: WorkKind | null = null;
  private phaseNow: WorkKind | null = null;
  private commands = 0;
  private readings = 0;
  private pauses = 0;

  /** `startMs`: what had passed before there was a stopwatch. */
  constructor(clock: ThreadClock, startMs: number) {
    this.clock = clock;
    this.sinceMs = clock.nowMs();
    this.idleSinceMs = clock.idleMs();
    this.add('start', startMs);
  }

  within<T>(work: WorkKind, act: () => T): T {
    this.turn();
    const outer = this.inner;
    this.inner = work;
    try {
      return act();
    } finally {
      this.turn();
      this.inner = outer;
    }
  }

  async phase<T>(work: WorkKind, act: () => Promise<T>): Promise<T> {
    this.turn();
    const outer = this.phaseNow;
    this.phaseNow = work;
    try {
      return await act();
    } finally {
      this.turn();
      this.phaseNow = outer;
    }
  }

  commandStarted(): void {
    this.turn();
    this.commands++;
  }

  commandEnded(): void {
    this.turn();
    this.commands--;
  }

  /** By other threads. */
  readingStarted(): void {
    this.turn();
    this.readings++;
  }

  readingEnded(): void {
    this.turn();
    this.readings--;
  }

  /** Until some time has passed. */
  pauseStarted(): void {
    this.turn();
    this.pauses++;
  }

  pauseEnded(): void {
    this.turn();
    this.pauses--;
  }

  /** Milliseconds of each work, up to now. */
  read(): ReadonlyMap<WorkKind, number> {
    this.turn();
    return this.spent;
  }

  private turn(): void {
    const nowMs = this.clock.nowMs();
    const passedMs = nowMs - this.sinceMs;
    this.sinceMs = nowMs;
    if (this.inner !== null) {
      this.add(this.inner, passedMs);
      return;
    }
    // No thread rests within synchronous work: all rest since the last time falls into this stretch.
    const idleNowMs = this.clock.idleMs();
    const idleMs = Math.min(passedMs, idleNowMs - this.idleSinceMs);
    this.idleSinceMs = idleNowMs;
    if (this.phaseNow !== null) {
      this.add(this.phaseNow, passedMs);
      return;
    }
    this.add(this.rest(), idleMs);
    this.add('other', passedMs - idleMs);
  }

  /** What a thread at rest waits for. */
  private rest(): WorkKind {
    if (this.readings > 0) return 'hashing';
    if (this.commands > 0) return 'running';
    return this.pauses > 0 ? 'pausing' : 'waiting';
  }

  private add(work: WorkKind, ms: number): void {
    if (ms > 0) this.spent.set(work, (this.spent.get(work) ?? 0) + ms);
  }
}
