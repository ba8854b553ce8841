// Copies blobs out of the cache and makes sure that the copies are what their entries say.
import fs from 'node:fs';
import type { FileEntry, Stamp } from '../engine/ports.ts';
import { type HashedFile, hashFile } from './hash-file.ts';
import { type Progress, pieceBytes, piecesOf } from './hashing-behind.ts';
import { hashBehindCopying, isMuch } from './many-hands.ts';
import { stampOf } from './stamp.ts';

/** Both absolute. */
export interface Copy {
  readonly blob: string;
  readonly temporary: string;
  readonly entry: FileEntry;
}

/**
 * What was read of each copy, of large ones with an imprint. `null`: a blob is missing, or not what it should be. Throws
 * what the file system says.
 */
export function copyVerified(copies: readonly Copy[]): readonly HashedFile[] | null {
  if (isMuch(copies.map(({ entry }) => BigInt(entry.sizeBytes)))) return copyLong(copies);
  return allOrNone(copies, (copy) => (copyBlob(copy) ? ifRight(copy, null) : null));
}

/** While this thread copies, another one reads what has been copied. */
export function copyLong(copies: readonly Copy[], thread?: string): readonly HashedFile[] | null {
  const files = copies.map(({ temporary, entry }) => ({ path: temporary, sizeBytes: entry.sizeBytes }));
  const copy = (progress: Progress) =>
    copies.every((one, i) => {
      const isThere = one.entry.sizeBytes > pieceBytes ? copyInPieces(one, progress, i) : copyBlob(one);
      if (isThere) progress.tell(i, piecesOf(one.entry.sizeBytes));
      return isThere;
    });
  const read = hashBehindCopying(files, copy, thread);
  return read && allOrNone(copies, (copy, i) => ifRight(copy, read[i] ?? null));
}

/** Stops at the first that is `null`. */
function allOrNone(
  copies: readonly Copy[],
  readOf: (copy: Copy, i: number) => HashedFile | null,
): readonly HashedFile[] | null {
  const all: HashedFile[] = [];
  for (const [i, copy] of copies.entries()) {
    const read = readOf(copy, i);
    if (read === null) return null;
    all.push(read);
  }
  return all;
}

function copyBlob({ blob, temporary, entry }: Copy): boolean {
  try {
    fs.copyFileSync(blob, temporary, fs.constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  // Readable to ourselves whatever the umask says; blobs may be read-only.
  fs.chmodSync(temporary, modeOf(entry) | 0o600);
  return true;
}

let buffer: Buffer | null = null;

/** As a clone, where the file system can. */
function copyInPieces(copy: Copy, progress: Progress, i: number): boolean {
  const { blob, temporary, entry } = copy;
  try {
    fs.copyFileSync(blob, temporary, fs.constants.COPYFILE_FICLONE_FORCE);
    fs.chmodSync(temporary, modeOf(entry) | 0o600);
    return true;
  } catch {
    // It cannot, or something is wrong: that will show.
  }
  let from: number;
  try {
    from = fs.openSync(blob, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    const to = fs.openSync(temporary, 'w', 0o600);
    try {
      buffer ??= Buffer.allocUnsafe(pieceBytes);
      for (let at = 0; ; progress.tell(i, Math.floor(at / pieceBytes))) {
        const read = fs.readSync(from, buffer, 0, buffer.length, null);
        if (read === 0) break;
        for (let done = 0; done < read; ) done += fs.writeSync(to, buffer, done, read - done);
        at += read;
      }
      fs.fchmodSync(to, modeOf(entry) | 0o600);
    } finally {
      fs.closeSync(to);
    }
  } finally {
    fs.closeSync(from);
  }
  return true;
}

/** `read`: what was read of the copy already. */
function ifRight({ temporary, entry }: Copy, read: HashedFile | null): HashedFile | null {
  const hashed = read ?? hashFile(temporary, { makesImprint: true });
  const { digest, stamp } = hashed;
  // It was read before all of it was there, so that there may be more by now.
  if (read !== null && !isUnwritten(temporary, stamp)) return null;
  if (digest !== entry.digest || Number(stamp.sizeBytes) !== entry.sizeBytes) return null;
  const mode = modeOf(entry);
  if ((mode | 0o600) !== mode) fs.chmodSync(temporary, mode);
  return hashed;
}

/** Whether the file is as long as it was, and nothing was written to it since. */
function isUnwritten(file: string, { inode, sizeBytes, mtimeNs }: Stamp): boolean {
  const now = stampOf(file);
  return now?.inode === inode && now.sizeBytes === sizeBytes && now.mtimeNs === mtimeNs;
}

function modeOf(entry: FileEntry): number {
  return (entry.executable ? 0o777 : 0o666) & ~process.umask();
}
