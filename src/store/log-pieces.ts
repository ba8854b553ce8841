// Reads the state file in pieces of whole lines: of very many files it has a hundred megabytes, which need not be in memory
// all at once.
import fs from 'node:fs';

const newline = 10;

/** Most state files are smaller, and read in one call. */
const usualPieceBytes = 1 << 24;

export interface LogPiece {
  /** Of the file, as it was opened. */
  readonly inode: bigint;
  readonly sizeBytes: bigint;
  /** Up to the end of a line, or of the file. Good until the next piece is asked for. */
  readonly bytes: Buffer;
}

type Read = (fd: number, room: Buffer, at: number, length: number, position: null) => number;

/** None where there is no such file, and none but `null` from where the file system refuses on. `read`: for tests. */
export function* piecesOf(
  file: string,
  pieceBytes = usualPieceBytes,
  read: Read = fs.readSync,
): Generator<LogPiece | null> {
  let fd: number;
  try {
    fd = fs.openSync(file, 'r');
  } catch {
    return;
  }
  try {
    const stat = fs.fstatSync(fd, { bigint: true });
    if (!stat.isFile()) return;
    const { ino: inode, size: sizeBytes } = stat;
    const readOn: ReadOn = (room, at, length) => read(fd, room, at, length, null);
    for (const bytes of piecesFrom(readOn, Number(sizeBytes), pieceBytes)) yield { inode, sizeBytes, bytes };
  } catch {
    yield null;
  } finally {
    fs.closeSync(fd);
  }
}

type ReadOn = (room: Buffer, at: number, length: number) => number;

function* piecesFrom(readOn: ReadOn, sizeBytes: number, pieceBytes: number): Generator<Buffer> {
  let room = Buffer.allocUnsafe(Math.min(sizeBytes, pieceBytes));
  let [held, left] = [0, sizeBytes];
  do {
    // A line that is longer than that.
    if (held === room.length) room = Buffer.concat([room], Math.min(held * 2, held + left));
    const read = readOn(room, held, Math.min(room.length - held, left));
    held += read;
    left = read === 0 ? 0 : left - read;
    const end = left === 0 ? held : room.lastIndexOf(newline, held - 1) + 1;
    if (end > 0 || left === 0) yield room.subarray(0, end);
    room.copyWithin(0, end, held);
    held -= end;
  } while (left > 0);
}
