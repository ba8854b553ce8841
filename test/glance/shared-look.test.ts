// Several threads at one proof: together they see all of it, and nobody waits for one that never came.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stampInto } from '../../src/glance/glance.ts';
import { changesIn } from '../../src/glance/many-eyes.ts';
import { stampLength } from '../../src/glance/proof-format.ts';
import { changesSeen, chunksOf, lookAtChunks, sharedFor } from '../../src/glance/shared-look.ts';

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

const memory = () => sharedFor(sight.paths.length);

test('one that comes late finds what others left, and nothing is looked at twice', () => {
  const shared = memory();
  expect(chunksOf(sight.paths.length)).toBeGreaterThan(2);
  lookAtChunks(sight, shared);
  lookAtChunks(sight, shared);
  expect(changesSeen(shared, 0)).toEqual([]);
});

test('a chunk that somebody took and never finished proves nothing', () => {
  const shared = memory();
  Atomics.add(shared.counts, 0, 1);
  lookAtChunks(sight, shared);
  expect(changesSeen(shared, 0)).toBeNull();
});

test('a change of any one file is seen, and which it is', () => {
  for (const i of [0, 1023, 1024, 2499]) {
    const stamps = sight.stamps.slice();
    stamps[i * stampLength + 3]! += 1;
    const shared = memory();
    lookAtChunks({ ...sight, stamps }, shared);
    expect(changesSeen(shared, 0)).toEqual([i]);
  }
});

test('threads that cannot start leave all of it to the one that is there', () => {
  const paths = Array.from({ length: 10 }, () => sight.paths).flat();
  const stamps = new Float64Array(Array.from({ length: 10 }, () => [...sight.stamps]).flat());
  expect(changesIn({ root, paths, stamps }, path.join(root, 'no proof'))).toEqual([]);
  stamps[stamps.length - 1]! += 1;
  expect(changesIn({ root, paths, stamps }, path.join(root, 'no proof'))).toEqual([paths.length - 1]);
});
