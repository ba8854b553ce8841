// Why a build would be refused before it begins: by what its stages need, by the items that they have, by their schemas.
import type { Diagnostic } from '../model/diagnostic.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import { brokenSchemas } from './broken-schemas.ts';
import { BuildTasks } from './build-tasks.ts';
import { preflight, type ToCheck } from './preflight.ts';
import type { Whole } from './rest.ts';
import type { World } from './world.ts';

/** All of it. Whoever tells what a build would do has to ask this first, as the build does. */
export async function refusals(
  world: World,
  graph: StageGraph,
  selection: Selection,
  build: {
    readonly tasks?: BuildTasks;
    readonly whole?: Whole;
    /** Those of which it is not known that what they need is there. */
    readonly about?: readonly ToCheck[];
  } = {},
): Promise<readonly Diagnostic[]> {
  const { tasks = new BuildTasks(world, graph, selection), whole } = build;
  const { about = selection.stages.map((stage) => ({ stage })) } = build;
  return [
    ...preflight(world, graph, selection, whole, about),
    ...tasks.problems(),
    ...(await brokenSchemas(world, graph, selection, about)),
  ];
}
