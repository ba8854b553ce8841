// The tasks of a board, and which of them wait for which. How far each is, the board says.
import type { TaskId } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import type { NamedTasks } from '../model/named-tasks.ts';
import { isManyTasks, type Task, taskIdOf } from '../model/task.ts';
import type { TaskEnd } from './run-outcome.ts';
import type { TaskOrder } from './task-orders.ts';
import { callOf, type Ended, failsTheRun, isTold, newFamily, type Place, spoilersOf } from './task-state.ts';

export interface FailedTask {
  readonly task: TaskId;
  readonly stage: string;
  readonly failure: Failure;
}

export class Places {
  readonly all = new Map<TaskId, Place>();
  private readonly toAudit: NamedTasks;
  /** As they came. */
  private readonly failed: Place[] = [];

  constructor(toAudit: NamedTasks) {
    this.toAudit = toAudit;
  }

  of({ id }: Task): Place {
    return this.all.get(id)!;
  }

  /** A new one, ready. `of`: the stage whose item it is. */
  put(task: Task, of: Place | null): Place {
    const family = isManyTasks(task) ? newFamily() : null;
    const audit = family === null && this.toAudit.has(task) ? 'pending' : null;
    const state = { kind: 'ready', begun: null } as const;
    const place: Place = { task, state, audit, dependents: [], before: [], family, of };
    this.all.set(task.id, place);
    return place;
  }

  /** From now on they wait for each other. */
  tie(orders: readonly TaskOrder[]): void {
    const waits = new Map<Place, number>();
    for (const order of orders) {
      const place = this.all.get(order.after)!;
      const before = this.all.get(order.before)!;
      before.dependents.push({ place, kind: order.kind });
      if (order.kind === 'outcome') place.before.push({ place: before, isNext: order.isNext });
      if (order.kind === 'items') place.family!.sources++;
      else waits.set(place, (waits.get(place) ?? 0) + 1);
    }
    for (const [place, waitsFor] of waits) place.state = { kind: 'wanted', waitsFor };
  }

  end(place: Place, how: Omit<Ended, 'kind'>): void {
    place.state = { kind: 'ended', ...how };
    if (how.outcome === 'failed') this.failed.push(place);
  }

  /** Of an execution that served others, too. */
  tookShare(task: Task, ms: number): void {
    const place = this.of(task);
    if (place.state.kind !== 'running') return;
    const { begun } = place.state;
    place.state = { kind: 'running', begun: { ...begun, sharesMs: (begun.sharesMs ?? 0) + ms } };
  }

  /** It is for a failure, and there was none. */
  isUnneeded(task: Task): boolean {
    return callOf(this.of(task)).kind === 'unneeded';
  }

  /** Of one that does not just wait for success: the stages for whose failure it runs, or despite it. */
  failedBefore(task: Task): readonly string[] {
    const call = callOf(this.of(task));
    return call.kind === 'called' ? call.failed : [];
  }

  /** Of the same: those over which it may lack what it needs. */
  spoilersOf(task: Task): readonly string[] {
    return spoilersOf(this.of(task));
  }

  /** Of one that may stand on no board: what lies at its outputs is nothing that it made or found in this build. */
  hasFailed({ id, stage }: Task): boolean {
    // Of a stage that was skipped, nobody asked which items there are: what became of the stage became of them.
    const state = (this.all.get(id) ?? this.all.get(taskIdOf(stage.name, null)))?.state;
    return state?.kind === 'ended' && !['executed', 'restored', 'fresh'].includes(state.outcome);
  }

  /** The stages that failed the run, in order. */
  failedStages(): readonly string[] {
    const failed = [...this.all.values()].filter((place) => isTold(place) && failsTheRun(place));
    return [...new Set(failed.map((place) => place.task.stage.name))];
  }

  /** What failed, in order, also what may. */
  failedTasks(): readonly FailedTask[] {
    return [...this.all.values()].filter(isTold).flatMap(failedTask);
  }

  /** What failed first: of what failed the run, if anything did. */
  firstFailed(): FailedTask | null {
    const told = this.failed.filter(isTold);
    const ofRun = told.filter(failsTheRun);
    return (ofRun.length > 0 ? ofRun : told).flatMap(failedTask)[0] ?? null;
  }

  /** Whether one was left alone in a watch, since it would fail as it did before. */
  hasKnownFailure(): boolean {
    return this.ends().some(({ outcome, failure }) => outcome === 'skipped' && failure !== null);
  }

  ends(): readonly TaskEnd[] {
    return [...this.all.values()]
      .filter(isTold)
      .flatMap(({ task, state, audit }) =>
        state.kind === 'ended' ? [{ ...state, optional: task.stage.optional, audit }] : [],
      );
  }
}

function failedTask({ task, state }: Place): readonly FailedTask[] {
  const failure = state.kind === 'ended' && state.outcome === 'failed' ? state.failure : null;
  return failure === null ? [] : [{ task: task.id, stage: task.stage.name, failure }];
}
