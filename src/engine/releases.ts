// When a task on the board has ended: readies what waited for it, or skips it.
import type { TaskFinished, TaskOutcome } from '../model/events.ts';
import type { Families } from './family.ts';
import type { Places } from './places.ts';
import { causeOf, endedWell, hasFailedAlone, isHarmless, type Place, type Release } from './task-state.ts';

/** What the board does for them. */
interface Host {
  readonly families: Families;
  readonly places: Places;
  readonly close: (place: Place, outcome: TaskOutcome, details: Partial<TaskFinished>) => void;
  readonly ready: (place: Place) => void;
}

export class Releases {
  private readonly host: Host;
  private readonly due: Release[] = [];
  private releasing = false;

  constructor(host: Host) {
    this.host = host;
  }

  /** A loop, not a recursion: the skipped part of a chain may be thousands of tasks long. */
  after(ended: Place): void {
    for (const dependent of ended.dependents) this.due.push({ ...dependent, before: ended });
    if (this.releasing) return;
    this.releasing = true;
    for (let next = this.due.shift(); next !== undefined; next = this.due.shift()) this.release(next);
    this.releasing = false;
  }

  /** Whether what comes after it does so although it did not end well. */
  private goesOnWithout(kind: Release['kind'], before: Place): boolean {
    if (kind === 'after') return isHarmless(before);
    return kind === 'spare' && hasFailedAlone(before, this.host.places.all.values());
  }

  /** One task that another waits for has ended. */
  private release({ place, kind, before }: Release): void {
    if (before.state.kind !== 'ended') return;
    if (kind === 'items') this.host.families.sourceEnded(place, before);
    if (kind === 'items' || place.state.kind !== 'wanted') return;
    if (kind !== 'outcome' && !endedWell(before) && !this.goesOnWithout(kind, before)) {
      const outcome = before.state.outcome === 'cancelled' ? 'cancelled' : 'skipped';
      const { stopped } = before.state;
      this.host.close(place, outcome, { blockedBy: causeOf(before), ...(stopped && { stopped }) });
      return;
    }
    const waitsFor = place.state.waitsFor - 1;
    place.state = waitsFor === 0 ? { kind: 'ready', begun: null } : { kind: 'wanted', waitsFor };
    if (waitsFor === 0) this.host.ready(place);
  }
}
