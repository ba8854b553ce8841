// Stamps since somebody last said to forget them; before those, the ones that a watch keeps.
import type { Stamp } from '../engine/ports.ts';
import type { StandingStamps } from './standing-stamps.ts';

export class PresentStamps {
  private readonly stamps = new Map<string, Stamp | null>();
  private readonly standing: StandingStamps | null;

  constructor(standing: StandingStamps | null) {
    this.standing = standing;
  }

  /** `undefined`: it must be looked at. `null`: it is not there. */
  get(file: string): Stamp | null | undefined {
    const known = this.stamps.get(file);
    if (known !== undefined || this.standing === null) return known;
    const stands = this.standing.get(file);
    // For the run that follows a look, which relies on nothing but that.
    if (stands !== undefined) this.stamps.set(file, stands);
    return stands;
  }

  put(file: string, stamp: Stamp | null): void {
    this.stamps.set(file, stamp);
    this.standing?.put(file, stamp);
  }

  /** Something was heard of it, or is known. */
  drop(file: string): void {
    this.stamps.delete(file);
    this.standing?.drop(file);
  }

  /** But not what stands. */
  forget(): void {
    // To clear a map makes a new one, and most often this one is empty.
    if (this.stamps.size > 0) this.stamps.clear();
  }
}
