// `cas/`: what goes in is what the digest says, and what comes out is checked.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Digest } from '../../src/base/brand.ts';
import { BlobMismatch, FolderBlobs } from '../../src/store/blobs.ts';
import { digest } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

function scene(content = 'content') {
  const folder = temporaryFolder();
  const source = path.join(folder, 'source');
  fs.writeFileSync(source, content);
  const state = path.join(folder, 'state');
  return { source, state, blobs: new FolderBlobs(state) };
}

function filesBelow(folder: string): readonly string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => !found.isDirectory())
    .map((found) => path.relative(folder, path.join(found.parentPath, found.name)));
}

/** Small contents are written from memory, others are copied by the system. */
const contents = { small: 'content', large: 'content'.repeat(100_000) };
const sizes = Object.entries(contents);

test.each(sizes)('a %s blob is a copy under its digest that nobody may write to', (_, content) => {
  const { source, state, blobs } = scene(content);
  expect(blobs.beganEmpty).toBe(false);
  blobs.put(source, digest(content), content.length);
  expect(blobs.beganEmpty).toBe(true);
  fs.writeFileSync(source, 'changed');
  const hex = digest(content);
  expect(filesBelow(state)).toEqual([`cas/${hex.slice(0, 2)}/${hex.slice(2)}`]);
  expect(fs.readFileSync(blobs.pathOf(hex), 'utf8')).toBe(content);
  expect(fs.statSync(blobs.pathOf(hex)).mode & 0o777).toBe(0o444);
  expect(blobs.verify(hex)).toBe(true);
  expect(blobs.addedBytes).toBe(content.length);
});

test.each(sizes)('a %s file is added under the digest of what it holds', (_, content) => {
  const { source, state, blobs } = scene(content);
  expect(blobs.add(source)).toBe(digest(content));
  expect(blobs.add(source)).toBe(digest(content));
  expect(blobs.verify(digest(content))).toBe(true);
  expect(filesBelow(state)).toHaveLength(1);
  const second = new FolderBlobs(state);
  second.add(source);
  expect([blobs.beganEmpty, second.beganEmpty]).toEqual([true, false]);
});

test.each(sizes)('a %s file with other content than announced is refused, without a trace', (_, content) => {
  const { source, state, blobs } = scene(content);
  const other = `x${content.slice(1)}`;
  expect(() => blobs.put(source, digest(other), content.length)).toThrow(BlobMismatch);
  expect(filesBelow(state)).toEqual([]);
  expect(blobs.verify(digest(other))).toBe(false);
  // Of another length, which shows before anything is read.
  expect(() => blobs.put(source, digest('con'), 3)).toThrow(BlobMismatch);
  expect(filesBelow(state)).toEqual([]);
});

test('a copy that is vouched for is not read, but it must have the length', () => {
  const content = contents.large;
  const { source, state, blobs } = scene(content);
  const asked: string[] = [];
  const isVouchedFor = () => {
    // By now it has been copied: what happens to the file from here on is no matter.
    asked.push(...filesBelow(state).map((file) => path.extname(file)));
    return true;
  };
  // Nothing else tells that this is not its digest.
  blobs.put(source, digest('other'), content.length, isVouchedFor);
  expect(asked).toEqual(['.tmp']);
  expect(fs.readFileSync(blobs.pathOf(digest('other')), 'utf8')).toBe(content);
  expect(() => blobs.put(source, digest('more'), content.length + 1, isVouchedFor)).toThrow(BlobMismatch);
  expect(() => blobs.put(source, digest('more'), content.length, () => false)).toThrow(BlobMismatch);
});

test('a link, or a pipe that nobody writes to, is refused in place of a file', () => {
  const { source, state, blobs } = scene();
  fs.renameSync(source, `${source}-elsewhere`);
  fs.symlinkSync(`${source}-elsewhere`, source);
  expect(() => blobs.put(source, digest('content'), 7)).toThrow();
  fs.rmSync(source);
  execFileSync('mkfifo', [source]);
  expect(() => blobs.put(source, digest('content'), 7)).toThrow();
  expect(filesBelow(state)).toEqual([]);
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
