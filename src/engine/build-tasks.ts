// The tasks of one build: those of its stages, and of stages with items those that are known by now.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { taskForFile, taskOfStage } from '../model/items/item-tasks.ts';
import { isWanted, missingItem } from '../model/items/selected-items.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { isManyTasks, stageOfTask, type Task, taskOf } from '../model/task.ts';
import { type Assessor, isFailure } from './assess.ts';
import type { Cleaning } from './clean.ts';
import { type Family, hasGoneItems, planOfGone, removeGone } from './gone-items.ts';
import { type FoundItems, ItemTasks } from './item-tasks.ts';
import { leftoversElsewhere } from './killed.ts';
import { withoutItems } from './no-items.ts';
import { hasOtherOwner } from './ownership.ts';
import type { AllFresh } from './passing.ts';
import type { Whole } from './rest.ts';
import type { Watching } from './watching.ts';
import type { World } from './world.ts';

export class BuildTasks {
  /** In topological order. A stage with items is one of them until it has fanned out. */
  readonly all: readonly Task[];
  readonly items: ItemTasks;
  private readonly world: World;
  private readonly graph: StageGraph;
  private readonly selection: Selection;
  private readonly watching: Watching | null;

  constructor(world: World, graph: StageGraph, selection: Selection, watching: Watching | null = null) {
    this.world = world;
    this.graph = graph;
    this.selection = selection;
    this.watching = watching;
    this.all = selection.stages.map((stage) => taskOf(stage));
    this.items = new ItemTasks(world, graph, selection.knownItems);
  }

  /** By the files as they are: right as soon as all is done that may make items. */
  itemsOf(stage: Stage): FoundItems {
    const found = this.wantedItemsOf(stage);
    // A part of a build looks at some of them alone, and there may be none of those.
    const isPart = this.selection.knownItems?.has(stage.name) === true;
    if (isPart || found.kind === 'unclear' || !this.lacksItems(stage, found.tasks)) return found;
    return withoutItems(this.world, stage);
  }

  private wantedItemsOf(stage: Stage): FoundItems {
    const found = this.items.of(stage);
    const wanted = this.selection.items?.get(stage.name);
    if (found.kind === 'unclear' || wanted === undefined) return found;
    const tasks = found.tasks.filter((task) => this.isWanted(task));
    const missing = missingItem(stage, wanted, tasks);
    if (missing === null) return { ...found, tasks };
    const { message, hint = null } = missing;
    return { kind: 'unclear', failure: { kind: 'items-unclear', message, hint }, problems: [missing] };
  }

  /** Those present whose files none of the selected stages may make. */
  itemsOfNobody(stage: Stage): readonly Task[] {
    const found = this.items.present(stage);
    const sources = this.sourcesOf(stage);
    const isMade = (path: string) =>
      sources.some(({ produces }) => produces !== null && setMatches(produces, path));
    if (found.kind === 'unclear') return [];
    return found.tasks.filter((task) => !isMade(task.item ?? '') && this.isWanted(task));
  }

  /** The item that `maker` made, if it is one of this build. */
  itemMadeBy(maker: Task, stage: Stage, path: FilePath): Task | null {
    const task = this.items.taskMadeBy(maker, stage, path);
    return task !== null && this.isWanted(task) ? task : null;
  }

  /** The same, be it there or not. */
  itemAt(stage: Stage, path: FilePath): Task | null {
    const task = taskForFile(stage, path);
    return task?.ok && this.isWanted(task.value) ? task.value : null;
  }

  /** The selected stages that may make items of this one. */
  sourcesOf(stage: Stage): readonly Stage[] {
    return this.items.sourcesOf(stage).filter(({ name }) => this.selection.names.has(name));
  }

  /** How many items there seem to be now, by stage. */
  counts(): ReadonlyMap<TaskId, number> {
    return new Map(this.all.filter(isManyTasks).map(({ id, stage }) => [id, this.countOf(stage)]));
  }

  /** Of all tasks, with so many items. */
  total(counts: ReadonlyMap<TaskId, number>): number {
    return [...counts.values()].reduce((sum, count) => sum + count, this.all.length - counts.size);
  }

  private countOf(stage: Stage): number {
    if (stage.when === 'failure') return 0;
    const found = this.itemsOf(stage);
    return found.kind === 'found' ? found.tasks.length : 0;
  }

  /** In order, up to the first task that is not fresh: then `null`. Writes nothing and needs no lock. */
  allFresh(assessor: Assessor): AllFresh | null {
    if (leftoversElsewhere(this.world, this.graph).length > 0) return null;
    const items = new Map<TaskId, readonly Task[]>();
    const records = new Map<TaskId, TaskRecord | null>();
    const isFresh = (task: Task) => {
      const assessed = assessor.assess(task);
      if (isFailure(assessed) || assessed.verdict.kind !== 'fresh') return false;
      records.set(task.id, assessed.memory.kind === 'done' ? assessed.memory.record : null);
      return true;
    };
    const areFresh = this.all.every((task) => {
      if (task.stage.when === 'failure') {
        // Where all is fresh nothing has failed.
        if (isManyTasks(task)) items.set(task.id, []);
        return true;
      }
      if (!isManyTasks(task)) return isFresh(task);
      const found = this.itemsOf(task.stage);
      if (found.kind === 'unclear' || this.lacksItems(task.stage, found.tasks)) return false;
      items.set(task.id, found.tasks);
      // First: where any is gone, all is looked at after what it made is taken away.
      return !this.hasGone({ stage: task.stage, tasks: found.tasks }) && found.tasks.every(isFresh);
    });
    return areFresh && !this.hasFormer() ? { items, records } : null;
  }

  /** What is known to be wrong with items before anything has run. */
  problems(): readonly Diagnostic[] {
    return this.all.filter(isManyTasks).flatMap(({ stage }) => {
      // What others are yet to make may be quite different.
      if (this.hasSources(stage) || stage.when === 'failure') return [];
      const found = this.itemsOf(stage);
      if (found.kind === 'unclear') return found.problems;
      return this.lacksItems(stage, found.tasks) ? withoutItems(this.world, stage).problems : [];
    });
  }

  /** What is left of items that are gone, as far as a build would take it away. */
  planOfGone(family: Family): readonly Cleaning[] {
    return this.clearsUp(family.stage) ? planOfGone(this.world, this.graph, this.items, family) : [];
  }

  /** Takes away what items that are gone had made. Call when all is done that may make items. */
  clearUp(family: Family): boolean {
    if (!this.clearsUp(family.stage)) return false;
    this.watching?.clearedUp(family.stage.name);
    return removeGone(this.world, this.graph, this.items, family);
  }

  /** Whether there is anything left of items that stages had once which have none now. */
  hasFormer(): boolean {
    return this.formerFamilies().length > 0;
  }

  /** What a build would take away of it. */
  plansOfFormer(): readonly { readonly stage: Stage; readonly gone: readonly Cleaning[] }[] {
    return this.formerFamilies()
      .map((family) => ({ stage: family.stage, gone: this.planOfGone(family) }))
      .filter(({ gone }) => gone.length > 0);
  }

  /** Takes that away. */
  clearFormer(): boolean {
    const former = this.formerFamilies();
    this.watching?.clearedUp(null);
    return former.filter((family) => removeGone(this.world, this.graph, this.items, family)).length > 0;
  }

  /** Those whose files it may read: of stages with items those that are known by now. */
  makersOf(task: Task): readonly Task[] {
    const { stage } = task;
    return this.graph.edgesInto(stage.name).flatMap((edge): readonly Task[] => {
      if (edge.kind !== 'file' || !this.selection.names.has(edge.from)) return [];
      const before = this.graph.stageNamed(edge.from);
      if (before.forEach === null) return [taskOf(before)];
      if (stage.item === null) return [...this.items.lastOf(edge.from), ...this.leftOutOf(before)];
      const maker = this.items.makerOf(task);
      return maker?.stage.name === edge.from ? [maker] : this.items.lastFeeding(edge.from, stage);
    });
  }

  /** A build that does not look at them must know what they made all the same: an edit of that is no result. */
  private leftOutOf(stage: Stage): readonly Task[] {
    const ofStage = this.selection.leftOut?.filter((id) => stageOfTask(id) === stage.name) ?? [];
    return ofStage.flatMap((id) => taskOfStage(stage, id) ?? []);
  }

  /** Those of a stage with items whose files the task may read. */
  itemsFeeding({ name }: Stage, task: Task): readonly Task[] {
    return this.items.lastFeeding(name, task.stage);
  }

  hasGone(family: Family): boolean {
    return this.clearsUp(family.stage) && hasGoneItems(this.world, family);
  }

  /** Whether another stage or another item may produce the file, or it is a source. */
  hasOtherOwner(whole: Whole, stage: Stage, path: FilePath): boolean {
    return hasOtherOwner(whole().graph, stage, path) || this.items.isOfAnotherItem(stage, path);
  }

  private isWanted(task: Task): boolean {
    const wanted = this.selection.items?.get(task.stage.name);
    return wanted === undefined || isWanted(wanted, task);
  }

  /** Whether others of this build may make items of the stage. */
  private hasSources(stage: Stage): boolean {
    return this.sourcesOf(stage).length > 0;
  }

  private lacksItems(stage: Stage, tasks: readonly Task[]): boolean {
    return tasks.length === 0 && stage.forEach?.entry.optional === false && !this.hasSources(stage);
  }

  /** Only who knows all items of a stage knows which are gone, and all of those that they are made from. */
  private clearsUp(stage: Stage): boolean {
    if (this.selection.items?.has(stage.name)) return false;
    const { names } = this.selection;
    return this.items.sourcesOf(stage).every((source) => names.has(source.name) && this.clearsUp(source));
  }

  private formerFamilies(): readonly Family[] {
    const { records } = this.world;
    const withItems = new Set<string>();
    for (const { task } of [...records.remembered(), ...records.killed()])
      if (task.includes(':')) withItems.add(stageOfTask(task));
    return this.all
      .filter((task) => task.stage.forEach === null && withItems.has(task.id))
      .map((task) => ({ stage: task.stage, tasks: [task] }))
      .filter((family) => hasGoneItems(this.world, family));
  }
}
