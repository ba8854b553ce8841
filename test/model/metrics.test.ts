import { expect, test } from 'vitest';
import { amountText, metricsText, reachedLimit, sumOfMetrics } from '../../src/model/metrics.ts';

test('sums keep what only one of both has', () => {
  expect(sumOfMetrics({ usd: 1.5, tokens: 3 }, { usd: 2, pages: 1 })).toEqual({
    usd: 3.5,
    tokens: 3,
    pages: 1,
  });
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
