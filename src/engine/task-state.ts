// How far a task is, and which wait for it.
//
//   wanted ──► ready ──► running ──► done(executed | restored | fresh)
//      │        │ ▲       │ ├──────► failed
//      │        │ └ paused┘ └──────► cancelled
//      └────────┴──────────────────► skipped
//
import type { TaskOutcome } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { Task } from '../model/task.ts';
import type { StaleReason } from '../model/verdict.ts';
import type { TaskEnd } from './run-outcome.ts';

export type TaskState =
  /** Waits for this many tasks before it. */
  | { readonly kind: 'wanted'; readonly waitsFor: number }
  /** `begun`: for another attempt. */
  | { readonly kind: 'ready'; readonly begun: Begun | null }
  | { readonly kind: 'running'; readonly begun: Begun }
  /** Until its next attempt. */
  | { readonly kind: 'paused'; readonly begun: Begun }
  /** `blockedBy`: the stages that failed first, where this one was skipped for them. */
  | {
      readonly kind: 'ended';
      readonly outcome: TaskOutcome;
      readonly failure: Failure | null;
      readonly blockedBy: readonly string[];
    };

/** Of a task that has been started, however many attempts that takes. */
export interface Begun {
  readonly startedMs: number;
  readonly reasons: readonly StaleReason[];
  readonly attempts: number;
}

/** A task among the others. */
export interface Place {
  readonly task: Task;
  state: TaskState;
  audit: TaskEnd['audit'];
  readonly dependents: { readonly place: Place; readonly kind: 'file' | 'after' }[];
}

/** One that waits for another which has ended. */
export interface Release {
  readonly place: Place;
  readonly kind: 'file' | 'after';
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
