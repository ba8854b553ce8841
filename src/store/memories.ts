// What is remembered of each task, and lists of it that are sorted by task: of all, or of one stage. A list is made again
// when it is asked for after a change of what it tells of. A whole pipeline is accepted stage by stage, and each asks.
import type { TaskId } from '../base/brand.ts';
import { type Once, once } from '../base/once.ts';
import { type Memory, recordIn, type TaskRecord } from '../model/record.ts';
import { stageOfTask } from '../model/task.ts';

const NOTHING: Memory = { kind: 'none' };

export interface MemoryLists {
  /** The records that stand. */
  readonly records: Once<readonly TaskRecord[]>;
  /** Also of attempts that did not end well: the last result before. */
  readonly remembered: Once<readonly TaskRecord[]>;
  /** Tasks whose last attempt did not end well, killed or not. */
  readonly unfinished: Once<readonly TaskId[]>;
}

interface OfStage {
  readonly tasks: Set<TaskId>;
  lists: MemoryLists | null;
}

export class Memories {
  private readonly byTask = new Map<TaskId, Memory>();
  private lists: MemoryLists | null = null;
  /** `null`: nobody has asked for one yet, and most builds never do. */
  private byStage: Map<string, OfStage> | null = null;

  get(task: TaskId): Memory {
    return this.byTask.get(task) ?? NOTHING;
  }

  set(task: TaskId, memory: Memory): void {
    this.byTask.set(task, memory);
    this.lists = null;
    if (this.byStage !== null) file(this.byStage, task).lists = null;
  }

  delete(task: TaskId): void {
    this.byTask.delete(task);
    this.lists = null;
    const known = this.byStage?.get(stageOfTask(task));
    known?.tasks.delete(task);
    if (known !== undefined) known.lists = null;
  }

  /** In the order in which they came. */
  entries(): Iterable<[TaskId, Memory]> {
    return this.byTask.entries();
  }

  all(): MemoryLists {
    this.lists ??= listsOf(() => this.byTask);
    return this.lists;
  }

  /** Of one stage alone, its name as `stageOfTask` has it. */
  of(stage: string): MemoryLists {
    if (this.byStage === null) {
      this.byStage = new Map();
      for (const task of this.byTask.keys()) file(this.byStage, task);
    }
    const known = this.byStage.get(stage);
    if (known === undefined) return none;
    known.lists ??= listsOf(() => [...known.tasks].map((task) => [task, this.get(task)] as const));
    return known.lists;
  }
}

function file(byStage: Map<string, OfStage>, task: TaskId): OfStage {
  const stage = stageOfTask(task);
  let known = byStage.get(stage);
  if (known === undefined) {
    known = { tasks: new Set(), lists: null };
    byStage.set(stage, known);
  }
  known.tasks.add(task);
  return known;
}

function listsOf(memories: () => Iterable<readonly [TaskId, Memory]>): MemoryLists {
  const byTask = (records: TaskRecord[]) => records.sort((a, b) => (a.task < b.task ? -1 : 1));
  const all = () => [...memories()];
  return {
    records: once(() => byTask(all().flatMap(([, one]) => (one.kind === 'done' ? one.record : [])))),
    remembered: once(() => byTask(all().flatMap(([, one]) => recordIn(one) ?? []))),
    unfinished: once(() =>
      all()
        .flatMap(([task, { kind }]) => (kind === 'unfinished' ? [task] : []))
        .sort(),
    ),
  };
}

const none = listsOf(() => []);
