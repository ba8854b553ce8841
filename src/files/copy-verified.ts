// Copies blobs out of the cache and makes sure that the copies are what their entries say.
import fs from 'node:fs';
import type { FileEntry } from '../engine/ports.ts';
import { hashFile } from './hash-file.ts';
import { hashTogether, isMuch } from './many-hands.ts';

export interface Copy {
  /** Absolute. */
  readonly temporary: string;
  readonly entry: FileEntry;
}

/** False: there is no such blob (absolute). Throws what the file system says. */
export function copyBlob(blob: string, { temporary, entry }: Copy): boolean {
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

/** Whether each is what it should be; with several threads where it is much. Throws what the file system says. */
export function areVerified(copies: readonly Copy[]): boolean {
  const isLong = isMuch(copies.map(({ entry }) => BigInt(entry.sizeBytes)));
  const read = isLong ? hashTogether(copies.map(({ temporary }) => temporary)) : [];
  return copies.every(({ temporary, entry }, i) => {
    const { digest, stamp } = read[i] ?? hashFile(temporary);
    if (digest !== entry.digest || Number(stamp.sizeBytes) !== entry.sizeBytes) return false;
    const mode = modeOf(entry);
    if ((mode | 0o600) !== mode) fs.chmodSync(temporary, mode);
    return true;
  });
}

function modeOf(entry: FileEntry): number {
  return (entry.executable ? 0o777 : 0o666) & ~process.umask();
}
