// The strategies and what they share.

import { describe, expect, test } from 'vitest';
import {
  corpusOf,
  ratesByDecade,
  ratesOf,
  seriesOf,
} from '../../../examples/retrospective/analysis/corpus.mjs';
import { STRATEGIES } from '../../../examples/retrospective/analysis/strategies.mjs';
import { corpus, ERAS, era, MEASURES, REFERENCES, TERMS } from './fixtures.ts';

describe('the corpus', () => {
  test('knows the era of each address', () => {
    expect(corpus().eraOf).toEqual([0, 0, 1]);
  });

  test('is refused where its files speak of different addresses', () => {
    const files = { terms: TERMS, measures: MEASURES, references: REFERENCES, eras: ERAS };
    expect(() => corpusOf({ ...files, terms: [TERMS[0]!, TERMS[2]!] })).toThrow(
      /terms\.json and measures\.json speak of different addresses \(from b on\)/,
    );
    expect(() => corpusOf({ ...files, references: [...REFERENCES, REFERENCES[0]!] })).toThrow(/from a on/);
    expect(() => corpusOf({ ...files, eras: [era('01', 1790, 1799, 2)] })).toThrow(
      'the eras hold 2 addresses, but 3 were measured',
    );
  });
});

test('a series has a mean for each era and its highest value', () => {
  const words = { name: 'words', label: 'Words', unit: 'words', values: [1000, 2000, 500], digits: 0 };
  expect(seriesOf(corpus(), words)).toEqual({
    name: 'words',
    label: 'Words',
    unit: 'words',
    values: [1000, 2000, 500],
    byEra: [1500, 500],
    highest: { year: 1799, president: 'B', value: 2000 },
  });
});

test('rates are per 10,000 words', () => {
  expect(ratesOf(corpus(), ['war', 'hope'])).toEqual([20, 10, 0]);
});

test('a word that is also a property of every object is counted like any other', () => {
  expect(ratesOf(corpus(), ['constructor'])).toEqual([0, 0, 20]);
});

test('rates by decade put the most mentioned first and fill the gaps with 0', () => {
  expect(ratesByDecade(corpus(), 'nations', 2)).toEqual({
    unit: 'mentions per 10,000 words',
    columns: ['1790s', '1900s'],
    rows: [
      { label: 'Spain', total: 4, values: [6.67, 40] },
      { label: 'France', total: 3, values: [6.67, 20] },
    ],
  });
});

describe('strategies', () => {
  test('have names of their own', () => {
    const names = STRATEGIES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(STRATEGIES.map((strategy) => [strategy.name, strategy] as const))(
    '%s gives a finding, and a number for every address and era',
    (_, strategy) => {
      const { finding, series } = strategy.run(corpus());
      expect(finding).toMatch(/^[A-Z“].*\.$/);
      expect(finding).not.toMatch(/NaN|undefined|null/);
      for (const { values, byEra } of series) {
        expect(values.every(Number.isFinite)).toBe(true);
        expect([values.length, byEra.length]).toEqual([3, 2]);
      }
    },
  );
});
