// What a person is told who asked for a file, and has none at the end: a pattern of a stage matches it, and the stage has
// done well without making it.
import type { FilePath } from '../base/brand.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import type { EventBody, Warning } from '../model/events.ts';
import { globMatches } from '../model/glob/glob.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { taskOf } from '../model/task.ts';
import { toldAsNotMade } from '../model/words/leftover-words.ts';
import type { World } from './world.ts';

/** `isDone`: whether all tasks of the stage are fresh, or have ended well. */
export function filesNotMade(
  world: World,
  graph: StageGraph,
  { files = [] }: Pick<Selection, 'files'>,
  isDone: (stage: string) => boolean,
): readonly (EventBody & Warning)[] {
  return files.flatMap(({ stage: name, path }) => {
    const stage = graph.stageNamed(name);
    // One that runs for failures is fresh without having made anything.
    if (stage.when === 'failure' || !isDone(name)) return [];
    const made = outputsOf(world, stage);
    // Most often it is on record, and then nobody looks for it again. It may be a folder of outputs.
    if (made.some((output) => output === path || output.startsWith(`${path}/`))) return [];
    if (world.files.look(path) !== null) return [];
    const pattern = stage.produces?.entries.find(({ negated, glob }) => !negated && globMatches(glob, path));
    const near = didYouMean(path, made);
    const told = { path, stage: name, pattern: pattern?.source ?? path, near };
    return [{ kind: 'warning', ...toldAsNotMade(told) } as const];
  });
}

/** Of a stage with items none: each has a record of its own. */
function outputsOf({ records }: World, stage: Stage): readonly FilePath[] {
  const memory = records.memory(taskOf(stage).id);
  return memory.kind === 'done' ? memory.record.outputs.map((output) => output.path) : [];
}
