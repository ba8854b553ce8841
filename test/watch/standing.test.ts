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

const doubts = (standing: Standing<string, string>) =>
  standing.doubted().map(([name, , heard]) => [name, Object.fromEntries(heard)]);

test('what is heard of is a doubt of what rests on it, and of nothing else', () => {
  const standing = scene();
  standing.hear('/w/other.txt');
  expect(names(standing)).toEqual(['a', 'b']);
  standing.hear('/w/a.txt');
  expect(names(standing)).toEqual(['b']);
  expect(doubts(standing)).toEqual([['a', { '/w/a.txt': true }]]);
  // A name in a folder that was listed, whether it was there or not.
  standing.hear('/w/shared/new.txt');
  expect(names(standing)).toEqual([]);
  expect(doubts(standing)).toEqual([
    ['a', { '/w/a.txt': true, '/w/shared/new.txt': false }],
    ['b', { '/w/shared/new.txt': false }],
  ]);
});

test('what was looked at itself in a folder that was listed remains so, whatever else is heard of it', () => {
  const standing = new Standing<string, string>();
  const places = [place('/w/shared', 'list'), place('/w/shared/a.txt', 'entry')];
  standing.keep('a', 'fresh', places);
  standing.hear('/w/shared/a.txt');
  standing.hear('/w/shared/a.txt');
  expect(doubts(standing)).toEqual([['a', { '/w/shared/a.txt': true }]]);
});

test('of a folder that was listed, and of very many paths, no more is known than that all has to be looked at', () => {
  const folder = scene();
  folder.hear('/w/shared');
  expect([names(folder), doubts(folder)]).toEqual([[], []]);
  const many = scene();
  for (let i = 0; i <= 100; i++) many.hear(`/w/shared/${i}`);
  expect([names(many), doubts(many)]).toEqual([[], []]);
});

test('a doubt that was looked into is none any more, and the next one is of the same places', () => {
  const standing = scene();
  standing.hear('/w/a.txt');
  standing.renew('a', 'still fresh');
  expect(standing.entries()).toEqual(
    [
      ['b', 'fresh'],
      ['a', 'still fresh'],
    ].sort(([a], [b]) => (a! < b! ? -1 : 1)),
  );
  expect(doubts(standing)).toEqual([]);
  standing.hear('/w/a.txt');
  expect(doubts(standing)).toEqual([['a', { '/w/a.txt': true }]]);
});

test('a verdict that is kept anew rests on what it was taken from last', () => {
  const standing = scene();
  standing.keep('a', 'fresh', [place('/w/elsewhere.txt', 'entry')]);
  standing.hear('/w/a.txt');
  standing.hear('/w/shared/new.txt');
  expect(names(standing)).toEqual(['a']);
  standing.hear('/w/elsewhere.txt');
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
