// Which items a stage has by what lies there now, and the tasks for them.
import type { FilePath, TaskId } from '../base/brand.ts';
import { err, type Result } from '../base/result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Failure } from '../model/failure.ts';
import { globsMayOverlap } from '../model/glob/glob.ts';
import { Producers } from '../model/glob/pattern-index.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { Makers } from '../model/graph/makers.ts';
import type { ForEachRecord } from '../model/items/for-each.ts';
import { badItem, itemProblems, taskForFile, taskForRecord } from '../model/items/item-tasks.ts';
import { itemsIn, mostProblems } from '../model/items/records.ts';
import type { Stage } from '../model/stage.ts';
import { allItemsOf, type Task, taskOf } from '../model/task.ts';
import { mayHaveMade } from './ownership.ts';
import type { ListedFile } from './ports.ts';
import type { World } from './world.ts';

export type FoundItems =
  | { readonly kind: 'found'; readonly tasks: readonly Task[] }
  | { readonly kind: 'unclear'; readonly failure: Failure; readonly problems: readonly Diagnostic[] };

interface Family {
  readonly tasks: readonly Task[];
  readonly makers: Makers;
  producers: Producers | null;
}

export class ItemTasks {
  private readonly world: World;
  private readonly graph: StageGraph;
  private readonly known: ReadonlyMap<string, readonly FilePath[]> | undefined;
  /** The last answer for each stage. */
  private readonly families = new Map<string, Family>();
  private readonly checked = new Set<string>();
  /** Of items that began while others of their stage were not known yet. */
  private readonly madeBy = new Map<TaskId, Task>();

  /** `known`: of these stages the files that are items; any others do not concern the build. */
  constructor(
    world: World,
    graph: StageGraph,
    known: ReadonlyMap<string, readonly FilePath[]> | undefined = undefined,
  ) {
    this.world = world;
    this.graph = graph;
    this.known = known;
  }

  /** Sorted by item. Looks at the files as they are. */
  of(stage: Stage): FoundItems {
    const found = this.present(stage);
    if (found.kind === 'unclear') return found;
    const problems = this.problemsOf(stage, found.tasks);
    return problems.length === 0 ? found : unclear(problems);
  }

  /** The same, whatever they would do to each other. */
  present(stage: Stage): FoundItems {
    this.world.onLook?.(allItemsOf(stage.name));
    const found = this.presentNow(stage);
    this.world.onLook?.(null);
    return found;
  }

  private presentNow(stage: Stage): FoundItems {
    const { forEach } = stage;
    if (forEach === null) throw new Error(`stage ${stage.name} has no items`);
    if (forEach.kind === 'records') return this.presentRecords(stage, forEach);
    const known = this.known?.get(stage.name);
    if (known !== undefined) return this.presentAmong(stage, known);
    const { files, unreadable } = this.world.files.expand({ entries: [forEach.entry] }, 'input');
    const [hidden] = unreadable;
    if (hidden !== undefined) {
      const message = `its items cannot be looked for: ${hidden.path} ${hidden.message}`;
      return { kind: 'unclear', failure: { kind: 'items-unclear', message, hint: null }, problems: [] };
    }
    return foundAmong(stage, files);
  }

  private presentAmong(stage: Stage, paths: readonly FilePath[]): FoundItems {
    const kinds = paths.map((path) => this.world.files.look(path)?.kind);
    // Where a link leads decides whether it is an item, and among all of them that is known.
    const listed = kinds.includes('link') ? this.listed(stage) : null;
    const present = paths.filter((path, i) => (listed === null ? kinds[i] === 'file' : listed.has(path)));
    return foundIn(
      stage,
      present.flatMap((path) => {
        const task = taskForFile(stage, path);
        return task === null ? [] : [{ name: path, task }];
      }),
    );
  }

  private listed({ forEach }: Stage): ReadonlySet<FilePath> {
    const entries = forEach === null ? [] : [forEach.entry];
    return new Set(this.world.files.expand({ entries }, 'input').files.map(({ path }) => path));
  }

  private presentRecords(stage: Stage, forEach: ForEachRecord): FoundItems {
    const read = this.world.documents.read(forEach.document);
    if (read.kind === 'absent') return { kind: 'found', tasks: [] };
    const items = read.kind === 'wrong' ? err([read.message]) : itemsIn(forEach, read);
    if (items.ok)
      return foundIn(
        stage,
        items.value.map((item) => ({ name: item.name, task: taskForRecord(stage, item) })),
      );
    const at = `stages.${stage.name}.forEach`;
    const hint = 'mend the document, or how its records are taken out of it';
    return unclear(
      items.error.map((error) => {
        const message = `stage "${stage.name}" is done for each record of ${forEach.document}: ${error}`;
        return { code: 'PIPE052', message, at, hint };
      }),
    );
  }

  /** `maker` has made the file; `null`: it is no item, or none that can have a task. */
  taskMadeBy(maker: Task, stage: Stage, path: FilePath): Task | null {
    const task = taskForFile(stage, path);
    // What can have no task shows when all items are known.
    if (!task?.ok) return null;
    this.madeBy.set(task.value.id, maker);
    return task.value;
  }

  makerOf(task: Task): Task | null {
    return this.madeBy.get(task.id) ?? null;
  }

  /** The stages that may make items of this one. */
  sourcesOf({ name, forEach }: Stage): readonly Stage[] {
    if (forEach === null) return [];
    return this.graph
      .edgesInto(name)
      .filter((edge) => edge.kind === 'file')
      .map((edge) => this.graph.stageNamed(edge.from))
      .filter(({ produces }) =>
        produces?.entries.some((made) => !made.negated && globsMayOverlap(made.glob, forEach.entry.glob)),
      );
  }

  /** The tasks that a stage was last found to have. */
  lastOf(stage: string): readonly Task[] {
    return this.families.get(stage)?.tasks ?? [];
  }

  /** Those of a stage whose files another one may read. */
  lastFeeding(stage: string, reader: Stage): readonly Task[] {
    const family = this.families.get(stage);
    if (family === undefined) return [];
    family.producers ??= new Producers(family.tasks.map((task) => task.stage.produces ?? { entries: [] }));
    return family.producers.feeding(reader.requires).map((position) => family.tasks[position]!);
  }

  /**
   * Whether the file may be made for an item of the stage other than this one. By times only what it has made is its own:
   * anything else would be taken for that.
   */
  isOfAnotherItem({ name, item, produces, freshness }: Stage, path: FilePath): boolean {
    if (item === null || (produces !== null && setMatches(produces, path))) return false;
    const makers = this.making(name, path);
    if (freshness !== 'mtime') return makers.length > 0;
    return makers.some((task) => mayHaveMade(this.world.records, task, path));
  }

  /** Whether the file may be made for some item of the stage. */
  mayMake(stage: string, path: FilePath): boolean {
    return this.making(stage, path).length > 0;
  }

  /** The tasks of the stage that may make the file. */
  making(stage: string, path: FilePath): readonly TaskId[] {
    const makers = this.families.get(stage)?.makers.of(path) ?? [];
    return makers.map((maker) => taskOf(maker).id);
  }

  /** From now on these count as the tasks of the stage. */
  assume(stage: Stage, tasks: readonly Task[]): void {
    const makers = new Makers(tasks.map((task) => task.stage));
    this.families.set(stage.name, { tasks, makers, producers: null });
  }

  private problemsOf(stage: Stage, tasks: readonly Task[]): readonly Diagnostic[] {
    const last = this.families.get(stage.name);
    const isSame =
      last?.tasks === tasks ||
      (last?.tasks.length === tasks.length && tasks.every((task, i) => task === last.tasks[i]));
    if (!isSame) this.assume(stage, tasks);
    if (isSame && this.checked.has(stage.name)) return [];
    const problems = itemProblems(stage, tasks);
    if (problems.length === 0) this.checked.add(stage.name);
    else this.checked.delete(stage.name);
    return problems;
  }
}

/** The same files are the same items: a list is the same until something in its folder is another. */
const foundOf = new WeakMap<readonly ListedFile[], WeakMap<Stage, FoundItems>>();

function foundAmong(stage: Stage, files: readonly ListedFile[]): FoundItems {
  const ofFiles = foundOf.get(files) ?? new WeakMap<Stage, FoundItems>();
  foundOf.set(files, ofFiles);
  const known = ofFiles.get(stage);
  if (known !== undefined) return known;
  const found = foundIn(
    stage,
    files.flatMap(({ path }) => {
      const task = taskForFile(stage, path);
      return task === null ? [] : [{ name: path, task }];
    }),
  );
  ofFiles.set(stage, found);
  return found;
}

function foundIn(
  stage: Stage,
  items: readonly { readonly name: string; readonly task: Result<Task, string> }[],
): FoundItems {
  const tasks: Task[] = [];
  const problems: Diagnostic[] = [];
  for (const { name, task } of items) {
    if (task.ok) tasks.push(task.value);
    else problems.push(badItem(stage, name, task.error));
  }
  return problems.length === 0 ? { kind: 'found', tasks } : unclear(problems.slice(0, mostProblems));
}

function unclear(problems: readonly Diagnostic[]): FoundItems {
  const [{ message, hint = null }] = problems as readonly [Diagnostic];
  return { kind: 'unclear', failure: { kind: 'items-unclear', message, hint }, problems };
}
