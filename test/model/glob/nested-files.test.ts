// A file that is spelled out, and what needs a folder in its place.
import { expect, test } from 'vitest';
import { mayNest, nestedFiles } from '../../../src/model/glob/nested-files.ts';
import { setOfTexts } from '../../../src/model/glob/pattern-set.ts';

test.each([
  [['out/a'], ['out/a/b'], true],
  [['out/a'], ['out/a/b/*.x'], true],
  [['out/a'], ['out/a/'], true],
  [['out/a'], ['out/a/**'], true],
  [['out/a'], ['out/ab'], false],
  [['out/a'], ['out/a.x/b'], false],
  [['out/a'], ['out/*/b'], false],
  [['out/a', '!out/a'], ['out/b/c'], false],
  [['out/*'], ['out/a/b'], false],
  [['a'], ['a/b'], true],
  [['out/\\*'], ['out/\\*/b'], true],
])('%j and %j: %s', (one, other, isNested) => {
  for (const sets of [
    [one, other],
    [other, one],
  ])
    expect(nestedFiles(sets.map(setOfTexts)).length > 0).toBe(isNested);
  expect(nestedFiles([setOfTexts([...one, ...other])]).length > 0).toBe(isNested);
});

test.each([
  ['out/*', 'out/*/b', true],
  ['out/*', 'out/*/.b', true],
  ['out/*', 'out/*', false],
  ['out/*.txt', 'out/a/*', false],
  ['out/', 'out/a/b', false],
  ['out/**', 'out/a/b', true],
])('a file of %s may be a folder of one of %s: %s', (one, other, may) => {
  expect(mayNest(setOfTexts([one]).entries[0]!, setOfTexts([other]).entries[0]!)).toBe(may);
});
