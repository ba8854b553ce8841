// What lies in owned folders and no pattern can name.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FolderListings } from '../../src/files/folder-listings.ts';
import { digestOfTree, unnameableIn } from '../../src/files/owned-folders.ts';
import { setOfTexts } from '../../src/model/glob/pattern-set.ts';
import { workspace } from './workspace.ts';

test('it is told of owned folders only, the topmost alone, and never of the root itself', () => {
  const root = workspace({
    ...{ '.git/x': '', '.pipeline-cache/x': '', 'out/.git/.git/x': '', 'out/deep/er/.git': 'a file' },
    ...{ 'out/.pipeline-cache/x': '', 'out/kept/.git/x': '', 'other/.git/x': '', 'out/.gitignore': '' },
    ...{ 'out/.pipe-tmp-1/.git/x': '' },
  });
  const of = (...patterns: readonly string[]) =>
    unnameableIn(root, new FolderListings(), setOfTexts(patterns));
  expect(of('out/', '!out/kept/**')).toEqual(['out/.git', 'out/.pipeline-cache', 'out/deep/er/.git']);
  expect(of('o*/')).toEqual([
    'other/.git',
    'out/.git',
    'out/.pipeline-cache',
    'out/deep/er/.git',
    'out/kept/.git',
  ]);
  expect(of('out/**', 'nowhere/')).toEqual([]);
  expect(of('./')).not.toContain('.git');
});

test('names, kinds, executable bits, links and contents tell two trees apart', () => {
  const digests = new Set<unknown>();
  const add = (change: (root: string) => void) => {
    const root = workspace({ 'a/b': '1', 'a/c/d': '2', 'a/e/': '', 'a/l': { link: 'b' } });
    change(root);
    digests.add(digestOfTree(root));
  };
  add(() => {});
  add(() => {});
  expect(digests.size).toBe(1);
  add((root) => fs.writeFileSync(path.join(root, 'a/b'), '2'));
  add((root) => fs.renameSync(path.join(root, 'a/b'), path.join(root, 'a/x')));
  add((root) => fs.renameSync(path.join(root, 'a/c/d'), path.join(root, 'a/e/d')));
  add((root) => fs.rmdirSync(path.join(root, 'a/e')));
  add((root) => fs.chmodSync(path.join(root, 'a/b'), 0o755));
  add((root) => {
    fs.rmSync(path.join(root, 'a/l'));
    fs.symlinkSync('c', path.join(root, 'a/l'));
  });
  expect(digests.size).toBe(7);
  expect(digestOfTree('/nowhere/at/all')).toBe(null);
});
