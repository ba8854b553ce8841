// All task states, in the only place where one changes; so events and state cannot drift apart.
//
//   wanted ──► ready ──► running ──► done(executed | restored | fresh)
//      │         │          ├──────► failed
//      │         │          └──────► cancelled
//      └─────────┴─────────────────► skipped
//
// A stage with items stands for them until it is ready: then it fans out, and has ended when the last of them has.
import type { TaskId } from '../base/brand.ts';
import type { AuditVerdict, EventBody, RunFinished, TaskFinished, TaskOutcome } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { TaskRecord } from '../model/record.ts';
import { isManyTasks, type Task } from '../model/task.ts';
import type { StaleReason } from '../model/verdict.ts';
import { Families } from './family.ts';
import {
  causeOf,
  endedWell,
  failsTheRun,
  isHarmless,
  isTold,
  named,
  newFamily,
  type Place,
  type TaskState,
} from './place.ts';
import { ReadyLine } from './ready-line.ts';
import { type FailureDetails, notAudited, outcomeOf, resultOf } from './run-outcome.ts';
import type { TaskOrder } from './task-orders.ts';

interface Release {
  readonly place: Place;
  readonly kind: TaskOrder['kind'];
  readonly before: Place;
}

export class Board {
  /** Of those that wait until they fan out. */
  readonly families: Families;
  private readonly places = new Map<TaskId, Place>();
  private readonly ready: ReadyLine<Place>;
  private readonly emit: (event: EventBody) => void;
  private readonly nowMs: () => number;
  private readonly releases: Release[] = [];
  private readonly toAudit: ReadonlySet<string>;
  private releasing = false;
  private runningCount = 0;
  private savedMs = 0;

  /** `tasks` in topological order: so they start where all are ready; `inOrder`: whenever they become so. */
  constructor(options: {
    readonly tasks: readonly Task[];
    readonly orders: readonly TaskOrder[];
    readonly audited?: ReadonlySet<string>;
    readonly emit: (event: EventBody) => void;
    readonly nowMs: () => number;
    readonly inOrder?: boolean;
  }) {
    this.emit = options.emit;
    this.nowMs = options.nowMs;
    this.families = new Families({
      places: this.places,
      add: (task, of) => this.ready.push(this.put(task, of)),
      close: (place, outcome, details) => this.close(place, outcome, details),
      hasEnded: (place) => this.hasEnded(place),
      emit: options.emit,
    });
    this.ready = new ReadyLine(options.inOrder === true ? options.tasks : null);
    this.toAudit = options.audited ?? new Set();
    const waits = new Map<TaskId, number>();
    for (const task of options.tasks) this.put(task, null);
    for (const order of options.orders) {
      const place = this.places.get(order.after)!;
      this.places.get(order.before)!.dependents.push({ place, kind: order.kind });
      if (order.kind === 'items') place.family!.sources++;
      else waits.set(order.after, (waits.get(order.after) ?? 0) + 1);
    }
    for (const place of this.places.values()) {
      const waitsFor = waits.get(place.task.id) ?? 0;
      if (waitsFor > 0) place.state = { kind: 'wanted', waitsFor };
      else this.ready.push(place);
    }
  }

  get running(): number {
    return this.runningCount;
  }

  /** The next task that may be looked at, or `null`. */
  takeReady(): Task | null {
    for (;;) {
      const place = this.ready.shift();
      if (place === undefined) return null;
      if (place.state.kind === 'ready') return place.task;
    }
  }

  stateOf(task: Task): TaskState {
    return this.places.get(task.id)!.state;
  }

  started(
    task: Task,
    about: {
      readonly reasons: readonly StaleReason[];
      readonly command: string;
      readonly estimateMs: number | null;
    },
  ): void {
    this.places.get(task.id)!.state = { kind: 'running', startedMs: this.nowMs(), reasons: about.reasons };
    this.runningCount++;
    this.emit({ kind: 'task-started', ...named(task), attempt: 1, ...about });
  }

  audited(task: Task, verdict: AuditVerdict): void {
    this.places.get(task.id)!.audit = verdict.kind;
    this.emit({ kind: 'task-audited', ...named(task), verdict });
  }

  fresh(task: Task, record: TaskRecord | null): void {
    this.end(task, 'fresh', { savedMs: record?.durationMs ?? 0, ...resultOf(record) });
  }

  succeeded(task: Task, outcome: 'executed' | 'restored', record: TaskRecord, log: string | null): void {
    const savedMs = outcome === 'restored' ? record.durationMs : 0;
    this.end(task, outcome, { savedMs, ...resultOf(record), ...(log === null ? {} : { log }) });
  }

  failed(task: Task, details: FailureDetails): void {
    const { failure, tail, hiddenEnv, command, log } = details;
    this.end(task, failure.kind === 'protected' ? 'waiting' : 'failed', {
      failure,
      tail,
      hiddenEnv,
      ...(command === null ? {} : { command }),
      ...(log === null ? {} : { log }),
      ...(task.stage.optional ? { optional: true } : {}),
    });
  }

  cancelled(task: Task): void {
    this.end(task, 'cancelled', {});
  }

  /** It is not to run now: it waits to be asked for, or, with the failure of before, for another input. */
  held(task: Task, failure: Failure | null): void {
    const { name, optional } = task.stage;
    if (failure === null || failure.kind === 'protected')
      this.end(task, 'waiting', failure === null ? {} : { failure });
    else this.end(task, 'skipped', { failure, blockedBy: [name], ...(optional ? { optional } : {}) });
  }

  /** Ends everything that has not started: nothing new is begun. */
  skipRest(outcome: 'skipped' | 'cancelled', blockedBy: readonly string[]): void {
    for (const place of this.places.values()) {
      const { kind } = place.state;
      if (kind === 'wanted' || kind === 'ready')
        this.close(place, outcome, { ...(blockedBy.length > 0 ? { blockedBy } : {}) });
    }
    this.families.endRest(outcome, blockedBy);
  }

  /** The stages that failed the run, in order. */
  failedStages(): readonly string[] {
    const failed = [...this.places.values()].filter((place) => isTold(place) && failsTheRun(place));
    return [...new Set(failed.map((place) => place.task.stage.name))];
  }

  /** How the run stands when nothing is left to do. */
  summary(interrupted: boolean): Omit<RunFinished, 'kind' | 'durationMs'> {
    const ends = [...this.places.values()]
      .filter(isTold)
      .flatMap(({ task, state, audit }) =>
        state.kind === 'ended' ? [{ ...state, optional: task.stage.optional, audit }] : [],
      );
    return outcomeOf(ends, this.savedMs, interrupted);
  }

  private end(task: Task, outcome: TaskOutcome, details: Partial<TaskFinished>): void {
    this.close(this.places.get(task.id)!, outcome, details);
  }

  private close(place: Place, outcome: TaskOutcome, details: Partial<TaskFinished>): void {
    const { task, state } = place;
    const running = state.kind === 'running';
    if (running) this.runningCount--;
    if (place.family !== null) place.family.isTold = true;
    if (place.audit === 'pending') this.audited(task, notAudited(outcome));
    place.state = {
      kind: 'ended',
      outcome,
      failure: details.failure ?? null,
      blockedBy: details.blockedBy ?? [],
    };
    this.savedMs += details.savedMs ?? 0;
    this.emit({
      kind: 'task-finished',
      ...named(task),
      outcome,
      durationMs: running ? Math.round(this.nowMs() - state.startedMs) : 0,
      savedMs: 0,
      metrics: {},
      outputs: [],
      reasons: running ? state.reasons : [],
      ...details,
    });
    this.hasEnded(place);
  }

  private hasEnded(place: Place): void {
    for (const dependent of place.dependents) this.releases.push({ ...dependent, before: place });
    if (place.of !== null) this.families.itemEnded(place, place.of);
    this.releaseAll();
  }

  private put(task: Task, of: Place | null): Place {
    const family = isManyTasks(task) ? newFamily() : null;
    const audit = family === null && this.toAudit.has(task.stage.name) ? 'pending' : null;
    const place: Place = { task, state: { kind: 'ready' }, audit, dependents: [], family, of };
    this.places.set(task.id, place);
    return place;
  }

  /** A loop, not a recursion: the skipped part of a chain may be thousands of tasks long. */
  private releaseAll(): void {
    if (this.releasing) return;
    this.releasing = true;
    for (let next = this.releases.shift(); next !== undefined; next = this.releases.shift())
      this.release(next);
    this.releasing = false;
  }

  /** One task that another waits for has ended. */
  private release({ place, kind, before }: Release): void {
    if (before.state.kind !== 'ended') return;
    if (kind === 'items') this.families.sourceEnded(place, before);
    if (kind === 'items' || place.state.kind !== 'wanted') return;
    if (!endedWell(before) && !(kind === 'after' && isHarmless(before))) {
      const outcome = before.state.outcome === 'cancelled' ? 'cancelled' : 'skipped';
      this.close(place, outcome, { blockedBy: causeOf(before) });
      return;
    }
    const waitsFor = place.state.waitsFor - 1;
    place.state = waitsFor === 0 ? { kind: 'ready' } : { kind: 'wanted', waitsFor };
    if (waitsFor === 0) this.ready.push(place);
  }
}
