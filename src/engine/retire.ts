// Files that pipe made and no stage would make any more: a build from nothing would not have them, so no stage may
// take them for its input unnoticed. Of stages that are selected they go; of the others a person is told.
import type { EventBody, Warning } from '../model/events.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import { stageOfTask, type Task } from '../model/task.ts';
import { type FormerOutputs, formerOutputs, makingNow, presentAmong } from './former.ts';
import { moveDisplaced, wayBack } from './keeping.ts';
import { putAway } from './make-room.ts';
import { isNamed, isNamedBy } from './ownership.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

type Told = EventBody & Warning;

/**
 * Before any stage is looked at: one that requires such a file by a pattern would else be found fresh with it, or run
 * on it, as long as its former stage has not run. Answers whether there was any.
 */
export function retire(world: World, graph: StageGraph, { stages }: Pick<Selection, 'stages'>): boolean {
  const former = formerOutputs(world, graph, stages).filter(({ leaving }) => leaving.length > 0);
  for (const { task, leaving } of former) {
    try {
      const rest: ListedFile[] = [];
      for (const file of leaving) {
        const consumer = graph.stages.find(({ requires }) => setMatches(requires, file.path));
        // An empty folder is made again as easily.
        if (consumer === undefined || file.kind === 'folder') rest.push(file);
        else world.events.emit(moved(world, task, file, consumer.name));
      }
      // Any folder that is empty without them was made for them.
      putAway(world, rest, world.folders.keep('aside', task.id), ['']);
      world.outputs.prune(leaving, ['']);
    } catch (problem) {
      // The attempt at their stage tries again, and fails over it.
      if (!isRefusal(problem)) throw problem;
    }
  }
  return former.length > 0;
}

/** Somebody may have come to rely on it: it is kept for good, as what a person made. */
function moved(world: World, task: Task, file: ListedFile, consumer: string): Told {
  const was = `${file.path} was made by stage "${task.stage.name}", which no longer produces it, and stage "${consumer}" requires it by a pattern`;
  try {
    const { shown, undo } = wayBack(world, file, moveDisplaced(world, task, file));
    return {
      kind: 'warning',
      message: `${was}: it is kept as ${shown}`,
      hint: `to use it as a source file: ${undo}`,
    };
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    world.outputs.remove([file], []);
    return { kind: 'warning', message: `${was}: it is deleted, as it cannot be kept: ${problem.message}` };
  }
}

/** What lies there that a build from nothing would not have, and stays: where the selected stages have to do with it. */
export function leftoverWarnings(world: World, graph: StageGraph, selection: Selection): readonly Told[] {
  const former = formerOutputs(world, graph);
  return [...formerWarnings(former, selection), ...orphanWarnings(world, graph, selection)];
}

/** Of what the stages no longer produce, or require while others do not: all that a clearing of the ground leaves. */
export function formerWarnings(
  former: readonly FormerOutputs[],
  { stages, names }: Pick<Selection, 'stages' | 'names'>,
): readonly Told[] {
  return former.flatMap(({ task, leaving, staying }) => {
    const { name } = task.stage;
    const isSelected = names.has(name);
    const sources = staying
      .filter(({ path }) => isSelected || stages.some((stage) => isNamedBy(stage, path)))
      .map(({ path }): Told => {
        const message = `${path} was made by stage "${name}", which no longer produces it; it is taken as a source file from now on`;
        return { kind: 'warning', message, hint: 'delete it if a build from nothing should not have it' };
      });
    if (isSelected) return sources;
    const left = leaving.flatMap(({ path }): readonly Told[] => {
      const consumer = stages.find(({ requires }) => setMatches(requires, path));
      if (consumer === undefined) return [];
      const message = `stage "${consumer.name}" requires ${path}, which stage "${name}" made and no longer produces: a build from nothing would not have it`;
      return [{ kind: 'warning', message, hint: `to have it taken away: pipe build ${name}` }];
    });
    return [...sources, ...left];
  });
}

/** Outputs of stages that are gone, where selected ones still take them for inputs. */
function orphanWarnings(world: World, graph: StageGraph, { stages }: Selection): readonly Told[] {
  const declared = new Set(graph.stages.map((stage) => stage.name));
  const gone = world.records.remembered().filter((record) => !declared.has(stageOfTask(record.task)));
  const isMade = makingNow(world, graph);
  return gone.flatMap((record) =>
    presentAmong(world, record.outputs, isMade).flatMap(({ path }): readonly Told[] => {
      const consumer = stages.find((stage) => setMatches(stage.requires, path) || isNamedBy(stage, path));
      if (consumer === undefined) return [];
      const message = `stage "${consumer.name}" requires ${path}, which "${record.task}" made when it was a stage: a build from nothing would not have it`;
      const hint = isNamed(graph, path)
        ? 'delete it; or take it for a source file from now on: pipe clean --orphans'
        : 'to delete what stages left that are gone: pipe clean --orphans';
      return [{ kind: 'warning', message, hint }];
    }),
  );
}
