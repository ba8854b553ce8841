// What is left of items that a stage no longer has: what it made for them goes, for a build from nothing would not have it.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { taskOfStage } from '../model/items/item-tasks.ts';
import type { Stage } from '../model/stage.ts';
import { allItemsOf, stageOfTask, type Task, taskIdOf } from '../model/task.ts';
import { type Cleaning, planCleaning } from './clean.ts';
import { madeWithOtherParams } from './combined-records.ts';
import { type Family, type GoneTask, goneTasks } from './gone-tasks.ts';
import type { ItemTasks } from './item-tasks.ts';
import { inPlaceFor, keptOfGone, moveLeftovers, type Warn } from './keeping.ts';
import type { IsOfAnother } from './make-room.ts';
import { foldersBeside } from './output-folders.ts';
import { isNamed, mayHaveMade, unknownAmong } from './ownership.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import { type CleaningOfGone, toldOfGone } from './told-of-gone.ts';
import { copiesOfAttempt, noCopies, type UntoldCopies } from './untold-copies.ts';
import type { World } from './world.ts';

export function hasGoneItems(world: World, family: Family): boolean {
  return goneTasks(world, family).length > 0;
}

/** Those among the tasks that stand for all of a stage, of which there is something left that it made item by item. */
export function formerFamilies(world: World, tasks: readonly Task[]): readonly Family[] {
  const { records } = world;
  const withItems = new Set<string>();
  let last = ':';
  for (const all of [records.remembered(), records.killed()])
    for (const { task } of all) {
      // Most are of the stage of the one before.
      if (task.startsWith(last) || !task.includes(':')) continue;
      last = allItemsOf(stageOfTask(task));
      withItems.add(stageOfTask(task));
    }
  return tasks
    .filter((task) => task.stage.forEach === null && withItems.has(task.id))
    .map((task) => ({ stage: task.stage, tasks: [task] }))
    .filter((family) => hasGoneItems(world, family));
}

/** What a build would take away. */
export function planOfGone(
  world: World,
  graph: StageGraph,
  items: ItemTasks,
  family: Family,
): readonly CleaningOfGone[] {
  const { stage } = family;
  const claims = claimsBesideGone(world, graph, items, stage);
  return planned(world, { items, stage, claims }, goneTasks(world, family));
}

/** What others of the pipeline have to do with the files of the stage. */
interface Around {
  readonly items: ItemTasks;
  readonly stage: Stage;
  readonly claims: Claims;
}

function planned(world: World, around: Around, gone: readonly GoneTask[]): readonly CleaningOfGone[] {
  return gone.flatMap((one) => {
    const putAway = leftByKilled(world, around, one).files.map(({ path }) => path);
    const { keep, ...cleaning } = cleaningOf(world, one, around.claims);
    const isAnything = one.record !== null || cleaning.remove.length + putAway.length > 0;
    return isAnything ? [{ ...cleaning, keep: keep.filter((path) => !putAway.includes(path)), putAway }] : [];
  });
}

/** The result on record, and what else pipe made where the last attempt had its outputs. */
function cleaningOf(
  world: World,
  { task, record, attempt }: GoneTask,
  { isOfAnother, isWanted }: Claims,
): Cleaning {
  const nothing: Cleaning = { task, remove: [], removeWhole: [], keep: [] };
  const all = record === null ? nothing : planCleaning(world, record, isOfAnother);
  // What a person made of it is for the attempt to keep that is to make it; what is seen through a linked folder is not
  // ours to move.
  const isMoved = (path: FilePath) => !isWanted(path) && world.outputs.blockedBy(path) === null;
  const ofRecord = { ...all, keep: all.keep.filter(isMoved) };
  if (attempt === null) return ofRecord;
  const { files } = world.files.expand(attempt.produces, 'output');
  const told = new Set<FilePath>([...ofRecord.remove.map(({ path }) => path), ...ofRecord.keep]);
  for (const { path } of unknownAmong(world, files)) told.add(path);
  const rest = files.filter(({ path }) => !told.has(path) && !isOfAnother(path));
  return { ...ofRecord, remove: [...ofRecord.remove, ...rest] };
}

interface Claims {
  readonly isOfAnother: IsOfAnother;
  /** Whether another item of the stage, or the stage as a whole, may come to make it. */
  readonly isWanted: (path: FilePath) => boolean;
}

/**
 * Made for another item, by the stage as a whole, with other parameters, or by another stage; or, where no stage makes it,
 * a source by its name. What another item or the whole is yet to make is not its own: should it never come to that, nobody
 * would know whose the file is.
 */
function claimsBesideGone(
  { records }: World,
  graph: StageGraph,
  items: ItemTasks,
  { name, forEach }: Stage,
): Claims {
  const isOfOthers = madeWithOtherParams(records);
  const whole = taskIdOf(name, null);
  const making = (path: FilePath): readonly TaskId[] => {
    if (forEach !== null) return items.making(name, path);
    return graph.makers.of(path).some((maker) => maker.name === name) ? [whole] : [];
  };
  return {
    isWanted: (path) => making(path).length > 0,
    isOfAnother: (path) => {
      if (making(path).some((task) => mayHaveMade(records, task, path)) || isOfOthers(path)) return true;
      const makers = graph.makers.of(path);
      return makers.length === 0 ? isNamed(graph, path) : makers.some((maker) => maker.name !== name);
    },
  };
}

/** Needs the lock. Answers whether there was anything. */
export function removeGone(world: World, graph: StageGraph, items: ItemTasks, family: Family): boolean {
  const { stage } = family;
  const gone = goneTasks(world, family);
  if (gone.length === 0) return false;
  // What was seen of these files is as old as what was looked at first, and a person may have worked on one since.
  world.files.forget();
  const claims = claimsBesideGone(world, graph, items, stage);
  const around = { items, stage, claims };
  const plan = planned(world, around, gone);
  if (plan.length > 0) world.events.emit(toldOfGone(stage, plan, false));
  const warn: Warn = (message, hint) => world.events.emit({ kind: 'warning', message, hint });
  const made = foldersBeside(family.tasks);
  for (const one of gone) {
    try {
      const { files: left, copies } = leftByKilled(world, around, one);
      copies.tell(warn);
      moveLeftovers(world, one.task, left, [''], warn);
      copies.dropOthers();
      // There may be thousands before it.
      world.files.forget(left.length > 0 ? undefined : pathsOf(world, one));
      const cleaning = cleaningOf(world, one, claims);
      for (const path of cleaning.keep) keep(world, cleaning, path, warn);
      for (const tree of cleaning.removeWhole) world.outputs.removeTree(tree);
      // Made before its command ran, which may have put nothing into them that is left.
      const folders = made(one.attempt?.produces ?? taskOfStage(stage, one.task)?.stage.produces ?? null);
      world.outputs.remove([...cleaning.remove, ...folders], ['']);
      // Last: what is left after a crash before this is still on record, and goes the next time.
      world.records.forget(one.task);
    } catch (problem) {
      if (!isRefusal(problem)) throw problem;
      warn(
        `what ${one.task} made cannot be taken away, though its item is gone: ${problem.message}`,
        'the next build tries again',
      );
    }
  }
  world.files.forget();
  return true;
}

/**
 * An edit since the kill cannot be told from what the attempt left half-written. What another item may make is left to its
 * attempt, to which it would not come by times: there it would be taken for what that item has made.
 */
function leftByKilled(
  world: World,
  { items, stage, claims }: Around,
  { task, attempt }: GoneTask,
): { readonly files: readonly ListedFile[]; readonly copies: UntoldCopies } {
  if (attempt === null || !attempt.wasKilled) return { files: [], copies: noCopies };
  const { files } = world.files.expand(attempt.produces, 'output');
  const memory = world.records.memory(task);
  const copies = copiesOfAttempt(world, { task, memory, produces: attempt.produces }, files);
  const isClaimed = ({ path }: ListedFile) =>
    stage.freshness === 'mtime' ? claims.isOfAnother(path) : items.mayMake(stage.name, path);
  const left = unknownAmong(world, files).filter((file) => !copies.untouched.has(file.path));
  return { files: left.filter((file) => !isClaimed(file)), copies };
}

/** Absolute. */
function pathsOf({ folders }: World, { record }: GoneTask): readonly string[] {
  const trees = record?.unnameable?.made ?? [];
  return [...(record?.outputs ?? []), ...trees].map(({ path }) => `${folders.root}/${path}`);
}

/** Somebody has worked on it: it is kept for good, but not where a stage might take it for an input. */
function keep(world: World, { task }: Cleaning, path: FilePath, warn: Warn): void {
  const file = world.files.look(path);
  if (file === null) return;
  const isTree = file.kind === 'folder';
  const place = inPlaceFor(world, 'displaced', task, (folder) =>
    isTree ? world.outputs.moveTree(path, folder) : world.outputs.keep(file, folder),
  );
  if (place.kept) warn(...keptOfGone(world, file, place));
  if (isTree) world.outputs.prune([file], ['']);
}
