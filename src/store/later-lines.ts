// The lines of tasks that a build of a part may come to ask for: each is read when that happens. There may be ten
// thousand of them, one after the other in the file.
import fs from 'node:fs';
import { checkedLine } from './log-line.ts';

const newline = 10;
const firstRead = 1 << 16;

export interface LaterLine {
  readonly content: unknown;
  readonly bytes: number;
}

/** Where the line of a task begins; `undefined`: there is none, `null`: nobody knows. */
type PlaceOf = (task: string) => number | null | undefined;

/** Of a file that only grows; `null`: it is not there any more. */
export function openLater(file: string, inode: number, placeOf: PlaceOf): LaterLines | null {
  try {
    return new LaterLines(file, inode, placeOf);
  } catch {
    return null;
  }
}

/** A piece of the file; `isEnd`: there was no more to read. */
interface Chunk {
  readonly at: number;
  readonly bytes: Buffer;
  readonly isEnd: boolean;
}

export class LaterLines {
  private readonly fd: number;
  private readonly placeOf: PlaceOf;
  private readonly taken = new Set<string>();
  private chunk: Chunk = { at: 0, bytes: Buffer.alloc(0), isEnd: false };

  /** Of a file that only grows. Throws where it cannot be opened, or is another by now. */
  constructor(file: string, inode: number, placeOf: PlaceOf) {
    this.placeOf = placeOf;
    this.fd = fs.openSync(file, 'r');
    if (fs.fstatSync(this.fd).ino === inode) return;
    this.close();
    throw new Error('another file is in its place');
  }

  /** Once for each task. `undefined`: nothing is left to read of it; `null`: it does not stand where it was. */
  take(task: string): LaterLine | null | undefined {
    if (this.taken.has(task)) return undefined;
    this.taken.add(task);
    const at = this.placeOf(task);
    if (at === undefined || at === null) return at;
    try {
      return this.lineAt(at);
    } catch {
      return null;
    }
  }

  close(): void {
    fs.closeSync(this.fd);
  }

  private lineAt(at: number): LaterLine | null {
    for (let length = firstRead; ; length *= 8) {
      const { at: from, bytes, isEnd } = this.chunk;
      const start = at - from;
      const end = start < 0 || start >= bytes.length ? -1 : bytes.indexOf(newline, start);
      if (end >= 0) {
        const line = checkedLine(bytes, start, end);
        return line === null ? null : { content: line.content, bytes: end + 1 - start };
      }
      if (from === at && isEnd) return null;
      const room = Buffer.allocUnsafe(length);
      const read = fs.readSync(this.fd, room, 0, length, at);
      this.chunk = { at, bytes: room.subarray(0, read), isEnd: read < length };
    }
  }
}
