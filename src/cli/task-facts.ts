// What a proof says of the tasks of a build beside what they looked at: of each, of what stands for all items of a stage,
// and which of them follow from which.
import type { TaskId } from '../base/brand.ts';
import type { TaskFacts } from '../glance/seal.ts';
import type { Sights } from '../glance/sights.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Stage } from '../model/stage.ts';
import { allItemsOf, stageOfTask } from '../model/task.ts';

type FactsOfOne = Omit<TaskFacts, 'recordAt'>;

/** Of one that the next build looks at in any case. */
export function staleFacts(task: string): FactsOfOne {
  return { task, isFresh: false, savedMs: 0 };
}

/** In whatever order they have ended: stage by stage in the one in which a build passes them that finds all fresh. */
export function inOrder(facts: readonly FactsOfOne[], graph: StageGraph): readonly FactsOfOne[] {
  const places = new Map(passed(graph).map((name, place) => [name, place]));
  const placeOf = ({ task }: FactsOfOne) => places.get(stageOfTask(task as TaskId)) ?? -1;
  return [...facts].sort((a, b) => placeOf(a) - placeOf(b));
}

/** The names of stages as they become ready, first come, first served; in `graph.order` the one declared first goes first. */
function passed(graph: StageGraph): readonly string[] {
  const { order } = graph;
  const places = new Map(order.map(({ name }, place) => [name, place]));
  const before = new Map(
    order.map(({ name }) => [name, new Set(graph.edgesInto(name).map(({ from }) => from)).size]),
  );
  const line = order.map(({ name }) => name).filter((name) => before.get(name) === 0);
  // It grows while it is walked.
  for (const name of line) {
    const after = [...new Set(graph.edgesOutOf(name).map(({ to }) => to))];
    for (const next of after.sort((a, b) => places.get(a)! - places.get(b)!)) {
      before.set(next, before.get(next)! - 1);
      if (before.get(next) === 0) line.push(next);
    }
  }
  return line;
}

export function isFamily({ forEach }: Stage): boolean {
  return forEach !== null;
}

/** What stands for all items of a stage: what they follow from, and what follows from them. */
export function factsOfFamily({ name }: Stage): TaskFacts {
  return { task: allItemsOf(name), isFresh: true, savedMs: 0, recordAt: null };
}

/** Positions of tasks that follow from each other. Items stand for themselves alone: where one changes, all is looked at. */
export function edgesAmong(tasks: readonly TaskFacts[], graph: StageGraph): Sights['edges'] {
  const positions = new Map(tasks.map(({ task }, position) => [task, position]));
  const positionOf = (stage: string) => positions.get(stage) ?? positions.get(allItemsOf(stage));
  return graph.stages.flatMap(({ name }) =>
    graph.edgesInto(name).flatMap(({ from }) => {
      const [before, after] = [positionOf(from), positionOf(name)];
      return before === undefined || after === undefined ? [] : [[before, after] as const];
    }),
  );
}
