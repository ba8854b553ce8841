// The port `Lock` in memory: one place, and each process's grip on it.
import type { Lock, LockHolder } from '../../src/engine/lock.ts';

export class LockPlace {
  holder: { readonly of: FakeLock; readonly seen: LockHolder } | null = null;
  readonly waiting = new Set<() => void>();

  changed(): void {
    for (const wake of [...this.waiting]) wake();
  }
}

export class FakeLock implements Lock {
  private readonly place: LockPlace;
  private readonly pid: number;

  constructor(place: LockPlace, pid: number) {
    this.place = place;
    this.pid = pid;
  }

  async acquire({
    wait,
    command,
    signal,
    onBlocked,
  }: Parameters<Lock['acquire']>[0]): ReturnType<Lock['acquire']> {
    let told: FakeLock | null = null;
    for (;;) {
      if (signal.aborted) return { kind: 'cancelled' };
      const { holder } = this.place;
      if (holder === null || holder.of === this) {
        this.place.holder = { of: this, seen: { pid: this.pid, command, sinceMs: 5 } };
        return { kind: 'held' };
      }
      if (!wait) return { kind: 'busy', holder: holder.seen };
      if (told !== holder.of) onBlocked(holder.seen);
      told = holder.of;
      await this.change(signal);
    }
  }

  isMine(): boolean {
    return this.place.holder?.of === this;
  }

  release(): void {
    if (!this.isMine()) return;
    this.place.holder = null;
    this.place.changed();
  }

  private change(signal: AbortSignal): Promise<void> {
    // Who is told of the holder may give up at that moment.
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.place.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.place.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}
