// The part of a state file that concerns a few tasks, of a file that is known to be whole: the other lines are passed by.
import { once } from '../base/once.ts';
import { type LaterLine, type LaterLines, openLater } from './later-lines.ts';
import type { ContentAt } from './log-line.ts';
import { kindAt, nameIn, type PlacedLines } from './places.ts';
import type { StampRow } from './stamp-memory.ts';
import type { LogReader, StateLog } from './state-log.ts';

const newline = 10;

/** So many bytes are searched in the time in which a few megabytes of lines are read. */
const mostSearchedBytes = 1 << 27;

export class Part {
  private readonly names: () => ReadonlySet<string>;
  private bytes: Buffer = Buffer.alloc(0);
  /** Stamps of before are of another boot. */
  private bootAt = 0;
  private searchedBytes = 0;
  /** Each is asked for several times in a build. */
  private readonly rows = new Map<string, StampRow | undefined>();
  private readonly placed: PlacedLines | null;
  private isPlaced = false;
  private later: LaterLines | null = null;

  /**
   * `tasks`: asked for where it has to be read line by line. `placed`: where all that the file says of these tasks stands; then stamps of before are looked for elsewhere.
   */
  constructor(tasks: () => Iterable<string>, placed: PlacedLines | null = null) {
    this.names = once(() => new Set(tasks()));
    this.placed = placed;
  }

  /** Reads what it is a part of. `ofFile`: the boot of its last lines, once they are read. */
  load(
    log: StateLog,
    reader: LogReader,
    boot: { readonly present: string; readonly ofFile: () => string },
  ): void {
    this.close();
    this.isPlaced = this.placed !== null && this.loadPlaced(log, reader, this.placed);
    if (!this.isPlaced) this.read(log.load(reader, this.wants), boot.ofFile() === boot.present);
  }

  private loadPlaced(log: StateLog, reader: LogReader, placed: PlacedLines): boolean {
    if (placed.later !== undefined) {
      this.later = openLater(log.file, placed.inode, placed.later);
      if (this.later === null) return false;
    }
    const isPlaced = log.loadPlaced(reader, placed);
    if (!isPlaced) this.close();
    return isPlaced;
  }

  /** What is read of a task when it is asked for, once; `null`: it cannot be read any more, so it is time to read all. */
  takeLater(task: string): LaterLine | null | undefined {
    return this.later?.take(task);
  }

  close(): void {
    this.later?.close();
    this.later = null;
  }

  /** For `StateLog.load`: stamps are looked for when they are asked for, and past contents by reading all. */
  readonly wants = ({ bytes, at, end }: ContentAt): boolean => {
    switch (String.fromCharCode(bytes[at + kindAt] ?? 0)) {
      case 's':
      case 'p':
        return false;
      case 'o':
        this.bootAt = at;
        return true;
      case 'c':
      case 'b':
      case 'x':
      case 'f': {
        const name = nameIn(bytes, at, end);
        return name === null || this.names().has(name);
      }
      default:
        return true;
    }
  };

  /** The whole file; `isOfBoot`: whether its last lines are of the present boot. */
  private read(bytes: Buffer, isOfBoot: boolean): void {
    this.bytes = bytes;
    this.rows.clear();
    if (!isOfBoot) this.bootAt = bytes.length;
  }

  /** Whether it can tell; else it is time to read all: so much was searched, or only all of it names the ends of links. */
  canTell(path: string): boolean {
    return this.isPlaced ? !path.startsWith('/') : this.searchedBytes <= mostSearchedBytes;
  }

  /**
   * The newest row of the path. Where a task is named `file`, other lines may begin alike: what is no row costs a look
   * further back.
   */
  stampOf(path: string): StampRow | undefined {
    if (this.isPlaced) return undefined;
    if (!this.rows.has(path)) this.rows.set(path, this.search(path));
    return this.rows.get(path);
  }

  private search(path: string): StampRow | undefined {
    const begin = `[${JSON.stringify(path)},"file",`;
    for (let end = this.bytes.length; end > this.bootAt; ) {
      this.searchedBytes += end;
      const start = this.bytes.lastIndexOf(begin, end - 1);
      if (start < this.bootAt) return undefined;
      const row = this.rowAt(start, begin.length);
      if (row !== undefined) return row;
      end = start;
    }
    return undefined;
  }

  private rowAt(start: number, beginLength: number): StampRow | undefined {
    const line = this.bytes.indexOf(newline, start);
    // The digest is the last of a row, and has no bracket in it.
    const end = this.bytes.indexOf('"]', start + beginLength);
    if (end < 0 || (line >= 0 && end > line)) return undefined;
    try {
      const row: unknown = JSON.parse(this.bytes.toString('utf8', start, end + 2));
      return isStampRow(row) ? row : undefined;
    } catch {
      return undefined;
    }
  }
}

function isStampRow(value: unknown): value is StampRow {
  if (!Array.isArray(value) || value.length !== 8) return false;
  const [, , ...rest] = value as readonly unknown[];
  const digest = rest.pop();
  return rest.every(isWide) && typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest);
}

function isWide(value: unknown): boolean {
  return Number.isSafeInteger(value) || (typeof value === 'string' && /^-?[0-9]+$/.test(value));
}
