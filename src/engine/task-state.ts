// How far a task is, and which wait for it.
//
//   wanted ──► ready ──► running ──► done(executed | restored | fresh)
//      │        │ ▲       │ ├──────► failed
//      │        │ └ paused┘ └──────► cancelled
//      └────────┴──────────────────► skipped
//
// A stage with items stands for them until it is ready: then it fans out, and has ended when the last of them has.
import type { TaskOutcome } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { Task } from '../model/task.ts';
import type { StaleReason } from '../model/verdict.ts';
import { type Call, callFor, type EndBefore } from '../model/when.ts';
import type { TaskEnd } from './run-outcome.ts';
import type { TaskOrder } from './task-orders.ts';

export type TaskState =
  /** Waits for this many tasks before it. */
  | { readonly kind: 'wanted'; readonly waitsFor: number }
  /** `begun`: for another attempt. */
  | { readonly kind: 'ready'; readonly begun: Begun | null }
  /** Its items are tasks of their own. */
  | { readonly kind: 'fanned-out' }
  | { readonly kind: 'running'; readonly begun: Begun }
  /** Until its next attempt. */
  | { readonly kind: 'paused'; readonly begun: Begun }
  | Ended;

export interface Ended {
  readonly kind: 'ended';
  readonly outcome: TaskOutcome;
  readonly failure: Failure | null;
  /** The stages that failed first, where this one was skipped for them. */
  readonly blockedBy: readonly string[];
  /** It does not need them: they have stopped the build. */
  readonly stopped: boolean;
}

/** Of a task that has been started, however many attempts that takes. */
export interface Begun {
  readonly startedMs: number;
  readonly reasons: readonly StaleReason[];
  readonly attempts: number;
  /** What executions that served others too took for it, where there were any. */
  readonly sharesMs?: number;
}

/** Of what took longer for others as well only its shares count, so that sums are true; else all the time since it began. */
export function tookMs(begun: Begun, nowMs: number): number {
  return Math.round(begun.sharesMs ?? nowMs - begun.startedMs);
}

/** A task among the others. */
export interface Place {
  readonly task: Task;
  state: TaskState;
  audit: TaskEnd['audit'];
  readonly dependents: { readonly place: Place; readonly kind: TaskOrder['kind'] }[];
  /** Those whose outcomes say whether it runs, near and far; none where it waits for success. */
  readonly before: { readonly place: Place; readonly isNext: boolean }[];
  /** Of a stage with items. */
  readonly family: Family | null;
  /** Of an item: its stage. */
  readonly of: Place | null;
}

/** A stage with items. */
export interface Family {
  /** How many stages may still make items. */
  sources: number;
  /** What these had made before this one's own turn came. */
  early: Task[];
  /** Those of them, or before them, that did not go well. */
  readonly spoiledBy: string[];
  isComplete: boolean;
  /** It was not complete when the build stopped over a failure that has nothing to do with it. */
  isStopped: boolean;
  known: number;
  /** Items that have not ended. */
  left: number;
  worst: ItemEnd | null;
  /** Whether its own end was told: then it has no items. */
  isTold: boolean;
}

export type ItemEnd = Omit<Ended, 'kind'>;

export function newFamily(): Family {
  return {
    sources: 0,
    early: [],
    spoiledBy: [],
    isComplete: false,
    isStopped: false,
    known: 0,
    left: 0,
    worst: null,
    isTold: false,
  };
}

/** How those before it ended, for a stage that does not just wait for success; of an item as of its stage. */
export function callOf({ task, before, of }: Place): Call {
  const { when } = task.stage;
  if (when === 'success') return { kind: 'called', failed: [] };
  return callFor(when, (of?.before ?? before).flatMap(endBefore));
}

function endBefore({ place, isNext }: Place['before'][number]): readonly EndBefore[] {
  const { task, state } = place;
  if (state.kind !== 'ended') return [];
  const { name, optional } = task.stage;
  return [{ stage: name, optional, isNext, outcome: state.outcome, blockedBy: state.blockedBy }];
}

/** The stages before it that did not end well, or what stood in their way. */
export function spoilersOf({ before, of }: Place): readonly string[] {
  const spoiled = (of?.before ?? before).filter(({ place }) => !endedWell(place));
  return [...new Set(spoiled.flatMap(({ place }) => causeOf(place)))];
}

/** One that waits for another which has ended. */
export interface Release {
  readonly place: Place;
  readonly kind: TaskOrder['kind'];
  readonly before: Place;
}

export function begunOf(state: TaskState): Begun | null {
  return 'begun' in state ? state.begun : null;
}

export function named(task: Task) {
  return { task: task.id, stage: task.stage.name, item: task.item };
}

export function failsTheRun({ task, state }: Place): boolean {
  return state.kind === 'ended' && state.outcome === 'failed' && !task.stage.optional;
}

function endedAs(place: Place): TaskOutcome | null {
  return place.state.kind === 'ended' ? place.state.outcome : null;
}

export function endedWell(place: Place): boolean {
  return ['executed', 'restored', 'fresh'].includes(endedAs(place) ?? '');
}

/** The stages that stand in the way of what comes after it. */
export function causeOf({ task, state }: Place): readonly string[] {
  const known = state.kind === 'ended' ? state.blockedBy : [];
  return known.length > 0 ? known : [task.stage.name];
}

/** An optional stage that failed stands only in the way of those that need its files. */
export function isHarmless({ task, state }: Place): boolean {
  if (state.kind !== 'ended' || !task.stage.optional) return false;
  return state.outcome === 'failed' || (state.outcome === 'skipped' && state.failure !== null);
}

/**
 * Of an optional stage: all of it that did not go well failed, or was skipped for what failed. What waits for a person
 * or a budget is still to come, and what was cancelled nobody knows.
 */
export function hasFailedAlone({ task, state }: Place, places: Iterable<Place>): boolean {
  if (state.kind !== 'ended' || (state.outcome !== 'failed' && state.outcome !== 'skipped')) return false;
  const causes = new Set([task.stage.name, ...state.blockedBy]);
  for (const place of places)
    if (endedAs(place) === 'waiting' && causes.has(place.task.stage.name)) return false;
  return true;
}

/** Of a stage that fanned out its items are told instead. */
export function isTold({ family }: Place): boolean {
  return family === null || family.isTold;
}
