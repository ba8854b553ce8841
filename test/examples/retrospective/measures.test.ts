// What enrichment measures in one address.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  median,
  readingGrade,
  syllablesOf,
} from '../../../examples/retrospective/enrichment/readability.mjs';
import {
  institutionsIn,
  nationsIn,
  presidentsIn,
} from '../../../examples/retrospective/enrichment/references.mjs';
import { movingTypeTokenRatio } from '../../../examples/retrospective/enrichment/vocabulary.mjs';
import { type Address, fileOf, sealed } from '../../../examples/retrospective/lib/repository.mjs';

describe('the moving type-token ratio', () => {
  test('is the plain ratio for a text of one window', () => {
    expect(movingTypeTokenRatio(['a', 'b', 'a', 'c'], 4)).toBe(0.75);
    expect(movingTypeTokenRatio(['a', 'b'], 500)).toBe(1);
  });

  test('averages over all windows', () => {
    // Windows of two: ab 1, bb 1/2, ba 1.
    expect(movingTypeTokenRatio(['a', 'b', 'b', 'a'], 2)).toBeCloseTo(2.5 / 3);
  });

  test('does not fall when the same text goes on', () => {
    const verse = Array.from({ length: 50 }, (_, i) => `w${i}`);
    expect(movingTypeTokenRatio([...verse, ...verse, ...verse], 50)).toBe(1);
  });

  test('is 0 without words', () => {
    expect(movingTypeTokenRatio([])).toBe(0);
  });
});

describe('readability', () => {
  test.each([
    ['war', 1],
    ['peace', 1],
    ['nation', 2],
    ['wanted', 2],
    ['states', 1],
    ['americans', 4],
    ['constitution', 4],
    ['year', 1],
  ])('%s has %i syllables', (word, syllables) => {
    expect(syllablesOf(word)).toBe(syllables);
  });

  test('the grade follows the formula of Flesch and Kincaid', () => {
    expect(readingGrade(20, 1.5)).toBeCloseTo(0.39 * 20 + 11.8 * 1.5 - 15.59);
  });

  test('the median is the middle, or between the two in the middle', () => {
    expect(median([9, 1, 3])).toBe(3);
    expect(median([10, 9, 1, 3])).toBe(6);
  });
});

describe('mentions of presidents', () => {
  const mentions = (text: string, year = 2000, speaker = 'Bill Clinton') => presidentsIn(text, year, speaker);

  test('are found by an unmistakable surname, or by first name or title', () => {
    expect(mentions('As Lincoln said. President Grant agreed; so did George Washington.')).toEqual({
      'Abraham Lincoln': 1,
      'George Washington': 1,
      'Ulysses S. Grant': 1,
    });
  });

  test('are not found in cities, verbs and doctrines', () => {
    expect(mentions('Here in Washington, Grant us peace. The Monroe Doctrine holds in Cleveland.')).toEqual(
      {},
    );
  });

  test('are not found in people who share the name', () => {
    expect(mentions('Senator Kennedy and Mrs. Lincoln and Robert Lincoln and Mrs Truman')).toEqual({
      'Abraham Lincoln': 1,
    });
  });

  test('only count those before', () => {
    expect(mentions('Thomas Jefferson and Abraham Lincoln', 1850, 'Millard Fillmore')).toEqual({
      'Thomas Jefferson': 1,
    });
  });

  test('leave out the speaker', () => {
    expect(presidentsIn('President Lincoln speaks.', 1864, 'Abraham Lincoln')).toEqual({});
  });

  test('tell two of one name apart by first names, else take the latest', () => {
    expect(mentions('Theodore Roosevelt, Franklin Roosevelt, Roosevelt, Franklin D. Roosevelt')).toEqual({
      'Franklin D. Roosevelt': 3,
      'Theodore Roosevelt': 1,
    });
    expect(mentions('John Quincy Adams and his father John Adams')).toEqual({
      'John Adams': 1,
      'John Quincy Adams': 1,
    });
    expect(presidentsIn('Thank you, President Bush.', 2010, 'Barack Obama')).toEqual({ 'George W. Bush': 1 });
  });
});

describe('mentions of nations and institutions', () => {
  test('are counted under one name through the centuries, most mentioned first', () => {
    expect(nationsIn('Persia, Chili, the Soviet Union and Russia')).toEqual({ Russia: 2, Chile: 1, Iran: 1 });
    expect(Object.keys(nationsIn('Chili, Russia and the Soviet Union'))).toEqual(['Russia', 'Chile']);
  });

  test('are not parts of other names', () => {
    expect(nationsIn('New Mexico, New England, Indiana, Chinatown')).toEqual({});
    expect(nationsIn('South Vietnam')).toEqual({ Vietnam: 1 });
  });

  test('include the Constitution but not a constitution', () => {
    expect(institutionsIn('The Constitution gives the Supreme Court a strong constitution.')).toEqual({
      Constitution: 1,
      'Supreme Court': 1,
    });
  });
});

test('enrichment tells pipe how far it is', () => {
  const root = fs.mkdtempSync(path.join(tmpdir(), 'retrospective-'));
  try {
    const address: Address = {
      ...{ id: 'a', year: 1790, president: 'George Washington', party: 'none', delivery: 'spoken' },
      ...{ words: 4, sentences: ['It is the truth.'] },
    };
    const addresses = Array.from({ length: 12 }, () => address);
    fs.mkdirSync(path.join(root, path.dirname(fileOf('addresses'))), { recursive: true });
    fs.writeFileSync(path.join(root, fileOf('addresses')), sealed('addresses', addresses));
    const script = path.resolve('examples/retrospective/stages/enrich.mjs');
    const told = path.join(root, 'told');
    const env = { ...process.env, PIPE_OUTPUT: told };
    const ended = spawnSync(process.execPath, [script], { cwd: root, env, encoding: 'utf8' });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    const lines = fs.readFileSync(told, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).progress)).toEqual(
      [0, 10, 12].map((done) => ({ done, total: 12 })),
    );
  } finally {
    fs.rmSync(root, { recursive: true });
  }
});
