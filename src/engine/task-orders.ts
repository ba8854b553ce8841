// Which task of a build comes before which, from the edges between their stages.
import type { TaskId } from '../base/brand.ts';
import { type StageGraph, type Tie, tieOf } from '../model/graph/graph.ts';
import type { Stage } from '../model/stage.ts';
import type { Task } from '../model/task.ts';

/** An order between two tasks. A `file` order carries data: without it the later one cannot run; of a `spare` one it takes what there is. */
export type TaskOrder = {
  readonly before: TaskId;
  readonly after: TaskId;
} & (
  | {
      /** `items`: each item of the earlier one may become one of the later one as soon as it is done. */
      readonly kind: Tie | 'items';
    }
  /** How the earlier one ended says whether the later one runs, which comes right after it or farther on. */
  | { readonly kind: 'outcome'; readonly isNext: boolean }
);

/**
 * Only orders between tasks of the build: what was not selected is taken as it lies. `streams`: whether items of one
 * stage become items of the other one by one.
 */
export function ordersOf(
  graph: StageGraph,
  tasks: readonly Task[],
  streams: (from: Stage, to: Stage) => boolean = () => false,
): readonly TaskOrder[] {
  const byStage = new Map(tasks.map((task) => [task.stage.name, task]));
  return tasks.flatMap((task) => {
    if (task.stage.when !== 'success') return outcomesBefore(graph, byStage, task);
    return graph.edgesInto(task.stage.name).flatMap((edge): readonly TaskOrder[] => {
      const before = byStage.get(edge.from);
      if (before === undefined) return [];
      const kind = edge.kind === 'file' && streams(before.stage, task.stage) ? 'items' : tieOf(edge);
      return [{ before: before.id, after: task.id, kind }];
    });
  });
}

/** Of all tasks before it, near and far, also by way of stages that are not selected. */
function outcomesBefore(
  graph: StageGraph,
  byStage: ReadonlyMap<string, Task>,
  { id, stage }: Task,
): readonly TaskOrder[] {
  const next = new Set(graph.edgesInto(stage.name).map(({ from }) => from));
  return [...graph.upstreamOf([stage.name])].flatMap((name): readonly TaskOrder[] => {
    const before = byStage.get(name);
    if (before === undefined || name === stage.name) return [];
    return [{ before: before.id, after: id, kind: 'outcome', isNext: next.has(name) }];
  });
}

/** The stages of these tasks that come before `stage`, near and far. */
export function stagesBefore(graph: StageGraph, tasks: readonly Task[], stage: Stage): readonly Stage[] {
  const before = graph.upstreamOf([stage.name]);
  return tasks
    .map((task) => task.stage)
    .filter((other) => other.name !== stage.name && before.has(other.name));
}
