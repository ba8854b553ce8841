// Hashes a file's content, sure that it did not change meanwhile.
import { createHash, hash } from 'node:crypto';
import fs from 'node:fs';
import type { Digest } from '../base/brand.ts';
import type { Stamp } from '../engine/ports.ts';
import { sameStamp, toStamp } from './stamp.ts';

/** Small enough to stay in the processor's own memory between reading and hashing. */
const chunkBytes = 128 << 10;
const attempts = 4;

export interface HashedFile {
  readonly digest: Digest;
  readonly stamp: Stamp;
}

export const digestOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' as Digest;

/** The file kept changing while it was read. */
export class ChangingFile extends Error {}

/**
 * The digest with the stamp that belongs to it: the content is read between two looks at one
 * descriptor. Throws `ChangingFile` after a few tries, and errors of the file system. `known`: what a look at the
 * regular file has just told, which serves as the first of the two. `onRead`: after each piece.
 */
export function hashFile(
  absolutePath: string,
  { known = null, onRead = () => {} }: { readonly known?: Stamp | null; readonly onRead?: () => void } = {},
): HashedFile {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    // O_NONBLOCK: opening a FIFO that took the file's place must not hang.
    const descriptor = fs.openSync(absolutePath, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      // It is the same file, and nothing happened to it, or the second look differs.
      const isKnown = attempt === 1 && known !== null && known.sizeBytes > 0;
      const before = isKnown ? known : stampOfOpen(descriptor);
      if (before.kind !== 'file') throw new Error('is not a regular file');
      const digest = readThrough(descriptor, Number(before.sizeBytes), onRead);
      const after = stampOfOpen(descriptor);
      if (sameStamp(before, after)) return { digest, stamp: before };
    } finally {
      fs.closeSync(descriptor);
    }
  }
  throw new ChangingFile('is changing while it is read');
}

function stampOfOpen(descriptor: number): Stamp {
  return toStamp(fs.fstatSync(descriptor, { bigint: true }));
}

let buffer: Buffer | null = null;

/** To the end; of a file that says how long it is, no further: whether it grew meanwhile is seen afterwards. */
function readThrough(descriptor: number, sizeBytes: number, onRead: () => void): Digest {
  buffer ??= Buffer.allocUnsafe(chunkBytes);
  const first = readSome(descriptor, buffer, sizeBytes);
  if (first === sizeBytes && first > 0) return hash('sha256', buffer.subarray(0, first), 'hex') as Digest;
  const whole = createHash('sha256').update(buffer.subarray(0, first));
  for (let total = first, read = first; ; total += read) {
    read = total >= sizeBytes && sizeBytes > 0 ? 0 : readSome(descriptor, buffer, sizeBytes);
    if (read === 0) return whole.digest('hex') as Digest;
    whole.update(buffer.subarray(0, read));
    onRead();
  }
}

function readSome(descriptor: number, into: Buffer, sizeBytes: number): number {
  return fs.readSync(descriptor, into, 0, Math.min(chunkBytes, Math.max(sizeBytes, 4096)), null);
}
