// The tasks of a build of a part: those that something has happened to, and those of items that have come.
import fs from 'node:fs';
import path from 'node:path';
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Files } from '../engine/ports.ts';
import { walks } from '../files/glob-files.ts';
import { isFamily, type TaskSight } from '../glance/sights.ts';
import { globMatches } from '../model/glob/glob.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { ForEachFile } from '../model/items/for-each.ts';
import { taskForFile, taskNamed } from '../model/items/item-tasks.ts';
import { tellsItemsApart } from '../model/items/streams.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { allItemsOf, stageOfTask, type Task, taskIdOf } from '../model/task.ts';
import type { Sighting } from './sighting.ts';

export interface TasksOfPart {
  /** In the order in which they passed when all were fresh: a build of all starts one after the other so. */
  readonly tasks: readonly Task[];
  /** Those among them that the proof does not know. */
  readonly added: readonly Task[];
  /** Of these it is to be looked at again which items they have. */
  readonly families: readonly Stage[];
}

/** `null`: that cannot be told without a look at everything. */
export function tasksOfPart({ root, proof, concerned }: Sighting, graph: StageGraph): TasksOfPart | null {
  const { again } = concerned;
  const known = proof.sights().tasks;
  const names = known.flatMap(({ task }) => (again.has(task) && !isFamily(task) ? [task as TaskId] : []));
  const old = names.map((name) => taskNamed(graph, name));
  if (!old.every((task): task is Task => task !== null && isFileOrNone(task))) return null;
  const families = graph.stages.filter(({ name }) => again.has(allItemsOf(name)));
  const added: Task[] = [];
  for (const stage of families) {
    const come = newItems(root, stage, known);
    if (come === null || !old.every((task) => task.stage.name !== stage.name || isFile(root, task)))
      return null;
    added.push(...come);
  }
  // Which items a stage has is known when those have run that make them, be they known or new.
  const changing = new Set([...old, ...added].map(({ stage }) => stage.name));
  if (families.some(({ name }) => graph.edgesInto(name).some(({ from }) => changing.has(from)))) return null;
  const order = new Map<string, number>();
  for (const [i, { task }] of known.entries())
    if (!order.has(stageOfTask(task as TaskId))) order.set(stageOfTask(task as TaskId), i);
  const tasks = [...old, ...added].sort(
    (a, b) => order.get(a.stage.name)! - order.get(b.stage.name)! || (a.id < b.id ? -1 : 1),
  );
  return { tasks, added, families };
}

/** Of a record it is known what it says when its document is read. */
function isFileOrNone({ stage }: Task): boolean {
  return stage.item === null || stage.item.path !== null;
}

/**
 * As `itemsThatCame`, but by names alone, of which there may be very many. `known`: also of other stages. `null` also
 * where something has come that is no plain file.
 */
function newItems(root: string, stage: Stage, known: readonly TaskSight[]): readonly Task[] | null {
  const { forEach } = stage;
  if (forEach?.kind !== 'files' || !canBeTold(forEach)) return null;
  const { glob } = forEach.entry;
  const names = namesIn(path.resolve(root, glob.base));
  if (names === null) return null;
  const folder = glob.base === '' || glob.base === '/' ? glob.base : `${glob.base}/`;
  const [ofStage, ofFolder] = [allItemsOf(stage.name), taskIdOf(stage.name, folder)];
  for (const { task } of known) {
    if (!task.startsWith(ofStage) || task === ofStage) continue;
    if (!task.startsWith(ofFolder) || !names.delete(task.slice(ofFolder.length))) return null;
  }
  const come: Task[] = [];
  for (const name of [...names].sort()) {
    const file = `${folder}${name}` as FilePath;
    const task = globMatches(glob, file) ? taskForFile(stage, file) : null;
    if (task === null) continue;
    if (!task.ok || !isFile(root, task.value)) return null;
    come.push(task.value);
  }
  return come;
}

function namesIn(folder: string): Set<string> | null {
  try {
    return new Set(fs.readdirSync(folder));
  } catch {
    return null;
  }
}

function isFile(root: string, { stage }: Task): boolean {
  const file = stage.item?.path ?? null;
  if (file === null) return false;
  try {
    return fs.lstatSync(path.resolve(root, file)).isFile();
  } catch {
    return false;
  }
}

/** Whether a listing of one folder tells which items there are, and none of them touches what others have made. */
function canBeTold(forEach: ForEachFile): boolean {
  return tellsItemsApart(forEach) && !walks(forEach.entry.glob);
}

/**
 * `known`: names of tasks, also of other stages. `null`: an item that is known is gone, or others may be touched by those
 * that came.
 */
export function itemsThatCame(files: Files, stage: Stage, known: Iterable<string>): readonly Task[] | null {
  const { forEach } = stage;
  if (forEach?.kind !== 'files' || !canBeTold(forEach)) return null;
  const listed = files.expand({ entries: [forEach.entry] }, 'input');
  if (listed.unreadable.length > 0) return null;
  const beginning = allItemsOf(stage.name);
  const left = new Set<string>();
  for (const task of known) if (task.startsWith(beginning) && task !== beginning) left.add(task);
  const come: Task[] = [];
  for (const file of listed.files) {
    if (left.delete(taskIdOf(stage.name, file.path))) continue;
    const task = taskForFile(stage, file.path);
    if (task === null) continue;
    if (!task.ok) return null;
    come.push(task.value);
  }
  return left.size === 0 ? come : null;
}

/** Items that are left out, of whose stage another one that is concerned reads what they have made. */
export function gatheredItems({ proof, concerned }: Sighting, graph: StageGraph): readonly TaskId[] {
  const { again } = concerned;
  const gathered = new Set<string>();
  for (const { name } of graph.stages) {
    if (!again.has(name)) continue;
    for (const { from } of graph.edgesInto(name))
      if (graph.stageNamed(from).forEach !== null) gathered.add(from);
  }
  if (gathered.size === 0) return [];
  return proof.sights().tasks.flatMap(({ task }) => {
    const isGathered = !isFamily(task) && gathered.has(stageOfTask(task as TaskId)) && !again.has(task);
    return isGathered ? [task as TaskId] : [];
  });
}

/** Of stages with items none but these, and nobody need look for others. `leftOut`: whose files others read. */
export function onlyThese(
  tasks: readonly Task[],
  leftOut: readonly TaskId[],
): Pick<Selection, 'items' | 'knownItems' | 'leftOut'> {
  const known = new Map<string, FilePath[]>();
  for (const { stage } of tasks) {
    const path = stage.item?.path ?? null;
    if (path === null) continue;
    const paths = known.get(stage.name) ?? [];
    known.set(stage.name, paths);
    paths.push(path);
  }
  if (known.size === 0) return {};
  const wanted = (paths: readonly FilePath[]) => ({
    items: new Set<string>(paths),
    outputs: new Set<FilePath>(),
  });
  return {
    items: new Map([...known].map(([stage, paths]) => [stage, wanted(paths)] as const)),
    knownItems: known,
    leftOut,
  };
}
