// The memory of a workspace between runs: content and file together, and what happens when the disk refuses.

import type { Digest, TaskId } from '../base/brand.ts';
import type { Memory } from '../model/record.ts';
import type { Part } from './part.ts';
import type { StampRow } from './stamp-memory.ts';
import { chunks, StateContent } from './state-content.ts';
import { decodeLine, encodeLine, SharedParts, type StateLine } from './state-lines.ts';
import type { StateLog } from './state-log.ts';

const COMPACT_FROM_BYTES = 256 * 1024;

/**
 * Memory always goes on; the file follows as well as it can:
 *
 * ```text
 * lazy --first use--> following --a begin could not be written--> detached --save()--> following
 * ```
 *
 * Detached means that nothing on disk may be believed any more, so the file was taken away. A commit
 * that fails leaves its task's start marker on disk, which is safe: the next one is simply tried.
 *
 * Stamps and tools are only kept from being worked out again, so they wait for the next record, or
 * for `save`.
 */
export class State {
  private readonly log: StateLog;
  private readonly bootId: string;
  private readonly onTrouble: (message: string) => void;
  /** What alone is read as long as nothing else is asked for; `null`: all of it. */
  private part: Part | null;
  private current: StateContent | null = null;
  private shared = new SharedParts();
  private fileBoot = '';
  private readonly waitingStamps = new Map<string, StampRow | null>();
  private readonly waitingTools = new Map<string, string>();
  private detached = false;
  private missed = false;
  private wrote = false;
  private toldTrouble = false;

  constructor(options: {
    log: StateLog;
    bootId: string;
    onTrouble: (message: string) => void;
    part?: Part | null;
  }) {
    this.log = options.log;
    this.part = options.part ?? null;
    this.bootId = options.bootId;
    this.onTrouble = options.onTrouble;
  }

  get content(): StateContent {
    return this.current ?? this.load();
  }

  changedElsewhere(): boolean {
    return this.current !== null && this.log.changedElsewhere();
  }

  /** Reads the file again; what was not written yet is kept where it can be. */
  load(): StateContent {
    const content = new StateContent();
    const shared = new SharedParts();
    this.shared = shared;
    const reader = {
      header: (boot: string) => content.enterBoot(boot),
      line: (value: unknown, bytes: number) => {
        const line = decodeLine(value, shared);
        if (line !== null) content.apply(line, bytes);
        return line !== null;
      },
      gap: () => content.gap(),
    };
    if (this.part === null) this.log.load(reader);
    else this.part.load(this.log, reader, { present: this.bootId, ofFile: () => content.boot });
    this.fileBoot = content.boot;
    content.enterBoot(this.bootId);
    for (const line of this.waitingLines()) content.apply(line, 0);
    this.current = content;
    this.detached = false;
    return content;
  }

  /**
   * Remembers and writes a line. `undoes`: it takes away what the file claims, so if it cannot be
   * written, the file must go.
   */
  write(line: StateLine, undoes: boolean): void {
    // Under the lock nobody else writes; before it was taken, somebody may have.
    if (!this.log.opened && !this.detached && this.changedElsewhere()) this.load();
    const text = encodeLine(line);
    const task = 'task' in line ? line.task : 'record' in line ? line.record.task : null;
    const content = task === null ? this.content : this.knowing(task);
    content.apply(line, text.length);
    this.follow([text], undoes, line);
  }

  memory(task: TaskId): Memory {
    return this.knowing(task).memory(task);
  }

  /** With all that the file says of the task. */
  private knowing(task: TaskId): StateContent {
    const { content } = this;
    const later = this.part?.takeLater(task);
    if (later === undefined) return content;
    const line = later === null ? null : decodeLine(later.content, this.shared);
    if (line === null) return this.whole();
    content.apply(line, later!.bytes);
    return content;
  }

  /** From here on all is known, and not only a part. */
  private whole(): StateContent {
    this.part?.close();
    this.part = null;
    return this.load();
  }

  stampOf(path: string): StampRow | undefined {
    const known = this.content.stamps.get(path);
    if (known !== undefined || this.part === null || this.waitingStamps.has(path)) return known;
    return this.part.canTell(path) ? this.part.stampOf(path) : this.whole().stamps.get(path);
  }

  hasProduced(path: string, digest: Digest): boolean {
    if (this.content.produced.has(path, digest)) return true;
    // Only all of the file can say no.
    return this.part !== null && this.whole().produced.has(path, digest);
  }

  putStamp(row: StampRow): void {
    this.content.stamps.set(row[0], row);
    this.waitingStamps.set(row[0], row);
  }

  dropStamp(path: string): void {
    if (this.stampOf(path) === undefined) return;
    this.content.stamps.delete(path);
    this.waitingStamps.set(path, null);
  }

  putTool(key: string, value: string): void {
    if (this.content.tools.get(key) === value) return;
    this.content.tools.set(key, value);
    this.waitingTools.set(key, value);
  }

  /** Whether `save` would write: stamps or tools, or what the disk refused before. */
  unsaved(): boolean {
    return this.missed || this.waitingStamps.size > 0 || this.waitingTools.size > 0;
  }

  /** Writes what waits, and makes the file short again where it grew long. Needs the lock. */
  save(): void {
    // Under the lock nobody else writes, so the folder was deleted: what was written since went with it.
    if (this.log.opened && this.log.changedElsewhere()) {
      this.trouble(new Error('its folder was deleted while this process was at work'));
      return;
    }
    if (this.unsaved()) {
      if (!this.log.opened && !this.detached && this.changedElsewhere()) this.load();
      if (!this.missed) this.follow([], false);
    }
    const grown =
      this.wrote &&
      this.part === null &&
      this.log.sizeBytes > COMPACT_FROM_BYTES &&
      this.log.sizeBytes > 2 * this.content.liveBytes();
    // The folder may have been deleted, and another engine be at work in a new one.
    if ((this.missed || grown) && !this.log.changedElsewhere()) this.replace(false);
  }

  close(): void {
    this.part?.close();
    this.log.close();
  }

  private follow(texts: readonly string[], undoes: boolean, line: StateLine | null = null): void {
    if (this.detached) {
      this.missed = true;
      return;
    }
    if (!this.log.appendable) {
      this.replace(undoes);
      return;
    }
    const waiting = [...this.waitingLines()].map(encodeLine);
    if (this.fileBoot !== this.bootId) waiting.unshift(encodeLine({ kind: 'boot', boot: this.bootId }));
    try {
      this.log.append([...waiting, ...texts]);
      this.written();
    } catch (problem) {
      this.trouble(problem);
      // What memory alone knows from now on must be all of it.
      if (this.part !== null) {
        const content = this.whole();
        if (line !== null) content.apply(line, texts[0]?.length ?? 0);
      }
      if (undoes) this.replace(true);
    }
  }

  private replace(undoes: boolean): void {
    try {
      this.log.replace(this.bootId, this.content.snapshot());
      this.written();
      this.missed = false;
      this.detached = false;
    } catch (problem) {
      this.trouble(problem);
      if (undoes) this.takeAway();
    }
  }

  private takeAway(): void {
    this.detached = true;
    try {
      this.log.destroy();
    } catch {
      // Neither written, nor removed, nor emptied: a disk that refuses everything was reported already.
    }
  }

  private written(): void {
    this.wrote = true;
    this.fileBoot = this.bootId;
    this.waitingStamps.clear();
    this.waitingTools.clear();
  }

  private *waitingLines(): Iterable<StateLine> {
    const rows: StampRow[] = [];
    const dropped: string[] = [];
    for (const [path, row] of this.waitingStamps) row === null ? dropped.push(path) : rows.push(row);
    if (dropped.length > 0) yield { kind: 'drop', paths: dropped };
    for (const some of chunks(rows)) yield { kind: 'stamps', rows: some };
    for (const [key, value] of this.waitingTools) yield { kind: 'tool', key, value };
  }

  private trouble(problem: unknown): void {
    this.missed = true;
    if (this.toldTrouble) return;
    this.toldTrouble = true;
    const message = problem instanceof Error ? problem.message : String(problem);
    this.onTrouble(`the state of this workspace cannot be saved, so more may run next time: ${message}`);
  }
}
