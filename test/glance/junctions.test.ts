// Which folders lead to what was looked at, and whether a link has come among them.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { junctionsOn, mayHaveLink, waysTo } from '../../src/glance/junctions.ts';

let root = '';
beforeEach(() => {
  root = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'pipe-junctions-'));
  for (const folder of ['a/b', 'c']) fs.mkdirSync(path.join(root, folder), { recursive: true });
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const at = (file: string) => path.join(root, file);
const ways = waysTo(['a/b/1', 'a/b/2', 'c/3', 'none/4', 'top', '/elsewhere/5', '\u0001a/followed/6']);
const settled = () => true;

test('each folder on the way to a path of the workspace is named once, in the folder that it stands in', () => {
  expect([...ways].map(([folder, names]) => [folder, [...names]])).toEqual([
    ['a', ['b']],
    ['.', ['a', 'c', 'none']],
  ]);
});

test('as long as no link takes the place of a folder, there is none', () => {
  const junctions = junctionsOn(root, ways, [], settled)!;
  expect(mayHaveLink(root, junctions)).toBe(false);
  fs.writeFileSync(at('a/new'), '');
  fs.mkdirSync(at('none'));
  fs.symlinkSync('c', at('link'));
  expect(mayHaveLink(root, junctions)).toBe(false);
});

test.each(['a', 'a/b', 'none'])(
  'a link in the place of %s shows, also where it leads to what was there',
  (name) => {
    const junctions = junctionsOn(root, ways, [], settled)!;
    if (fs.existsSync(at(name))) fs.renameSync(at(name), at('moved'));
    else fs.mkdirSync(at('moved'));
    fs.symlinkSync(at('moved'), at(name));
    expect(mayHaveLink(root, junctions)).toBe(true);
    expect(junctionsOn(root, ways, [], settled)).toBeNull();
    expect(junctionsOn(root, new Map(), junctions, settled)).toBeNull();
  },
);

test('a stamp that another change may leave as it is vouches for nothing', () => {
  const unsettled = junctionsOn(root, ways, [], () => false)!;
  expect(unsettled.map(({ stamp }) => stamp)).toEqual([null, null]);
  const known = junctionsOn(root, new Map(), unsettled, settled)!;
  expect(known.every(({ stamp }) => stamp !== null)).toBe(true);
  expect(known.map(({ names }) => names)).toEqual(unsettled.map(({ names }) => names));
});

test('what was known before is known with what is new', () => {
  const before = junctionsOn(root, waysTo(['c/1']), [], settled)!;
  const after = junctionsOn(root, waysTo(['a/2', 'a/b/3']), before, settled)!;
  expect(after.map(({ folder, names }) => [folder, names])).toEqual([
    ['.', ['c', 'a']],
    ['a', ['b']],
  ]);
});

test('where a file has come in the place of a folder, it cannot be told', () => {
  const junctions = junctionsOn(root, ways, [], settled)!;
  fs.rmdirSync(at('a/b'));
  fs.rmdirSync(at('a'));
  fs.writeFileSync(at('a'), '');
  expect(mayHaveLink(root, junctions)).toBe(true);
});
