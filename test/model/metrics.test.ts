import { expect, test } from 'vitest';
import {
  addNames,
  amountText,
  meanOfMetrics,
  metricsText,
  mostNames,
  reachedLimit,
  sharesOf,
  sumOfMetrics,
} from '../../src/model/metrics.ts';

test('sums keep what only one of both has', () => {
  expect(sumOfMetrics({ usd: 1.5, tokens: 3 }, { usd: 2, pages: 1 })).toEqual({
    usd: 3.5,
    tokens: 3,
    pages: 1,
  });
});

test('ten times a tenth is one, and reaches a limit of one; large whole numbers stay exact', () => {
  let [sum, calls] = [{}, 0];
  for (; reachedLimit(sum, { usd: 1 }) === null; calls++) sum = sumOfMetrics(sum, { usd: 0.1 });
  expect([sum, calls]).toEqual([{ usd: 1 }, 10]);
  expect(sumOfMetrics({ n: 2 ** 53 - 2 }, { n: 1 })).toEqual({ n: 2 ** 53 - 1 });
  expect(meanOfMetrics([{ usd: 0.1 }, { usd: 0.2 }])).toEqual({ usd: 0.15 });
});

test.each(['constructor', '__proto__', 'toString'])('a metric may be named %s', (name) => {
  const one = JSON.parse(`{"${name}":1}`);
  expect(JSON.stringify(sumOfMetrics(sumOfMetrics({}, one), one))).toBe(`{"${name}":2}`);
});

test('an attempt may report so many names and no more, but those again and again', () => {
  const many = Object.fromEntries(Array.from({ length: mostNames - 1 }, (_, index) => [`m${index}`, 1]));
  const known = new Set<string>();
  expect(addNames(known, many)).toBe(true);
  expect(addNames(known, { usd: 1, tokens: 1 })).toBe(false);
  // What was refused left no trace.
  expect(addNames(known, { usd: 1 })).toBe(true);
  expect(addNames(known, { tokens: 1 })).toBe(false);
  expect(addNames(known, { usd: 1, m0: 1 })).toBe(true);
});

test('a limit is reached by as much as it says, and the first that is counts', () => {
  expect(reachedLimit({ usd: 9.99, tokens: 10 }, { usd: 10 })).toBeNull();
  expect(reachedLimit({ usd: 10, tokens: 10 }, { tokens: 10, usd: 10 })).toEqual({
    ...{ metric: 'tokens', spent: 10, limit: 10 },
  });
  expect(reachedLimit({}, { constructor: 1, usd: 1 })).toBeNull();
});

test.each([
  [0, '0'],
  [9120, '9,120'],
  [0.42, '0.42'],
  [12.6, '12.60'],
  [1234.567, '1,234.57'],
  [0.00314, '0.0031'],
  [-0.5, '-0.50'],
  [3e15, '3.00e+15'],
])('%d is written %s', (value, text) => {
  expect(amountText(value)).toBe(text);
});

test('metrics stand in the order in which they were reported', () => {
  expect(metricsText({ usd: 0.42, tokens: 9120 })).toBe('usd 0.42, tokens 9,120');
});

test('shares add up: whole numbers stay whole, others are divided', () => {
  expect(sharesOf({ tokens: 11, usd: 0.5 }, 4)).toEqual([
    { tokens: 3, usd: 0.125 },
    { tokens: 3, usd: 0.125 },
    { tokens: 3, usd: 0.125 },
    { tokens: 2, usd: 0.125 },
  ]);
});

test('a mean is of all, whether they report the metric or not; tokens stay whole, and what is rare is not lost', () => {
  expect(meanOfMetrics([{ tokens: 100, usd: 1 }, { tokens: 101 }, { tokens: 100, images: 1 }])).toEqual({
    ...{ tokens: 100, usd: 1 / 3, images: 1 / 3 },
  });
});
