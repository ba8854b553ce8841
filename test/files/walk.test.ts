// Walking a tree: each folder once, links followed but never in circles, what cannot be read named.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { FolderListings } from '../../src/files/folder-listings.ts';
import { walk } from '../../src/files/walk.ts';
import { workspace } from './workspace.ts';

afterEach(() => void vi.restoreAllMocks());

function walked(root: string, options: { depth?: number; follow?: boolean } = {}) {
  const { depth = Number.POSITIVE_INFINITY, follow = true } = options;
  const { files } = walk(new FolderListings(), root, depth, follow);
  return files.map((file) => `${file.path} ${file.kind}`).sort();
}

test('everything below is found with its kind, dotfiles too, down to the depth asked for', () => {
  const root = workspace({ a: '', '.dot/b': '', 'x/y/z': '', 'empty/': '' });
  const all = [
    '.dot folder',
    '.dot/b file',
    'a file',
    'empty folder',
    'x folder',
    'x/y folder',
    'x/y/z file',
  ];
  expect(walked(root)).toEqual(all);
  expect(walked(root, { depth: 1 })).toEqual(['.dot folder', 'a file', 'empty folder', 'x folder']);
  expect(walked(root, { depth: 2 })).toEqual(all.filter((line) => !line.startsWith('x/y/z')));
});

test('the folders of git and of pipe itself are neither listed nor entered', () => {
  const root = workspace({
    '.git/x': '',
    'sub/.git/x': '',
    '.pipeline-cache/x': '',
    'sub/.pipeline-cache/x': '',
    a: '',
  });
  const lists = vi.spyOn(fs, 'readdirSync');
  expect(walked(root)).toEqual(['a file', 'sub folder']);
  expect(lists.mock.calls.map(([folder]) => folder).sort()).toEqual([root, path.join(root, 'sub')]);
});

test('linked folders are entered where asked for, and only then', () => {
  const root = workspace({ 'real/x': '', link: { link: 'real' } });
  expect(walked(root)).toContain('link/x file');
  expect(walked(root, { follow: false })).toEqual(['link link', 'real folder', 'real/x file']);
});

test('links that lead back, by whatever way, end the walk there', () => {
  const root = workspace({
    'a/b/up': { link: '../..' },
    'a/self': { link: 'self' },
    'a/here': { link: '.' },
    'a/across': { link: '../other' },
    'other/back': { link: '../a' },
    'other/file': '',
  });
  const found = walked(root);
  expect(found.length).toBeLessThan(60);
  expect(found).toContain('a/across/file file');
  expect(found).toContain('other/file file');
});

test('names with line breaks and other surprises come back as they are', () => {
  const names = [
    'a\nb',
    'c\u2028d',
    '\uE0001',
    ' lead',
    '-dash',
    'quote\'"',
    '😀',
    'back\\slash',
    '[x]',
    'd\r/e\nf',
  ];
  const root = workspace(Object.fromEntries(names.map((name) => [name, ''])));
  const found = walked(root).map((line) => line.replace(/ (?:file|folder)$/, ''));
  expect(found).toEqual([...names, 'd\r'].sort());
});

test('each folder is listed once, however often it is walked', () => {
  const root = workspace({ 'a/b/c': '', 'a/d': '' });
  const listings = new FolderListings();
  const lists = vi.spyOn(fs, 'readdirSync');
  walk(listings, root, Number.POSITIVE_INFINITY, true);
  walk(listings, root, Number.POSITIVE_INFINITY, true);
  expect(lists).toHaveBeenCalledTimes(3);
  listings.forget();
  walk(listings, root, 1, true);
  expect(lists).toHaveBeenCalledTimes(4);
});

test('a folder that cannot be listed is named with the reason, and the rest is found', () => {
  const root = workspace({ 'shut/x': '', 'open/y': '' });
  // Permissions do not stop root, who may be running this.
  const { readdirSync } = fs;
  vi.spyOn(fs, 'readdirSync').mockImplementation(((folder: string, ...rest: readonly never[]) => {
    if (folder.endsWith('shut')) throw Object.assign(new Error('no'), { code: 'EACCES' });
    return readdirSync(folder, ...rest);
  }) as never);
  const found = walk(new FolderListings(), root, Number.POSITIVE_INFINITY, true);
  expect(found.unreadable).toEqual([
    { absolutePath: path.join(root, 'shut'), message: 'cannot be listed (EACCES)' },
  ]);
  expect(found.files.map((file) => file.path)).toContain('open/y');
});

test('absent folders, and files where folders should be, list as absent', () => {
  const root = workspace({ file: '' });
  const listings = new FolderListings();
  expect(listings.list(path.join(root, 'none'))).toEqual({ kind: 'absent' });
  expect(listings.list(path.join(root, 'file'))).toEqual({ kind: 'absent' });
  expect(walked(path.join(root, 'none'))).toEqual([]);
});
