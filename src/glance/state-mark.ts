// What tells a state file from every other that it may become: builds only append to it or put another in its place.
import fs from 'node:fs';

export interface StateMark {
  readonly inode: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  /** Its last bytes: each line tells the checksum of the line before, so that no two files end alike. */
  readonly end: string;
}

const endBytes = 64;

/** `null` where there is none. Throws what else the file system refuses. */
export function markOf(stateFile: string): StateMark | null {
  let fd: number;
  try {
    fd = fs.openSync(stateFile, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { ino, size, mtimeMs, ctimeMs } = fs.fstatSync(fd);
    const end = Buffer.alloc(Math.min(size, endBytes));
    const read = fs.readSync(fd, end, 0, end.length, size - end.length);
    return { inode: ino, sizeBytes: size, mtimeMs, ctimeMs, end: end.toString('latin1', 0, read) };
  } finally {
    fs.closeSync(fd);
  }
}

export function sameMark(a: StateMark, b: StateMark | null): boolean {
  return (
    a.inode === b?.inode &&
    a.sizeBytes === b.sizeBytes &&
    a.mtimeMs === b.mtimeMs &&
    a.ctimeMs === b.ctimeMs &&
    a.end === b.end
  );
}
