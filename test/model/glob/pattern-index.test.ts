import fc from 'fast-check';
import { expect, test } from 'vitest';
import { overlappingPairs } from '../../../src/model/glob/pattern-index.ts';
import { type PatternSet, setMayMatchBoth } from '../../../src/model/glob/pattern-set.ts';
import { patternSet, patternSets } from './pattern-set-samples.ts';

function allPairs(producers: readonly PatternSet[], consumers: readonly PatternSet[]) {
  return consumers.flatMap((to, consumer) =>
    producers.flatMap((from, producer) => {
      const ground = setMayMatchBoth(from, to);
      return ground === null ? [] : [{ producer, consumer, ...ground }];
    }),
  );
}

function indexPairs(producers: readonly PatternSet[], consumers: readonly PatternSet[]) {
  return overlappingPairs(producers, consumers).map(({ producer, consumer }) => [producer, consumer]);
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

test('the index finds what comparing all pairs finds, in the same order', () => {
  fc.assert(
    fc.property(
      fc.array(patternSets, { maxLength: 12 }),
      fc.array(patternSets, { maxLength: 12 }),
      (producers, consumers) => {
        expect(overlappingPairs(producers, consumers)).toEqual(allPairs(producers, consumers));
      },
    ),
    { numRuns: 200 },
  );
});

test('the index finds the same when there are enough patterns to be sorted', () => {
  fc.assert(
    fc.property(
      fc.array(patternSets, { minLength: 45, maxLength: 60 }),
      fc.array(patternSets, { minLength: 3, maxLength: 8 }),
      (some, consumers) => {
        const producers = [
          ...times(40, (i) => patternSet(`${['a', 'b', 'ab', 'a/b'][i % 4]}/${i}`)),
          ...some,
          ...times(40, (i) => patternSet(`${['a', 'b', 'ab', 'a/b'][i % 4]}/*${i}`)),
        ];
        expect(overlappingPairs(producers, consumers)).toEqual(allPairs(producers, consumers));
      },
    ),
    { numRuns: 40 },
  );
});

test('a literal finds its literal and every pattern over it', () => {
  const producers = [
    patternSet('out/a.txt'),
    patternSet('out/*.txt'),
    patternSet('out/'),
    patternSet('**/b.txt'),
  ];
  expect(indexPairs(producers, [patternSet('out/b.txt'), patternSet('out/a.txt')])).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
});

test('patterns find each other by beginning and by end among hundreds', () => {
  const producers = [
    ...times(300, (i) => patternSet(`out/run-${i}-*.csv`)),
    ...times(300, (i) => patternSet(`out/*-run${i}.json`)),
    ...times(300, (i) => patternSet(`lessons/${i % 7}/n${i}.json`)),
  ];
  const consumers = [
    patternSet('out/run-7-x*'),
    patternSet('**/*-run7.json'),
    patternSet('lessons/**/n7.json'),
    patternSet('lessons/3/*.json', '!**/n1*.json'),
  ];
  const inThree = times(300, (i) => i).filter((i) => i % 7 === 3 && !String(i).startsWith('1'));
  expect(indexPairs(producers, consumers)).toEqual([
    [7, 0],
    ...times(300, (i) => [300 + i, 0]),
    [307, 1],
    [607, 2],
    ...inThree.map((i) => [600 + i, 3]),
  ]);
});

test('reserved names connect nothing', () => {
  expect(indexPairs([patternSet('.git/x'), patternSet('.git/*')], [patternSet('.git/x', '.git/**')])).toEqual(
    [],
  );
});
