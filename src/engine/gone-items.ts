// What is left of items that a stage no longer has: what it made for them goes, for a build from nothing would not have it.
import type { FilePath } from '../base/brand.ts';
import type { ItemsGone } from '../model/events.ts';
import { setOfTexts } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Stage } from '../model/stage.ts';
import { stageOfTask, type Task } from '../model/task.ts';
import { type Cleaning, planCleaning } from './clean.ts';
import type { ItemTasks } from './item-tasks.ts';
import { inPlaceFor, keptMessage, moveLeftovers, type Warn } from './keeping.ts';
import type { IsOfAnother } from './make-room.ts';
import { isNamed, unknownAmong } from './ownership.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

/** A stage with the tasks that it has by now. */
export interface Family {
  readonly stage: Stage;
  readonly tasks: readonly Task[];
}

/** The records of a stage that are of none of its tasks. */
export function goneRecords(world: World, { stage, tasks }: Family): readonly TaskRecord[] {
  return goneAmong(world.records.remembered(), stage, tasks);
}

/** Attempts that were killed, whose items are gone: what they left is looked for by nobody else. */
function goneAttempts(world: World, { stage, tasks }: Family): ReturnType<World['records']['killed']> {
  return goneAmong(world.records.killed(), stage, tasks);
}

function goneAmong<T extends Pick<TaskRecord, 'task'>>(
  all: readonly T[],
  { name }: Stage,
  tasks: readonly Task[],
): readonly T[] {
  const ofStage = all.filter(({ task }) => stageOfTask(task) === name);
  if (ofStage.length === 0) return [];
  const present = new Set(tasks.map((task) => task.id));
  return ofStage.filter(({ task }) => !present.has(task));
}

export function hasGoneItems(world: World, family: Family): boolean {
  return goneRecords(world, family).length > 0 || goneAttempts(world, family).length > 0;
}

/** What a build would take away. */
export function planOfGone(
  world: World,
  graph: StageGraph,
  items: ItemTasks,
  family: Family,
): readonly Cleaning[] {
  const isOfAnother = ofAnotherThanGone(graph, items, family.stage);
  return goneRecords(world, family).map((record) => planCleaning(world, record, isOfAnother));
}

/** Made for another item, or by another stage; or, where no stage makes it, a source by its name. */
function ofAnotherThanGone(graph: StageGraph, items: ItemTasks, { name }: Stage): IsOfAnother {
  return (path) => {
    if (items.mayMake(name, path)) return true;
    const makers = graph.makers.of(path);
    if (makers.length === 0) return isNamed(graph, path);
    return makers.some((maker) => maker.name !== name || maker.forEach === null);
  };
}

export function toldOfGone(stage: Stage, plan: readonly Cleaning[], dryRun: boolean): ItemsGone {
  const items = plan.map(({ task }) => task.slice(stage.name.length + 1)).filter((item) => item !== '');
  const removed = plan.flatMap(({ remove, removeWhole }) => [
    ...remove.map(({ path }) => path),
    ...removeWhole,
  ]);
  return { kind: 'items-gone', stage: stage.name, items, removed, dryRun };
}

/** Needs the lock. Answers whether there was anything. */
export function removeGone(world: World, graph: StageGraph, items: ItemTasks, family: Family): boolean {
  const { stage } = family;
  const records = goneRecords(world, family);
  const attempts = goneAttempts(world, family);
  if (records.length + attempts.length === 0) return false;
  // What was seen of these files is as old as what was looked at first, and a person may have worked on one since.
  world.files.forget();
  const isOfAnother = ofAnotherThanGone(graph, items, stage);
  const warn: Warn = (message, hint) => world.events.emit({ kind: 'warning', message, hint });
  const unlessRefused = (task: TaskRecord['task'], act: () => void) => {
    try {
      act();
      // Last: what is left after a crash before this is still on record, and goes the next time.
      world.records.forget(task);
    } catch (problem) {
      if (!isRefusal(problem)) throw problem;
      warn(
        `what ${task} made cannot be taken away, though its item is gone: ${problem.message}`,
        'the next build tries again',
      );
    }
  };
  if (records.length > 0)
    world.events.emit(toldOfGone(stage, planOfGone(world, graph, items, family), false));
  for (const { task, produces } of attempts)
    unlessRefused(task, () => {
      const left = unknownAmong(world, world.files.expand(setOfTexts(produces), 'output').files);
      const unclaimed = left.filter(({ path }) => !items.mayMake(stage.name, path));
      moveLeftovers(world, task, unclaimed, [''], warn);
    });
  for (const record of records)
    unlessRefused(record.task, () => {
      // There may be thousands before it.
      world.files.forget(pathsOf(world, record));
      const cleaning = planCleaning(world, record, isOfAnother);
      for (const path of cleaning.keep) keep(world, cleaning, path, warn);
      for (const tree of cleaning.removeWhole) world.outputs.removeTree(tree);
      world.outputs.remove(cleaning.remove, ['']);
    });
  world.files.forget();
  return true;
}

/** Absolute. */
function pathsOf({ folders }: World, { outputs, unnameable }: TaskRecord): readonly string[] {
  return [...outputs, ...(unnameable?.made ?? [])].map(({ path }) => `${folders.root}/${path}`);
}

/** Somebody has worked on it: it is kept for good, but not where a stage might take it for an input. */
function keep(world: World, { task }: Cleaning, path: FilePath, warn: Warn): void {
  const file = world.files.look(path);
  // What is seen through a linked folder is not ours to move.
  if (file === null || world.outputs.blockedBy(path) !== null) return;
  const place = inPlaceFor(world, 'displaced', task, (folder) => {
    if (file.kind === 'folder') world.outputs.moveTree(path, folder);
    else world.outputs.moveAway([file], folder, []);
  });
  warn(...keptMessage(world, file, place));
}
