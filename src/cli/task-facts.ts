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

/** Stage by stage as a build passes them, in whatever order they have ended. */
export function inOrder(facts: readonly FactsOfOne[], graph: StageGraph): readonly FactsOfOne[] {
  const places = new Map(graph.order.map(({ name }, place) => [name, place]));
  const placeOf = ({ task }: FactsOfOne) => places.get(stageOfTask(task as TaskId)) ?? -1;
  return [...facts].sort((a, b) => placeOf(a) - placeOf(b));
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
