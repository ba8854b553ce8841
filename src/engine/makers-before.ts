// Whose files a task may read: of this build, and of what it leaves out as far as there is something to ask.
import type { StageGraph } from '../model/graph/graph.ts';
import { Makers } from '../model/graph/makers.ts';
import { taskForFile, taskOfStage } from '../model/items/item-tasks.ts';
import { diffManifests, type Manifest } from '../model/manifest.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { type Task, taskOf } from '../model/task.ts';
import type { ItemTasks } from './item-tasks.ts';
import type { World } from './world.ts';

interface Build {
  readonly world: World;
  readonly graph: StageGraph;
  readonly selection: Selection;
  readonly items: ItemTasks;
}

/** Of stages with items those that are known by now. `inputs`: what the task has read, if it has. */
export function makersBefore(build: Build, task: Task, inputs?: Manifest): readonly Task[] {
  const { graph, selection, items } = build;
  const { stage } = task;
  return graph.edgesInto(stage.name).flatMap((edge): readonly Task[] => {
    if (edge.kind !== 'file' || !selection.names.has(edge.from)) return [];
    const before = graph.stageNamed(edge.from);
    if (before.forEach === null) return [taskOf(before)];
    const maker = stage.item === null ? null : items.makerOf(task);
    if (maker?.stage.name === edge.from) return [maker];
    const known = stage.item === null ? items.lastOf(edge.from) : items.lastFeeding(edge.from, stage);
    return [...known, ...leftOutOf(build, before, task, inputs)];
  });
}

/** A build that does not look at them must know what they made all the same: an edit of that is no result. */
function leftOutOf(
  { world, selection }: Build,
  maker: Stage,
  reader: Task,
  inputs: Manifest | undefined,
): readonly Task[] {
  const { leftOut } = selection;
  if (leftOut === undefined) return [];
  if (inputs !== undefined && readsAsBefore(world, selection, reader, inputs)) return [];
  return leftOut(maker.name).flatMap((id) => taskOfStage(maker, id) ?? []);
}

/**
 * Whether what the task reads now is what it read when all was fresh, but for what items of this build make: then what
 * the others made is as they made it, for so it was then. There may be ten thousand of them.
 */
function readsAsBefore(
  { records }: World,
  { stages, knownItems, asBefore }: Selection,
  { id, stage }: Task,
  inputs: Manifest,
): boolean {
  const memory = records.memory(id);
  if (asBefore?.has(id) !== true || stage.freshness === 'mtime' || memory.kind !== 'done') return false;
  // What has been added cannot be theirs: all that they made was there.
  const { changed, removed } = diffManifests(memory.record.inputs, inputs);
  if (changed.length + removed.length === 0) return true;
  const items = stages.flatMap((one) =>
    (knownItems?.get(one.name) ?? []).flatMap((path) => {
      const task = taskForFile(one, path);
      return task?.ok ? [task.value.stage] : [];
    }),
  );
  const makers = new Makers(items);
  return [...changed, ...removed].every((path) => makers.of(path).length > 0);
}
