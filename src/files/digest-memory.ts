// Content digests by stamp: reads a file only when no trusted stamp vouches for what was read before.
import type { Digest } from '../base/brand.ts';
import type { Stamp } from '../engine/ports.ts';
import { FileSystemNow, monotonicMs, tickOf } from './fs-now.ts';
import { type HashedFile, type HowToHash, hashFile } from './hash-file.ts';
import { Imprints } from './imprint.ts';
import { type FileToHash, hashElsewhere, hashTogether, isMuch } from './many-hands.ts';
import { sameStamp, stampOf } from './stamp.ts';

/** What is remembered from run to run; an entry is there only if its stamp may be trusted. */
export interface StampMemory {
  /** `present`: its stamp at this moment. */
  get(path: string, present: Stamp): { readonly stamp: Stamp; readonly digest: Digest } | undefined;
  put(path: string, entry: { readonly stamp: Stamp; readonly digest: Digest }): void;
}

/** A file whose content nothing vouches for. */
export interface Unread {
  /** Its name in the memory. */
  readonly file: string;
  readonly absolutePath: string;
  readonly stamp: Stamp;
}

export type HashFile = (absolutePath: string, how?: HowToHash) => HashedFile;

export interface HowToRead {
  /** How content is read, for who wants to know how long that takes. */
  readonly hash?: HashFile;
  /** Of what has been put in its place. */
  readonly imprints?: Imprints;
}

/** Above this, waiting out the clock's tick first is cheaper than hashing twice. */
const largeBytes = 1n << 20n;

export class DigestMemory {
  private readonly memory: StampMemory;
  private readonly now: FileSystemNow | null;
  private readonly hash: HashFile;
  private readonly imprints: Imprints;
  /** Hashed so soon after their last change that the stamp may not be trusted yet. */
  private readonly unsettled = new Map<
    string,
    { readonly absolutePath: string; readonly hashed: HashedFile; readonly writers: 'gone' | undefined }
  >();

  constructor(
    memory: StampMemory,
    probeFolder: string | null,
    { hash = hashFile, imprints = new Imprints() }: HowToRead = {},
  ) {
    this.imprints = imprints;
    this.memory = memory;
    this.hash = hash;
    this.now = probeFolder === null ? null : new FileSystemNow(probeFolder);
  }

  /** What was read under this very stamp. */
  known(file: string, stamp: Stamp): HashedFile | undefined {
    const known = this.memory.get(file, stamp);
    return known !== undefined && sameStamp(known.stamp, stamp) ? known : undefined;
  }

  /** `file` is its name in the memory. Throws what reading can throw: ENOENT, EACCES, `ChangingFile`. */
  of(file: string, absolutePath: string, stamp: Stamp, writers?: 'gone'): HashedFile {
    const known = this.known(file, stamp);
    if (known !== undefined) return known;
    if (stamp.sizeBytes > largeBytes) pause(this.untilSettledMs([stamp], writers));
    // Asked before reading: a change after this moment must show in the stamp.
    const settled = this.isSettled(stamp, writers);
    const hashed = this.hash(absolutePath, { known: stamp, like: this.imprints.of(absolutePath, stamp) });
    this.learn({ file, absolutePath, stamp }, settled, hashed, writers);
    return hashed;
  }

  /** As `of`, with several threads where it is much. What is missing in the answer is left to `of`. */
  ofMany(unread: readonly Unread[], writers?: 'gone'): ReadonlyMap<string, HashedFile> {
    const read = new Map<string, HashedFile>();
    if (!isMuch(unread.map(sizeOf))) return read;
    pause(
      this.untilSettledMs(
        unread.map(({ stamp }) => stamp),
        writers,
      ),
    );
    const ordered = largeFirst(unread);
    const settled = ordered.map(({ stamp }) => this.isSettled(stamp, writers));
    for (const [i, hashed] of hashTogether(ordered.map(this.toHash)).entries()) {
      if (hashed === null) continue;
      this.learn(ordered[i]!, settled[i]!, hashed, writers);
      read.set(ordered[i]!.file, hashed);
    }
    return read;
  }

  /**
   * Reads what `of` would have to read, while other things go on in this thread. `null`: it is not so much that this
   * pays. What has not settled is left to `of`, as between now and then it could change unseen.
   */
  ahead(unread: readonly Unread[], stop: { readonly signal: AbortSignal }): Promise<void> | null {
    return this.now === null || !isMuch(unread.map(sizeOf)) ? null : this.readAhead(unread, stop.signal);
  }

  private async readAhead(unread: readonly Unread[], signal: AbortSignal): Promise<void> {
    const waitMs = this.untilSettledMs(unread.map(({ stamp }) => stamp));
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const ordered = largeFirst(unread.filter(({ stamp }) => this.isSettled(stamp)));
    for (const [i, hashed] of (await hashElsewhere(ordered.map(this.toHash), signal)).entries())
      if (hashed !== null) this.learn(ordered[i]!, true, hashed);
  }

  /**
   * Waits until the clock has ticked and reads once more what was read too soon, so that the next
   * run finds stamps that it may trust. What is large, gone or changed by then is left to that run.
   */
  async settle(): Promise<void> {
    if (this.now === null) return;
    const deadline = monotonicMs() + 50;
    for (const [file, { absolutePath, hashed, writers }] of this.unsettled) {
      if (hashed.stamp.sizeBytes > largeBytes) continue;
      const untilSettledMs = () => this.now?.untilSettledMs(hashed.stamp, writers) ?? 0;
      for (let waitMs = untilSettledMs(); waitMs > 0 && monotonicMs() < deadline; ) {
        // Of a file from before the clock was set back that may be hours.
        const ms = Math.min(waitMs, deadline - monotonicMs());
        await new Promise((resolve) => setTimeout(resolve, ms));
        waitMs = untilSettledMs();
      }
      this.settleOne(file, absolutePath, hashed, writers);
    }
    this.unsettled.clear();
    this.now.close();
  }

  private readonly toHash = ({ absolutePath, stamp }: Unread): FileToHash => ({
    absolutePath,
    like: this.imprints.of(absolutePath, stamp),
  });

  private isSettled(stamp: Stamp, writers?: 'gone'): boolean {
    return this.now?.isSettled(stamp, writers) ?? false;
  }

  /** Until the clock has ticked after the last of these changes. */
  private untilSettledMs(stamps: readonly Stamp[], writers?: 'gone'): number {
    if (this.now === null) return 0;
    const ticks = stamps.filter((stamp) => !this.isSettled(stamp, writers)).map(tickOf);
    return ticks.length === 0 ? 0 : Number(ticks.reduce((a, b) => (a > b ? a : b)) / 1_000_000n) + 1;
  }

  private learn(
    { file, absolutePath, stamp }: Unread,
    settled: boolean,
    hashed: HashedFile,
    writers?: 'gone',
  ): void {
    this.imprints.forget(absolutePath);
    if (settled && sameStamp(hashed.stamp, stamp)) this.memory.put(file, hashed);
    else if (this.now !== null) this.unsettled.set(file, { absolutePath, hashed, writers });
  }

  private settleOne(file: string, absolutePath: string, hashed: HashedFile, writers?: 'gone'): void {
    try {
      const stamp = stampOf(absolutePath);
      if (stamp === null || !sameStamp(stamp, hashed.stamp) || !this.isSettled(stamp, writers)) return;
      const again = this.hash(absolutePath, { known: stamp });
      if (again.digest === hashed.digest && sameStamp(again.stamp, stamp)) this.memory.put(file, again);
    } catch {
      // Gone or unreadable by now: the next run will say so.
    }
  }
}

function sizeOf({ stamp }: Unread): bigint {
  return stamp.sizeBytes;
}

/** So that none of them is begun when all other threads are done. Small ones stay in the order of their folders. */
function largeFirst(unread: readonly Unread[]): readonly Unread[] {
  const large = unread.filter((one) => sizeOf(one) > largeBytes);
  const small = unread.filter((one) => sizeOf(one) <= largeBytes);
  return [...large.sort((a, b) => Number(sizeOf(b) - sizeOf(a))), ...small];
}

/** Blocks the thread; for the few milliseconds of a tick only. */
function pause(ms: number): void {
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(ms, 2100));
}
