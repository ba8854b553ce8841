// Which task of a build comes before which, from the edges between their stages.
import type { TaskId } from '../base/brand.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { type Task, taskOf } from '../model/task.ts';

/** An order between two tasks. A `file` order carries data: without it the later one cannot run. */
export interface TaskOrder {
  readonly before: TaskId;
  readonly after: TaskId;
  readonly kind: 'file' | 'after';
}

/** Only orders between tasks of the build: what was not selected is taken as it lies. */
export function ordersOf(graph: StageGraph, tasks: readonly Task[]): readonly TaskOrder[] {
  const idOf = new Map(tasks.map((task) => [task.stage.name, task.id]));
  return tasks.flatMap((task) =>
    graph
      .edgesInto(task.stage.name)
      .filter((edge) => idOf.has(edge.from))
      .map((edge) => ({ before: idOf.get(edge.from)!, after: task.id, kind: edge.kind })),
  );
}

/**
 * For each selected task those whose files it may read; also those that are left out as known to be fresh: what they
 * made may be edited while the build is at work.
 */
export function makersOf(
  graph: StageGraph,
  { names }: Pick<Selection, 'names'>,
): ReadonlyMap<TaskId, readonly Task[]> {
  const tasks = graph.stages.filter(({ name }) => names.has(name)).map((stage) => taskOf(stage));
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const makers = new Map<TaskId, Task[]>();
  for (const { before, after, kind } of ordersOf(graph, tasks)) {
    if (kind !== 'file') continue;
    const known = makers.get(after);
    if (known === undefined) makers.set(after, [byId.get(before)!]);
    else known.push(byId.get(before)!);
  }
  return makers;
}

/** The stages of these tasks that come before `stage`, near and far. */
export function stagesBefore(graph: StageGraph, tasks: readonly Task[], stage: Stage): readonly Stage[] {
  const before = graph.upstreamOf([stage.name]);
  return tasks.map((task) => task.stage).filter((other) => other !== stage && before.has(other.name));
}
