// Several threads at many files: together they hash all of them, and nobody waits for one that never came.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { HashedFile } from '../../src/files/hash-file.ts';
import { type Progress, pieceBytes, piecesOf } from '../../src/files/hashing-behind.ts';
import { hashBehindCopying, hashElsewhere, hashTogether, isMuch } from '../../src/files/many-hands.ts';
import { SharedHashing } from '../../src/files/shared-hashing.ts';
import { stampOf } from '../../src/files/stamp.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { thread } from './built-thread.ts';

const neverAborted = new AbortController().signal;

function files(count: number): readonly string[] {
  const folder = temporaryFolder();
  return Array.from({ length: count }, (_, i) => {
    const file = path.join(folder, `${i}`);
    fs.writeFileSync(file, `content ${i}`);
    return file;
  });
}

const toHash = (names: readonly string[]) => names.map((absolutePath) => ({ absolutePath }));

const expected = (names: readonly string[]) =>
  names.map((file, i) => ({ digest: digestOf(`content ${i}`), stamp: stampOf(file) }));

test('other threads hash all of it, and so do all together', async () => {
  const names = files(50);
  const built = thread();
  expect(await hashElsewhere(toHash(names), neverAborted, built)).toEqual(expected(names));
  expect(hashTogether(toHash(names), built)).toEqual(expected(names));
});

test('what cannot be read is left to whoever asked, and costs the others nothing', async () => {
  const names = [...files(3), '/absent', '/dev/null', '/'];
  const answer = [...expected(names.slice(0, 3)), null, null, null];
  const built = thread();
  expect(await hashElsewhere(toHash(names), neverAborted, built)).toEqual(answer);
  expect(hashTogether(toHash(names), built)).toEqual(answer);
});

test('threads that cannot start leave all of it to the one that is there', async () => {
  const names = files(5);
  expect(hashTogether(toHash(names), '/absent/thread.cjs')).toEqual(expected(names));
  expect(await hashElsewhere(toHash(names), neverAborted, '/absent/thread.cjs')).toEqual(
    names.map(() => null),
  );
});

test('whoever stops the reading is not kept waiting for a file without end', async () => {
  const [endless] = files(1);
  // A hole: it takes no room, and hours to be read.
  fs.truncateSync(endless!, 4 * 2 ** 40);
  const stop = new AbortController();
  const reading = hashElsewhere(toHash([endless!]), stop.signal, thread());
  stop.abort();
  expect(await reading).toEqual([null]);
});

test('one that comes late finds what others left, and no file is hashed twice', () => {
  const names = ['a', 'b', 'c'];
  const mine = SharedHashing.of(names);
  // As another thread sees it.
  const theirs = new SharedHashing(mine.order);
  const taken: string[] = [];
  const stamp = { kind: 'file', inode: 2n ** 64n - 1n, sizeBytes: 5n, mode: 0o100644n, device: 7n } as const;
  const hash = (file: string): HashedFile => {
    taken.push(file);
    // In the middle of it the other one comes along and takes the rest.
    if (file === 'a') theirs.help(hash);
    return { digest: digestOf(file), stamp: { ...stamp, mtimeNs: -1n, ctimeNs: 2n ** 62n } };
  };
  mine.help(hash);
  theirs.help(hash);
  expect(taken).toEqual(['a', 'b', 'c']);
  mine.waitForOthers(0);
  expect(names.map((_, i) => mine.result(i))).toEqual(
    names.map((name) => ({ digest: digestOf(name), stamp: { ...stamp, mtimeNs: -1n, ctimeNs: 2n ** 62n } })),
  );
});

test('a file that somebody took and never finished has no answer', () => {
  const work = SharedHashing.of(['a', 'b']);
  const { shared } = work.order;
  // The first place after the stamps, digests and states is the next file to be taken.
  Atomics.add(new Int32Array(shared, 2 * (6 * 8 + 32 + 4)), 0, 1);
  work.help((file) => ({ digest: digestOf(file), stamp: stampOf('/')! }));
  work.waitForOthers(0);
  expect([work.result(0), work.result(1)?.digest]).toEqual([null, digestOf('b')]);
});

/** Two files, the first of more than one piece, and what is to be in them. */
function copies() {
  const folder = temporaryFolder();
  return [pieceBytes + 5, 3].map((sizeBytes, i) => ({
    path: path.join(folder, `${i}`),
    content: `${i}`.repeat(sizeBytes),
    sizeBytes,
  }));
}

/** Writes them piece by piece. `meanwhile`: between the pieces of the first. */
function writing(files: ReturnType<typeof copies>, meanwhile: () => void = () => {}) {
  return (progress: Progress) => {
    for (const [i, { path: file, content }] of files.entries()) {
      fs.writeFileSync(file, content.slice(0, pieceBytes));
      if (content.length > pieceBytes) {
        progress.tell(i, 1);
        meanwhile();
        fs.appendFileSync(file, content.slice(pieceBytes));
      }
      progress.tell(i, piecesOf(content.length));
    }
    return true;
  };
}

test.each([
  ['by another thread', thread],
  ['by the one that copied, where no other can be had', () => '/absent/thread.cjs'],
])('what is being copied is hashed %s', (_, threadFile) => {
  const files = copies();
  const [large, small] = hashBehindCopying(files, writing(files), threadFile()) ?? [];
  const [one, other] = files.map((file) => ({ digest: digestOf(file.content), stamp: stampOf(file.path) }));
  expect(large).toEqual({ ...one, imprint: expect.any(Uint8Array) });
  expect(small).toEqual(other);
});

test('copying that ends early, or fails, leaves nobody waiting for the rest', () => {
  const built = thread();
  expect(hashBehindCopying(copies(), () => false, built)).toBe(null);
  const full = () => {
    throw new Error('no room');
  };
  expect(() => hashBehindCopying(copies(), writing(copies(), full), built)).toThrow('no room');
});

test('a few files are no reason to start threads, nor is nothing', () => {
  expect(isMuch([])).toBe(false);
  expect(isMuch(Array.from({ length: 1000 }, () => 10_000n))).toBe(false);
  expect(isMuch([1n << 30n])).toBe(true);
  expect(isMuch(Array.from({ length: 100_000 }, () => 0n))).toBe(true);
});
