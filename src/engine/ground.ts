// Clears the ground before stages are looked at: what killed attempts left elsewhere, and what stages no longer produce.
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import { halfMadeInputs, leftoversElsewhere, putLeftoversAway } from './killed.ts';
import { retire } from './retire.ts';
import type { World } from './world.ts';

/** Before a build, in which any stage may come to fail before it has begun. */
export function clearForBuild(world: World, graph: StageGraph, selection: Selection): boolean {
  const halfMade = halfMadeInputs(world, graph, selection);
  putLeftoversAway(world, halfMade);
  return clearGround(world, graph, selection) || halfMade.length > 0;
}

/** What would else be taken for a result or an input. Needs the lock. Answers whether there was anything. */
export function clearGround(
  world: World,
  graph: StageGraph,
  selection: Pick<Selection, 'stages' | 'asBefore'>,
): boolean {
  const killed = leftoversElsewhere(world, graph);
  putLeftoversAway(world, killed);
  const isRetired = retire(world, graph, selection);
  return killed.length > 0 || isRetired;
}
