// Hashes many files with several threads: each takes the next one until none is left. No thread waits for another to
// start, so that one that never does costs nothing; what cannot be read is left to whoever asked.
import type { Digest } from '../base/brand.ts';
import { type HashedFile, hashFile } from './hash-file.ts';
import { type Imprinted, imprintBytes } from './imprint.ts';

/** What each thread gets. */
export interface HashOrder {
  /** Absolute. */
  readonly files: readonly string[];
  readonly shared: SharedArrayBuffer;
  /** What they most likely still are, each or none. */
  readonly like?: readonly (Imprinted | undefined)[];
  /** The files are being copied: how far, and which sizes they will have. They get imprints. */
  readonly copying?: { readonly progress: SharedArrayBuffer; readonly sizesBytes: readonly number[] };
}

/** Places in the shared memory, before those of the files. */
const next = 0;
const done = 1;
const pulse = 2;
const headLength = 4;

const hashed = 1;
const left = 2;
const imprinted = 3;

const digestBytes = 32;
const numbers = ['inode', 'sizeBytes', 'mtimeNs', 'ctimeNs', 'mode', 'device'] as const;

export class SharedHashing {
  readonly order: HashOrder;
  private readonly head: Int32Array;
  private readonly states: Int32Array;
  private readonly stamps: BigUint64Array;
  private readonly digests: Buffer;
  /** Empty where nobody asks for them. */
  private readonly imprints: Buffer;

  constructor(order: HashOrder) {
    const { files, shared, copying } = order;
    this.order = order;
    const count = files.length;
    this.stamps = new BigUint64Array(shared, 0, numbers.length * count);
    const digestsAt = this.stamps.byteLength;
    this.digests = Buffer.from(shared, digestsAt, digestBytes * count);
    const imprintsAt = digestsAt + this.digests.length;
    this.imprints = Buffer.from(shared, imprintsAt, copying === undefined ? 0 : imprintBytes * count);
    const statesAt = imprintsAt + this.imprints.length;
    this.states = new Int32Array(shared, statesAt, count);
    this.head = new Int32Array(shared, statesAt + this.states.byteLength, headLength);
  }

  static of(files: readonly string[], how: Pick<HashOrder, 'copying' | 'like'> = {}): SharedHashing {
    const forImprint = how.copying === undefined ? 0 : imprintBytes;
    const bytes = files.length * (8 * numbers.length + digestBytes + forImprint + 4) + 4 * headLength;
    return new SharedHashing({ files, shared: new SharedArrayBuffer(bytes), ...how });
  }

  /** Takes files until there are none. */
  help(
    hash: (file: string, onRead: () => void, i: number) => HashedFile = (file, onRead, i) =>
      hashFile(file, { onRead, like: this.order.like?.[i], makesImprint: this.order.copying !== undefined }),
  ): void {
    const { files } = this.order;
    const onRead = () => void Atomics.add(this.head, pulse, 1);
    for (let i = Atomics.add(this.head, next, 1); i < files.length; i = Atomics.add(this.head, next, 1)) {
      let state = left;
      try {
        state = this.put(i, hash(files[i]!, onRead, i));
      } catch {
        // Whoever asked will meet the same, and knows what to say of it.
      }
      Atomics.store(this.states, i, state);
      Atomics.add(this.head, done, 1);
      Atomics.notify(this.head, done);
    }
  }

  /** Waits for what others took, as long as they show signs of life. */
  waitForOthers(patienceMs: number): void {
    for (;;) {
      const so = Atomics.load(this.head, done);
      if (so >= this.order.files.length) return;
      const beat = Atomics.load(this.head, pulse);
      const isSilent = Atomics.wait(this.head, done, so, patienceMs) === 'timed-out';
      if (isSilent && Atomics.load(this.head, pulse) === beat) return;
    }
  }

  /** `null`: it could not be read, or nobody has. */
  result(i: number): HashedFile | null {
    const state = Atomics.load(this.states, i);
    if (state !== hashed && state !== imprinted) return null;
    const imprint = () => Uint8Array.from(this.imprints.subarray(imprintBytes * i, imprintBytes * (i + 1)));
    const at = numbers.length * i;
    // Times before 1970 are below zero, and inodes may need all 64 bits.
    const time = (place: number) => BigInt.asIntN(64, this.stamps[at + place]!);
    return {
      digest: this.digests.toString('hex', digestBytes * i, digestBytes * (i + 1)) as Digest,
      stamp: {
        kind: 'file',
        inode: this.stamps[at]!,
        sizeBytes: this.stamps[at + 1]!,
        mtimeNs: time(2),
        ctimeNs: time(3),
        mode: this.stamps[at + 4]!,
        device: this.stamps[at + 5]!,
      },
      ...(state === imprinted && { imprint: imprint() }),
    };
  }

  private put(i: number, { digest, stamp, imprint }: HashedFile): number {
    for (const [place, name] of numbers.entries())
      this.stamps[numbers.length * i + place] = stamp[name] ?? 0n;
    this.digests.write(digest, digestBytes * i, digestBytes, 'hex');
    if (imprint === undefined) return hashed;
    this.imprints.set(imprint, imprintBytes * i);
    return imprinted;
  }
}
