// The cache stays below its limit and gives up first what is cheap to make again and long unused.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FolderActions } from '../../src/store/actions.ts';
import { FolderBlobs } from '../../src/store/blobs.ts';
import { collectCache } from '../../src/store/collect.ts';
import { cacheStats, clearCache, verifyCache } from '../../src/store/inspect-cache.ts';
import { action, digest, entry } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1000 * DAY_MS;

function scene() {
  const state = temporaryFolder();
  const actions = new FolderActions(state, { marksUse: false });
  const blobs = new FolderBlobs(state);
  const age = (file: string, idleMs: number): void =>
    fs.utimesSync(file, (NOW_MS - idleMs) / 1000, (NOW_MS - idleMs) / 1000);
  const blob = (content: string, idleMs = DAY_MS): void => {
    const source = path.join(state, 'source');
    fs.writeFileSync(source, content);
    age(blobs.pathOf(blobs.add(source)), idleMs);
    fs.rmSync(source);
  };
  return {
    state,
    blob,
    age,
    /** An entry whose only output has this content. */
    cached(name: string, content: string, durationMs: number, idleMs = DAY_MS): void {
      blob(content);
      const result = action(name, [entry(`out/${name}`, content)], durationMs);
      actions.put(result);
      const hex = result.fingerprint;
      age(path.join(state, 'ac', hex.slice(0, 2), `${hex.slice(2)}.json`), idleMs);
    },
    has: (name: string) => actions.get(digest(name)) !== null,
    hasBlob: (content: string) => blobs.verify(digest(content)),
    collect: (maxBytes: number) => collectCache({ state, maxBytes, nowMs: NOW_MS }),
  };
}

const KB = (letter: string): string => letter.repeat(1000);

test('what is cheap to make again goes first', () => {
  const { cached, has, hasBlob, collect } = scene();
  cached('cheap', KB('c'), 10);
  cached('dear', KB('d'), 60_000);
  collect(2200);
  expect([has('cheap'), has('dear')]).toEqual([false, true]);
  expect([hasBlob(KB('c')), hasBlob(KB('d'))]).toEqual([false, true]);
});

test('of equals, what is longest unused goes first', () => {
  const { cached, has, collect } = scene();
  cached('yesterday', KB('y'), 100, DAY_MS);
  cached('last month', KB('m'), 100, 30 * DAY_MS);
  collect(2200);
  expect([has('last month'), has('yesterday')]).toEqual([false, true]);
});

test('of equals, what takes more room goes first', () => {
  const { cached, has, collect } = scene();
  cached('small', 's', 100);
  cached('large', KB('l'), 100);
  collect(1200);
  expect([has('large'), has('small')]).toEqual([false, true]);
});

test('below the limit nothing goes, and the sum is right', () => {
  const { cached, state, has, collect } = scene();
  cached('a', KB('a'), 10);
  const { sizeBytes } = cacheStats(state);
  expect(collect(sizeBytes)).toEqual({
    removedActions: 0,
    removedBlobs: 0,
    removedStrays: 0,
    freedBytes: 0,
    keptBytes: sizeBytes,
  });
  expect(has('a')).toBe(true);
  const { keptBytes, freedBytes } = collect(sizeBytes - 1);
  expect([keptBytes, freedBytes]).toEqual([0, sizeBytes]);
});

test('a blob that another entry needs stays', () => {
  const { cached, has, hasBlob, collect } = scene();
  cached('cheap', KB('x'), 10);
  cached('dear', KB('x'), 60_000);
  collect(1600);
  expect([has('cheap'), has('dear'), hasBlob(KB('x'))]).toEqual([false, true, true]);
});

test('what nothing leads to goes when it is old, and stays while it may be of a store in progress', () => {
  const { blob, hasBlob, state, age, collect } = scene();
  blob('old', 2 * 3_600_000);
  blob('young', 60_000);
  for (const [name, idleMs] of [
    ['1-a.tmp', DAY_MS],
    ['2-b.tmp', 60_000],
  ] as const) {
    fs.writeFileSync(path.join(state, 'cas', name), 'half');
    age(path.join(state, 'cas', name), idleMs);
  }
  const collected = collect(1e9);
  expect(collected).toMatchObject({ removedActions: 0, removedBlobs: 1, removedStrays: 1, freedBytes: 7 });
  expect([hasBlob('old'), hasBlob('young')]).toEqual([false, true]);
  expect(fs.readdirSync(path.join(state, 'cas')).filter((name) => name.endsWith('.tmp'))).toEqual([
    '2-b.tmp',
  ]);
});

test('verification removes what could only ever be a miss', () => {
  const { cached, state, has, hasBlob } = scene();
  for (const name of ['good', 'rotten', 'bereft', 'garbled']) cached(name, KB(name), 10);
  const blobs = new FolderBlobs(state);
  const rotten = blobs.pathOf(digest(KB('rotten')));
  fs.chmodSync(rotten, 0o644);
  fs.writeFileSync(rotten, 'x');
  fs.rmSync(blobs.pathOf(digest(KB('bereft'))));
  const garbled = digest('garbled');
  fs.writeFileSync(path.join(state, 'ac', garbled.slice(0, 2), `${garbled.slice(2)}.json`), '{}');
  expect(verifyCache(state)).toEqual({
    checkedActions: 4,
    checkedBlobs: 3,
    badBlobs: [digest(KB('rotten'))],
    badActions: [garbled],
    incompleteActions: [digest('rotten'), digest('bereft')].sort(),
  });
  expect(['good', 'rotten', 'bereft', 'garbled'].filter(has)).toEqual(['good']);
  expect(hasBlob(KB('good'))).toBe(true);
  expect(verifyCache(state)).toMatchObject({ badBlobs: [], badActions: [], incompleteActions: [] });
});

test('statistics count what is there, and clearing leaves nothing', () => {
  const { cached, state } = scene();
  expect(cacheStats(state)).toEqual({ actions: 0, blobs: 0, sizeBytes: 0, savedMs: 0 });
  cached('a', KB('a'), 10);
  cached('b', KB('b'), 30);
  const stats = cacheStats(state);
  expect(stats).toMatchObject({ actions: 2, blobs: 2, savedMs: 40 });
  expect(stats.sizeBytes).toBeGreaterThan(2000);
  expect(clearCache(state)).toEqual({ freedBytes: stats.sizeBytes });
  expect(cacheStats(state).blobs).toBe(0);
  expect(clearCache(state)).toEqual({ freedBytes: 0 });
});
