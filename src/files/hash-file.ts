// Hashes a file's content, sure that it did not change meanwhile.
import { createHash, hash } from 'node:crypto';
import fs from 'node:fs';
import type { Digest } from '../base/brand.ts';
import type { Stamp } from '../engine/ports.ts';
import { type Imprint, type Imprinted, Imprinting, sameImprint } from './imprint.ts';
import { sameStamp, toStamp } from './stamp.ts';

/** Small enough to stay in the processor's own memory between reading and hashing. */
export const chunkBytes = 128 << 10;
const attempts = 4;

export interface HashedFile {
  readonly digest: Digest;
  readonly stamp: Stamp;
  /** Where it was asked for, of what is read in more than one piece. */
  readonly imprint?: Imprint;
}

export interface HowToHash {
  /** What a look at the regular file has just told, which serves as the first of the two. */
  readonly known?: Stamp | null;
  /** What it most likely still is, which is cheaper to be seen than to be found out. */
  readonly like?: Imprinted | undefined;
  readonly makesImprint?: boolean;
  /** After each piece. */
  onRead?(): void;
}

export const digestOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' as Digest;

/** The file kept changing while it was read. */
export class ChangingFile extends Error {}

/**
 * The digest with the stamp that belongs to it: the content is read between two looks at one
 * descriptor. Throws `ChangingFile` after a few tries, and errors of the file system.
 */
export function hashFile(
  absolutePath: string,
  { known = null, like, makesImprint = false, onRead = () => {} }: HowToHash = {},
): HashedFile {
  let expected = like;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    // O_NONBLOCK: opening a FIFO that took the file's place must not hang.
    const descriptor = fs.openSync(absolutePath, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      // It is the same file, and nothing happened to it, or the second look differs.
      const isKnown = attempt === 1 && known !== null && known.sizeBytes > 0;
      const before = isKnown ? known : stampOfOpen(descriptor);
      if (before.kind !== 'file') throw new Error('is not a regular file');
      const reading = { descriptor, stamp: before, onRead };
      const read = expected === undefined ? readThrough(reading, makesImprint) : isStill(expected, reading);
      expected = undefined;
      if (read !== null && sameStamp(before, stampOfOpen(descriptor))) return read;
    } finally {
      fs.closeSync(descriptor);
    }
  }
  throw new ChangingFile('is changing while it is read');
}

function stampOfOpen(descriptor: number): Stamp {
  return toStamp(fs.fstatSync(descriptor, { bigint: true }));
}

interface Reading {
  readonly descriptor: number;
  /** As it was before. */
  readonly stamp: Stamp;
  onRead(): void;
}

function readThrough(reading: Reading, makesImprint: boolean): HashedFile {
  const { stamp } = reading;
  let whole: ReturnType<typeof createHash> | null = null;
  let imprinting: Imprinting | null = null;
  for (const piece of piecesOf(reading)) {
    if (whole === null && piece.length === Number(stamp.sizeBytes))
      return { digest: hash('sha256', piece, 'hex') as Digest, stamp };
    whole ??= createHash('sha256');
    whole.update(piece);
    if (makesImprint) imprinting ??= new Imprinting();
    imprinting?.update(piece);
  }
  const digest = (whole?.digest('hex') ?? digestOfNothing) as Digest;
  return imprinting === null ? { digest, stamp } : { digest, stamp, imprint: imprinting.end() };
}

/** `null`: it is something else by now. */
function isStill({ digest, imprint }: Imprinted, reading: Reading): HashedFile | null {
  const imprinting = new Imprinting(imprint);
  for (const piece of piecesOf(reading)) imprinting.update(piece);
  return sameImprint(imprinting.end(), imprint) ? { digest, stamp: reading.stamp } : null;
}

let buffer: Buffer | null = null;

/**
 * To the end; of a file that says how long it is, no further: whether it grew meanwhile is seen afterwards. Each piece
 * lasts until the next one is asked for.
 */
function* piecesOf({ descriptor, stamp, onRead }: Reading): Generator<Buffer> {
  const sizeBytes = Number(stamp.sizeBytes);
  buffer ??= Buffer.allocUnsafe(chunkBytes);
  for (let total = 0; sizeBytes === 0 || total < sizeBytes; onRead()) {
    const most = Math.min(chunkBytes, Math.max(sizeBytes, 4096));
    const read = fs.readSync(descriptor, buffer, 0, most, null);
    if (read === 0) return;
    yield buffer.subarray(0, read);
    total += read;
  }
}
