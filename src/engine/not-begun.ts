// What a run that was stopped by its budget has not begun: what was held back, and all that would have followed.
import type { TaskId } from '../base/brand.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import type { Places } from './places.ts';
import { preview } from './preview.ts';
import type { World } from './world.ts';

/**
 * The names of the tasks, in topological order. It is what a dry run would tell now, items included that nothing has made
 * yet: but for what has failed, and what waits for other reasons.
 */
export function notBegun(
  {
    world,
    graph,
    selection,
  }: { readonly world: World; readonly graph: StageGraph; readonly selection: Selection },
  places: Places,
  heldBack: ReadonlySet<TaskId>,
): readonly TaskId[] {
  world.files.forget();
  return preview(world, graph, selection)
    .filter(({ task, action, unneeded }) => {
      if ((action !== 'run' && action !== 'restore') || unneeded === true) return false;
      const place = places.all.get(task);
      if (place === undefined || place.family !== null || heldBack.has(task)) return true;
      return (
        place.state.kind === 'ended' && place.state.outcome === 'skipped' && place.state.failure === null
      );
    })
    .map(({ task }) => task);
}
