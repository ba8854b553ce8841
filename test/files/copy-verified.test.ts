// Large blobs are verified while they are copied: nothing that is not what its entry says counts as copied.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type Copy, copyLong } from '../../src/files/copy-verified.ts';
import { pieceBytes } from '../../src/files/hashing-behind.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import { entry } from '../model/manifest-samples.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { thread } from './built-thread.ts';

afterEach(() => void vi.restoreAllMocks());

const lengths = { large: 2 * pieceBytes + 1, whole: 2 * pieceBytes, small: 3 };

function scene(): readonly Copy[] {
  const folder = temporaryFolder();
  return Object.entries(lengths).map(([name, length]) => {
    const content = name[0]!.repeat(length);
    const blob = path.join(folder, digestOf(content));
    fs.writeFileSync(blob, content, { mode: 0o444 });
    return { blob, temporary: path.join(folder, name), entry: entry(name, content, { executable: true }) };
  });
}

/** With the other thread, and where there is none. */
const threads = [thread, () => '/absent/thread.cjs'];

test.each(threads)('copies are whole, and have their modes', (threadFile) => {
  const copies = scene();
  const read = copyLong(copies, threadFile());
  expect(read?.map(({ digest }) => digest)).toEqual(copies.map(({ entry }) => entry.digest));
  // The last is too small for one.
  expect(read?.map(({ imprint }) => imprint !== undefined)).toEqual([true, true, false]);
  for (const { blob, temporary } of copies) {
    expect(fs.readFileSync(temporary).equals(fs.readFileSync(blob))).toBe(true);
    expect(fs.statSync(temporary).mode & 0o777).toBe(0o777 & ~process.umask());
  }
});

test.each(threads)('a byte that is wrong anywhere is seen', (threadFile) => {
  const built = threadFile();
  for (const [i, at] of [
    [0, 0],
    [0, pieceBytes],
    [0, 2 * pieceBytes],
    [1, pieceBytes + 7],
    [2, 2],
  ] as const) {
    const copies = scene();
    const { blob } = copies[i]!;
    fs.chmodSync(blob, 0o644);
    const file = fs.openSync(blob, 'r+');
    fs.writeSync(file, '!', at);
    fs.closeSync(file);
    expect([i, at, copyLong(copies, built)]).toEqual([i, at, null]);
  }
});

test.each(threads)('a blob that is longer or shorter than its entry says is refused', (threadFile) => {
  const built = threadFile();
  for (const [i, { blob }] of scene().entries())
    for (const more of [1, pieceBytes, -1]) {
      const copies = scene();
      fs.chmodSync(copies[i]!.blob, 0o644);
      fs.truncateSync(copies[i]!.blob, fs.statSync(blob).size + more);
      expect([i, more, copyLong(copies, built)]).toEqual([i, more, null]);
    }
});

test('what is written to a copy behind the back of its reader is seen', () => {
  const copies = scene();
  const { closeSync } = fs;
  // The copy is complete, and may have been read: it grows before anybody looks again.
  vi.spyOn(fs, 'closeSync').mockImplementation((descriptor) => {
    closeSync(descriptor);
    if (fs.existsSync(copies[2]!.temporary)) fs.appendFileSync(copies[0]!.temporary, '+');
  });
  expect(copyLong(copies, thread())).toBe(null);
});

test('a missing blob is a miss, and a full disk says so', () => {
  const built = thread();
  for (const i of [0, 2]) {
    const copies = scene();
    fs.rmSync(copies[i]!.blob);
    expect(copyLong(copies, built)).toBe(null);
  }
  vi.spyOn(fs, 'writeSync').mockImplementation(() => {
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  });
  expect(() => copyLong(scene(), built)).toThrow('ENOSPC');
});
