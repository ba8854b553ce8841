// From a pattern to its files, with as little looking as it takes.
import fs from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import type { Role } from '../../src/engine/ports.ts';
import { FolderListings } from '../../src/files/folder-listings.ts';
import { filesOfGlob, walks } from '../../src/files/glob-files.ts';
import { stampOf } from '../../src/files/stamp.ts';
import { walk } from '../../src/files/walk.ts';
import { type Glob, parseGlob } from '../../src/model/glob/glob.ts';
import { workspace } from './workspace.ts';

afterEach(() => void vi.restoreAllMocks());

function globOf(text: string): Glob {
  const glob = parseGlob(text);
  if (!glob.ok) throw new Error(glob.error);
  return glob.value;
}

function found(root: string, text: string, role: Role = 'input', listings = new FolderListings()) {
  const look = (file: FilePath) => {
    const stamp = stampOf(file.startsWith('/') ? file : `${root}/${file}`);
    return stamp === null ? null : { path: file, kind: stamp.kind };
  };
  const glob = globOf(text);
  const { files } = filesOfGlob({ root, listings, glob, role, look, walk: walks(glob) ? walk : null });
  return files.map((file) => file.path).sort();
}

test('a tree is walked only for patterns that reach below one folder', () => {
  expect(['a', 'a/b.txt', '*', 'a/*', 'a/{b,c}*'].map((text) => walks(globOf(text)))).toEqual(
    Array(5).fill(false),
  );
  expect(['**', 'a/**', 'own/', 'a/*/b', '*/x', '{a,b}/x'].map((text) => walks(globOf(text)))).toEqual(
    Array(6).fill(true),
  );
});

test('a literal is looked at, and nothing is listed for it', () => {
  const root = workspace({ 'many/a': '', 'many/b': '', folder: '', 'dir/': '' });
  const lists = vi.spyOn(fs, 'readdirSync');
  expect(found(root, 'many/a')).toEqual(['many/a']);
  for (const text of ['many/c', 'absent/x', 'folder/below', 'dir']) expect(found(root, text)).toEqual([]);
  expect(lists).not.toHaveBeenCalled();
});

test('patterns of one level list one folder, once for all of them', () => {
  const root = workspace({ 'in/a.txt': '', 'in/b.md': '', 'in/sub/c.txt': '', 'other/x': '' });
  const lists = vi.spyOn(fs, 'readdirSync');
  const listings = new FolderListings();
  expect(found(root, 'in/*.txt', 'input', listings)).toEqual(['in/a.txt']);
  expect(found(root, 'in/*.md', 'input', listings)).toEqual(['in/b.md']);
  expect(lists.mock.calls.map(([folder]) => folder)).toEqual([`${root}/in`]);
});

test('a pattern that is asked for again tries no name again, until its folder is listed anew; but for where links lead', () => {
  const root = workspace({
    'in/a.txt': '',
    'in/b.md': '',
    'linked/a.txt': '',
    'linked/to': { link: '../in/a.txt' },
  });
  const listings = new FolderListings();
  const place = { root, listings, role: 'input', look: () => null, walk: null } as const;
  const [own, linked] = [globOf('in/*.txt'), globOf('linked/*')];
  const first = filesOfGlob({ ...place, glob: own });
  expect(filesOfGlob({ ...place, glob: own }).files).toBe(first.files);
  fs.writeFileSync(`${root}/in/c.txt`, '');
  listings.forget(`${root}/in`);
  expect(filesOfGlob({ ...place, glob: own }).files.map(({ path }) => path)).toEqual([
    'in/a.txt',
    'in/c.txt',
  ]);

  const paths = () => filesOfGlob({ ...place, glob: linked }).files.map(({ path }) => path);
  expect(paths()).toEqual(['linked/a.txt', 'linked/to']);
  fs.rmSync(`${root}/in/a.txt`);
  fs.mkdirSync(`${root}/in/a.txt`);
  expect(paths()).toEqual(['linked/a.txt']);
});

test('patterns of a few levels look no deeper than they reach', () => {
  const root = workspace({ 'a/1/x': '', 'a/2/x': '', 'a/2/deep/x': '', 'a/x': '' });
  const lists = vi.spyOn(fs, 'readdirSync');
  expect(found(root, 'a/*/x')).toEqual(['a/1/x', 'a/2/x']);
  expect(
    lists.mock.calls.map(([folder]) => String(folder)).filter((folder) => folder.includes('deep')),
  ).toEqual([]);
  expect(found(root, 'a/**/x')).toEqual(['a/1/x', 'a/2/deep/x', 'a/2/x', 'a/x']);
});

test('a link to a folder is no file to a wildcard; as an output it is itself', () => {
  const root = workspace({
    'real/x': '',
    'in/dir': { link: '../real' },
    'in/file': { link: '../real/x' },
    'in/gone': { link: 'none' },
    'in/loop': { link: 'loop' },
  });
  expect(found(root, 'in/*')).toEqual(['in/file', 'in/gone', 'in/loop']);
  expect(found(root, 'in/*', 'output')).toEqual(['in/dir', 'in/file', 'in/gone', 'in/loop']);
  expect(found(root, 'in/**')).toEqual(['in/dir/x', 'in/file', 'in/gone', 'in/loop']);
  expect(found(root, 'in/', 'output')).toEqual(['in/dir', 'in/file', 'in/gone', 'in/loop']);
});

test('absolute patterns give absolute paths', () => {
  const root = workspace({ 'a/1': '', 'a/b/2': '' });
  expect(found('/nowhere', `${root}/a/*`)).toEqual([`${root}/a/1`]);
  expect(found('/nowhere', `${root}/**`)).toEqual([`${root}/a/1`, `${root}/a/b/2`]);
});
