// What is known of a run after some of its events: the one fold that every display uses.

import type { TaskId } from '../../base/brand.ts';
import type {
  PipeEvent,
  RunBlocked,
  RunFinished,
  TaskAudited,
  TaskFinished,
  TaskOutcome,
  TaskPlanned,
  TaskRetrying,
  TaskStarted,
  Warning,
} from '../events.ts';
import { sumOfMetrics } from '../metrics.ts';
import { likeness } from './alike.ts';
import { type BreakerView, foldBreakers } from './breaker-view.ts';
import { type FamilyView, foldFamilies } from './family-view.ts';
import { lastLineOf, type RunningTask } from './running-task.ts';

/**
 *   planned            (dry run)
 *   running → finished (and again running, where an attempt is repeated)
 */
export type TaskView =
  | { readonly kind: 'planned'; readonly plan: TaskPlanned }
  | RunningTask
  | { readonly kind: 'finished'; readonly end: TaskFinished };

export interface RunView {
  readonly runId: string | null;
  readonly pipeline: string;
  readonly targets: readonly string[];
  /** Selected tasks, as announced at the start. */
  readonly total: number;
  readonly dryRun: boolean;
  readonly startedAtMs: number | null;
  /** Whom this run waits for, before it starts. */
  readonly blockedBy: RunBlocked | null;
  /** In the order in which they were first heard of. */
  readonly tasks: ReadonlyMap<TaskId, TaskView>;
  /** Those of `tasks` that run, in the order of their start. */
  readonly running: ReadonlyMap<TaskId, RunningTask>;
  readonly counts: Readonly<Record<TaskOutcome, number>>;
  /** By likeness, those together that failed alike. */
  readonly failures: ReadonlyMap<string, readonly TaskFinished[]>;
  readonly skipped: readonly TaskFinished[];
  readonly warnings: readonly Warning[];
  readonly planned: readonly TaskPlanned[];
  readonly audits: readonly TaskAudited[];
  /** Stages with items, by name. */
  readonly families: ReadonlyMap<string, FamilyView>;
  /** Those that are open. */
  readonly breakers: ReadonlyMap<string, BreakerView>;
  /** Time that fresh and restored tasks did not take, so far. */
  readonly savedMs: number;
  readonly finished: RunFinished | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Growing =
  | 'tasks'
  | 'running'
  | 'counts'
  | 'failures'
  | 'skipped'
  | 'warnings'
  | 'planned'
  | 'audits'
  | 'families'
  | 'breakers';

/** What `foldEvent` writes to; displays see it through `RunView`. */
interface GrowingView extends Mutable<Omit<RunView, Growing>> {
  readonly tasks: Map<TaskId, TaskView>;
  readonly running: Map<TaskId, RunningTask>;
  readonly counts: Record<TaskOutcome, number>;
  readonly failures: Map<string, TaskFinished[]>;
  readonly skipped: TaskFinished[];
  readonly warnings: Warning[];
  readonly planned: TaskPlanned[];
  readonly audits: TaskAudited[];
  readonly families: Map<string, FamilyView>;
  readonly breakers: Map<string, BreakerView>;
}

export function initialView(): RunView {
  return {
    runId: null,
    pipeline: '',
    targets: [],
    total: 0,
    dryRun: false,
    startedAtMs: null,
    blockedBy: null,
    tasks: new Map(),
    running: new Map(),
    counts: { executed: 0, restored: 0, fresh: 0, failed: 0, skipped: 0, waiting: 0, cancelled: 0 },
    failures: new Map(),
    skipped: [],
    warnings: [],
    planned: [],
    audits: [],
    families: new Map(),
    breakers: new Map(),
    savedMs: 0,
    finished: null,
  } satisfies GrowingView;
}

/**
 * The view after one more event. It is the same object, changed: a run may have 100,000 tasks, and
 * copying a map for each event would be quadratic. A `run-started` begins anew, so that one view serves
 * a watch of many runs.
 */
export function foldEvent(view: RunView, event: PipeEvent): RunView {
  const next = (event.kind === 'run-started' ? initialView() : view) as GrowingView;
  foldFamilies(next.families, event);
  foldBreakers(next.breakers, event);
  switch (event.kind) {
    case 'run-started':
      next.runId = event.runId;
      next.pipeline = event.pipeline;
      next.targets = event.targets;
      next.total = event.tasks;
      next.counts.fresh = event.fresh ?? 0;
      next.dryRun = event.dryRun;
      next.startedAtMs = Date.parse(event.at);
      break;
    case 'run-blocked':
      next.blockedBy = event;
      break;
    case 'task-planned':
      next.planned.push(event);
      next.tasks.set(event.task, { kind: 'planned', plan: event });
      break;
    case 'task-started':
      begin(next, event, Date.parse(event.at));
      break;
    case 'task-output':
      updateRunning(next, event.task, (task) => ({
        ...task,
        lastLine: lastLineOf(event.text) ?? task.lastLine,
      }));
      break;
    case 'task-progress':
      updateRunning(next, event.task, (task) => ({
        ...task,
        progress: { done: event.done, total: event.total },
      }));
      break;
    case 'task-metric':
      updateRunning(next, event.task, (task) => ({
        ...task,
        metrics: sumOfMetrics(task.metrics, event.values),
      }));
      break;
    case 'task-retrying':
      updateRunning(next, event.task, (task) => ({
        ...task,
        ...againAfter(event, Date.parse(event.at)),
        attempt: event.attempt + 1,
        progress: null,
      }));
      break;
    case 'task-audited':
      next.audits.push(event);
      break;
    case 'task-finished':
      finish(next, event);
      break;
    case 'stage-fanned-out':
      next.total += event.items - event.expected;
      break;
    case 'items-gone':
    case 'service-changed':
    case 'breaker-changed':
    case 'pool-full':
    case 'run-hook-started':
    case 'run-hook-finished':
      break;
    case 'warning':
      next.warnings.push(event);
      break;
    case 'run-finished':
      next.finished = event;
      next.savedMs = event.savedMs;
      next.running.clear();
      next.breakers.clear();
      break;
  }
  return next;
}

/** Tasks whose fate is known. */
export function doneCount(view: RunView): number {
  return Object.values(view.counts).reduce((total, count) => total + count, 0);
}

function begin(view: GrowingView, event: TaskStarted, at: number): void {
  const running: RunningTask = {
    kind: 'running',
    task: event.task,
    stage: event.stage,
    item: event.item,
    sinceMs: at,
    attempt: event.attempt,
    reasons: event.reasons,
    command: event.command,
    estimateMs: event.estimateMs,
    pause: null,
    progress: null,
    lastLine: null,
    metrics: view.running.get(event.task)?.metrics ?? {},
  };
  view.running.set(event.task, running);
  view.tasks.set(event.task, running);
}

function againAfter(event: TaskRetrying, at: number): Partial<RunningTask> {
  return event.why === 'failed'
    ? { pause: { untilMs: at + event.delayMs, failure: event.failure } }
    : { sinceMs: at };
}

function finish(view: GrowingView, event: TaskFinished): void {
  view.running.delete(event.task);
  view.tasks.set(event.task, { kind: 'finished', end: event });
  view.counts[event.outcome]++;
  view.savedMs += event.savedMs;
  if (event.outcome === 'failed') fail(view, event);
  if (event.outcome === 'skipped') view.skipped.push(event);
}

function fail(view: GrowingView, event: TaskFinished): void {
  const alike = likeness(event);
  const others = view.failures.get(alike);
  if (others === undefined) view.failures.set(alike, [event]);
  else others.push(event);
}

function updateRunning(view: GrowingView, id: TaskId, change: (task: RunningTask) => RunningTask): void {
  const task = view.running.get(id);
  if (task === undefined) return;
  const changed = change(task);
  view.running.set(id, changed);
  view.tasks.set(id, changed);
}
