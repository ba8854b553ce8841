// What is written to one descriptor, in order. Waits for the reader as any program does, as long as a signal would end
// the process in the middle of that. While signals are answered here it never waits: what finds no room is queued.

import fs from 'node:fs';
import { monotonicMs } from './monotonic.ts';
import { type Descriptor, type Kind, unwaiting } from './unwaiting.ts';

/**
 * `patient`: signals end the process, so it may wait in the kernel, which is the fastest.
 * `attentive`: signals are answered here.
 * `leaving`: one has come, and no reader is waited for any longer.
 */
export type Manner = 'patient' | 'attentive' | 'leaving';

/** No one is there any more who reads (`| head`, a closed terminal); or the system will not take it (a full disk). */
export type Breakage =
  | { readonly kind: 'reader-gone' }
  | { readonly kind: 'refused'; readonly message: string };

/** With more than this in the queue, whoever makes more should wait. */
const fullBytes = 1024 * 1024;
/** With so much more in the queue it is tried at once: a reader who only lags should find the pipe full again. */
const worthTryingBytes = 64 * 1024;
/** How soon it is tried again: doubled while nothing moves, so that a reader who is away costs nothing. */
const firstRetryMs = 1;
const lastRetryMs = 32;
/** When leaving: a reader who has not taken anything for so long will not do so. */
const farewellMs = 1000;

export class Outflow {
  private readonly descriptor: Descriptor;
  private readonly kind: Kind;
  private readonly mannerNow: () => Manner;
  private readonly brokenListeners = new Set<(breakage: Breakage) => void>();
  private target: number | null = null;
  private broken: Breakage | null = null;
  /** Begun to be written; what waits comes after it. */
  private front: Buffer | null = null;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private untriedBytes = 0;
  private retry: NodeJS.Timeout | null = null;
  private retryMs = firstRetryMs;
  private movedAtMs = 0;
  private watchers: (() => void)[] = [];

  constructor(options: {
    readonly descriptor: Descriptor;
    readonly kind: Kind;
    readonly manner: () => Manner;
  }) {
    this.descriptor = options.descriptor;
    this.kind = options.kind;
    this.mannerNow = options.manner;
  }

  /** Called once at most: when nothing that is written arrives any more. */
  whenBroken(listener: (breakage: Breakage) => void): void {
    this.brokenListeners.add(listener);
  }

  get breakage(): Breakage | null {
    return this.broken;
  }

  /** Whether the reader has not taken all yet. */
  get isBehind(): boolean {
    return this.waitingBytes > 0;
  }

  get isFull(): boolean {
    return this.waitingBytes > fullBytes;
  }

  write(content: string | Uint8Array): void {
    if (this.broken !== null) return;
    const bytes = Buffer.from(content as string);
    const goesNow = !this.isBehind || this.mannerNow() === 'patient';
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    this.untriedBytes += bytes.length;
    if (goesNow || this.untriedBytes >= worthTryingBytes) this.pour();
  }

  /** Its reader has gone, as was heard otherwise than by writing. */
  lost(): void {
    if (this.broken === null) this.fail('EPIPE', '');
  }

  /** Resolves when `isFull` is false or nobody waits any longer. */
  async room(): Promise<void> {
    while (this.isFull && this.mannerNow() !== 'leaving') await this.change();
  }

  /** Resolves when all has left this process, or never will. */
  async drained(): Promise<void> {
    this.movedAtMs = monotonicMs();
    while (this.isBehind) {
      if (this.mannerNow() === 'patient') this.pour();
      else if (this.hasNoReader()) this.drop();
      if (this.isBehind) await this.change();
    }
  }

  /** The manner is another one now. */
  wake(): void {
    const woken = this.watchers;
    this.watchers = [];
    for (const watcher of woken) watcher();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.watchers.push(resolve));
  }

  private hasNoReader(): boolean {
    return this.mannerNow() === 'leaving' && monotonicMs() - this.movedAtMs > farewellMs;
  }

  /** Writes as much as goes. */
  private pour(): void {
    this.untriedBytes = 0;
    try {
      while (this.isBehind) this.writeOnce();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') this.fail(code, message);
    }
    if (this.isBehind) this.tryLater();
  }

  /** Throws what the system says, EAGAIN for "not now". */
  private writeOnce(): void {
    this.front ??= this.takeFront();
    const written = fs.writeSync(this.targetNow(), this.front);
    if (written > 0) this.retryMs = firstRetryMs;
    this.movedAtMs = monotonicMs();
    this.waitingBytes -= written;
    this.front = written === this.front.length ? null : this.front.subarray(written);
  }

  /** Small pieces together, as many as a pipe takes. */
  private takeFront(): Buffer {
    let count = 0;
    for (let size = 0; size < worthTryingBytes && count < this.waiting.length; count++)
      size += this.waiting[count]!.length;
    return count === 1 ? this.waiting.shift()! : Buffer.concat(this.waiting.splice(0, count));
  }

  private targetNow(): number {
    if (this.mannerNow() === 'patient') return this.descriptor;
    this.target ??= unwaiting(this.descriptor, this.kind);
    return this.target;
  }

  private tryLater(): void {
    if (this.retry !== null) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.retryMs = Math.min(2 * this.retryMs, lastRetryMs);
      this.pour();
      this.wake();
    }, this.retryMs);
  }

  private fail(code: string | undefined, message: string): void {
    const isGone = code === 'EPIPE' || code === 'ECONNRESET' || (this.kind === 'terminal' && code === 'EIO');
    this.broken = isGone ? { kind: 'reader-gone' } : { kind: 'refused', message };
    this.drop();
    for (const listener of this.brokenListeners) listener(this.broken);
  }

  private drop(): void {
    this.front = null;
    this.waiting = [];
    this.waitingBytes = 0;
    this.wake();
  }
}
