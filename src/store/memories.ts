// What is remembered of each task, and lists of it that are sorted by task: of all, or of one stage. A list is made again
// when it is asked for after a change of what it tells of. A whole pipeline is accepted stage by stage, and each asks.
import type { TaskId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import { type Memory, recordIn, type TaskRecord } from '../model/record.ts';
import { stageOfTask } from '../model/task.ts';

const NOTHING: Memory = { kind: 'none' };

export interface MemoryLists {
  /** The records that stand. */
  records(): readonly TaskRecord[];
  /** Also of attempts that did not end well: the last result before. */
  remembered(): readonly TaskRecord[];
  /** Tasks whose last attempt did not end well, killed or not. */
  unfinished(): readonly TaskId[];
}

export class Memories {
  private readonly byTask = new Map<TaskId, Memory>();
  private lists: MemoryLists | null = null;
  /** `null`: nobody has asked for one yet, and most builds never do. */
  private byStage: Map<string, Items> | null = null;

  get(task: TaskId): Memory {
    return this.byTask.get(task) ?? NOTHING;
  }

  set(task: TaskId, memory: Memory): void {
    this.byTask.set(task, memory);
    this.lists = null;
    if (this.byStage !== null) file(this.byStage, task);
  }

  delete(task: TaskId): void {
    this.byTask.delete(task);
    this.lists = null;
    const items = this.byStage?.get(stageOfTask(task));
    items?.tasks.delete(task);
    if (items !== undefined) items.known = {};
  }

  /** In the order in which they came. */
  entries(): Iterable<[TaskId, Memory]> {
    return this.byTask.entries();
  }

  all(): MemoryLists {
    const { byTask } = this;
    this.lists ??= {
      records: once(() => recordsIn(byTask)),
      remembered: once(() => rememberedIn(byTask)),
      unfinished: once(() => unfinishedIn(byTask)),
    };
    return this.lists;
  }

  /** Of one stage alone, its name as `stageOfTask` has it. */
  of(stage: string): MemoryLists {
    if (this.byStage === null) {
      this.byStage = new Map();
      for (const task of this.byTask.keys()) file(this.byStage, task);
    }
    return new StageLists(this, stage, this.byStage.get(stage) ?? null);
  }
}
/** Items of a stage, and lists of it that were asked for since something changed. */
interface Items {
  readonly tasks: Set<TaskId>;
  known: { -readonly [List in keyof MemoryLists]?: ReturnType<MemoryLists[List]> };
}

/** Only items are filed: a stage without them is its one task, and of these there may be very many. */
function file(byStage: Map<string, Items>, task: TaskId): void {
  const stage = stageOfTask(task);
  const known = byStage.get(stage);
  if (known !== undefined) known.known = {};
  if (stage === task) return;
  if (known === undefined) byStage.set(stage, { tasks: new Set([task]), known: {} });
  else known.tasks.add(task);
}

class StageLists implements MemoryLists {
  private readonly memories: Memories;
  private readonly stage: TaskId;
  private readonly items: Items | null;

  constructor(memories: Memories, stage: string, items: Items | null) {
    this.memories = memories;
    // The name of its task, where it has no items.
    this.stage = stage as TaskId;
    this.items = items;
  }

  records(): readonly TaskRecord[] {
    if (this.items === null) return recordsIn(this.all());
    this.items.known.records ??= recordsIn(this.all());
    return this.items.known.records;
  }

  remembered(): readonly TaskRecord[] {
    if (this.items === null) return only(recordIn(this.memories.get(this.stage)));
    this.items.known.remembered ??= rememberedIn(this.all());
    return this.items.known.remembered;
  }

  unfinished(): readonly TaskId[] {
    if (this.items === null)
      return only(this.memories.get(this.stage).kind === 'unfinished' ? this.stage : null);
    this.items.known.unfinished ??= unfinishedIn(this.all());
    return this.items.known.unfinished;
  }

  private all(): readonly (readonly [TaskId, Memory])[] {
    return [this.stage, ...(this.items?.tasks ?? [])].map((task) => [task, this.memories.get(task)]);
  }
}

const nothing: readonly never[] = [];

function only<Value>(value: Value | null): readonly Value[] {
  return value === null ? nothing : [value];
}

type Told = Iterable<readonly [TaskId, Memory]>;

function recordsIn(memories: Told): readonly TaskRecord[] {
  return byTask([...memories].flatMap(([, one]) => (one.kind === 'done' ? one.record : [])));
}

function rememberedIn(memories: Told): readonly TaskRecord[] {
  return byTask([...memories].flatMap(([, one]) => recordIn(one) ?? []));
}

function unfinishedIn(memories: Told): readonly TaskId[] {
  return [...memories].flatMap(([task, { kind }]) => (kind === 'unfinished' ? [task] : [])).sort();
}

function byTask(records: TaskRecord[]): readonly TaskRecord[] {
  return records.sort((a, b) => (a.task < b.task ? -1 : 1));
}
