// All task states, in the only place where one changes; so events and state cannot drift apart.
import type { TaskId } from '../base/brand.ts';
import type {
  AuditVerdict,
  EventBody,
  RunFinished,
  TaskFinished,
  TaskOutcome,
  TaskRetrying,
} from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { type Metrics, noMetrics } from '../model/metrics.ts';
import { type NamedTasks, noTasks } from '../model/named-tasks.ts';
import type { TaskRecord } from '../model/record.ts';
import { type Saved, savedBy, savedInAll } from '../model/saved.ts';
import type { Stage } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import type { StaleReason } from '../model/verdict.ts';
import type { Left } from './attempt-end.ts';
import { Families } from './family.ts';
import { Places } from './places.ts';
import { Releases } from './releases.ts';
import { type FailureDetails, notAudited, outcomeOf, resultOf } from './run-outcome.ts';
import type { TaskOrder } from './task-orders.ts';
import { begunOf, named, type Place, type TaskState, tookMs } from './task-state.ts';
import { Turns } from './turns.ts';

export class Board {
  /** Of those that wait until they fan out. */
  readonly families: Families;
  /** What is asked of tasks among the others. */
  readonly places: Places;
  private readonly turns: Turns;
  private readonly emit: (event: EventBody) => void;
  private readonly nowMs: () => number;
  private readonly releases: Releases;
  private readonly spentBy: (task: Task) => Metrics;
  private runningCount = 0;
  private pausedCount = 0;
  private saved: Saved = { savedMs: 0 };

  /**
   * `tasks` in topological order: so they start where all are ready; `inOrder`: whenever they become so. `spentBy`: in
   * this run, whatever came of it.
   */
  constructor(options: {
    readonly tasks: readonly Task[];
    readonly orders: readonly TaskOrder[];
    readonly audited?: NamedTasks;
    readonly emit: (event: EventBody) => void;
    readonly nowMs: () => number;
    readonly inOrder?: boolean;
    readonly chains?: ReadonlyMap<string, number> | null;
    readonly spentBy?: (task: Task) => Metrics;
  }) {
    this.emit = options.emit;
    this.nowMs = options.nowMs;
    this.spentBy = options.spentBy ?? (() => noMetrics);
    this.places = new Places(options.audited ?? noTasks);
    const close = this.close.bind(this);
    this.turns = new Turns(options.inOrder === true ? options.tasks : null, options.chains, close);
    const ready = (place: Place) => this.turns.push(place);
    this.families = new Families({
      ...{ places: this.places.all, close, emit: options.emit },
      add: (task, of) => ready(this.places.put(task, of)),
      hasEnded: (place) => this.hasEnded(place),
    });
    const { families, places } = this;
    this.releases = new Releases({ families, places, close, ready });
    for (const task of options.tasks) this.places.put(task, null);
    this.places.tie(options.orders);
    for (const place of this.places.all.values()) if (place.state.kind === 'ready') ready(place);
  }

  /** Nothing runs, and nothing waits for its next attempt. */
  get isIdle(): boolean {
    return this.runningCount === 0 && this.pausedCount === 0;
  }

  /** The next task that may be looked at, or `null`; `isMeant`: the next of these. */
  takeReady(isMeant: ((task: Task) => boolean) | null = null): Task | null {
    return this.turns.take(isMeant)?.task ?? null;
  }

  /** They were taken, and could not be started yet. */
  putBack(tasks: readonly Task[]): void {
    if (tasks.length > 0) this.turns.putBack(tasks.map((task) => this.places.of(task)));
  }

  /** After a failure nothing new begins but what is there for that. */
  stop(): void {
    this.turns.stop();
  }

  get hasStopped(): boolean {
    return this.turns.hasStopped;
  }

  stateOf(task: Task): TaskState {
    return this.places.of(task).state;
  }

  started(
    task: Task,
    about: {
      readonly reasons: readonly StaleReason[];
      readonly command: string;
      readonly estimateMs: number | null;
      readonly batch?: TaskId;
    },
  ): void {
    const place = this.places.of(task);
    const before = begunOf(place.state);
    // A later attempt has the reasons of the first: that the one before it failed is no news.
    const { reasons } = before ?? about;
    const attempts = (before?.attempts ?? 0) + 1;
    place.state = { kind: 'running', begun: { startedMs: this.nowMs(), ...before, reasons, attempts } };
    this.runningCount++;
    this.emit({ kind: 'task-started', ...named(task), attempt: attempts, ...about, reasons });
  }

  /** The attempt came to nothing. Over edited inputs the next one goes on at once, else it waits for `resumed`. */
  retrying(task: Task, event: TaskRetrying): void {
    const place = this.places.of(task);
    const begun = begunOf(place.state)!;
    if (event.why === 'input-changed') {
      place.state = { kind: 'running', begun: { ...begun, attempts: event.attempt + 1 } };
    } else {
      place.state = { kind: 'paused', begun: { ...begun, attempts: event.attempt } };
      this.runningCount--;
      this.pausedCount++;
    }
    this.emit(event);
  }

  /** It may be taken for its next attempt. */
  resumed(task: Task): void {
    const place = this.places.of(task);
    if (place.state.kind !== 'paused') return;
    this.pausedCount--;
    place.state = { kind: 'ready', begun: place.state.begun };
    this.turns.push(place);
  }

  audited(task: Task, verdict: AuditVerdict): void {
    this.places.of(task).audit = verdict.kind;
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
    const { failure, command, log, ...others } = details;
    this.end(task, failure.kind === 'protected' ? 'waiting' : 'failed', {
      failure,
      ...others,
      ...(command === null ? {} : { command }),
      ...(log === null ? {} : { log }),
      ...(task.stage.optional ? { optional: true } : {}),
    });
  }

  /** What it needs is not there, over these stages. */
  blocked(task: Task, by: readonly string[]): void {
    this.end(task, 'skipped', { blockedBy: by });
  }

  cancelled(task: Task, left?: Left): void {
    this.end(task, left?.outcome ?? 'cancelled', left ?? {});
  }

  /** It is not to run now: it waits to be asked for, or, with the failure of before, for another input. */
  held(task: Task, failure: Failure | null): void {
    const { name, optional } = task.stage;
    if (failure === null || failure.kind === 'protected')
      this.end(task, 'waiting', failure === null ? {} : { failure });
    else this.end(task, 'skipped', { failure, blockedBy: [name], ...(optional ? { optional } : {}) });
  }

  /** Ends everything that has not started: nothing new is begun. `spared`: but of these stages. */
  skipRest(
    outcome: 'skipped' | 'cancelled',
    blockedBy: readonly string[],
    spared: (stage: Stage) => boolean = () => false,
  ): void {
    const places = [...this.places.all.values()];
    const close = (place: Place) => {
      const isLeft = place.state.kind === 'wanted' || place.state.kind === 'ready';
      if (isLeft && !spared(place.task.stage))
        this.close(place, outcome, blockedBy.length > 0 ? { blockedBy, stopped: true } : {});
    };
    // First items: what comes after one that has failed is skipped over it, whether the others have had their turn or not.
    for (const place of places) if (place.of !== null) close(place);
    this.families.endRest(outcome, blockedBy);
    for (const place of places) close(place);
  }

  /** How the run stands when nothing is left to do. */
  summary(interrupted: boolean): Omit<RunFinished, 'kind' | 'durationMs'> {
    return outcomeOf(this.places.ends(), this.saved, interrupted);
  }

  private end(task: Task, outcome: TaskOutcome, details: Partial<TaskFinished>): void {
    this.close(this.places.of(task), outcome, details);
  }

  private close(place: Place, outcome: TaskOutcome, details: Partial<TaskFinished>): void {
    const { task, state } = place;
    const begun = begunOf(place.state);
    if (state.kind === 'running') this.runningCount--;
    if (state.kind === 'paused') this.pausedCount--;
    if (place.family !== null) place.family.isTold = true;
    if (place.audit === 'pending') this.audited(task, notAudited(outcome));
    const { failure = null, blockedBy = [], stopped = false } = details;
    this.places.end(place, { outcome, failure, blockedBy, stopped });
    if (outcome === 'fresh' || outcome === 'restored') {
      const { savedMs = 0, metrics = {} } = details;
      this.saved = savedInAll([this.saved, savedBy(savedMs, metrics)]);
    }
    this.emit({
      ...{ kind: 'task-finished', task: task.id, stage: task.stage.name, item: task.item, outcome },
      durationMs: begun === null ? 0 : tookMs(begun, this.nowMs()),
      savedMs: 0,
      metrics: this.spentBy(task),
      outputs: [],
      reasons: begun?.reasons ?? [],
      ...(begun !== null && begun.attempts > 1 && { attempts: begun.attempts }),
      ...details,
    });
    this.hasEnded(place);
  }

  private hasEnded(place: Place): void {
    if (place.of !== null) this.families.itemEnded(place, place.of);
    this.releases.after(place);
  }
}
