// The port `Records` in memory: one shelf, and each process's view of it.
import type { Digest, FilePath, RunId, TaskId } from '../../src/base/brand.ts';
import type { Records } from '../../src/engine/ports.ts';
import type { Manifest } from '../../src/model/manifest.ts';
import {
  type Memory,
  notMadeByPipe,
  type Overwriting,
  recordIn,
  type TaskRecord,
} from '../../src/model/record.ts';
import { stageOfTask } from '../../src/model/task.ts';

interface Content {
  readonly memories: Map<TaskId, Memory>;
  readonly produced: Set<string>;
  readonly begun: Map<TaskId, readonly string[]>;
}

/** What lies on the disk, so to speak. */
export class RecordShelf {
  version = 0;
  content: Content = { memories: new Map(), produced: new Set(), begun: new Map() };
}

export class FakeRecords implements Records {
  private readonly shelf: RecordShelf;
  private seen: Content = { memories: new Map(), produced: new Set(), begun: new Map() };
  private seenVersion = -1;

  constructor(shelf: RecordShelf) {
    this.shelf = shelf;
    this.reload();
  }

  memory(task: TaskId): Memory {
    return this.seen.memories.get(task) ?? { kind: 'none' };
  }

  remembered(stage?: string): readonly TaskRecord[] {
    return [...this.seen.memories.values()]
      .flatMap((memory) => recordIn(memory) ?? [])
      .filter(({ task }) => stage === undefined || stageOfTask(task) === stage);
  }

  all(): readonly TaskRecord[] {
    const records = [...this.seen.memories.values()].flatMap((memory) =>
      memory.kind === 'done' ? [memory.record] : [],
    );
    return records;
  }

  withOtherParams(): readonly TaskRecord[] {
    return [];
  }

  begin(task: TaskId, runId: RunId, produces: readonly string[] = []): void {
    const last = recordIn(this.memory(task));
    this.write(({ memories, begun }) => {
      memories.set(task, { kind: 'unfinished', runId, leftovers: true, last });
      begun.set(task, produces);
    });
  }

  killed(): ReturnType<Records['killed']> {
    const { memories, begun } = this.seen;
    return [...memories].flatMap(([task, memory]) =>
      memory.kind === 'unfinished' && memory.leftovers ? [{ task, produces: begun.get(task) ?? [] }] : [],
    );
  }

  unfinished(stage?: string): readonly TaskId[] {
    return [...this.seen.memories]
      .flatMap(([task, { kind }]) => (kind === 'unfinished' ? [task] : []))
      .filter((task) => stage === undefined || stageOfTask(task) === stage);
  }

  failed(task: TaskId, runId: RunId, left: Manifest = []): void {
    const last = recordIn(this.memory(task));
    this.write(({ memories, produced }) => {
      memories.set(task, { kind: 'unfinished', runId, leftovers: false, last });
      for (const { path, digest } of left) produced.add(`${digest} ${path}`);
    });
  }

  overwritten(task: TaskId, runId: RunId, overwritten: Overwriting): void {
    const last = recordIn(this.memory(task));
    this.write(({ memories }) => {
      memories.set(task, { kind: 'unfinished', runId, leftovers: false, last, overwritten });
    });
  }

  commit(record: TaskRecord): void {
    const taken = notMadeByPipe(record);
    this.write(({ memories, produced }) => {
      memories.set(record.task, { kind: 'done', record });
      for (const { path, digest } of record.outputs) if (!taken.has(path)) produced.add(`${digest} ${path}`);
    });
  }

  forget(task: TaskId): void {
    if (this.memory(task).kind !== 'none') this.write(({ memories }) => memories.delete(task));
  }

  hasProduced(path: FilePath, digest: Digest): boolean {
    return this.seen.produced.has(`${digest} ${path}`);
  }

  changedElsewhere(): boolean {
    return this.seenVersion !== this.shelf.version;
  }

  reload(): void {
    const { memories, produced, begun } = this.shelf.content;
    this.seen = { memories: new Map(memories), produced: new Set(produced), begun: new Map(begun) };
    this.seenVersion = this.shelf.version;
  }

  private write(change: (content: Content) => unknown): void {
    if (this.changedElsewhere()) this.reload();
    change(this.shelf.content);
    change(this.seen);
    this.seenVersion = ++this.shelf.version;
  }
}
