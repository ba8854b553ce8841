// `cas/`: what goes in is what the digest says, and what comes out is checked.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Digest } from '../../src/base/brand.ts';
import { BlobMismatch, FolderBlobs } from '../../src/store/blobs.ts';
import { digest } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

function scene() {
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.writeFileSync(source, 'content');
  const state = path.join(folder, 'state');
  return { source, state, blobs: new FolderBlobs(state) };
}

function filesBelow(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => !found.isDirectory())
    .map((found) => path.relative(folder, path.join(found.parentPath, found.name)));
}

test('a blob is a copy under its digest that nobody may write to', () => {
  const { source, state, blobs } = scene();
  blobs.put(source, digest('content'), 7);
  fs.writeFileSync(source, 'changed');
  const hex = digest('content');
  expect(filesBelow(state)).toEqual([`cas/${hex.slice(0, 2)}/${hex.slice(2)}`]);
  expect(fs.readFileSync(blobs.pathOf(hex), 'utf8')).toBe('content');
  expect(fs.statSync(blobs.pathOf(hex)).mode & 0o777).toBe(0o444);
  expect(blobs.verify(hex)).toBe(true);
});

test('a file is added under the digest of what it holds', () => {
  const { source, state, blobs } = scene();
  expect(blobs.add(source)).toBe(digest('content'));
  expect(blobs.add(source)).toBe(digest('content'));
  expect(blobs.verify(digest('content'))).toBe(true);
  expect(filesBelow(state)).toHaveLength(1);
});

test('a file with other content than announced is refused, without a trace', () => {
  const { source, state, blobs } = scene();
  expect(() => blobs.put(source, digest('contenu'), 7)).toThrow(BlobMismatch);
  expect(filesBelow(state)).toEqual([]);
  expect(blobs.verify(digest('contenu'))).toBe(false);
});

test('a blob that is there already is left alone, but made young', () => {
  const { source, blobs } = scene();
  blobs.put(source, digest('content'), 7);
  const file = blobs.pathOf(digest('content'));
  fs.utimesSync(file, 1, 1);
  const { ino } = fs.statSync(file);
  fs.rmSync(source);
  blobs.put(source, digest('content'), 7);
  expect(fs.statSync(file).ino).toBe(ino);
  expect(fs.statSync(file).mtimeMs).toBeGreaterThan(1000);
});

test('a blob that was cut short is stored anew', () => {
  const { source, blobs } = scene();
  blobs.put(source, digest('content'), 7);
  fs.rmSync(blobs.pathOf(digest('content')));
  fs.writeFileSync(blobs.pathOf(digest('content')), 'con');
  blobs.put(source, digest('content'), 7);
  expect(blobs.verify(digest('content'))).toBe(true);
});

test.each([
  ['a flipped bit', (file: string) => fs.writeFileSync(file, 'contenu')],
  ['its end cut off', (file: string) => fs.writeFileSync(file, 'cont')],
  ['a link in its place', (file: string) => fs.symlinkSync('/etc/passwd', file)],
  ['a folder in its place', (file: string) => fs.mkdirSync(file)],
])('a blob with %s is wrong, and removed', (_, damage) => {
  const { source, state, blobs } = scene();
  blobs.put(source, digest('content'), 7);
  const file = blobs.pathOf(digest('content'));
  fs.rmSync(file);
  damage(file);
  expect(blobs.verify(digest('content'))).toBe(false);
  expect(filesBelow(state)).toEqual([]);
  expect(fs.existsSync(file)).toBe(false);
});

test('a missing blob is no blob', () => {
  expect(scene().blobs.verify('0'.repeat(64) as Digest)).toBe(false);
});

test('a store that cannot be written says so', () => {
  const { source, state, blobs } = scene();
  fs.writeFileSync(state, 'a file in the way');
  expect(() => blobs.put(source, digest('content'), 7)).toThrow();
  expect(blobs.verify(digest('content'))).toBe(false);
});
