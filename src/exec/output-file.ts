// PIPE_OUTPUT: the file to which a command appends JSON lines about its work, read as it grows.

import {
  closeSync,
  type FSWatcher,
  openSync,
  readSync,
  rmSync,
  statSync,
  unlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import type { BatchNews } from '../engine/executor.ts';
import { addNames } from '../model/metrics.ts';
import { timerMs } from '../model/validation/duration.ts';

export interface OutputFileOptions {
  readonly path: string;
  readonly pollMs: number;
  readonly onProgress: (done: number, total: number) => void;
  readonly onMetric: (values: Readonly<Record<string, number>>) => void;
  readonly onRetryAfter: (delayMs: number) => void;
  /** Those that a line may be about. */
  readonly items: ReadonlySet<string>;
  readonly batch: BatchNews | null;
  readonly onNote: (text: string) => void;
  /** Called at most once, at the end. */
  readonly onBadLines: (message: string) => void;
  /** Until when no more should be told; `null`: at once. */
  readonly room: () => Promise<void> | null;
}

const pieceBytes = 65_536;
/** What is written until then is read in one go, and heard as a whole. */
const soonMs = 10;
/** No line of use is longer; without a bound a command without line ends would fill memory. */
const longestLineBytes = 1_048_576;

export class OutputFile {
  private readonly options: OutputFileOptions;
  private readonly timer: NodeJS.Timeout;
  /** `null`: none is wanted, or none to be had. */
  private readonly watcher: FSWatcher | null;
  private soon: NodeJS.Timeout | undefined;
  private readBytes = 0;
  private rest: Buffer = Buffer.alloc(0);
  private badLines = 0;
  private firstBadLine = '';
  private readonly metricNames = new Set<string>();
  private strayFailure: string | null = null;

  /** Makes the file, empty. Where that fails the command will notice by itself. */
  constructor(options: OutputFileOptions) {
    this.options = options;
    try {
      writeFileSync(options.path, '');
    } catch {
      // A full disk: nothing to read then.
    }
    this.timer = setInterval(() => this.read(), options.pollMs).unref();
    // What is said to be done stands only when it is heard and recorded: each moment before is one to be killed in.
    this.watcher = options.batch === null ? null : watched(options.path, () => this.readSoon());
  }

  private readSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.read();
    }, soonMs).unref();
  }

  /** What was reported of an item that is not in the batch: one has failed, and nobody knows which. */
  get failureOfNobody(): string | null {
    return this.strayFailure;
  }

  /** Reads what is left, removes the file; says what could not be understood. */
  async finish(): Promise<void> {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    this.watcher?.close();
    for (;;) {
      await this.options.room();
      if (this.read() === 'all') break;
    }
    if (this.rest.length > 0) this.takeLine(this.rest);
    this.rest = Buffer.alloc(0);
    try {
      removeWhatever(this.options.path);
    } catch {
      // Litter, at worst: what it said has been read.
    }
    if (this.badLines > 0) {
      const lines = this.badLines === 1 ? 'a line' : `${this.badLines} lines`;
      this.options.onBadLines(
        `${lines} in PIPE_OUTPUT could not be understood and did not count: ${this.firstBadLine}`,
      );
    }
  }

  /** As much as there is room for, or all. */
  private read(): 'all' | 'some' {
    try {
      const { size } = statSync(this.options.path);
      // Written anew instead of appended to.
      if (size < this.readBytes) this.readBytes = 0;
      return size > this.readBytes ? this.readGrowth() : 'all';
    } catch {
      // The command may delete its own file; nothing to read then.
      return 'all';
    }
  }

  private readGrowth(): 'all' | 'some' {
    const file = openSync(this.options.path, 'r');
    try {
      const piece = Buffer.alloc(pieceBytes);
      while (this.options.room() === null) {
        const count = readSync(file, piece, 0, pieceBytes, this.readBytes);
        if (count === 0) return 'all';
        this.readBytes += count;
        this.takePiece(piece.subarray(0, count));
      }
      return 'some';
    } finally {
      closeSync(file);
    }
  }

  private takePiece(piece: Buffer): void {
    let from = 0;
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, from)) {
      this.takeLine(Buffer.concat([this.rest, piece.subarray(from, end)]));
      this.rest = Buffer.alloc(0);
      from = end + 1;
    }
    const grown = Buffer.concat([this.rest, piece.subarray(from)]);
    this.rest = grown.subarray(0, longestLineBytes);
  }

  private takeLine(bytes: Buffer): void {
    const line = bytes.toString().trim();
    if (line === '' || this.understand(line)) return;
    if (this.badLines === 0) this.firstBadLine = line.length > 200 ? `${line.slice(0, 200)}…` : line;
    this.badLines += 1;
  }

  /**
   * A line holds one or more of `progress`, `metric`, `retryAfter` and `note`, or what is to be said of an item; and
   * counts as a whole or not at all.
   */
  private understand(line: string): boolean {
    const said = parsed(line);
    if (!isObject(said)) return false;
    if (said.item !== undefined) return this.understandItem(said);
    const { progress, metric, retryAfter, note, ...others } = said;
    if (Object.keys(others).length > 0 || Object.keys(said).length === 0) return false;
    if (progress !== undefined && !isProgress(progress)) return false;
    if (metric !== undefined && !isMetric(metric)) return false;
    const delayMs = retryAfter === undefined ? null : timerMs(retryAfter);
    if (retryAfter !== undefined && delayMs === null) return false;
    if (note !== undefined && typeof note !== 'string') return false;
    // Last, since it is remembered.
    if (isMetric(metric) && !addNames(this.metricNames, metric)) return false;
    if (isProgress(progress)) this.options.onProgress(progress.done, progress.total);
    if (isMetric(metric)) this.options.onMetric(metric);
    if (delayMs !== null) this.options.onRetryAfter(delayMs);
    if (note !== undefined) this.options.onNote(note);
    return true;
  }

  /** `{"item":"…"}` with one or more of `done`, `failed` and `metric`. */
  private understandItem(said: Readonly<Record<string, unknown>>): boolean {
    const { items, batch } = this.options;
    if (batch === null) return false;
    const { item, done, failed, metric, ...others } = said;
    // The key of a record may be a number.
    const name = typeof item === 'number' ? String(item) : item;
    const isKnown = typeof name === 'string' && items.has(name);
    const isClear =
      isKnown &&
      Object.keys(others).length === 0 &&
      Object.keys(said).length > 1 &&
      (done === undefined || done === true) &&
      (failed === undefined || (typeof failed === 'string' && done !== true)) &&
      (metric === undefined || (isMetric(metric) && addNames(this.metricNames, metric)));
    if (isClear && isMetric(metric)) batch.onMetric(name, metric);
    if (isClear && done === true) batch.onDone(name);
    // However it is said, what has failed is never taken for done.
    if (failed !== undefined && failed !== null && failed !== false) {
      const why = typeof failed === 'string' ? failed : JSON.stringify(failed);
      if (isKnown) batch.onFailed(name, why);
      else this.strayFailure ??= `an item that is not in the batch, ${JSON.stringify(item)}: ${why}`;
    }
    return isClear;
  }
}

function watched(path: string, onChange: () => void): FSWatcher | null {
  try {
    const watcher = watch(path, { persistent: false }, onChange);
    watcher.on('error', () => {});
    return watcher;
  } catch {
    // All watches that the system has are in use.
    return null;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isProgress(value: unknown): value is { readonly done: number; readonly total: number } {
  return isObject(value) && Number.isFinite(value.done) && Number.isFinite(value.total);
}

export function isMetric(value: unknown): value is Readonly<Record<string, number>> {
  return isObject(value) && Object.values(value).every(isAmount);
}

/** Whatever is summed stays a number; and what has been used is never given back, or a budget would not end. */
function isAmount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** Nearly always it is the file that was made; the command may have put anything in its place. */
function removeWhatever(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    rmSync(path, { force: true, recursive: true });
  }
}
