// What a person is told before a run, or of what it would do: files that its stages take for inputs, and that a build from nothing would not have.
import type { EventBody, Warning } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import { filesNotMade } from './files-asked-for.ts';
import { leftoversElsewhere, unsettledInputs } from './killed.ts';
import { leftoverWarnings } from './leftovers.ts';
import type { World } from './world.ts';

export function forewarnings(
  world: World,
  graph: StageGraph,
  selection: Selection,
  /** Whether it is asked what a build would do: then that is told which a build tells when it does it. */
  isAhead = false,
): readonly (EventBody & Warning)[] {
  return [...leftoverWarnings(world, graph, selection, isAhead), ...unsettledInputs(world, graph, selection)];
}

/** Whether a build that finds all tasks fresh has something to do or to tell all the same. */
export function hasMoreToSay(world: World, graph: StageGraph, selection: Selection): boolean {
  return (
    leftoversElsewhere(world, graph).length > 0 ||
    forewarnings(world, graph, selection).length > 0 ||
    filesNotMade(world, graph, selection, () => true).length > 0
  );
}
