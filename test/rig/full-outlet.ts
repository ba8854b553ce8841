// A place for output that has no room until the test says so.
import type { Outlet, OutletState } from '../../src/engine/outlet.ts';
import { latch } from './latch.ts';

export class FullOutlet implements Outlet {
  state: OutletState = 'full';
  private readonly asked = latch();
  private readonly left = latch();

  /** Resolves when somebody waits for room. */
  get isWaitedFor(): Promise<void> {
    return this.asked.opened;
  }

  room(): Promise<void> {
    this.asked.open();
    return this.left.opened;
  }

  become(state: OutletState): void {
    this.state = state;
    this.left.open();
  }
}
