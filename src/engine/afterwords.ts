// What a person is told at the end of a run: of its budgets, with the tasks that one held back, of files of earlier
// builds that stages took as they lay there, since an optional stage could not make them anew, and of files that were
// asked for and not made.

import type { FilePath } from '../base/brand.ts';
import type { EventBody, Warning } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { toldAsOld } from '../model/words/leftover-words.ts';
import { filesNotMade } from './files-asked-for.ts';
import { notBegun } from './not-begun.ts';
import { unknownAmong } from './ownership.ts';
import type { Places } from './places.ts';
import type { Spending } from './spending.ts';
import { endedWell, type Place } from './task-state.ts';
import type { World } from './world.ts';

interface Build {
  readonly world: World;
  readonly graph: StageGraph;
  readonly selection: Selection;
  /** What is on record; `null`: that is not all. */
  readonly known: World['records'] | null;
}

export function afterwords(
  build: Build,
  places: Places,
  spending: Spending,
): readonly (EventBody & Warning)[] {
  const ofBudgets = spending.warnings((heldBack) => notBegun(build, places, heldBack), build.known);
  return [...oldInputs(build, places), ...filesNotThere(build, places), ...ofBudgets];
}

/** Of those that were asked for. */
export function filesNotThere(
  { world, graph, selection }: Omit<Build, 'known'>,
  places: Places,
): readonly (EventBody & Warning)[] {
  return filesNotMade(world, graph, selection, (stage) => ofStage(places, stage).every(endedWell));
}

function oldInputs({ world, graph, selection }: Build, places: Places): readonly (EventBody & Warning)[] {
  return selection.stages.flatMap((stage) => {
    const takers = graph.edgesOutOf(stage.name).filter(({ mayLack }) => mayLack);
    if (takers.length === 0 || ofStage(places, stage.name).every(endedWell)) return [];
    const old = oldOutputs(world, stage, places);
    return takers.flatMap(({ to }) => {
      // On record is what each of them has read: patterns of thousands of items would have to be asked one by one.
      const taken = pathsOf(world, ofStage(places, to), 'inputs');
      const paths = old.filter((path) => taken.has(path));
      const told = { paths, maker: stage.name, consumer: to };
      return paths.length === 0 ? [] : [{ kind: 'warning', ...toldAsOld(told) } as const];
    });
  });
}

/** As pipe made them, but not for what of the stage went well in this build. */
function oldOutputs(world: World, stage: Stage, places: Places): readonly FilePath[] {
  const made = pathsOf(world, ofStage(places, stage.name), 'outputs');
  world.files.forget();
  const { files } = stage.produces === null ? { files: [] } : world.files.expand(stage.produces, 'output');
  const others = files.filter(({ path, kind }) => kind !== 'folder' && !made.has(path));
  const unknown = new Set(unknownAmong(world, others));
  return others.filter((file) => !unknown.has(file)).map(({ path }) => path);
}

/** Of those that ended well. */
function pathsOf(
  { records }: World,
  places: readonly Place[],
  which: 'inputs' | 'outputs',
): ReadonlySet<FilePath> {
  const all = new Set<FilePath>();
  for (const { task } of places.filter(endedWell)) {
    const memory = records.memory(task.id);
    for (const { path } of memory.kind === 'done' ? memory.record[which] : []) all.add(path);
  }
  return all;
}

function ofStage(places: Places, name: string): readonly Place[] {
  return [...places.all.values()].filter(({ task }) => task.stage.name === name);
}
