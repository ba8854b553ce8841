// Cutting texts into sentences and words.

import { describe, expect, test } from 'vitest';
import { sentencesOf, tidied } from '../../../examples/retrospective/lib/sentences.mjs';
import { termCounts, wordsOf } from '../../../examples/retrospective/lib/words.mjs';

describe('sentences', () => {
  test('end at full stops, question marks and exclamation marks', () => {
    expect(sentencesOf('We met. Did we agree? We did! Good.')).toEqual([
      'We met.',
      'Did we agree?',
      'We did!',
      'Good.',
    ]);
  });

  test('do not end at titles, initials and U.S.', () => {
    const text = 'Mr. Speaker, Gen. U. S. Grant reported to the U.S. Senate. He left.';
    expect(sentencesOf(text)).toEqual([
      'Mr. Speaker, Gen. U. S. Grant reported to the U.S. Senate.',
      'He left.',
    ]);
  });

  test('may end with "I"', () => {
    expect(sentencesOf('We won World War I. They wept.')).toEqual(['We won World War I.', 'They wept.']);
  });

  test('keep their closing quotes and brackets', () => {
    expect(sentencesOf('He said "no." Then he left (at once.) Silence.')).toEqual([
      'He said "no."',
      'Then he left (at once.)',
      'Silence.',
    ]);
  });

  test('do not end at a figure such as 3.5', () => {
    expect(sentencesOf('It grew 3.5 percent.')).toEqual(['It grew 3.5 percent.']);
  });

  test('are none in an empty text', () => {
    expect(sentencesOf('')).toEqual([]);
  });
});

describe('a tidied text', () => {
  test('has lost what the floor did, but not what was said in brackets', () => {
    expect(tidied('Thank you. (Applause.) Well [Laughter] it (the bill) passed.')).toBe(
      'Thank you. Well it (the bill) passed.',
    );
  });

  test('has straight quotes, one dash, single spaces and no control characters', () => {
    expect(tidied('“It’s”\u0002 \n late—very')).toBe('"It\'s" late-very');
  });
});

describe('words', () => {
  test('are lower case, split at hyphens, joined by apostrophes, and include figures', () => {
    expect(wordsOf("The Nation's long-term debt: $3,000.50.")).toEqual([
      'the',
      "nation's",
      'long',
      'term',
      'debt',
      '3,000.50',
    ]);
  });

  test('are counted without figures, the possessive with its noun', () => {
    const counts = termCounts(["nation's", 'nation', '1,000', "don't"]);
    expect([...counts]).toEqual([
      ['nation', 2],
      ["don't", 1],
    ]);
  });
});
