// PIPE_OUTPUT: the file to which a command appends JSON lines about its work, read as it grows.

import {
  closeSync,
  existsSync,
  type FSWatcher,
  openSync,
  readSync,
  rmSync,
  statSync,
  unlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type Hearers, ReportedWords } from './reported-words.ts';

export interface OutputFileOptions extends Hearers {
  readonly path: string;
  readonly pollMs: number;
  /** Called at most once, at the end. */
  readonly onBadLines: (message: string) => void;
  /** What was said may be lost. Called at most once, at the end. */
  readonly onLost: (message: string) => void;
  /** Until when no more should be told; `null`: at once. */
  readonly room: () => Promise<void> | null;
}

const pieceBytes = 65_536;
/** What is written until then is read in one go, and heard as a whole. */
const soonMs = 10;
/** No line of use is longer; without a bound a command without line ends would fill memory. */
const longestLineBytes = 1_048_576;
/**
 * What the file begins with. Where it is gone somebody has written the file anew, however quickly, and to whatever size; and
 * what stood there before may not have been read. Shorter than any line of use, so that a file of its size has none.
 */
const mark = '# pipe\n';

export class OutputFile {
  private readonly options: OutputFileOptions;
  private readonly timer: NodeJS.Timeout;
  /** `null`: none is wanted, or none to be had. */
  private readonly watcher: FSWatcher | null;
  private soon: NodeJS.Timeout | undefined;
  private readBytes = 0;
  /** How the words of before may have been lost; `null`: all stand where they were appended. */
  private lost: 'written anew' | 'taken away' | null = null;
  private rest: Buffer = Buffer.alloc(0);
  private badLines = 0;
  private firstBadLine = '';
  private readonly words: ReportedWords;

  /** Makes the file. Where that fails the command will notice by itself. */
  constructor(options: OutputFileOptions) {
    this.options = options;
    this.words = new ReportedWords(options);
    try {
      writeFileSync(options.path, mark);
      this.readBytes = mark.length;
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
    return this.words.failureOfNobody;
  }

  /** Why an item of which nothing was heard cannot count by how the process ended. */
  get lostWords(): string | null {
    return this.lost !== null && this.words.leavesItemsOpen ? wordsOf(this.lost) : null;
  }

  /** Reads what is left, removes the file; says what could not be understood, or may be lost. */
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
    if (this.lost !== null) this.options.onLost(wordsOf(this.lost));
  }

  /** As much as there is room for, or all. */
  private read(): 'all' | 'some' {
    try {
      const { size } = statSync(this.options.path);
      if (size < this.readBytes) this.beginsAnew();
      return size > this.readBytes ? this.readGrowth() : 'all';
    } catch {
      // The command may delete its own file; nothing to read then. Where its folder is gone, all that is pipe's own is.
      if (this.readBytes > 0 && existsSync(dirname(this.options.path))) this.lost ??= 'taken away';
      return 'all';
    }
  }

  private readGrowth(): 'all' | 'some' {
    const file = openSync(this.options.path, 'r');
    try {
      const piece = Buffer.alloc(pieceBytes);
      if (this.readBytes > 0 && this.lost === null) {
        readSync(file, piece, 0, mark.length, 0);
        if (piece.toString('latin1', 0, mark.length) !== mark) this.beginsAnew();
      }
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

  private beginsAnew(): void {
    this.lost ??= 'written anew';
    this.readBytes = 0;
    this.rest = Buffer.alloc(0);
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
    if (line === '' || this.words.understand(line)) return;
    if (this.badLines === 0) this.firstBadLine = line.length > 200 ? `${line.slice(0, 200)}…` : line;
    this.badLines += 1;
  }
}

function wordsOf(lost: 'written anew' | 'taken away'): string {
  return `PIPE_OUTPUT was ${lost}, and what had been said in it may be lost: open it for appending (>>, mode 'a')`;
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

/** Nearly always it is the file that was made; the command may have put anything in its place. */
function removeWhatever(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    rmSync(path, { force: true, recursive: true });
  }
}
