// Hashes files while they are being copied: a thread reads each behind the one that writes it.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { Digest } from '../base/brand.ts';
import { chunkBytes, type HashedFile } from './hash-file.ts';
import { Imprinting } from './imprint.ts';
import { toStamp } from './stamp.ts';

export const pieceBytes = 1 << 20;

/** How many pieces of each file are there, in the order of the files. */
export class Progress {
  readonly shared: SharedArrayBuffer;
  private readonly pieces: Int32Array;

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared;
    this.pieces = new Int32Array(shared);
  }

  static of(count: number): Progress {
    return new Progress(new SharedArrayBuffer(4 * count));
  }

  tell(i: number, pieces: number): void {
    Atomics.store(this.pieces, i, pieces);
    Atomics.notify(this.pieces, i);
  }

  /** Waits for more than `seen`, for ever if need be: who stops copying ends the thread. */
  after(i: number, seen: number): number {
    for (;;) {
      const so = Atomics.load(this.pieces, i);
      if (so > seen) return so;
      Atomics.wait(this.pieces, i, so);
    }
  }
}

export function piecesOf(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / pieceBytes));
}

/** File `i`, which will have this size, with an imprint if it is large. Throws what the file system says. */
export function hashBehind(
  file: string,
  sizeBytes: number,
  { progress, i, onRead }: { readonly progress: Progress; readonly i: number; readonly onRead: () => void },
): HashedFile {
  let there = progress.after(i, 0);
  const descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    const whole = createHash('sha256');
    const imprinting = sizeBytes > chunkBytes ? new Imprinting() : null;
    const buffer = Buffer.allocUnsafe(chunkBytes);
    for (let at = 0; at < sizeBytes; ) {
      if (at >= there * pieceBytes) there = progress.after(i, there);
      const most = Math.min(chunkBytes, there * pieceBytes - at, sizeBytes - at);
      const read = fs.readSync(descriptor, buffer, 0, most, null);
      if (read === 0) throw new Error('is shorter than it should be');
      const piece = buffer.subarray(0, read);
      whole.update(piece);
      imprinting?.update(piece);
      at += read;
      onRead();
    }
    const stamp = toStamp(fs.fstatSync(descriptor, { bigint: true }));
    const digest = whole.digest('hex') as Digest;
    return { digest, stamp, ...(imprinting && { imprint: imprinting.end() }) };
  } finally {
    fs.closeSync(descriptor);
  }
}
