// Verdicts and what they rest on.
import { expect, test } from 'vitest';
import { place, Standing } from '../../src/watch/standing.ts';

function scene(): Standing<string, string> {
  const standing = new Standing<string, string>();
  standing.keep('a', 'fresh', [place('/w/a.txt', 'entry'), place('/w/shared', 'list')]);
  standing.keep('b', 'fresh', [place('/w/b.txt', 'entry'), place('/w/shared', 'list')]);
  return standing;
}

const names = (standing: Standing<string, string>) => standing.entries().map(([name]) => name);

test('what is heard of drops what rests on it, and nothing else', () => {
  const standing = scene();
  standing.dropAt('/w/other.txt');
  expect(names(standing)).toEqual(['a', 'b']);
  standing.dropAt('/w/a.txt');
  expect(names(standing)).toEqual(['b']);
  // A name in a folder that was listed, whether it was there or not.
  const listed = scene();
  listed.dropAt('/w/shared/new.txt');
  expect(names(listed)).toEqual([]);
  // The folder itself.
  const folder = scene();
  folder.dropAt('/w/shared');
  expect(names(folder)).toEqual([]);
});

test('a verdict that is kept anew rests on what it was taken from last', () => {
  const standing = scene();
  standing.keep('a', 'fresh', [place('/w/elsewhere.txt', 'entry')]);
  standing.dropAt('/w/a.txt');
  standing.dropAt('/w/shared/new.txt');
  expect(names(standing)).toEqual(['a']);
  standing.dropAt('/w/elsewhere.txt');
  expect(names(standing)).toEqual([]);
});

test('one may be dropped by its name, or all', () => {
  const standing = scene();
  standing.drop('a');
  standing.drop('unknown');
  expect(names(standing)).toEqual(['b']);
  standing.dropAll();
  expect(standing.size).toBe(0);
});
