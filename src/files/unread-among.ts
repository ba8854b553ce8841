// Which of many files nothing vouches for, where all of them are so much that it pays to read them with several threads.
import type { FilePath } from '../base/brand.ts';
import type { ListedFile, Stamp } from '../engine/ports.ts';
import type { DigestMemory, Unread } from './digest-memory.ts';
import { isMuch } from './many-hands.ts';

/** Links and what cannot be stamped are left to those who read one file after the other. */
export function unreadAmong(
  files: readonly ListedFile[],
  digests: DigestMemory,
  look: {
    readonly stamp: (file: FilePath) => Stamp | null;
    readonly absolute: (file: FilePath) => string;
  },
): readonly Unread[] {
  // Most often they are little, and it need not be asked which of them are unread.
  if (!isMuch(files.map(({ path }) => fileStamp(path, look.stamp)?.sizeBytes ?? 0n))) return [];
  const unread: Unread[] = [];
  for (const { path: file } of files) {
    const stamp = fileStamp(file, look.stamp);
    if (stamp !== null && digests.known(file, stamp) === undefined)
      unread.push({ file, absolutePath: look.absolute(file), stamp });
  }
  return unread;
}

function fileStamp(file: FilePath, stampOf: (file: FilePath) => Stamp | null): Stamp | null {
  try {
    const stamp = stampOf(file);
    return stamp?.kind === 'file' ? stamp : null;
  } catch {
    return null;
  }
}
