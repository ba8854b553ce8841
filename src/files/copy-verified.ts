// Copies a blob out of the cache and makes sure that the copy is what its entry says.
import fs from 'node:fs';
import type { FileEntry } from '../engine/ports.ts';
import { hashFile } from './hash-file.ts';

/** Both absolute. False: it is missing, or not what it should be. Throws what the file system says. */
export function copyVerified(blob: string, temporary: string, entry: FileEntry): boolean {
  try {
    fs.copyFileSync(blob, temporary, fs.constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const mode = (entry.executable ? 0o777 : 0o666) & ~process.umask();
  // Readable to ourselves whatever the umask says; blobs may be read-only.
  fs.chmodSync(temporary, mode | 0o600);
  const { digest, stamp } = hashFile(temporary);
  if (digest !== entry.digest || Number(stamp.sizeBytes) !== entry.sizeBytes) return false;
  if ((mode | 0o600) !== mode) fs.chmodSync(temporary, mode);
  return true;
}
