// What a watch finds when it looks: which tasks are fresh, which are to run, which have to wait.
import type { TaskId } from '../base/brand.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import { type Assessment, type AssessmentOrFailure, type Assessor, isFailure } from './assess.ts';
import { ordersOf, type TaskOrder } from './task-orders.ts';
import type { Hold, Watching } from './watching.ts';

export type RestState =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'held'; readonly hold: Hold; readonly estimateMs: number | null }
  /** One before it is held. */
  | { readonly kind: 'blocked'; readonly by: TaskId };

export interface Found {
  /** In topological order. */
  readonly tasks: ReadonlyMap<TaskId, RestState>;
  /** Whether a run would do anything. */
  readonly hasWork: boolean;
}

/** `tasks` in topological order. */
export function whatIsToDo(options: {
  readonly graph: StageGraph;
  readonly tasks: readonly Task[];
  readonly assessor: Assessor;
  readonly watching: Watching;
}): Found {
  const { graph, tasks, assessor, watching } = options;
  const before = new Map<TaskId, TaskOrder[]>();
  for (const order of ordersOf(graph, tasks)) {
    const known = before.get(order.after);
    if (known === undefined) before.set(order.after, [order]);
    else known.push(order);
  }
  const optional = new Set(tasks.filter((task) => task.stage.optional).map((task) => task.id));
  const isInTheWay = ({ before: id, kind }: TaskOrder) => {
    const state = found.get(id)!;
    if (state.kind === 'held' && state.hold.kind === 'until-changed')
      return kind === 'file' || !optional.has(id);
    return state.kind === 'blocked' || (state.kind === 'held' && state.hold.kind === 'until-asked');
  };
  const found = new Map<TaskId, RestState>();
  for (const task of tasks) {
    const blocker = (before.get(task.id) ?? []).find(isInTheWay)?.before ?? null;
    found.set(task.id, stateOf(task, assessor.assess(task), watching, blocker));
  }
  return { tasks: found, hasWork: [...found.values()].some(({ kind }) => kind === 'stale') };
}

function stateOf(
  task: Task,
  assessed: AssessmentOrFailure,
  watching: Watching,
  blocker: TaskId | null,
): RestState {
  if (!isFailure(assessed) && assessed.verdict.kind === 'fresh') return { kind: 'fresh' };
  const hold = watching.hold(task, assessed);
  if (hold !== null) return { kind: 'held', hold, estimateMs: estimateOf(assessed) };
  return blocker === null ? { kind: 'stale' } : { kind: 'blocked', by: blocker };
}

/** What it took the last time. */
export function estimateOf(assessed: AssessmentOrFailure): number | null {
  if (isFailure(assessed)) return null;
  const { memory } = assessed;
  if (memory.kind === 'done') return memory.record.durationMs;
  return memory.kind === 'unfinished' ? (memory.last?.durationMs ?? null) : null;
}

export function recordOf(assessment: Assessment): TaskRecord | null {
  return assessment.memory.kind === 'done' ? assessment.memory.record : null;
}
