// Where in the state file the records stand, so that a build that asks for a few of them need not read all the others.
import fs from 'node:fs';
import { checkedLine, checksumAt, contentAt, isHeader, linkAt, START } from './log-line.ts';

/** Of a file that is whole. */
export interface Places {
  /** The boot of its last lines. */
  readonly boot: string;
  /** What the next line links to. */
  readonly last: string;
  /** Where the lines that tell of tools begin. */
  readonly tools: readonly number[];
  /** Where the line of a task's record begins, in bytes; `null`: it does not stand any more. */
  readonly records: ReadonlyMap<string, number | null>;
}

/** Lines of a file that is known to be this one. */
export interface PlacedLines extends Pick<Places, 'boot' | 'last'> {
  readonly inode: number;
  readonly sizeBytes: number;
  readonly at: readonly number[];
  /** Where those of further tasks begin, that are read when they are asked for; `null`: only all of the file tells. */
  readonly later?: (task: string) => number | null | undefined;
}

/** A line is `["c","task",…`: what kind it is of, and where the task's name begins. */
export const [kindAt, nameAt] = [2, 6];
const [quote, newline, backslash] = [34, 10, 92];

const firstRead = 4096;
const headBytes = 60;

/** `bytes`: what follows, in the file, on what is known so far and ends at `from`. `null`: something is missing. */
export function placesIn(bytes: Buffer, from: number, known: Places | null): Places | null {
  let [boot, last] = [known?.boot ?? null, known?.last ?? START];
  const records = new Map(known?.records);
  const tools = [...(known?.tools ?? [])];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(newline, at);
    const content = contentAt(bytes, at, end);
    if (end < content.at || linkAt(bytes, at) !== last) return null;
    last = checksumAt(bytes, at);
    const kind = boot === null ? 'header' : String.fromCharCode(bytes[content.at + kindAt]!);
    if (kind === 'header' || kind === 'o') {
      const line = checkedLine(bytes, at, end)?.content;
      boot = isHeader(line) ? line.boot : Array.isArray(line) ? String(line[1]) : null;
      if (boot === null) return null;
    } else if ('cbxf'.includes(kind)) {
      const task = nameIn(bytes, content.at, end);
      if (task === null) return null;
      records.set(task, kind === 'c' ? from + at : null);
    } else if (kind === 't') tools.push(from + at);
    at = end + 1;
  }
  return boot === null ? null : { boot, last, records, tools };
}

/** The task that a line is about whose content begins at `at`. Names of items may hold what JSON escapes. */
export function nameIn(bytes: Buffer, at: number, end: number): string | null {
  const [open, close] = [at + nameAt - 1, closeOf(bytes, at + nameAt, end)];
  if (close === null) return null;
  const isPlain = bytes.subarray(open, close).indexOf(backslash) < 0;
  return isPlain ? bytes.toString('utf8', open + 1, close) : nameOf(bytes.toString('utf8', open, close + 1));
}

function closeOf(bytes: Buffer, from: number, end: number): number | null {
  for (let at = from; at < end; at++) {
    if (bytes[at] === quote) return at;
    if (bytes[at] === backslash) at++;
  }
  return null;
}

function nameOf(text: string): string | null {
  try {
    return String(JSON.parse(text));
  } catch {
    return null;
  }
}

/** `null` where the file is another, or something else stands there. */
export function readPlaced(file: string, { inode, sizeBytes, at }: PlacedLines) {
  let fd: number;
  try {
    fd = fs.openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    const stat = fs.fstatSync(fd, { bigint: true });
    if (Number(stat.ino) !== inode || Number(stat.size) !== sizeBytes) return null;
    const lines = at.map((from) => lineFrom(fd, from));
    const whole = lines.filter((line) => line !== null);
    if (whole.length < lines.length) return null;
    return { inode: stat.ino, sizeBytes: stat.size, head: readSome(fd, 0, headBytes), lines: whole };
  } catch {
    return null;
  } finally {
    fs.closeSync(fd);
  }
}

function lineFrom(fd: number, from: number): { readonly content: unknown; readonly bytes: number } | null {
  for (let length = firstRead; ; length *= 8) {
    const bytes = readSome(fd, from, length);
    const end = bytes.indexOf(newline);
    if (end >= 0) {
      const line = checkedLine(bytes, 0, end);
      return line === null ? null : { content: line.content, bytes: end + 1 };
    }
    if (bytes.length < length) return null;
  }
}

function readSome(fd: number, from: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, fs.readSync(fd, bytes, 0, length, from));
}
