// Whose turn it is on the board: those that are ready, in their order, as far as what became of those before them lets them run.
import type { TaskFinished, TaskOutcome } from '../model/events.ts';
import type { Stage } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import { ReadyLine } from './ready-line.ts';
import { callOf, type Place } from './task-state.ts';

type Close = (place: Place, outcome: TaskOutcome, details: Partial<TaskFinished>) => void;

/** Whether a failure elsewhere does not keep it from running. */
export function outlastsFailure({ when }: Stage): boolean {
  return when !== 'success';
}

export class Turns {
  private readonly ready: ReadyLine<Place>;
  private readonly close: Close;
  private isStopping = false;

  constructor(
    order: readonly Task[] | null,
    chains: ReadonlyMap<string, number> | null | undefined,
    close: Close,
  ) {
    this.ready = new ReadyLine(order, chains);
    this.close = close;
  }

  get hasStopped(): boolean {
    return this.isStopping;
  }

  /** From now on nobody has a turn whom a failure keeps from running. */
  stop(): void {
    this.isStopping = true;
  }

  push(place: Place): void {
    this.ready.push(place);
  }

  putBack(places: readonly Place[]): void {
    this.ready.putBack(places);
  }

  /** `isMeant`: the first of these, whoever else is before it. */
  take(isMeant: ((task: Task) => boolean) | null = null): Place | null {
    for (;;) {
      const place = isMeant === null ? this.ready.shift() : this.ready.shiftFirst(isMeant);
      if (place === undefined) return null;
      const isLate = this.isStopping && !outlastsFailure(place.task.stage);
      if (place.state.kind === 'ready' && !isLate && this.isCalled(place)) return place;
    }
  }

  /** Whether it runs, as those before it have ended; else it has ended, too. A stage with items is left to end without any. */
  private isCalled(place: Place): boolean {
    const call = callOf(place);
    if (call.kind === 'called' || (call.kind === 'unneeded' && place.family !== null)) return true;
    // What is not looked at has nothing to be audited.
    if (call.kind === 'unneeded') place.audit = null;
    if (call.kind === 'unneeded') this.close(place, 'fresh', { unneeded: true });
    else this.close(place, call.outcome, { blockedBy: call.by });
    return false;
  }
}
