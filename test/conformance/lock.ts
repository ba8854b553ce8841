// What every adapter of the port `Lock` must do, the fake one too.
import { expect, test } from 'vitest';
import type { Lock, LockHolder } from '../../src/engine/lock.ts';
import { latch } from '../rig/latch.ts';

/** `makePlace` gives a new workspace; each call of its answer is another contender. */
export function lockConforms(name: string, makePlace: () => () => Lock): void {
  const scene = (sentence: string, play: (contender: () => Lock) => Promise<void>) =>
    test(`${name}: ${sentence}`, () => play(makePlace()));

  const take = (lock: Lock, more: Partial<Parameters<Lock['acquire']>[0]> = {}) =>
    lock.acquire({
      wait: false,
      command: 'build',
      signal: new AbortController().signal,
      onBlocked: () => {},
      ...more,
    });

  scene('one holds it, another is told who', async (contender) => {
    const [a, b] = [contender(), contender()];
    expect(a.isMine()).toBe(false);
    expect(await take(a, { command: 'build x' })).toEqual({ kind: 'held' });
    expect([a.isMine(), b.isMine()]).toEqual([true, false]);
    expect(await take(b)).toMatchObject({ kind: 'busy', holder: { command: 'build x' } });
    a.release();
  });

  scene(
    'after a release the next one gets it; a release by who does not hold it does nothing',
    async (contender) => {
      const [a, b] = [contender(), contender()];
      await take(a);
      b.release();
      expect(await take(b)).toMatchObject({ kind: 'busy' });
      a.release();
      expect(a.isMine()).toBe(false);
      expect(await take(b)).toEqual({ kind: 'held' });
      b.release();
    },
  );

  scene('who holds it may ask again', async (contender) => {
    const a = contender();
    await take(a);
    expect(await take(a)).toEqual({ kind: 'held' });
    a.release();
    expect(await take(contender())).toEqual({ kind: 'held' });
  });

  scene('who waits is told once for each holder, and gets it when it is free', async (contender) => {
    const [a, b] = [contender(), contender()];
    await take(a);
    const blocked = latch();
    const told: LockHolder[] = [];
    const waiting = take(b, {
      wait: true,
      onBlocked: (holder) => {
        told.push(holder);
        blocked.open();
      },
    });
    await blocked.opened;
    expect(b.isMine()).toBe(false);
    a.release();
    expect(await waiting).toEqual({ kind: 'held' });
    expect(told).toHaveLength(1);
    b.release();
  });

  scene('who gives up waiting does not get it later', async (contender) => {
    const [a, b] = [contender(), contender()];
    await take(a);
    const giveUp = new AbortController();
    const waiting = take(b, { wait: true, signal: giveUp.signal, onBlocked: () => giveUp.abort() });
    expect(await waiting).toEqual({ kind: 'cancelled' });
    a.release();
    expect(b.isMine()).toBe(false);
    expect(await take(b, { signal: giveUp.signal })).toEqual({ kind: 'cancelled' });
  });
}
