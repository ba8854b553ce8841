// Stages with items on the board: they fan out into tasks of their own, and have ended when all of these have.
import type { TaskId } from '../base/brand.ts';
import type { EventBody, TaskFinished, TaskOutcome } from '../model/events.ts';
import type { Task } from '../model/task.ts';
import { causeOf, type Ended, endedWell, type Family, type ItemEnd, type Place } from './task-state.ts';

/** News for a stage that has begun to fan out: what may have made items; `null`: nothing is left that may. */
export interface Arrival {
  readonly stage: Task;
  readonly from: Task | null;
}

/** What the board does for them. */
interface Host {
  readonly places: ReadonlyMap<TaskId, Place>;
  /** A new task, ready. */
  readonly add: (task: Task, of: Place) => void;
  readonly close: (place: Place, outcome: TaskOutcome, details: Partial<TaskFinished>) => void;
  /** Nothing is told of it. */
  readonly hasEnded: (place: Place) => void;
  readonly emit: (event: EventBody) => void;
}

export class Families {
  private readonly host: Host;
  private arrivals: Arrival[] = [];

  constructor(host: Host) {
    this.host = host;
  }

  /** Since the last call. */
  takeArrivals(): readonly Arrival[] {
    const { arrivals } = this;
    if (arrivals.length > 0) this.arrivals = [];
    return arrivals;
  }

  /** Whether all has ended that may make items of the stage, what of that did not go well, and what did before. */
  sourcesOf({ id }: Task): {
    readonly haveEnded: boolean;
    readonly spoiledBy: readonly string[];
    readonly early: readonly Task[];
  } {
    const { sources, spoiledBy, early } = this.host.places.get(id)!.family!;
    return { haveEnded: sources === 0, spoiledBy, early };
  }

  /** These are items of the stage; `all`: there are no others, and `expected` were told of at the start. */
  fanOut({ id }: Task, items: readonly Task[], all: { readonly expected: number } | null): void {
    const place = this.host.places.get(id)!;
    const family = place.family!;
    place.state = { kind: 'fanned-out' };
    for (const item of items) {
      if (this.host.places.has(item.id)) continue;
      family.known++;
      family.left++;
      this.host.add(item, place);
    }
    if (all === null) return;
    family.isComplete = true;
    this.host.emit({ kind: 'stage-fanned-out', stage: place.task.stage.name, items: family.known, ...all });
    this.endIfOver(place);
  }

  itemEnded(item: Place, of: Place): void {
    const family = of.family!;
    family.left--;
    if (item.state.kind === 'ended') noteEnd(family, item.state);
    if (endedWell(item))
      for (const { place, kind } of of.dependents) if (kind === 'items') this.arrive(place, item.task);
    this.endIfOver(of);
  }

  private arrive({ task, state, family }: Place, from: Task): void {
    if (state.kind === 'fanned-out') this.arrivals.push({ stage: task, from });
    else if (state.kind !== 'ended') family!.early.push(from);
  }

  sourceEnded({ task, family, state }: Place, before: Place): void {
    family!.sources--;
    if (!endedWell(before)) spoil(family!, causeOf(before));
    if (family!.sources === 0 && state.kind === 'fanned-out') this.arrivals.push({ stage: task, from: null });
  }

  /** Nothing new is begun: what has not fanned out in full never will. */
  endRest(outcome: 'skipped' | 'cancelled', blockedBy: readonly string[]): void {
    for (const place of this.host.places.values()) {
      if (place.state.kind !== 'fanned-out' || place.family!.isComplete) continue;
      const family = place.family!;
      family.isComplete = true;
      family.isStopped = blockedBy.length > 0 && family.spoiledBy.length === 0;
      spoil(family, blockedBy);
      this.endIfOver(place, outcome);
    }
  }

  /** Of a stage that has items nothing is told, as all has been told of them. */
  private endIfOver(place: Place, outcome: 'skipped' | 'cancelled' = 'skipped'): void {
    const family = place.family!;
    if (place.state.kind !== 'fanned-out' || !family.isComplete || family.left > 0) return;
    if (family.known === 0 && family.spoiledBy.length > 0) {
      const { spoiledBy, isStopped } = family;
      this.host.close(place, outcome, { blockedBy: spoiledBy, ...(isStopped && { stopped: true }) });
      return;
    }
    place.state = endOf(family);
    this.host.hasEnded(place);
  }
}

/** What stands most in the way of others comes first. */
const ranks: readonly TaskOutcome[] = ['cancelled', 'failed', 'waiting', 'skipped'];

function spoil({ spoiledBy }: Family, causes: readonly string[]): void {
  for (const cause of causes) if (!spoiledBy.includes(cause)) spoiledBy.push(cause);
}

function noteEnd(family: Family, { outcome, failure, blockedBy, stopped }: ItemEnd): void {
  const rank = ranks.indexOf(outcome);
  if (rank < 0) return;
  const worst = family.worst === null ? ranks.length : ranks.indexOf(family.worst.outcome);
  if (rank < worst) family.worst = { outcome, failure, blockedBy, stopped };
}

/** The end of the stage, as others see it. */
function endOf({ worst, spoiledBy, isStopped }: Family): Ended {
  // What stood in the way of items that never came to be counts as well as what stood in the way of others.
  if (worst !== null)
    return { kind: 'ended', ...worst, blockedBy: [...new Set([...worst.blockedBy, ...spoiledBy])] };
  const outcome = spoiledBy.length > 0 ? 'skipped' : 'executed';
  return { kind: 'ended', outcome, failure: null, blockedBy: spoiledBy, stopped: isStopped };
}
