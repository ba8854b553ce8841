// Files that pipe made for stages that would not make them any more: which there are, and what becomes of each.
import type { FilePath, TaskId } from '../base/brand.ts';
import { patternsText } from '../model/fingerprint.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { taskOfStage } from '../model/items/item-tasks.ts';
import { recordIn, type TaskRecord } from '../model/record.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { type Task, taskOf } from '../model/task.ts';
import { madeWithOtherParams } from './combined-records.ts';
import { expansionOf } from './expansion.ts';
import { ItemTasks } from './item-tasks.ts';
import { isNamed, unknownAmong } from './ownership.ts';
import type { Files, ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

/** What lies there of a task's outputs, as pipe made them, since its patterns are others. */
export interface FormerOutputs {
  readonly task: Task;
  /** They go before anything else is done in a build that selects the task's stage. */
  readonly leaving: readonly ListedFile[];
  /** Some stage names them: they are sources now. */
  readonly staying: readonly ListedFile[];
}

/**
 * Most often of all stages, for one that is selected may require what another left. Empty for most builds. `asBefore`:
 * tasks that are known to have none.
 */
export function formerOutputs(
  world: World,
  graph: StageGraph,
  { asBefore }: Pick<Selection, 'asBefore'> = {},
  stages: readonly Stage[] = graph.stages,
): readonly FormerOutputs[] {
  const isOfOthers = madeWithOtherParams(world.records);
  const isMade = (path: FilePath) => graph.makers.of(path).length > 0 || isOfOthers(path);
  return tasksWithOtherPatterns(world, graph, stages)
    .filter(({ task }) => asBefore?.has(task.id) !== true)
    .flatMap(({ task, record }) => {
      // Of items that are gone, others take care.
      const files = presentAmong(world, record.outputs, isMade);
      if (files.length === 0) return [];
      const isStaying = (file: ListedFile) => isNamed(graph, file.path);
      return [{ task, staying: files.filter(isStaying), leaving: files.filter((file) => !isStaying(file)) }];
    });
}

/** What is on record was made under the patterns of today: there may be very many, and they are asked of several times. */
const settled = new WeakMap<TaskRecord, StageGraph>();

/** What pipe does not know of has made nothing. */
function tasksWithOtherPatterns(
  { records }: World,
  graph: StageGraph,
  stages: readonly Stage[],
): readonly { readonly task: Task; readonly record: TaskRecord }[] {
  const found: { readonly task: Task; readonly record: TaskRecord }[] = [];
  for (const stage of stages) {
    if (stage.item !== null) {
      const task = taskOf(stage);
      const record = recordIn(records.memory(task.id));
      if (record !== null && !hasSamePatterns(record, task)) found.push({ task, record });
      continue;
    }
    // Of this stage alone: as a whole pipeline is accepted, each of its stages is asked by itself.
    for (const record of records.remembered(stage.name)) {
      if (settled.get(record) === graph) continue;
      const task = taskOfStage(stage, record.task);
      if (task === null) continue;
      if (hasSamePatterns(record, task)) settled.set(record, graph);
      else found.push({ task, record });
    }
  }
  return found;
}

/** Whether some stage makes the file now; of a stage with items, whether one of those does that it has. */
export function makingNow(world: World, graph: StageGraph): (path: FilePath) => boolean {
  const items = new ItemTasks(world, graph);
  const known = new Map<string, boolean>();
  const isKnown = (stage: Stage) => {
    // What others are yet to make may be quite different.
    const found = items.sourcesOf(stage).length > 0 ? null : items.present(stage);
    if (found?.kind !== 'found') return false;
    items.assume(stage, found.tasks);
    return true;
  };
  const isOfOthers = madeWithOtherParams(world.records);
  return (path) =>
    isOfOthers(path) ||
    graph.makers.of(path).some((stage) => {
      if (stage.forEach === null) return true;
      if (!known.has(stage.name)) known.set(stage.name, isKnown(stage));
      return known.get(stage.name) === false || items.mayMake(stage.name, path);
    });
}

/** Those that are there, that pipe made, and that no stage makes now. */
export function presentAmong(
  world: World,
  outputs: TaskRecord['outputs'],
  isMade: (path: FilePath) => boolean,
): readonly ListedFile[] {
  const left = outputs.flatMap(({ path, kind }) => {
    if (isMade(path)) return [];
    const file = lookOrBlocked(world, path);
    if (file === null) return [];
    return file.kind === 'folder' && kind !== 'folder' ? [] : [file];
  });
  const handMade = new Set(unknownAmong(world, left));
  return left.filter((file) => !handMade.has(file));
}

/** Looks in any case, so that who looks on knows that it counts when it comes to be there. */
function lookOrBlocked(world: World, path: FilePath): ListedFile | null {
  const isBlocked = world.outputs.blockedBy(path) !== null;
  try {
    const file = world.files.look(path);
    return isBlocked ? null : file;
  } catch (problem) {
    // Such as a circle of links.
    if (!isBlocked || !isRefusal(problem)) throw problem;
    return null;
  }
}

/** For each task, as they are accepted one after the other, what it is told of: its own, and what it takes of others. */
export class FormerByTask {
  /** By the names of tasks, and of stages for what others left. */
  private readonly byName = new Map<string, Set<FormerOutputs>>();
  private readonly accepted = new Set<TaskId>();

  constructor({ makers }: StageGraph, former: readonly FormerOutputs[]) {
    for (const one of former) {
      this.add(one.task.id, one);
      for (const { path } of one.leaving) for (const { name } of makers.requiring(path)) this.add(name, one);
      for (const { path } of one.staying) for (const { name } of makers.naming(path)) this.add(name, one);
    }
  }

  concerning({ id, stage }: Task): readonly FormerOutputs[] {
    const all = new Set([...(this.byName.get(id) ?? []), ...(this.byName.get(stage.name) ?? [])]);
    return [...all].filter(({ task }) => !this.accepted.has(task.id));
  }

  /** What it left is gone. */
  accept(task: Task): void {
    this.accepted.add(task.id);
  }

  private add(name: string, one: FormerOutputs): void {
    const known = this.byName.get(name);
    if (known === undefined) this.byName.set(name, new Set([one]));
    else known.add(one);
  }
}

/** The path of each file that goes when these stages are built, and its stage. */
export function leavingWith(
  former: readonly FormerOutputs[],
  names: ReadonlySet<string>,
): ReadonlyMap<FilePath, string> {
  const ofNames = former.filter(({ task }) => names.has(task.stage.name));
  return new Map(
    ofNames.flatMap(({ task, leaving }) => leaving.map(({ path }) => [path, task.stage.name] as const)),
  );
}

/** The world as it will be without these files, of which there may come to be more. */
export function worldWithout(world: World, gone: ReadonlyMap<FilePath, string>): World {
  const { files } = world;
  const left: Files = {
    expand: (set, role) => expansionOf(files.expand(set, role), set, (file) => !gone.has(file.path)),
    observe: (listed, role, writers) => files.observe(listed, role, writers),
    readAhead: (listed, stop) => files.readAhead(listed, stop),
    vouchesFor: (path, digest) => files.vouchesFor(path, digest),
    stamp: (paths, role) => files.stamp(paths, role),
    unnameable: (set) => files.unnameable(set),
    treeDigest: (path) => files.treeDigest(path),
    look: (path) => (gone.has(path) ? null : files.look(path)),
    realPath: (path) => files.realPath(path),
    forget: () => files.forget(),
    settle: () => files.settle(),
  };
  return { ...world, files: left };
}

/** Found to have been made with the patterns of this stage: a watch asks it again before and in each of its runs. */
const madeBy = new WeakMap<TaskRecord, Stage>();

function hasSamePatterns(record: TaskRecord, { stage }: Task): boolean {
  if (madeBy.get(record) === stage) return true;
  const isSame = comparePatterns(record, stage);
  if (isSame) madeBy.set(record, stage);
  return isSame;
}

function comparePatterns(record: TaskRecord, stage: Stage): boolean {
  const before = record.parts.find((part) => part.name === 'produces')?.value ?? null;
  return before === (stage.produces === null ? null : patternsText(stage.produces));
}
