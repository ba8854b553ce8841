// What a person is told at the end of a run: of its budgets, with the tasks that one held back, and of files of earlier
// builds that stages took as they lay there, since an optional stage could not make them anew.

import type { EventBody, Warning } from '../model/events.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { toldAsOld } from '../model/words/leftover-words.ts';
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
  return [...oldInputs(build, places), ...ofBudgets];
}

function oldInputs({ world, graph, selection }: Build, places: Places): readonly (EventBody & Warning)[] {
  return selection.stages.flatMap((stage) => {
    const takers = graph.edgesOutOf(stage.name).filter(({ mayLack }) => mayLack);
    if (takers.length === 0 || ofStage(places, stage.name).every(endedWell)) return [];
    const old = oldOutputs(world, stage, places);
    return takers.flatMap(({ to }) => {
      const done = ofStage(places, to).filter((place) => place.family === null && endedWell(place));
      const paths = old.filter((path) => done.some(({ task }) => setMatches(task.stage.requires, path)));
      const told = { paths, maker: stage.name, consumer: to };
      return paths.length === 0 ? [] : [{ kind: 'warning', ...toldAsOld(told) } as const];
    });
  });
}

/** As pipe made them, but not for what of the stage went well in this build. */
function oldOutputs(world: World, stage: Stage, places: Places): readonly string[] {
  const made = new Set<string>();
  for (const { task } of ofStage(places, stage.name).filter(endedWell)) {
    const memory = world.records.memory(task.id);
    for (const { path } of memory.kind === 'done' ? memory.record.outputs : []) made.add(path);
  }
  world.files.forget();
  const { files } = stage.produces === null ? { files: [] } : world.files.expand(stage.produces, 'output');
  const others = files.filter(({ path, kind }) => kind !== 'folder' && !made.has(path));
  const unknown = new Set(unknownAmong(world, others));
  return others.filter((file) => !unknown.has(file)).map(({ path }) => path);
}

function ofStage(places: Places, name: string): readonly Place[] {
  return [...places.all.values()].filter(({ task }) => task.stage.name === name);
}
