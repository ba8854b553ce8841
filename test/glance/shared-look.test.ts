// Several threads at one proof: together they see all of it, and nobody waits for one that never came.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stampInto } from '../../src/glance/glance.ts';
import { isAllAsItWas } from '../../src/glance/many-eyes.ts';
import { stampLength } from '../../src/glance/proof-format.ts';
import { allTheSame, chunksOf, lookAtChunks, sharedLength } from '../../src/glance/shared-look.ts';

let root = '';
let sight = { root, paths: [] as string[], stamps: new Float64Array() };
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-shared-look-'));
  const paths = Array.from({ length: 2500 }, (_, i) => `file-${i}`);
  const stamps = new Float64Array(paths.length * stampLength);
  paths.forEach((file, i) => {
    fs.writeFileSync(path.join(root, file), `${i}`);
    stampInto(stamps, i * stampLength, path.join(root, file));
  });
  sight = { root, paths, stamps };
});
afterAll(() => fs.rmSync(root, { recursive: true }));

const memory = () => new Int32Array(new SharedArrayBuffer(4 * sharedLength));

test('one that comes late finds what others left, and nothing is looked at twice', () => {
  const shared = memory();
  expect(chunksOf(sight.paths.length)).toBeGreaterThan(2);
  lookAtChunks(sight, shared);
  lookAtChunks(sight, shared);
  expect(allTheSame(sight.paths.length, shared, 0)).toBe(true);
});

test('a chunk that somebody took and never finished proves nothing', () => {
  const shared = memory();
  Atomics.add(shared, 0, 1);
  lookAtChunks(sight, shared);
  expect(allTheSame(sight.paths.length, shared, 0)).toBe(false);
});

test('a change of any one file is seen', () => {
  for (const i of [0, 1023, 1024, 2499]) {
    const stamps = sight.stamps.slice();
    stamps[i * stampLength + 3]! += 1;
    const shared = memory();
    lookAtChunks({ ...sight, stamps }, shared);
    expect(allTheSame(sight.paths.length, shared, 0)).toBe(false);
  }
});

test('threads that cannot start leave all of it to the one that is there', () => {
  const paths = Array.from({ length: 10 }, () => sight.paths).flat();
  const stamps = new Float64Array(Array.from({ length: 10 }, () => [...sight.stamps]).flat());
  expect(isAllAsItWas({ root, paths, stamps }, path.join(root, 'no proof'))).toBe(true);
  stamps[stamps.length - 1]! += 1;
  expect(isAllAsItWas({ root, paths, stamps }, path.join(root, 'no proof'))).toBe(false);
});
