// One alarm for all who wait for a time to come: it goes off at the earliest of their times.
import type { World } from './world.ts';

export class WakeUp {
  private readonly world: Pick<World, 'clock' | 'alarm'>;
  private readonly onTime: () => void;
  private callOff: (() => void) | null = null;
  private atMs = Number.POSITIVE_INFINITY;

  constructor(world: Pick<World, 'clock' | 'alarm'>, onTime: () => void) {
    this.world = world;
    this.onTime = onTime;
  }

  /** Never early: they would only wait again. */
  after(delayMs: number): void {
    const atMs = this.world.clock.monotonicMs() + delayMs;
    if (this.atMs <= atMs) return;
    this.close();
    this.atMs = atMs;
    this.callOff = this.world.alarm(Math.ceil(delayMs), () => {
      this.close();
      this.onTime();
    });
  }

  close(): void {
    this.callOff?.();
    this.callOff = null;
    this.atMs = Number.POSITIVE_INFINITY;
  }
}
