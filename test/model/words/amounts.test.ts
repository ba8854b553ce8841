// Numbers in words.
import { expect, test } from 'vitest';
import {
  ago,
  formatDuration,
  formatElapsed,
  formatSize,
  listSome,
  plural,
  someLines,
} from '../../../src/model/words/amounts.ts';

test.each([
  [0, '0ms'],
  [812, '812ms'],
  [999.4, '999ms'],
  [999.6, '1.0s'],
  [3400, '3.4s'],
  [9949, '9.9s'],
  [9950, '10s'],
  [59_499, '59s'],
  [59_500, '1m 00s'],
  [125_000, '2m 05s'],
  [3_599_600, '1h 00m'],
  [3_720_000, '1h 02m'],
  [86_399_000, '1d 00h'],
  [100 * 3_600_000, '4d 04h'],
  [-5, '0ms'],
])('%d milliseconds are %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test.each([
  [0, '0s'],
  [9_999, '9s'],
  [59_999, '59s'],
  [60_000, '1m 00s'],
])('a clock at %d milliseconds shows %s', (ms, words) => {
  expect(formatElapsed(ms)).toBe(words);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 KB'],
  [9_949, '9.9 KB'],
  [45_000_000, '45 MB'],
  [999_600, '1.0 MB'],
  [1.3e9, '1.3 GB'],
])('%d bytes are %s', (bytes, words) => {
  expect(formatSize(bytes)).toBe(words);
});

test('a count agrees with its noun', () => {
  expect([plural(0, 'stage'), plural(1, 'stage'), plural(2, 'entry', 'entries')]).toEqual([
    '0 stages',
    '1 stage',
    '2 entries',
  ]);
});

test('a long list names its beginning and counts the rest', () => {
  expect([someLines(['a', 'b'], 2), someLines(['a', 'b', 'c', 'd'], 2)]).toEqual([
    ['a', 'b'],
    ['a', 'b', 'and 2 more'],
  ]);
  expect([listSome(['a', 'b'], 2), listSome(['a', 'b', 'c'], 2)]).toEqual(['a, b', 'a, b and 1 more']);
});

test.each([
  [1_000, 'just now'],
  [12_000, '12s ago'],
  [300_000, '5m ago'],
  [3 * 3_600_000, '3h ago'],
  [86_400_000, '1 day ago'],
  [40 * 86_400_000, '2026-01-01'],
  [-60_000, 'just now'],
])('%d milliseconds before now are %s', (passed, words) => {
  const now = Date.UTC(2026, 0, 1) + 40 * 86_400_000;
  expect(ago(now - passed, now)).toBe(words);
});
