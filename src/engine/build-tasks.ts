// The tasks of one build: those of its stages, and of stages with items those that are known by now.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { nestedAcross } from '../model/items/item-nesting.ts';
import { taskForFile } from '../model/items/item-tasks.ts';
import { isWanted, missingItem } from '../model/items/selected-items.ts';
import type { Manifest } from '../model/manifest.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { isManyTasks, type Task, taskIdOf, taskOf } from '../model/task.ts';
import type { Assessor } from './assess.ts';
import { isFailure } from './assessment.ts';
import { formerFamilies, hasGoneItems, planOfGone, removeGone } from './gone-items.ts';
import type { Family } from './gone-tasks.ts';
import { type FoundItems, ItemTasks } from './item-tasks.ts';
import { leftoversElsewhere } from './killed.ts';
import { makersBefore } from './makers-before.ts';
import { withoutItems } from './no-items.ts';
import { hasOtherOwner } from './ownership.ts';
import type { AllFresh } from './passing.ts';
import type { Whole } from './rest.ts';
import type { CleaningOfGone } from './told-of-gone.ts';
import type { Watching } from './watching.ts';
import type { World } from './world.ts';

export class BuildTasks {
  /** In topological order. A stage with items is one of them until it has fanned out. */
  readonly all: readonly Task[];
  readonly items: ItemTasks;
  readonly world: World;
  readonly graph: StageGraph;
  readonly selection: Selection;
  private readonly watching: Watching | null;
  private readonly whole: Whole;

  /** `whole`: what there is beside the stages of this build. */
  constructor(
    world: World,
    graph: StageGraph,
    selection: Selection,
    watching: Watching | null = null,
    whole: Whole = () => ({ graph, selection }),
  ) {
    this.whole = whole;
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
    if (found.kind === 'unclear' || !this.lacksItems(stage, found.tasks)) return found;
    return withoutItems(this.world, stage);
  }

  private wantedItemsOf(stage: Stage): FoundItems {
    const found = this.items.of(stage);
    const named = this.selection.namedItems?.get(stage.name);
    if (found.kind === 'unclear' || named === undefined) return found;
    const tasks = found.tasks.filter((task) => this.isWanted(task));
    const missing = missingItem(stage, named, tasks);
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
      if (found.kind === 'unclear') return false;
      items.set(task.id, found.tasks);
      // First: where any is gone, all is looked at after what it made is taken away.
      return !this.hasGone({ stage: task.stage, tasks: found.tasks }) && found.tasks.every(isFresh);
    });
    return areFresh && !this.hasFormer() ? { items, records } : null;
  }

  /** What is known to be wrong with items before anything has run. */
  problems(): readonly Diagnostic[] {
    const families: Family[] = [];
    const problems = this.all.filter(isManyTasks).flatMap(({ stage }) => {
      // What others are yet to make may be quite different.
      if (this.hasSources(stage) || stage.when === 'failure') return [];
      const found = this.itemsOf(stage);
      if (found.kind === 'unclear') return found.problems;
      families.push({ stage, tasks: found.tasks });
      return [];
    });
    return [...problems, ...nestedAcross(this.graph.stages, families)];
  }

  /** What is left of items that are gone, as far as a build would take it away. */
  planOfGone(family: Family): readonly CleaningOfGone[] {
    return this.clearsUp(family.stage)
      ? planOfGone(this.world, this.whole().graph, this.items, this.meantOf(family))
      : [];
  }

  /** Takes away what items that are gone had made. Call when all is done that may make items. */
  clearUp(family: Family): boolean {
    if (!this.clearsUp(family.stage)) return false;
    this.watching?.clearedUp(family.stage.name);
    const meant = this.meantOf(family);
    return hasGoneItems(this.world, meant) && removeGone(this.world, this.whole().graph, this.items, meant);
  }

  /** Whether there is anything left of items that stages had once which have none now. */
  hasFormer(): boolean {
    return this.formerFamilies().length > 0;
  }

  /** What a build would take away of it. */
  plansOfFormer(): readonly { readonly stage: Stage; readonly gone: readonly CleaningOfGone[] }[] {
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

  /** Those whose files it may read. `inputs`: what it has read, if it has. */
  makersOf(task: Task, inputs?: Manifest): readonly Task[] {
    return makersBefore(this, task, inputs);
  }

  /** Those of a stage with items whose files the task may read. */
  itemsFeeding({ name }: Stage, task: Task): readonly Task[] {
    return this.items.lastFeeding(name, task.stage);
  }

  hasGone(family: Family): boolean {
    return this.clearsUp(family.stage) && hasGoneItems(this.world, this.meantOf(family));
  }

  /** Where not all items are known, none but those that are can be gone. */
  private meantOf(family: Family): Family {
    const { name } = family.stage;
    const known = this.selection.knownItems?.get(name);
    return known === undefined
      ? family
      : { ...family, among: new Set(known.map((path) => taskIdOf(name, path))) };
  }

  /** Whether another stage or another item may produce the file, or it is a source. */
  hasOtherOwner(stage: Stage, path: FilePath): boolean {
    return hasOtherOwner(this.whole().graph, stage, path) || this.items.isOfAnotherItem(stage, path);
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
    // A part of a build looks at some of them alone, and there may be none of those.
    if (this.selection.knownItems?.has(stage.name)) return false;
    return tasks.length === 0 && stage.forEach?.entry.optional === false && !this.hasSources(stage);
  }

  /** Only who knows all items of a stage knows which are gone, and all of those that they are made from. */
  private clearsUp(stage: Stage): boolean {
    if (this.selection.items?.has(stage.name)) return false;
    const { names } = this.selection;
    return this.items.sourcesOf(stage).every((source) => names.has(source.name) && this.clearsUp(source));
  }

  private formerFamilies(): readonly Family[] {
    return formerFamilies(this.world, this.all);
  }
}
