// The state file as a log of checked lines: reads what is whole, appends, and replaces itself.
// It does not know what the lines mean.

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type LogIo, writeAll } from './log-io.ts';
import {
  type ContentAt,
  checkedLine,
  checksumAt,
  contentAt,
  encodeHeader,
  isHeader,
  lineOf,
  linesOf,
  START,
} from './log-line.ts';
import { piecesOf } from './log-pieces.ts';
import { type PlacedLines, readPlaced } from './places.ts';

/** What `load` found, in the order of the file. */
export interface LogReader {
  /** The file is whole up to its first line; `boot` is the boot in which it was made. */
  header(boot: string): void;
  /** A line's content with its length in bytes. `false`: it makes no sense, so it counts as damage. */
  line(content: unknown, bytes: number): boolean;
  /** Here something is missing or was written by someone who had not read all before. */
  gap(): void;
}

/** The header's checksum, but nothing beyond the header: that changes with the first line. */
const HEAD_BYTES = 60;

/** What tells this file from another one in its place. */
interface Seen {
  readonly inode: bigint;
  sizeBytes: bigint;
  readonly head: string;
}

/**
 * Nothing is synced for each append; see `StateContent` for why that is sound. Methods that write
 * throw what the file system says; after a failed `append` the file is as before, or ends in
 * half a line that the next one leaves behind.
 */
export class StateLog {
  readonly file: string;
  private readonly io: LogIo;
  private seen: Seen | null = null;
  private usable = false;
  private torn = false;
  private last = START;
  private fd: number | null = null;

  constructor(file: string, io: LogIo = fs) {
    this.file = file;
    this.io = io;
  }

  get sizeBytes(): number {
    return Number(this.seen?.sizeBytes ?? 0n);
  }

  /** Whether lines can be appended; otherwise there is no file of this format and `replace` makes one. */
  get appendable(): boolean {
    return this.usable;
  }

  /** Whether this process has the file open for appending. */
  get opened(): boolean {
    return this.fd !== null;
  }

  /**
   * Reads it all, or only the lines that are `wanted`; the others are passed by unchecked, and the bytes of the file are
   * the answer, where they can be looked for later. A file that is missing, unreadable or of another format reads as
   * nothing.
   */
  load(reader: LogReader, wanted?: (content: ContentAt) => boolean): Buffer {
    this.close();
    this.seen = null;
    this.usable = false;
    this.torn = false;
    this.last = START;
    let last: Buffer = Buffer.alloc(0);
    for (const piece of piecesOf(this.file, wanted && Number.POSITIVE_INFINITY)) {
      if (piece === null) {
        // What had been read is not all that the file knows of it.
        if (this.usable) reader.gap();
        this.usable = false;
        this.seen = null;
        break;
      }
      const { inode, sizeBytes, bytes } = piece;
      this.seen ??= { inode, sizeBytes, head: headOf(bytes) };
      last = bytes;
      if (!this.readLines(bytes, reader, wanted)) break;
    }
    return last;
  }

  /** As `load`, by the places of a few lines. `false`: the file is another by now, or not what they say; nothing was read. */
  loadPlaced(reader: LogReader, placed: PlacedLines): boolean {
    const found = readPlaced(this.file, placed);
    if (found === null) return false;
    this.close();
    this.seen = { ...found, head: headOf(found.head) };
    this.usable = true;
    this.torn = false;
    this.last = placed.last;
    reader.header(placed.boot);
    for (const { content, bytes } of found.lines) reader.line(content, bytes);
    return true;
  }

  /** Adds lines in one write. */
  append(contents: readonly string[]): void {
    const { text, last } = linesOf(contents, this.last);
    this.fd ??= this.io.openSync(this.file, fs.constants.O_WRONLY | fs.constants.O_APPEND);
    const before = this.sizeBytes;
    try {
      this.seen!.sizeBytes += BigInt(writeAll(this.io, this.fd, this.torn ? `\n${text}` : text));
    } catch (problem) {
      // Truncating needs no space, so it works where the disk is full.
      try {
        this.io.ftruncateSync(this.fd, before);
      } catch {
        this.torn = true;
        this.seen!.sizeBytes = fs.fstatSync(this.fd, { bigint: true }).size;
      }
      throw problem;
    }
    this.torn = false;
    this.last = last;
  }

  /** Puts a new file in place of the old one: at any moment one of the two is there, whole. */
  replace(boot: string, contents: Iterable<string>): void {
    // No two files are alike, so that one in another's place is noticed.
    const header = lineOf(encodeHeader(randomBytes(8).toString('hex'), boot), START);
    const rest = linesOf(contents, header.slice(0, 8));
    const text = header + rest.text;
    const folder = path.dirname(this.file);
    const temporary = `${this.file}.new`;
    this.io.mkdirSync(folder, { recursive: true });
    const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND } = fs.constants;
    const fd = this.io.openSync(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    try {
      writeAll(this.io, fd, text);
      // A rename must not become lasting before the content is.
      this.io.fsyncSync(fd);
      this.io.renameSync(temporary, this.file);
    } catch (problem) {
      this.io.closeSync(fd);
      try {
        this.io.unlinkSync(temporary);
      } catch {}
      throw problem;
    }
    this.close();
    this.fd = fd;
    this.last = rest.last;
    this.torn = false;
    this.usable = true;
    const stat = fs.fstatSync(fd, { bigint: true });
    this.seen = {
      inode: stat.ino,
      sizeBytes: stat.size,
      head: header.slice(0, HEAD_BYTES),
    };
  }

  /** Takes all that the file says away, by removing or emptying it. */
  destroy(): void {
    this.close();
    this.usable = false;
    this.seen = null;
    try {
      this.io.unlinkSync(this.file);
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.io.truncateSync(this.file, 0);
      this.seen = { inode: fs.statSync(this.file, { bigint: true }).ino, sizeBytes: 0n, head: '' };
    }
  }

  /** Whether the file is another, or another length, than this process left or found it. */
  changedElsewhere(): boolean {
    let fd: number;
    try {
      fd = fs.openSync(this.file, 'r');
    } catch {
      return this.seen !== null;
    }
    try {
      const stat = fs.fstatSync(fd, { bigint: true });
      if (this.seen === null) return true;
      if (stat.ino !== this.seen.inode || stat.size !== this.seen.sizeBytes) return true;
      const head = Buffer.alloc(HEAD_BYTES);
      return headOf(head.subarray(0, fs.readSync(fd, head, 0, HEAD_BYTES, 0))) !== this.seen.head;
    } catch {
      return true;
    } finally {
      fs.closeSync(fd);
    }
  }

  close(): void {
    if (this.fd === null) return;
    try {
      this.io.closeSync(this.fd);
    } catch {}
    this.fd = null;
  }

  /** `false`: it is no file of this format. */
  private readLines(bytes: Buffer, reader: LogReader, wanted?: (content: ContentAt) => boolean): boolean {
    let at = 0;
    while (at < bytes.length) {
      const newline = bytes.indexOf(10, at);
      const end = newline === -1 ? bytes.length : newline;
      this.torn = newline === -1;
      // An empty line is where half a line was left behind.
      if (end > at && this.usable && !this.torn && wanted?.(contentAt(bytes, at, end)) === false) {
        this.last = checksumAt(bytes, at);
      } else if (end > at) {
        const line = this.torn ? null : checkedLine(bytes, at, end);
        if (!this.usable) {
          if (!isHeader(line?.content)) return false;
          this.usable = true;
          reader.header(line.content.boot);
        } else if (line === null) {
          reader.gap();
        } else {
          if (line.link !== this.last) reader.gap();
          if (!reader.line(line.content, end - at + 1)) reader.gap();
        }
        this.last = line?.checksum ?? this.last;
      }
      at = end + 1;
    }
    return true;
  }
}

function headOf(bytes: Buffer): string {
  return bytes.toString('latin1', 0, HEAD_BYTES);
}
