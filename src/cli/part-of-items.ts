// The tasks of a build of a part: those that something has happened to, and those of items that have come.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Files } from '../engine/ports.ts';
import { walks } from '../files/glob-files.ts';
import { WorkspaceFiles } from '../files/workspace-files.ts';
import { isFamily } from '../glance/sights.ts';
import type { StageGraph } from '../model/graph/graph.ts';
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
  const changing = new Set(old.map(({ stage }) => stage.name));
  const added: Task[] = [];
  for (const stage of families) {
    // Which items it has is known when those have run that make them.
    if (graph.edgesInto(stage.name).some(({ from }) => changing.has(from))) return null;
    const memory = { get: () => undefined, put: () => {} };
    const files = new WorkspaceFiles({ walk: null, root, memory, probeFolder: null });
    const come = itemsThatCame(
      files,
      stage,
      known.map(({ task }) => task),
    );
    if (come === null) return null;
    added.push(...come);
  }
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
 * `known`: names of tasks, also of other stages. `null`: an item that is known is gone, or others may be touched by those
 * that came.
 */
export function itemsThatCame(files: Files, stage: Stage, known: Iterable<string>): readonly Task[] | null {
  const { forEach } = stage;
  if (forEach?.kind !== 'files' || !tellsItemsApart(forEach) || walks(forEach.entry.glob)) return null;
  const listed = files.expand({ entries: [forEach.entry] }, 'input');
  if (listed.unreadable.length > 0) return null;
  const beginning = allItemsOf(stage.name);
  const left = new Set<string>();
  for (const task of known) if (task.startsWith(beginning) && task !== beginning) left.add(task);
  const come: Task[] = [];
  for (const { path } of listed.files) {
    if (left.delete(taskIdOf(stage.name, path))) continue;
    const task = taskForFile(stage, path);
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
