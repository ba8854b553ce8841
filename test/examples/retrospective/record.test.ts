// Files of the data set become records, or a sentence that says which file is wrong.

import { describe, expect, test } from 'vitest';
import { deliveryOf } from '../../../examples/retrospective/lib/history.mjs';
import { addressRecord, inOrder } from '../../../examples/retrospective/lib/record.mjs';

function json(fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ year: 1897, name: 'William Mc Kinley', party: 'Republican', text: '', ...fields });
}

const FILE = '1897_william_mc_kinley_r.txt';

describe('a record', () => {
  test('takes its text from the .txt and the rest from the .json', () => {
    expect(addressRecord(FILE, 'To the Senate: It is well. Mr. Day agrees.', json())).toEqual({
      id: '1897_william_mc_kinley_r',
      year: 1897,
      president: 'William McKinley',
      party: 'Republican',
      delivery: 'written',
      words: 9,
      sentences: ['To the Senate: It is well.', 'Mr. Day agrees.'],
    });
  });

  test.each([
    ['a file name of another form', 'speech.txt', 'Text.', json(), /speech\.txt: not named like/],
    ['a JSON file that does not parse', FILE, 'Text.', '{', /1897_william_mc_kinley_r\.json: not JSON/],
    ['a missing party', FILE, 'Text.', json({ party: undefined }), /"party" is missing or no string/],
    ['a year that is text', FILE, 'Text.', json({ year: '1897' }), /"year" is missing or no number/],
    ['two different years', FILE, 'Text.', json({ year: 1898 }), /file name says 1897, its JSON says 1898/],
    ['a text without words', FILE, ' [Applause] ', json(), /holds no words/],
  ])('is refused for %s', (_, file, text, meta, message) => {
    expect(() => addressRecord(file, text, meta)).toThrow(message);
  });
});

test('in a year with two addresses the outgoing president comes first', () => {
  const at = (year: number, name: string) =>
    addressRecord(`${year}_${name.toLowerCase()}_x.txt`, 'Text.', json({ year, name }));
  const ordered = inOrder([at(1961, 'Kennedy'), at(1962, 'Kennedy'), at(1961, 'Zwicky'), at(1953, 'Zwicky')]);
  expect(ordered.map(({ year, president }) => `${year} ${president}`)).toEqual([
    '1953 Zwicky',
    '1961 Zwicky',
    '1961 Kennedy',
    '1962 Kennedy',
  ]);
});

describe('delivery', () => {
  test.each([
    [1800, 'John Adams', 'spoken'],
    [1801, 'Thomas Jefferson', 'written'],
    [1912, 'William H. Taft', 'written'],
    [1913, 'Woodrow Wilson', 'spoken'],
    [1923, 'Calvin Coolidge', 'spoken'],
    [1924, 'Calvin Coolidge', 'written'],
    [1961, 'Dwight D. Eisenhower', 'written'],
    [1961, 'John F. Kennedy', 'spoken'],
    [1981, 'Jimmy Carter', 'written'],
  ] as const)('%i by %s was %s', (year, president, delivery) => {
    expect(deliveryOf(year, president)).toBe(delivery);
  });
});
