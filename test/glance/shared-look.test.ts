// Several threads at one proof: together they see all of it, and nobody waits for one that never came.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stampInto } from '../../src/glance/glance.ts';
import { ManyEyes } from '../../src/glance/many-eyes.ts';
import { chunksOf, encodedPaths } from '../../src/glance/path-list.ts';
import { encodedSights, encodeProof, type ProofHeader, stampLength } from '../../src/glance/proof-format.ts';
import {
  changesAmong,
  changesSeen,
  lookAtChunks,
  type Sight,
  sharedFor,
  stopLooking,
} from '../../src/glance/shared-look.ts';

const count = 2500;
let root = '';
let sight: Sight = { root, paths: encodedPaths([]), stamps: new Float64Array() };
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-shared-look-'));
  const paths = Array.from({ length: count }, (_, i) => `file-${i}`);
  const stamps = new Float64Array(paths.length * stampLength);
  paths.forEach((file, i) => {
    fs.writeFileSync(path.join(root, file), `${i}`);
    stampInto(stamps, i * stampLength, path.join(root, file));
  });
  sight = { root, paths: encodedPaths(paths), stamps };
});
afterAll(() => fs.rmSync(root, { recursive: true }));

const memory = () => sharedFor(count);

function withAnother(position: number): Sight {
  const stamps = sight.stamps.slice();
  stamps[position * stampLength + 3]! += 1;
  return { ...sight, stamps };
}

test('one that comes late finds what others left, and nothing is looked at twice', () => {
  const shared = memory();
  expect(chunksOf(count)).toBeGreaterThan(2);
  lookAtChunks(sight, shared);
  lookAtChunks(sight, shared);
  expect(changesSeen(shared, 0)).toEqual([]);
});

test('a chunk that somebody took and never finished proves nothing, nor does one that nobody took', () => {
  for (const happens of [
    ({ counts }: ReturnType<typeof memory>) => Atomics.add(counts, 0, 1),
    (shared: ReturnType<typeof memory>) => stopLooking(shared),
  ]) {
    const shared = memory();
    happens(shared);
    lookAtChunks(sight, shared);
    expect(changesSeen(shared, 0)).toBeNull();
  }
});

test('a change of any one file is seen, and which it is', () => {
  for (const i of [0, 1023, 1024, count - 1]) {
    const shared = memory();
    lookAtChunks(withAnother(i), shared);
    expect(changesSeen(shared, 0)).toEqual([i]);
    expect(changesAmong(withAnother(i))).toEqual([i]);
  }
});

test('what has the same name where this process is, and where it is not, is told apart', () => {
  const here = process.cwd();
  const named = ['package.json', 'src', 'absent'];
  const stamps = new Float64Array(named.length * stampLength);
  named.forEach((name, i) => void stampInto(stamps, i * stampLength, path.join(here, name)));
  const paths = encodedPaths(named);
  expect(changesAmong({ root: here, paths, stamps })).toEqual([]);
  expect(changesAmong({ root, paths, stamps })).toEqual([0, 1]);
  fs.symlinkSync(here, path.join(root, 'link'));
  expect(changesAmong({ root: path.join(root, 'link'), paths, stamps })).toEqual([]);
});

test.each([
  ['in memory of its own', (bytes: Buffer) => bytes],
  ['in shared memory, though no other thread can start', shared],
])('of very many paths %s, this thread sees all by itself', (_, inMemory) => {
  const times = 21;
  const paths = encodedPaths(Array.from({ length: times }, () => names()).flat());
  const stamps = new Float64Array(paths.count * stampLength);
  for (let i = 0; i < times; i++) stamps.set(sight.stamps, i * sight.stamps.length);
  const seen = () => ManyEyes.open(root, inMemory(proofOf({ root, paths, stamps })))?.changes();
  expect(seen()).toEqual([]);
  stamps[stamps.length - 1]! += 1;
  expect(seen()).toEqual([paths.count - 1]);
});

test('in what is no proof there is nothing to look at', () => {
  const bytes = proofOf(sight);
  expect(ManyEyes.open(root, bytes.subarray(1))).toBeNull();
  expect(ManyEyes.open(root, bytes.subarray(0, bytes.length - 1))).toBeNull();
});

function names(): readonly string[] {
  return Array.from({ length: count }, (_, i) => `file-${i}`);
}

function proofOf({ paths, stamps }: Sight): Buffer {
  const sights = encodedSights({ common: [], tasks: [], edges: [], junctions: [] });
  const checked = { ...paths, checksum: 0 };
  return Buffer.concat(
    encodeProof({ header: {} as ProofHeader, spec: Buffer.from(''), sights, paths: checked, stamps }),
  );
}

function shared(bytes: Buffer): Buffer {
  const copy = Buffer.from(new SharedArrayBuffer(bytes.length));
  bytes.copy(copy);
  return copy;
}
