// What every adapter of the cache's two ports must do, the fake one too.
import { expect, test } from 'vitest';
import type { ActionStore, BlobStore } from '../../src/engine/ports.ts';
import { action, digest, entry } from '../store/samples.ts';

export interface CachePlace {
  readonly actions: ActionStore;
  readonly blobs: BlobStore;
  /** Writes a file outside the cache; answers its absolute path. */
  write(name: string, content: string): string;
  /** `null`: there is none. */
  read(absolutePath: string): string | null;
  /** Spoils a blob without changing its size, or deletes it. */
  spoil(absolutePath: string, how: 'other bytes' | 'gone'): void;
}

export function cacheConforms(name: string, makePlace: () => CachePlace): void {
  const scene = (sentence: string, play: (place: CachePlace) => void | Promise<void>) =>
    test(`${name}: ${sentence}`, () => play(makePlace()));

  scene('an entry is there as it was put, until it is removed', ({ actions }) => {
    const outputs = [
      entry('out/a', 'a', { executable: true }),
      entry('out/l', 't', { kind: 'link', target: 't' }),
    ];
    const one = { ...action('one', outputs), log: digest('log') };
    expect(actions.get(one.fingerprint)).toBe(null);
    actions.put(one);
    actions.put(action('two', []));
    expect(actions.get(one.fingerprint)).toEqual(one);
    actions.put({ ...one, durationMs: 7 });
    expect(actions.get(one.fingerprint)?.durationMs).toBe(7);
    actions.remove(one.fingerprint);
    actions.remove(one.fingerprint);
    expect(actions.get(one.fingerprint)).toBe(null);
    expect(actions.get(action('two', []).fingerprint)).not.toBe(null);
  });

  scene('a blob holds the content under its digest, whatever becomes of the file', ({ blobs, ...place }) => {
    const file = place.write('a', 'content');
    blobs.put(file, digest('content'), 7);
    expect(blobs.add(place.write('b', 'ü\n'))).toBe(digest('ü\n'));
    place.write('a', 'edited in place');
    expect(place.read(blobs.pathOf(digest('content')))).toBe('content');
    expect([blobs.verify(digest('content')), blobs.verify(digest('ü\n'))]).toEqual([true, true]);
  });

  scene('a file that does not hold what it should is not put in', ({ blobs, ...place }) => {
    expect(() => blobs.put(place.write('a', 'edited'), digest('content'), 6)).toThrow(
      /no longer has the content/,
    );
    for (const content of ['content', 'edited']) expect(blobs.verify(digest(content))).toBe(false);
    expect(() => blobs.put('/absent/file', digest('x'), 1)).toThrow();
  });

  scene('a bad blob is found out, taken away and can be put in again', ({ blobs, ...place }) => {
    const file = place.write('a', 'content');
    for (const how of ['other bytes', 'gone'] as const) {
      blobs.put(file, digest('content'), 7);
      place.spoil(blobs.pathOf(digest('content')), how);
      expect(blobs.verify(digest('content'))).toBe(false);
      expect(place.read(blobs.pathOf(digest('content')))).toBe(null);
    }
    blobs.put(file, digest('content'), 7);
    expect(blobs.verify(digest('content'))).toBe(true);
  });

  scene(
    'a stored log is told and appended to; one that is bad or gone is not',
    async ({ blobs, ...place }) => {
      const text = 'one\ntwo\n';
      const log = blobs.add(place.write('log', text));
      const to = place.write('to', 'before\n');
      const told: string[] = [];
      expect(await blobs.replay(log, to, async (piece) => void told.push(piece))).toBe(true);
      expect(told.join('')).toBe(text);
      expect(place.read(to)).toBe(`before\n${text}`);
      place.spoil(blobs.pathOf(log), 'other bytes');
      expect(await blobs.replay(log, to, async () => {})).toBe(false);
      expect(await blobs.replay(digest('never'), to, async () => {})).toBe(false);
      expect(place.read(to)).toBe(`before\n${text}`);
    },
  );
}
