// Change points, distinctive words, and the eras made of them.

import { describe, expect, test } from 'vitest';
import { changePoints } from '../../../examples/retrospective/eras/change-points.ts';
import { describeEras } from '../../../examples/retrospective/eras/describe.ts';
import { distinctiveWords } from '../../../examples/retrospective/eras/distinctive.ts';
import { profilesOf } from '../../../examples/retrospective/eras/profile.ts';
import type { Terms } from '../../../examples/retrospective/lib/repository.mjs';

/** The same wobble in every test: a small generator instead of Math.random. */
function wobble(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648 - 0.5;
  };
}

function levels(...runs: readonly (readonly [count: number, level: readonly number[]])[]): Float64Array[] {
  const noise = wobble(7);
  return runs.flatMap(([count, level]) =>
    Array.from({ length: count }, () => Float64Array.from(level, (value) => value + noise() * 0.2)),
  );
}

const STRICT = { minimumLength: 3, strictness: 2 };

describe('change points', () => {
  test('are found where the level changes', () => {
    const vectors = levels([20, [0, 1, 0]], [15, [1, 0, 0]], [30, [0, 0, 1]]);
    expect(changePoints(vectors, STRICT).starts).toEqual([0, 20, 35]);
  });

  test('are none in noise', () => {
    expect(changePoints(levels([60, [0.5, 0.5]]), STRICT).starts).toEqual([0]);
  });

  test('do not depend on the scale', () => {
    const vectors = levels([12, [0, 0]], [12, [1, 1]]);
    const larger = vectors.map((vector) => vector.map((value) => value * 1000));
    expect(changePoints(larger, STRICT).starts).toEqual(changePoints(vectors, STRICT).starts);
  });

  test('leave no segment shorter than the minimum', () => {
    // A clear outlier of two is not long enough to stand alone.
    const vectors = levels([10, [0, 0]], [2, [5, 5]], [10, [0, 0]]);
    const { starts } = changePoints(vectors, { minimumLength: 4, strictness: 0.1 });
    const lengths = [...starts, vectors.length].slice(1).map((end, i) => end - starts[i]!);
    expect(starts.length).toBeGreaterThan(1);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(4);
  });

  test('need a sequence that is long enough', () => {
    expect(changePoints(levels([5, [0]]), STRICT).starts).toEqual([0]);
    expect(changePoints([], STRICT).starts).toEqual([]);
  });

  test('are as many as a stricter penalty allows, at most', () => {
    const vectors = levels([10, [0, 0]], [10, [0.3, 0]], [10, [2, 0]]);
    const cuts = [0.2, 2, 20, 2000].map(
      (strictness) => changePoints(vectors, { ...STRICT, strictness }).starts.length,
    );
    expect(cuts).toEqual([...cuts].sort((a, b) => b - a));
    expect(cuts.at(-1)).toBe(1);
  });
});

describe('profiles', () => {
  test('are of length 1 and hold the words of enough addresses, without function words', () => {
    const { vocabulary, vectors } = profilesOf(
      [terms(1790, 'A', { the: 9, peace: 3, war: 1 }), terms(1791, 'A', { the: 9, peace: 1, once: 1 })],
      0.6,
    );
    expect(vocabulary).toEqual(['peace']);
    expect(vectors.map((vector) => [...vector])).toEqual([[1], [1]]);
  });

  test('of an address without any of the words are all zero', () => {
    const { vectors } = profilesOf([terms(1790, 'A', { peace: 1 }), terms(1791, 'A', { the: 1 })], 0.1);
    expect([...vectors[1]!]).toEqual([0]);
  });
});

describe('distinctive words', () => {
  test('are those used more here than there, the surest first', () => {
    const here = new Map([
      ['militia', 40],
      ['peace', 50],
      ['rare', 1],
    ]);
    const there = new Map([
      ['militia', 2],
      ['peace', 55],
      ['jobs', 60],
    ]);
    const found = distinctiveWords(here, there, { limit: 5, priorWords: 50 });
    expect(found[0]).toMatchObject({ word: 'militia', count: 40 });
    expect(found[0]!.score).toBeGreaterThan(3);
    expect(found.find(({ word }) => word === 'jobs')).toBeUndefined();
  });

  test('do not put a word that occurs once above one that occurs often', () => {
    const here = new Map([
      ['once', 1],
      ['often', 30],
    ]);
    const there = new Map([
      ['often', 10],
      ['other', 100],
    ]);
    expect(distinctiveWords(here, there, { limit: 1 })[0]!.word).toBe('often');
  });

  test('that are equally sure come in alphabetical order', () => {
    const here = new Map([
      ['b', 5],
      ['a', 5],
    ]);
    const words = distinctiveWords(here, new Map([['c', 10]]), { limit: 2 }).map(({ word }) => word);
    expect(words).toEqual(['a', 'b']);
  });
});

describe('eras', () => {
  const history = [
    terms(1790, 'A', { militia: 9, peace: 5, whig: 9 }),
    terms(1791, 'B', { militia: 9, peace: 5 }),
    terms(1900, 'C', { railways: 9, peace: 5 }),
    terms(1901, 'D', { railways: 9, peace: 5, valueof: 1 }),
  ];

  test('have their years, presidents and counts', () => {
    const [first, second] = describeEras(history, [0, 2]);
    expect(first).toMatchObject({
      key: '01-1790-1791',
      from: 1790,
      to: 1791,
      addresses: 2,
      words: 37,
      presidents: ['A', 'B'],
    });
    expect(second!.distinctive[0]!.word).toBe('railways');
  });

  test('are not described by the words of a single president', () => {
    const words = describeEras(history, [0, 2])[0]!.distinctive.map(({ word }) => word);
    expect(words).toContain('militia');
    expect(words).not.toContain('whig');
  });

  test('of one president are described by his words', () => {
    const words = describeEras(history, [0, 1])[0]!.distinctive.map(({ word }) => word);
    expect(words).toContain('whig');
  });
});

function terms(year: number, president: string, counts: Readonly<Record<string, number>>): Terms {
  return { id: `${year}_${president}`, year, president, counts };
}
