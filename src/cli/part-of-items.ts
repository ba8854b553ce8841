// The tasks of a build of a part: those that something has happened to, and those of items that have come or are gone,
// from stage to stage.
import fs from 'node:fs';
import path from 'node:path';
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Files } from '../engine/ports.ts';
import { walks } from '../files/glob-files.ts';
import type { ReadProof } from '../glance/proof-format.ts';
import { isFamily, type TaskSight } from '../glance/sights.ts';
import { globMatches } from '../model/glob/glob.ts';
import { isSpelledOut } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { ForEachFile } from '../model/items/for-each.ts';
import { taskForFile, taskNamed } from '../model/items/item-tasks.ts';
import { streams, tellsItemsApart } from '../model/items/streams.ts';
import type { Stage } from '../model/stage.ts';
import { allItemsOf, type Task, taskIdOf } from '../model/task.ts';
import type { Sighting } from './sighting.ts';

export interface TasksOfPart {
  /**
   * In the order in which they passed when all were fresh: a build of all starts one after the other so. Of items also
   * those that are gone, or will be when what comes before them has run.
   */
  readonly tasks: readonly Task[];
  /** Those among them that the proof does not know. */
  readonly added: readonly Task[];
  /** Of these it is to be looked at again which items they have. */
  readonly families: readonly Stage[];
}

/** `null`: that cannot be told without a look at everything. */
export function tasksOfPart({ root, proof, concerned }: Sighting, graph: StageGraph): TasksOfPart | null {
  const { again, changed } = concerned;
  const known = proof.sights().tasks;
  const old = [...again].flatMap((name) => (isFamily(name) ? [] : [taskNamed(graph, name as TaskId)]));
  if (!old.every((task): task is Task => task !== null && isFileOrNone(task))) return null;
  const byStage = new Map<string, Map<TaskId, Task>>();
  for (const task of old) tasksIn(byStage, task.stage.name).set(task.id, task);
  const families = graph.order.filter(({ name }) => again.has(allItemsOf(name)));
  for (const stage of families) {
    // Where its folder is as it was, none has come and none is gone by itself.
    const listed = changed.has(allItemsOf(stage.name)) ? itemsByName(root, stage, known) : [];
    const following = itemsFollowing(graph, byStage, stage);
    if (listed === null || following === null) return null;
    const own = tasksIn(byStage, stage.name);
    for (const task of [...listed, ...following]) own.set(task.id, task);
    for (const task of own.values()) if (isSomethingElse(root, task)) return null;
  }
  const order = orderAmong(proof, byStage.keys());
  const tasks = [...byStage.values()]
    .flatMap((ofStage) => [...ofStage.values()])
    .sort((a, b) => order.get(a.stage.name)! - order.get(b.stage.name)! || (a.id < b.id ? -1 : 1));
  return { tasks, added: tasks.filter(({ id }) => proof.findTask(id).length === 0), families };
}

/** Where the first task of each of these stages stands. */
function orderAmong({ sights, findTask }: ReadProof, stages: Iterable<string>): ReadonlyMap<string, number> {
  const known = sights().tasks;
  const firstOf = (stage: string) => {
    const beginning = allItemsOf(stage);
    return findTask(stage)[0] ?? known.findIndex(({ task }) => task.startsWith(beginning));
  };
  return new Map([...stages].map((stage) => [stage, firstOf(stage)]));
}

function tasksIn(byStage: Map<string, Map<TaskId, Task>>, stage: string): Map<TaskId, Task> {
  const known = byStage.get(stage) ?? new Map<TaskId, Task>();
  byStage.set(stage, known);
  return known;
}

/** Items that are made from what has changed: in `byStage`, where all stages before have theirs. `null`: nobody can tell. */
function itemsFollowing(
  graph: StageGraph,
  byStage: ReadonlyMap<string, ReadonlyMap<TaskId, Task>>,
  stage: Stage,
): readonly Task[] | null {
  const tasks: Task[] = [];
  for (const { from, kind } of graph.edgesInto(stage.name)) {
    const before = byStage.get(from);
    if (before === undefined || kind !== 'file') continue;
    // Which files it makes, and which of them each item takes, is known beforehand.
    if (!streams(graph.stageNamed(from), stage)) return null;
    for (const { stage: maker } of before.values()) {
      const made = maker.produces;
      if (made === null || !isSpelledOut(made) || made.entries.some(({ optional }) => optional)) return null;
      for (const { glob, negated } of made.entries) {
        const task = negated ? null : taskForFile(stage, glob.literal as FilePath);
        if (task?.ok === false) return null;
        if (task !== null) tasks.push(task.value);
      }
    }
  }
  return tasks;
}

/** Of a record it is known what it says when its document is read. */
function isFileOrNone({ stage }: Task): boolean {
  return stage.item === null || stage.item.path !== null;
}

/**
 * As `itemsThatCame`, with those that are gone, but by names alone, of which there may be very many. `known`: also of
 * other stages. `null` also where something has come that is no plain file, or none is left.
 */
function itemsByName(root: string, stage: Stage, known: readonly TaskSight[]): readonly Task[] | null {
  const { forEach } = stage;
  if (forEach?.kind !== 'files' || !canBeListed(forEach)) return null;
  const { glob } = forEach.entry;
  const names = namesIn(path.resolve(root, glob.base));
  if (names === null) return null;
  const folder = glob.base === '' || glob.base === '/' ? glob.base : `${glob.base}/`;
  const [ofStage, ofFolder] = [allItemsOf(stage.name), taskIdOf(stage.name, folder)];
  const gone: string[] = [];
  let left = 0;
  for (let i = 0; i < known.length; i++) {
    const { task } = known[i]!;
    if (task === ofStage) continue;
    if (!task.startsWith(ofFolder)) {
      if (task.startsWith(ofStage)) return null;
      continue;
    }
    const name = task.slice(ofFolder.length);
    if (names.delete(name)) left++;
    else gone.push(name);
  }
  // Whether what they made goes is not told by files alone.
  if (gone.length > 0 && stage.when !== 'success') return null;
  const tasks: Task[] = [];
  const taskOf = (name: string) => taskForFile(stage, `${folder}${name}` as FilePath);
  for (const name of gone) {
    const task = taskOf(name);
    if (!task?.ok) return null;
    tasks.push(task.value);
  }
  for (const name of [...names].sort()) {
    const task = globMatches(glob, `${folder}${name}`) ? taskOf(name) : null;
    if (task === null) continue;
    if (!task.ok) return null;
    left++;
    tasks.push(task.value);
  }
  return left === 0 ? null : tasks;
}

function namesIn(folder: string): Set<string> | null {
  try {
    return new Set(fs.readdirSync(folder));
  } catch {
    return null;
  }
}

/** Whether there is something by the name of the item, and it is no plain file. */
function isSomethingElse(root: string, { stage }: Task): boolean {
  const file = stage.item?.path ?? null;
  if (file === null) return true;
  try {
    return fs.lstatSync(path.resolve(root, file), { throwIfNoEntry: false })?.isFile() === false;
  } catch {
    return true;
  }
}

/** Whether a listing of one folder tells which items there are, and none of them touches what others have made. */
function canBeListed(forEach: ForEachFile): boolean {
  return tellsItemsApart(forEach) && !walks(forEach.entry.glob);
}

/**
 * `known`: names of tasks, also of other stages. `null`: an item that is known is gone, or others may be touched by those
 * that came.
 */
export function itemsThatCame(files: Files, stage: Stage, known: Iterable<string>): readonly Task[] | null {
  const { forEach } = stage;
  if (forEach?.kind !== 'files' || !tellsItemsApart(forEach)) return null;
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

/** The files that are items of the part, by stage; nobody need look for others. */
export function itemsOfPart(tasks: readonly Task[]): ReadonlyMap<string, readonly FilePath[]> {
  const known = new Map<string, FilePath[]>();
  for (const { stage } of tasks) {
    const path = stage.item?.path ?? null;
    if (path === null) continue;
    const paths = known.get(stage.name) ?? [];
    known.set(stage.name, paths);
    paths.push(path);
  }
  return known;
}
