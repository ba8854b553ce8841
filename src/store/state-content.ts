// What the lines of a state file add up to: records, produced contents, stamps, tools.

import type { Digest, RunId, TaskId } from '../base/brand.ts';
import type { FileEntry } from '../model/manifest.ts';
import { type Memory, notMadeByPipe, type Overwriting, recordIn, type TaskRecord } from '../model/record.ts';
import { Memories, type MemoryLists } from './memories.ts';
import { ProducedContent } from './produced-content.ts';
import type { StampRow } from './stamp-memory.ts';
import { encodeLine, type StateLine } from './state-lines.ts';

const ROWS_A_LINE = 500;
const STAMP_BYTES = 170;
const PRODUCED_BYTES = 90;

/**
 * Why a damaged file never makes a task fresh that is not.
 *
 * A record stands until a `begin` or `forget` of its task, and either is written before anything of
 * the task is touched. So the danger is one lost line, anywhere after the record. A line that was
 * flipped, cut or overwritten fails its checksum; one that vanished whole leaves the next line with
 * a link to nothing. At either, `gap` is called, and every task known so far might have begun in the
 * gap: all of them become `unfinished`, their records only `last`, and without leftovers, because
 * files that nobody can account for must be kept aside and not be deleted. What is committed after the gap
 * stands, because nothing before it can undo it. The end of a file that does not end in a newline is
 * such a gap too.
 *
 * A file that ends too early, but between two lines, cannot be told from an older state. Processes
 * do not cause it, their writes come in order; a power failure may. That is why records say what
 * the outputs contained and why stamps of another boot are dropped: the old record then counts only
 * if the files still have the content it names.
 *
 * Stamps go at a gap, since a `drop` may be missing. Produced contents stay: they are facts, and
 * facts about the past do not depend on what came later.
 */
export class StateContent {
  private readonly memories = new Memories();
  private readonly lineBytes = new Map<TaskId, number>();
  /** Attempts that began and did not end, with the patterns of their outputs. */
  private readonly begun = new Map<TaskId, readonly string[]>();
  readonly produced = new ProducedContent();
  readonly stamps = new Map<string, StampRow>();
  readonly tools = new Map<string, string>();
  boot = '';

  memory(task: TaskId): Memory {
    return this.memories.get(task);
  }

  /** The records that stand, sorted by task. */
  records(): readonly TaskRecord[] {
    return this.memories.all().records();
  }

  /** Attempts that began and did not end, sorted by task. */
  killed(): readonly { readonly task: TaskId; readonly produces: readonly string[] }[] {
    return [...this.begun]
      .map(([task, produces]) => ({ task, produces }))
      .sort((a, b) => (a.task < b.task ? -1 : 1));
  }

  /** Tasks whose last attempt did not end well, killed or not, sorted. `stage`: of one alone. */
  unfinished(stage?: string): readonly TaskId[] {
    return this.listed(stage).unfinished();
  }

  /** Also of attempts that did not end well: the last result before. `stage`: of one alone. */
  remembered(stage?: string): readonly TaskRecord[] {
    return this.listed(stage).remembered();
  }

  apply(line: StateLine, bytes: number): void {
    switch (line.kind) {
      case 'commit':
        this.memories.set(line.record.task, { kind: 'done', record: line.record });
        this.begun.delete(line.record.task);
        this.lineBytes.set(line.record.task, bytes);
        this.rememberOutputs(line.record);
        return;
      case 'begin':
        this.leaveUnfinished(line.task, line.runId, true);
        this.begun.set(line.task, line.produces);
        return;
      case 'failed':
        this.leaveUnfinished(line.task, line.runId, false, line.overwritten);
        return;
      case 'forget':
        this.memories.delete(line.task);
        this.begun.delete(line.task);
        this.lineBytes.delete(line.task);
        return;
      case 'produced':
        for (const [path, ...digests] of line.paths)
          for (const digest of digests) this.produced.add(path, digest);
        return;
      case 'stamps':
        for (const row of line.rows) this.stamps.set(row[0], row);
        return;
      case 'drop':
        for (const path of line.paths) this.stamps.delete(path);
        return;
      case 'tool':
        this.tools.set(line.key, line.value);
        return;
      case 'boot':
        this.enterBoot(line.boot);
        return;
    }
  }

  /** Lines are missing here. */
  gap(): void {
    for (const [task, memory] of this.memories.entries())
      if (memory.kind !== 'none') this.leaveUnfinished(task, runOf(memory), false);
    this.stamps.clear();
  }

  enterBoot(boot: string): void {
    if (boot !== this.boot) this.stamps.clear();
    this.boot = boot;
  }

  /** About how long the file would be without what is superseded. */
  liveBytes(): number {
    let bytes = this.stamps.size * STAMP_BYTES;
    for (const length of this.lineBytes.values()) bytes += length;
    for (const [path, digests] of this.produced.entries())
      bytes += (digests.length - 1) * PRODUCED_BYTES + (digests.length > 1 ? path.length : 0);
    return bytes;
  }

  /** The fewest lines that add up to the same. */
  *snapshot(): Iterable<string> {
    // Before the records: their outputs are the newest content of their paths.
    for (const paths of chunks(this.supersededContents())) yield encodeLine({ kind: 'produced', paths });
    for (const [task, memory] of this.memories.entries()) {
      const record = recordIn(memory);
      if (record !== null) yield encodeLine({ kind: 'commit', record });
      if (memory.kind === 'unfinished')
        yield memory.leftovers
          ? encodeLine({ kind: 'begin', task, runId: memory.runId, produces: this.begun.get(task) ?? [] })
          : encodeLine({ kind: 'failed', task, runId: memory.runId, overwritten: memory.overwritten });
    }
    for (const rows of chunks([...this.stamps.values()])) yield encodeLine({ kind: 'stamps', rows });
    for (const [key, value] of this.tools) yield encodeLine({ kind: 'tool', key, value });
  }

  private leaveUnfinished(task: TaskId, runId: RunId, leftovers: boolean, overwritten?: Overwriting): void {
    const last = recordIn(this.memory(task));
    this.memories.set(task, {
      kind: 'unfinished',
      runId,
      leftovers,
      last,
      ...(overwritten && { overwritten }),
    });
    if (!leftovers) this.begun.delete(task);
  }

  private listed(stage?: string): MemoryLists {
    return stage === undefined ? this.memories.all() : this.memories.of(stage);
  }

  private rememberOutputs(record: TaskRecord): void {
    for (const { path, digest } of producedBy(record)) this.produced.add(path, digest);
  }

  /** Produced contents that no record tells of. */
  private supersededContents(): (readonly [string, ...Digest[]])[] {
    const told = new Set<string>();
    for (const [, memory] of this.memories.entries()) {
      const record = recordIn(memory);
      if (record !== null) for (const { path, digest } of producedBy(record)) told.add(`${digest}${path}`);
    }
    const rest: (readonly [string, ...Digest[]])[] = [];
    for (const [path, digests] of this.produced.entries()) {
      const untold = digests.filter((digest) => !told.has(`${digest}${path}`));
      if (untold.length > 0) rest.push([path, ...untold]);
    }
    return rest;
  }
}

/** What a person made was not produced: it must never be taken for replaceable. */
function producedBy(record: TaskRecord): readonly FileEntry[] {
  const handMade = notMadeByPipe(record);
  return record.outputs.filter((entry) => entry.kind !== 'folder' && !handMade.has(entry.path));
}

export function* chunks<T>(all: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < all.length; at += ROWS_A_LINE) yield all.slice(at, at + ROWS_A_LINE);
}

function runOf(memory: Exclude<Memory, { kind: 'none' }>): RunId {
  return memory.kind === 'done' ? memory.record.runId : memory.runId;
}
