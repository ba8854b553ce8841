// Folders that have come to be empty while something was at work beside them.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { EmptiedFolders } from '../../src/files/emptied-folders.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

function folders(...paths: readonly string[]) {
  const root = temporaryFolder();
  const absolute = (folder: string) => path.join(root, folder);
  for (const folder of paths) fs.mkdirSync(absolute(folder), { recursive: true });
  return {
    emptied: new EmptiedFolders(absolute),
    isThere: (folder: string) => fs.existsSync(absolute(folder)),
  };
}

test('of folders that were spared the inner ones go first, also where the outer one is the base of them', () => {
  const { emptied, isThere } = folders('out/a/b');
  const release = emptied.hold([{ folder: 'out', deep: true }]);
  expect(emptied.remove('out/a', ['out'])).toBe(false);
  expect(emptied.remove('out/a/b', ['out/a'])).toBe(false);
  release([]);
  expect(isThere('out/a')).toBe(false);
  expect(isThere('out')).toBe(true);
});

test('a folder that was spared for two goes with what is empty without it for either', () => {
  const { emptied, isThere } = folders('out/a/b');
  const release = emptied.hold([{ folder: 'out', deep: true }]);
  emptied.remove('out/a/b', ['out']);
  emptied.remove('out/a/b', ['out/a']);
  release([]);
  expect(isThere('out/a')).toBe(false);
});
