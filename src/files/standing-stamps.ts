// Stamps that a watch keeps from look to look: of a change since then it would have heard.
import type { Stamp } from '../engine/ports.ts';

export class StandingStamps {
  private readonly stamps = new Map<string, Stamp | null>();
  private isRelied = false;

  /** `undefined`: it must be looked at. `null`: it is not there. */
  get(file: string): Stamp | null | undefined {
    return this.isRelied ? this.stamps.get(file) : undefined;
  }

  put(file: string, stamp: Stamp | null): void {
    this.stamps.set(file, stamp);
  }

  drop(file: string): void {
    this.stamps.delete(file);
  }

  dropAll(): void {
    this.stamps.clear();
  }

  /** Only between runs: what a run does may be so recent that nobody has heard of it yet. */
  relyOnce<T>(act: () => T): T {
    this.isRelied = true;
    try {
      return act();
    } finally {
      this.isRelied = false;
    }
  }
}
