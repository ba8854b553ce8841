// What a person is told before a run: files that its stages take for inputs, and that a build from nothing would not have.
import type { EventBody, Warning } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Task } from '../model/task.ts';
import { unsettledInputs } from './killed.ts';
import { orphanWarnings } from './retire.ts';
import type { World } from './world.ts';

export function forewarnings(
  world: World,
  graph: StageGraph,
  tasks: readonly Task[],
): readonly (EventBody & Warning)[] {
  return [...orphanWarnings(world, graph, tasks), ...unsettledInputs(world, graph, tasks)];
}
