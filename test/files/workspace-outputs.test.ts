// The changes that pipe makes in a workspace, and those that it refuses to make.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Digest, FilePath } from '../../src/base/brand.ts';
import type { FileEntry, ListedFile } from '../../src/engine/ports.ts';
import { hashFile } from '../../src/files/hash-file.ts';
import { WorkspaceOutputs } from '../../src/files/workspace-outputs.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import { entry } from '../model/manifest-samples.ts';
import { tree, workspace } from './workspace.ts';

afterEach(() => void vi.restoreAllMocks());

const state = (root: string) => path.join(path.dirname(root), 'state');
const outputsOf = (root: string) => new WorkspaceOutputs({ root, state: state(root) });
const file = (name: string, kind: ListedFile['kind'] = 'file'): ListedFile => ({
  path: name as FilePath,
  kind,
});
const outside = ['../x', 'a/../../x', '/etc/x', 'a/..', 'nul\0'];

/** Blobs with these contents; answers where each lies. */
function blobs(root: string, ...contents: readonly string[]): (digest: Digest) => string {
  const folder = path.join(path.dirname(root), 'cas');
  fs.mkdirSync(folder, { recursive: true });
  for (const content of contents)
    fs.writeFileSync(path.join(folder, digestOf(content)), content, { mode: 0o444 });
  return (digest) => path.join(folder, digest);
}

test('files are moved with their folders, and what is empty then goes, strictly below the bases', () => {
  const root = workspace({ 'out/a': '1', 'out/deep/er/b': '2', 'out/kept/c': '3', l: { link: 'x' } });
  const to = path.join(state(root), 'aside');
  outputsOf(root).moveAway([file('out/a'), file('out/deep/er/b'), file('l', 'link')], to, ['out', '']);
  expect(tree(root)).toEqual({ 'out/': '', 'out/kept/': '', 'out/kept/c': '3' });
  expect(tree(to)).toEqual({
    'out/': '',
    'out/a': '1',
    'out/deep/': '',
    'out/deep/er/': '',
    'out/deep/er/b': '2',
    l: '-> x',
  });
});

test('a base itself stays, be it ever so empty', () => {
  const root = workspace({ 'out/deep/a': '1' });
  outputsOf(root).remove([file('out/deep/a')], ['out/deep']);
  expect(tree(root)).toEqual({ 'out/': '', 'out/deep/': '' });
  const other = workspace({ 'out/deep/a': '1' });
  outputsOf(other).remove([file('out/deep/a')], ['']);
  expect(tree(other)).toEqual({});
});

test('folders in which something is at work stay until nothing is, those above them too', () => {
  const root = workspace({ 'out/a/1': '', 'out/b/2': '', 'out/c/d/3': '', 'e/4': '' });
  const outputs = outputsOf(root);
  const endOfA = outputs.hold([{ folder: 'out/a', deep: false }]);
  const endOfAll = outputs.hold([{ folder: 'out', deep: true }]);
  outputs.remove([file('out/a/1'), file('out/b/2'), file('out/c/d/3'), file('e/4')], ['']);
  const all = { 'out/': '', 'out/a/': '', 'out/b/': '', 'out/c/': '', 'out/c/d/': '' };
  expect(tree(root)).toEqual(all);
  // Not even where the folder itself is what goes.
  outputs.moveAway([file('out/a', 'folder')], path.join(state(root), 'aside'), ['out']);
  expect(tree(root)).toEqual(all);
  endOfAll(['out/b']);
  expect(tree(root)).toEqual({ 'out/': '', 'out/a/': '', 'out/b/': '' });
  endOfA([]);
  expect(tree(root)).toEqual({ 'out/': '', 'out/b/': '' });
});

test('what was spared and is in use again when nothing is at work there any more stays', () => {
  const root = workspace({ 'out/a/1': '', 'out/b/2': '' });
  const outputs = outputsOf(root);
  const end = outputs.hold([{ folder: '', deep: true }]);
  outputs.remove([file('out/a/1'), file('out/b/2')], ['out']);
  fs.writeFileSync(path.join(root, 'out/b/3'), '');
  end([]);
  expect(tree(root)).toEqual({ 'out/': '', 'out/b/': '', 'out/b/3': '' });
});

test('what keeps one of the spared folders from being removed is told when the others have gone', () => {
  const root = workspace({ 'out/a/1': '', 'out/b/2': '', 'out/c/3': '' });
  const outputs = outputsOf(root);
  const end = outputs.hold([{ folder: 'out', deep: true }]);
  outputs.remove([file('out/a/1'), file('out/b/2'), file('out/c/3')], ['out']);
  const { rmdirSync } = fs;
  vi.spyOn(fs, 'rmdirSync').mockImplementation((place, ...more) => {
    if (String(place).endsWith('out/b')) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    rmdirSync(place, ...more);
  });
  expect(() => end([])).toThrow('EIO');
  vi.restoreAllMocks();
  expect(tree(root)).toEqual({ 'out/': '', 'out/b/': '' });
});

test('a sweep leaves the folders in which something is at work', () => {
  const root = workspace({ 'out/a/.pipe-tmp-1-1': '', 'out/b/.pipe-tmp-1-2': '' });
  const outputs = outputsOf(root);
  const end = outputs.hold([{ folder: 'out/a', deep: false }]);
  outputs.sweep([{ folder: 'out', deep: true }]);
  expect(tree(root)).toEqual({ 'out/': '', 'out/a/': '' });
  end([]);
  expect(tree(root)).toEqual({ 'out/': '' });
});

test('a folder of many files is looked at once when they go', () => {
  const names = Array.from({ length: 50 }, (_, i) => `out/deep/${i}`);
  const root = workspace({
    'out/deep/stays': '',
    'out/made/a': '',
    ...Object.fromEntries(names.map((name) => [name, ''])),
  });
  const tries = vi.spyOn(fs, 'rmdirSync');
  outputsOf(root).remove([...names.map((name) => file(name)), file('out/made/a')], ['out', 'out', '']);
  expect(tree(root)).toEqual({ 'out/': '', 'out/deep/': '', 'out/deep/stays': '' });
  expect(tries.mock.calls.map(([folder]) => path.relative(root, String(folder)))).toEqual([
    'out/deep',
    'out/made',
    'out',
  ]);
});

test('empty folders are outputs too; full ones are never removed', () => {
  const root = workspace({ 'own/empty/': '', 'own/full/x': '' });
  outputsOf(root).remove([file('own/empty', 'folder'), file('own/full', 'folder')], ['own']);
  expect(tree(root)).toEqual({ 'own/': '', 'own/full/': '', 'own/full/x': '' });
});

test('nothing behind a linked folder is moved or removed', () => {
  const root = workspace({ 'theirs/a': 'precious', out: { link: 'theirs' } });
  const before = tree(root);
  outputsOf(root).remove([file('out/a')], ['out', '']);
  outputsOf(root).moveAway([file('out/a')], path.join(state(root), 'x'), ['']);
  expect(tree(root)).toEqual(before);
  expect(outputsOf(root).blockedBy('out/a' as FilePath)?.path).toBe('out');
  expect(outputsOf(root).blockedBy('theirs/a/below' as FilePath)?.path).toBe('theirs/a');
  expect(outputsOf(root).blockedBy('new/deep/a' as FilePath)).toBe(null);
});

test('copies lie beside what was copied, never over another copy, and go again with their folders', () => {
  const root = workspace({ 'out/a': '1', 'out/deep/b': '2', l: { link: 'x' }, theirs: { link: 'out' } });
  const before = tree(root);
  const to = path.join(state(root), 'displaced/run');
  const files = [file('out/a'), file('out/deep/b'), file('l', 'link'), file('theirs/a'), file('gone')];
  expect(outputsOf(root).copyTo(files, to)).toEqual(files.slice(0, 3));
  const copied = { 'out/': '', 'out/a': '1', 'out/deep/': '', 'out/deep/b': '2', l: '-> x' };
  expect([tree(root), tree(to)]).toEqual([before, copied]);

  fs.writeFileSync(path.join(root, 'c'), '3');
  fs.writeFileSync(path.join(root, 'out/a'), 'another');
  fs.rmSync(path.join(root, 'l'));
  // Of one that has gone meanwhile, what was kept before is no copy of this time.
  expect(() => outputsOf(root).copyTo([file('c'), file('l'), file('out/a')], to)).toThrow('EEXIST');
  expect(tree(to)).toEqual(copied);
  outputsOf(root).dropCopies([file('out/a'), file('l', 'link')], to);
  expect(tree(to)).toEqual({ 'out/': '', 'out/deep/': '', 'out/deep/b': '2' });
  outputsOf(root).dropCopies([file('out/deep/b')], to);
  expect(fs.existsSync(to)).toBe(false);
});

test('what may be a person’s is kept beside what is kept already, never over it', () => {
  const root = workspace({
    'out/a': '1',
    'out/b': '2',
    l: { link: 'x' },
    'out/empty/': '',
    theirs: { link: 'out' },
  });
  const to = path.join(state(root), 'displaced/run');
  const keep = (...files: readonly ListedFile[]) => files.map((one) => outputsOf(root).keep(one, to));
  expect(
    keep(file('out/a'), file('l', 'link'), file('out/empty', 'folder'), file('theirs/b'), file('gone')),
  ).toEqual([true, true, true, false, false]);
  const kept = { 'out/': '', 'out/a': '1', 'out/empty/': '', l: '-> x' };
  expect([tree(root), tree(to)]).toEqual([
    { 'out/': '', 'out/b': '2', theirs: '-> out', 'theirs/b': '2' },
    kept,
  ]);

  fs.writeFileSync(path.join(root, 'out/a'), 'another');
  fs.symlinkSync('y', path.join(root, 'l'));
  const before = tree(root);
  for (const name of ['out/a', 'l']) expect(() => keep(file(name))).toThrow('EEXIST');
  expect([tree(root), tree(to)]).toEqual([before, kept]);
});

test('nothing is put through a link that was kept: it is taken, or makes room where stages made it', () => {
  const root = workspace({ 'theirs/b': 'precious', 'out/a/b': 'new', 'out/c/d/e': 'new' });
  const theirs = path.join(root, 'theirs');
  const to = path.join(state(root), 'rejected');
  fs.mkdirSync(path.join(to, 'out'), { recursive: true });
  fs.symlinkSync(theirs, path.join(to, 'out/a'));
  fs.writeFileSync(path.join(to, 'out/c'), 'kept');
  const before = tree(root);
  for (const name of ['out/a/b', 'out/c/d/e']) {
    expect(() => outputsOf(root).keep(file(name), to)).toThrow('EEXIST');
    expect(() => outputsOf(root).copyTo([file(name)], to)).toThrow('EEXIST');
    expect(() => outputsOf(root).moveTree(name as FilePath, to)).toThrow('EEXIST');
  }
  expect(tree(root)).toEqual(before);
  expect(tree(to)).toEqual({ 'out/': '', 'out/a': `-> ${theirs}`, 'out/a/b': 'precious', 'out/c': 'kept' });

  outputsOf(root).moveAway([file('out/a/b'), file('out/c/d/e')], to, []);
  expect(tree(to)).toMatchObject({ 'out/a/': '', 'out/a/b': 'new', 'out/c/d/e': 'new' });
  expect(tree(theirs)).toEqual({ b: 'precious' });
  // And the other way round, here and on another disk.
  for (const place of [to, path.join(state(root), 'elsewhere')]) {
    if (place !== to) elsewhereIsAnotherDisk();
    fs.mkdirSync(path.join(place, 'out/c/d'), { recursive: true });
    fs.rmSync(path.join(root, 'out/c'), { recursive: true });
    fs.writeFileSync(path.join(root, 'out/c'), 'newer');
    outputsOf(root).moveAway([file('out/c')], place, []);
    expect(tree(place)).toMatchObject({ 'out/c': 'newer' });
    fs.mkdirSync(path.join(root, 'out/c'));
  }
});

test('a second name of what is kept already goes', () => {
  const root = workspace({ 'out/a': '1' });
  const to = path.join(state(root), 'displaced/run');
  outputsOf(root).keep(file('out/a'), to);
  for (const act of ['keep', 'moveAway'] as const) {
    fs.linkSync(path.join(to, 'out/a'), path.join(root, 'out/a'));
    if (act === 'keep') outputsOf(root).keep(file('out/a'), to);
    else outputsOf(root).moveAway([file('out/a')], to, []);
    expect([tree(root), tree(to)]).toEqual([{ 'out/': '' }, { 'out/': '', 'out/a': '1' }]);
  }
});

/** Paths with this word in them are on another file system; to those with `refused` in them nothing can be renamed. */
function elsewhereIsAnotherDisk(refused?: string): void {
  const { renameSync } = fs;
  vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    if (refused !== undefined && String(to).includes(refused))
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    if (String(to).includes('elsewhere')) throw Object.assign(new Error('no'), { code: 'EXDEV' });
    renameSync(from, to);
  });
}

test('across file systems files are copied and removed', () => {
  // Links say the same, whether there is something behind them, or a folder.
  const links = { 'out/l': 'a', 'out/nowhere': 'nowhere', 'out/to-folder': '../theirs' };
  const theirs = { 'theirs/': '', 'theirs/b': '2' };
  const root = workspace({
    'theirs/b': '2',
    'out/a': '1',
    ...Object.fromEntries(Object.entries(links).map(([name, link]) => [name, { link }])),
  });
  elsewhereIsAnotherDisk();
  const to = path.join(state(root), 'elsewhere');
  const linked = Object.keys(links).map((name) => file(name, 'link'));
  outputsOf(root).moveAway([file('out/a'), ...linked], to, []);
  expect(tree(root)).toEqual({ 'out/': '', ...theirs });
  const copied = Object.entries(links).map(([name, link]) => [name, `-> ${link}`]);
  expect(tree(to)).toEqual({ 'out/': '', 'out/a': '1', ...Object.fromEntries(copied) });
});

test('what has no content to copy stays where it is, and is refused as by the system', () => {
  const root = workspace({ 'out/': '' });
  execFileSync('mkfifo', [path.join(root, 'out/pipe')]);
  elsewhereIsAnotherDisk();
  const to = path.join(state(root), 'elsewhere');
  expect(() => outputsOf(root).keep(file('out/pipe', 'other'), to)).toThrow(
    expect.objectContaining({ code: 'ENOTSUP' }),
  );
  expect(fs.readdirSync(path.join(root, 'out'))).toEqual(['pipe']);
});

test('a file that somebody edits while it is copied to another file system goes as it is at last, or stays', () => {
  const root = workspace({ 'out/a': 'first' });
  const to = path.join(state(root), 'elsewhere');
  elsewhereIsAnotherDisk();
  const { copyFileSync } = fs;
  let edits = 0;
  vi.spyOn(fs, 'copyFileSync').mockImplementation((from, ...rest) => {
    copyFileSync(from, ...rest);
    if (edits-- > 0) fs.writeFileSync(from, `edit ${edits} of several`);
  });
  edits = 2;
  expect(outputsOf(root).keep(file('out/a'), to)).toBe(true);
  expect([tree(root), tree(to)]).toEqual([{ 'out/': '' }, { 'out/': '', 'out/a': 'edit 0 of several' }]);

  fs.rmSync(path.join(to, 'out/a'));
  fs.writeFileSync(path.join(root, 'out/a'), 'again');
  edits = 100;
  expect(() => outputsOf(root).keep(file('out/a'), to)).toThrow('EBUSY');
  expect([Object.keys(tree(root)), tree(to)]).toEqual([['out/', 'out/a'], { 'out/': '' }]);
});

test('a folder goes to another file system as a whole, or stays as a whole', () => {
  const root = workspace({ 'out/.git/a': '1', 'out/.git/closed/b': '2' });
  const to = path.join(state(root), 'elsewhere');
  const before = tree(root);
  elsewhereIsAnotherDisk('.pipe-tmp-');
  expect(() => outputsOf(root).moveTree('out/.git' as FilePath, to)).toThrow('no');
  expect([tree(root), tree(to)]).toEqual([before, { 'out/': '' }]);
  vi.restoreAllMocks();

  elsewhereIsAnotherDisk();
  // As for an owner who has closed one of the folders.
  const removing = vi.spyOn(fs, 'rmSync').mockImplementationOnce(() => {
    throw Object.assign(new Error('no'), { code: 'EACCES' });
  });
  expect(outputsOf(root).moveTree('out/.git' as FilePath, to)).toBe(true);
  expect(removing).toHaveBeenCalledTimes(2);
  expect(tree(to)).toMatchObject({ 'out/.git/a': '1', 'out/.git/closed/b': '2' });
  expect(fs.readdirSync(path.join(root, 'out'))).toEqual([]);
});

test('so does a folder in which somebody edits a file meanwhile, as it is at last', () => {
  const root = workspace({ 'out/.git/a': 'first', 'out/.git/b': '' });
  const to = path.join(state(root), 'elsewhere');
  elsewhereIsAnotherDisk();
  const { copyFileSync } = fs;
  let edits = 2;
  vi.spyOn(fs, 'copyFileSync').mockImplementation((from, ...rest) => {
    copyFileSync(from, ...rest);
    if (String(from).endsWith('/b') && edits-- > 0)
      fs.writeFileSync(path.join(root, 'out/.git/a'), `edit ${edits} of several`);
  });
  expect(outputsOf(root).moveTree('out/.git' as FilePath, to)).toBe(true);
  const copied = { 'out/': '', 'out/.git/': '', 'out/.git/a': 'edit 0 of several', 'out/.git/b': '' };
  expect([tree(root), tree(to)]).toEqual([{ 'out/': '' }, copied]);

  fs.rmSync(path.join(to, 'out/.git'), { recursive: true });
  fs.mkdirSync(path.join(root, 'out/.git'));
  for (const name of ['a', 'b']) fs.writeFileSync(path.join(root, 'out/.git', name), 'again');
  edits = 100;
  expect(() => outputsOf(root).moveTree('out/.git' as FilePath, to)).toThrow('EBUSY');
  expect([Object.keys(tree(root)), tree(to)]).toEqual([
    ['out/', 'out/.git/', 'out/.git/a', 'out/.git/b'],
    { 'out/': '' },
  ]);
});

test('and one that is edited at the moment at which it leaves, too', () => {
  const root = workspace({ 'out/.git/a': 'first' });
  const to = path.join(state(root), 'elsewhere');
  elsewhereIsAnotherDisk();
  const renaming = vi.mocked(fs.renameSync);
  const rename = renaming.getMockImplementation()!;
  let edits = 1;
  renaming.mockImplementation((from, target) => {
    if (String(target).includes('.pipe-tmp-') && edits-- > 0)
      fs.writeFileSync(path.join(root, 'out/.git/a'), 'late');
    rename(from, target);
  });
  expect(outputsOf(root).moveTree('out/.git' as FilePath, to)).toBe(true);
  expect([tree(root), tree(to)]).toEqual([
    { 'out/': '' },
    { 'out/': '', 'out/.git/': '', 'out/.git/a': 'late' },
  ]);
});

test('where its place is taken at that moment, the copy stays', () => {
  const root = workspace({ 'out/.git/a': 'first' });
  const to = path.join(state(root), 'elsewhere');
  elsewhereIsAnotherDisk();
  const renaming = vi.mocked(fs.renameSync);
  const rename = renaming.getMockImplementation()!;
  renaming.mockImplementation((from, target) => {
    rename(from, target);
    if (!String(target).includes('.pipe-tmp-')) return;
    fs.writeFileSync(path.join(String(target), 'a'), 'late');
    fs.mkdirSync(path.join(root, 'out/.git'));
    fs.writeFileSync(path.join(root, 'out/.git/new'), '');
  });
  expect(outputsOf(root).moveTree('out/.git' as FilePath, to)).toBe(true);
  expect(tree(to)).toEqual({ 'out/': '', 'out/.git/': '', 'out/.git/a': 'first' });
  expect(tree(root)).toEqual({ 'out/': '', 'out/.git/': '', 'out/.git/new': '' });
});

test('litter that its owner has closed is swept, and what cannot go stays and is no failure', () => {
  const root = workspace({ 'out/.pipe-tmp-1-x/closed/f': '' });
  const closed = Buffer.concat([Buffer.from(path.join(root, 'out/.pipe-tmp-1-x/')), Buffer.from([0xff])]);
  fs.mkdirSync(closed);
  const removing = vi.spyOn(fs, 'rmSync');
  const refuse = () => {
    throw Object.assign(new Error('no'), { code: 'EACCES' });
  };
  removing.mockImplementationOnce(refuse).mockImplementationOnce(refuse);
  const places = [{ folder: 'out', deep: true }];
  outputsOf(root).sweep(places);
  expect(fs.readdirSync(path.join(root, 'out'))).toEqual(['.pipe-tmp-1-x']);
  expect(fs.statSync(closed).mode & 0o777).toBe(0o700);
  removing.mockImplementationOnce(refuse);
  outputsOf(root).sweep(places);
  expect(fs.readdirSync(root)).not.toContain('.pipe-tmp-1-x');
  expect(fs.existsSync(path.join(root, 'out/.pipe-tmp-1-x'))).toBe(false);
});

test('a link says the same there byte for byte, be that text or not, alone and in a folder', () => {
  const root = workspace({ 'out/a': '1', 'out/.git/a': '1' });
  const said = Buffer.from([0x61, 0xff, 0xfe, 0x62]);
  for (const at of ['out/l', 'out/.git/l']) fs.symlinkSync(said, path.join(root, at));
  elsewhereIsAnotherDisk();
  const to = path.join(state(root), 'elsewhere');
  outputsOf(root).moveAway([file('out/l', 'link')], to, []);
  outputsOf(root).moveTree('out/.git' as FilePath, to);
  for (const at of ['out/l', 'out/.git/l'])
    expect(fs.readlinkSync(path.join(to, at), 'buffer')).toEqual(said);
});

test('so they are there once only where they cannot be removed', () => {
  const root = workspace({ 'out/a': '1' });
  elsewhereIsAnotherDisk();
  const { unlinkSync } = fs;
  vi.spyOn(fs, 'unlinkSync').mockImplementation((target) => {
    if (String(target).endsWith('root/out/a')) throw Object.assign(new Error('no'), { code: 'EACCES' });
    unlinkSync(target);
  });
  const to = path.join(state(root), 'elsewhere');
  expect(() => outputsOf(root).moveAway([file('out/a')], to, [])).toThrow('no');
  expect([tree(root), tree(to)]).toEqual([{ 'out/': '', 'out/a': '1' }, { 'out/': '' }]);
});

test.each(['aside', 'elsewhere'])(
  'a folder moves with all that is in it, never over another, never behind a link: %s',
  (place) => {
    const root = workspace({
      ...{ 'out/.git/a': '1', 'out/.git/deep/b': '2', 'out/.git/empty/': '', 'out/.git/l': { link: 'a' } },
      ...{ 'theirs/.git/a': 'precious', by: { link: 'theirs' } },
    });
    const theirs = Object.fromEntries(Object.entries(tree(root)).filter(([name]) => !name.startsWith('out')));
    elsewhereIsAnotherDisk();
    const to = path.join(state(root), place);
    const outputs = outputsOf(root);
    expect(outputs.moveTree('out/.git' as FilePath, to)).toBe(true);
    expect(tree(to)).toEqual({
      ...{ 'out/': '', 'out/.git/': '', 'out/.git/a': '1', 'out/.git/deep/': '', 'out/.git/deep/b': '2' },
      ...{ 'out/.git/empty/': '', 'out/.git/l': '-> a' },
    });
    expect(tree(root)).toEqual({ ...theirs, 'out/': '' });

    fs.mkdirSync(path.join(root, 'out/.git'));
    expect(() => outputs.moveTree('out/.git' as FilePath, to)).toThrow('EEXIST');
    outputs.removeTree('out/.git' as FilePath);
    for (const name of ['by/.git', 'gone/.git']) expect(outputs.moveTree(name as FilePath, to)).toBe(false);
    outputs.removeTree('by/.git' as FilePath);
    expect(tree(root)).toEqual({ ...theirs, 'out/': '' });
    for (const name of outside)
      expect(() => outputs.removeTree(name as FilePath)).toThrow('not a path inside');
  },
);

test('staged outputs are in place all at once when placed, with modes, links and empty folders', () => {
  const root = workspace({ 'out/a': 'old' });
  const entries: readonly FileEntry[] = [
    entry('out/a', 'new'),
    entry('out/deep/run', 'run', { executable: true }),
    entry('out/empty', '', { kind: 'folder' }),
    entry('out/l', 'a', { kind: 'link', target: 'a' }),
  ];
  const staged = outputsOf(root).stage(entries, blobs(root, 'new', 'run'))!;
  const named = (name: string) => !name.includes('.pipe-tmp-');
  expect(Object.entries(tree(root)).filter(([name]) => named(name))).toEqual([
    ['out/', ''],
    ['out/a', 'old'],
    ['out/deep/', ''],
  ]);
  staged.place();
  expect(tree(root)).toEqual({
    'out/': '',
    'out/a': 'new',
    'out/deep/': '',
    'out/deep/run': 'run',
    'out/empty/': '',
    'out/l': '-> a',
  });
  const modeOf = (name: string) => fs.statSync(path.join(root, name)).mode & 0o700;
  expect([modeOf('out/a'), modeOf('out/deep/run')]).toEqual([0o600, 0o700]);
});

test('a restored file is a copy: editing it in place leaves the blob as it was', () => {
  const root = workspace({});
  const blobOf = blobs(root, 'new');
  outputsOf(root)
    .stage([entry('a', 'new')], blobOf)!
    .place();
  fs.appendFileSync(path.join(root, 'a'), '+');
  expect(fs.readFileSync(blobOf(digestOf('new')), 'utf8')).toBe('new');
});

test('a blob that is missing or wrong gives null, and no file is touched or left', () => {
  for (const spoil of [
    (blob: string) => fs.rmSync(blob),
    (blob: string) => {
      fs.rmSync(blob);
      fs.writeFileSync(blob, 'tw0');
    },
  ]) {
    const root = workspace({ 'out/a': 'old' });
    const blobOf = blobs(root, 'one', 'two');
    spoil(blobOf(digestOf('two')));
    const before = tree(root);
    expect(outputsOf(root).stage([entry('out/a', 'one'), entry('out/b', 'two')], blobOf)).toBe(null);
    expect(tree(root)).toEqual(before);
  }
});

test('so it is with large files, which several threads would read', () => {
  const root = workspace({});
  const cas = path.join(path.dirname(root), 'cas');
  fs.mkdirSync(cas);
  const entries = [50, 60].map((megabytes): FileEntry => {
    const hole = path.join(cas, 'hole');
    fs.writeFileSync(hole, '');
    fs.truncateSync(hole, megabytes << 20);
    const { digest, stamp } = hashFile(hole);
    fs.renameSync(hole, path.join(cas, digest));
    return { ...entry(`${megabytes}`, ''), digest, sizeBytes: Number(stamp.sizeBytes) };
  });
  const stage = () => outputsOf(root).stage(entries, (digest) => path.join(cas, digest));
  stage()!.drop();
  const last = fs.openSync(path.join(cas, entries[1]!.digest), 'r+');
  fs.writeSync(last, '!', (60 << 20) - 1);
  fs.closeSync(last);
  expect(stage()).toBe(null);
  expect(tree(root)).toEqual({});
});

test('touched, a file has the present time; a link has it, and not what it leads to; nothing behind a linked folder', () => {
  const root = workspace({
    a: '1',
    target: '2',
    l: { link: 'target' },
    'theirs/x': '',
    out: { link: 'theirs' },
  });
  const timeOf = (name: string) => fs.lstatSync(path.join(root, name)).mtimeMs;
  for (const name of ['a', 'target', 'theirs/x']) fs.utimesSync(path.join(root, name), 1, 1);
  fs.lutimesSync(path.join(root, 'l'), 1, 1);
  outputsOf(root).touch(['a', 'l', 'out/x'] as FilePath[]);
  expect(['a', 'l'].map((name) => timeOf(name) > 1_000_000)).toEqual([true, true]);
  expect(['target', 'theirs/x'].map(timeOf)).toEqual([1000, 1000]);
  for (const name of outside) expect(() => outputsOf(root).touch([name as FilePath])).toThrow();
});

test('a blob of another size than said is a miss, however right its digest', () => {
  const root = workspace({});
  const blobOf = blobs(root, 'one');
  expect(outputsOf(root).stage([{ ...entry('a', 'one'), sizeBytes: 4 }], blobOf)).toBe(null);
  expect(tree(root)).toEqual({});
});

test('a link that takes the place of a folder between copying and placing is never written through', () => {
  const root = workspace({ 'theirs/a': 'precious', 'out/a': 'old' });
  const entries = [
    entry('first', 'new'),
    entry('out/a', 'new'),
    entry('out/b/c', 'new'),
    entry('out/empty', '', { kind: 'folder' }),
  ];
  const staged = outputsOf(root).stage(entries, blobs(root, 'new'))!;
  fs.renameSync(path.join(root, 'out'), path.join(root, 'moved'));
  fs.symlinkSync('theirs', path.join(root, 'out'));
  // Also where the copies can be reached through it.
  for (const name of fs.readdirSync(path.join(root, 'moved')))
    if (name !== 'a')
      fs.cpSync(path.join(root, 'moved', name), path.join(root, 'theirs', name), { recursive: true });
  const before = tree(path.join(root, 'theirs'));
  expect(() => staged.place()).toThrow('out is a link, and outputs are never written through it');
  expect(tree(path.join(root, 'theirs'))).toMatchObject({ a: 'precious' });
  expect(Object.keys(tree(path.join(root, 'theirs')))).not.toContain('empty/');
  expect(Object.keys(tree(path.join(root, 'theirs'))).every((name) => name in before)).toBe(true);
  expect(fs.existsSync(path.join(root, 'first'))).toBe(false);
});

test('nor is one that is there from the start', () => {
  const root = workspace({ 'theirs/x': '', out: { link: 'theirs' } });
  const before = tree(root);
  expect(() => outputsOf(root).stage([entry('out/a', 'new')], blobs(root, 'new'))).toThrow('out is a link');
  expect(tree(root)).toEqual(before);
});

test('a disk that refuses in the middle leaves nothing, and says so', () => {
  const root = workspace({ 'out/a': 'old', blocked: 'a file' });
  const before = tree(root);
  const staging = () =>
    outputsOf(root).stage([entry('out/a', 'new'), entry('blocked/b', 'new')], blobs(root, 'new'));
  expect(staging).toThrow('blocked is not a folder');
  expect(tree(root)).toEqual(before);
});

test('dropped, or swept after a kill, staged outputs leave nothing', () => {
  const root = workspace({ 'out/a': 'old', 'other/x': '' });
  const before = tree(root);
  const entries = [entry('out/a', 'new'), entry('out/b', 'new')];
  const stored = blobs(root, 'new');
  outputsOf(root).stage(entries, stored)!.drop();
  expect(tree(root)).toEqual(before);
  outputsOf(root).stage(entries, stored);
  expect(tree(root)).not.toEqual(before);
  outputsOf(root).sweep(['other', 'absent', 'out', ''].map((folder) => ({ folder, deep: false })));
  expect(tree(root)).toEqual(before);
});

test('so it is in folders below, as deep as outputs may lie', () => {
  const root = workspace({ 'out/a/b/old': 'old' });
  const before = tree(root);
  const entries = [entry('out/a/b/old', 'new'), entry('out/n/m/x', 'new')];
  outputsOf(root).stage(entries, blobs(root, 'new'));
  outputsOf(root).sweep([{ folder: 'out', deep: false }]);
  expect(tree(root)).not.toEqual(before);
  outputsOf(root).sweep([{ folder: 'out', deep: true }]);
  expect(tree(root)).toEqual(before);
});

test.each(outside)('the path %j is refused everywhere', (name) => {
  const root = workspace({ a: '' });
  const outputs = outputsOf(root);
  const before = tree(path.dirname(root));
  const acts = [
    () => outputs.makeFolder(name),
    () => outputs.stage([entry(name, 'new')], () => path.join(root, 'a')),
    () => outputs.stage([entry(name, 't', { kind: 'link', target: 't' })], () => ''),
    () => outputs.stage([entry(name, '', { kind: 'folder' })], () => '')?.place(),
    () => outputs.sweep([{ folder: name, deep: false }]),
  ];
  for (const act of acts) expect(act).toThrow(/not a path inside the workspace/);
  expect(tree(path.dirname(root))).toEqual(before);
});

test('where the system lets it write, be it that the folder is to be made', () => {
  const root = workspace({ 'out/a': '', 'shut/a': '' });
  const outputs = outputsOf(root);
  const access = fs.accessSync;
  // As of a disk that was mounted read-only, or of a folder of another user.
  vi.spyOn(fs, 'accessSync').mockImplementation((name, mode) => {
    if (String(name) === path.join(root, 'shut')) throw Object.assign(new Error('EROFS'), { code: 'EROFS' });
    access(name, mode);
  });
  const may = (folder: string) => outputs.mayWrite(folder);
  expect(['', 'out', 'out/new', 'new/er'].map(may)).toEqual([true, true, true, true]);
  expect(['shut', 'shut/new', 'shut/new/er'].map(may)).toEqual([false, false, false]);
});

test('a folder of the user’s is never discarded', () => {
  const root = workspace({ 'mine/a': '' });
  const inner = new WorkspaceOutputs({ root, state: path.join(root, '.pipeline-cache') });
  const state = path.join(root, '.pipeline-cache');
  for (const folder of [path.join(root, 'mine'), root, path.dirname(root), '/', `${state}/../mine`, state])
    expect(() => inner.discard(folder)).toThrow('not a folder of pipe');
  fs.mkdirSync(path.join(root, '.pipeline-cache/aside/x'), { recursive: true });
  inner.discard(path.join(root, '.pipeline-cache/aside'));
  inner.discard(path.join(root, '.pipeline-cache/aside'));
  expect(tree(root)).toEqual({ '.pipeline-cache/': '', 'mine/': '', 'mine/a': '' });
});

test('what is discarded goes with all that is in it, and nothing that its links lead to', () => {
  const root = workspace({ 'mine/a': '1', b: '2' });
  const aside = path.join(root, '.pipeline-cache/aside');
  const folder = path.join(aside, 'run/s');
  fs.mkdirSync(path.join(folder, 'out/deep/empty'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'out/deep/c'), '');
  fs.symlinkSync(path.join(root, 'mine'), path.join(folder, 'out/folder'));
  fs.symlinkSync(path.join(root, 'b'), path.join(folder, 'file'));
  fs.symlinkSync(path.join(root, 'mine'), path.join(aside, 'link'));
  const outputs = new WorkspaceOutputs({ root, state: path.join(root, '.pipeline-cache') });
  outputs.discard(folder);
  outputs.discard(path.join(aside, 'link'));
  expect(tree(root)).toEqual({
    '.pipeline-cache/': '',
    '.pipeline-cache/aside/': '',
    '.pipeline-cache/aside/run/': '',
    b: '2',
    'mine/': '',
    'mine/a': '1',
  });
});

test('what is discarded goes though a name in it is no text', () => {
  const root = workspace({ a: '' });
  const folder = path.join(root, '.pipeline-cache/aside/s');
  fs.mkdirSync(path.join(folder, 'out'), { recursive: true });
  // A name that is no text: as text it is another one.
  fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/out/`), Buffer.of(0xff, 0x62)]), '');
  new WorkspaceOutputs({ root, state: path.join(root, '.pipeline-cache') }).discard(folder);
  expect(fs.readdirSync(path.join(root, '.pipeline-cache/aside'))).toEqual([]);
});
