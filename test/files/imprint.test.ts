// What was put in place and is as it was there need not be hashed again; whatever was done to it, however well hidden, is seen.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Digest, FilePath } from '../../src/base/brand.ts';
import { type HashedFile, hashFile } from '../../src/files/hash-file.ts';
import { type Imprinted, Imprinting, Imprints, sameImprint } from '../../src/files/imprint.ts';
import { type FileToHash, hashElsewhere } from '../../src/files/many-hands.ts';
import { stampOf } from '../../src/files/stamp.ts';
import { WorkspaceFiles } from '../../src/files/workspace-files.ts';
import { WorkspaceOutputs } from '../../src/files/workspace-outputs.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import { entry } from '../model/manifest-samples.ts';
import { thread } from './built-thread.ts';
import { workspace } from './workspace.ts';

afterEach(() => void vi.restoreAllMocks());

/** In several pieces, the last of which is not whole. */
const large = 'x'.repeat(300_001);
const changed = `${large.slice(0, 200_000)}y${large.slice(200_001)}`;
/** What only somebody answers who has not hashed it. */
const believed = digestOf('believed') as Digest;

function imprintOf(content: string, pieceLength: number, like?: Uint8Array): Uint8Array {
  const imprinting = new Imprinting(like);
  for (let at = 0; at < content.length; at += pieceLength)
    imprinting.update(Buffer.from(content.slice(at, at + pieceLength)));
  return imprinting.end();
}

function scene() {
  const root = workspace({ a: large, 'state/': '' });
  const file = path.join(root, 'a');
  const { imprint, stamp } = hashFile(file, { makesImprint: true });
  const like: Imprinted = { stamp, digest: believed, imprint: imprint! };
  return { root, file, like, state: path.join(root, 'state') };
}

/** Leaves no trace but what cannot be set. */
function editHidden(file: string): void {
  const { mtimeNs } = stampOf(file)!;
  const reference = `${file}.time`;
  // Node's numbers do not hold nanoseconds.
  execFileSync('touch', ['-r', file, reference]);
  const descriptor = fs.openSync(file, 'r+');
  fs.writeSync(descriptor, 'y', 200_000);
  fs.closeSync(descriptor);
  execFileSync('touch', ['-r', reference, file]);
  expect(stampOf(file)!.mtimeNs).toBe(mtimeNs);
}

test('an imprint is the same however the content comes, and another one for another content or key', () => {
  const whole = imprintOf(large, large.length);
  for (const length of [1 << 17, 4096, 1000, 17]) {
    expect(sameImprint(imprintOf(large, length, whole), whole)).toBe(true);
    expect(sameImprint(imprintOf(changed, length, whole), whole)).toBe(false);
  }
  expect(sameImprint(imprintOf(large, 4096), whole)).toBe(false);
  expect(sameImprint(imprintOf(`${large}\0`, 4096, whole), whole)).toBe(false);
});

test('a file that is as it was is not hashed again, and one that is not, is', () => {
  const { file, like } = scene();
  expect(hashFile(file, { like })).toEqual({ digest: believed, stamp: stampOf(file) });
  editHidden(file);
  expect(hashFile(file, { like })).toEqual({ digest: digestOf(changed), stamp: stampOf(file) });
});

test('so it is in other threads', async () => {
  const { root, file, like } = scene();
  const other = path.join(root, 'other');
  fs.writeFileSync(other, changed);
  const signal = new AbortController().signal;
  const files: readonly FileToHash[] = [
    { absolutePath: file, like },
    { absolutePath: other, like },
    { absolutePath: other },
  ];
  const digests = (await hashElsewhere(files, signal, thread())).map((hashed) => hashed?.digest);
  expect(digests).toEqual([believed, digestOf(changed), digestOf(changed)]);
});

test('what stands for a file counts for that file alone, as long as nothing seems to have happened to it', () => {
  const { file, like } = scene();
  const imprints = new Imprints();
  const present = stampOf(file)!;
  expect(imprints.of(file, present)).toBeUndefined();
  imprints.put(file, { stamp: present, digest: believed });
  expect(imprints.of(file, present)).toBeUndefined();
  imprints.put(file, like);
  // Renaming shows there.
  expect(imprints.of(file, { ...present, ctimeNs: present.ctimeNs + 1n })).toEqual(like);
  expect(imprints.of(`${file}2`, present)).toBeUndefined();
  for (const other of [{ inode: 1n }, { sizeBytes: 1n }, { mtimeNs: 1n }])
    expect(imprints.of(file, { ...present, ...other })).toBeUndefined();
  imprints.forget(file);
  expect(imprints.of(file, present)).toBeUndefined();
});

test.each([
  ['nothing happens to it', () => {}, large],
  ['it is edited, and its time put back', editHidden, changed],
] as const)('of what is restored, when %s, is known what it is', (_, happens, content) => {
  const { root, state } = scene();
  const imprints = new Imprints();
  const blob = path.join(state, 'blob');
  fs.writeFileSync(blob, large);
  const a = entry('a', large);
  const staged = new WorkspaceOutputs({ root, state, imprints }).stage([a], () => blob)!;
  staged.place();
  happens(path.join(root, 'a'));
  const asked: boolean[] = [];
  const hash: typeof hashFile = (file, how): HashedFile => {
    asked.push(how?.like !== undefined);
    return hashFile(file, how);
  };
  const memory = { get: () => undefined, put: () => {} };
  const files = () => new WorkspaceFiles({ walk: null, root, memory, probeFolder: state, hash, imprints });
  const seen = () => files().observe([{ path: 'a' as FilePath, kind: 'file' }], 'output').manifest[0]?.digest;
  expect(seen()).toBe(digestOf(content));
  expect(asked).toEqual([true]);
  // It serves once.
  expect(seen()).toBe(digestOf(content));
  expect(asked).toEqual([true, false]);
});
