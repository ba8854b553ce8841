import { expect, test } from 'vitest';
import { accepted, faultsOfStage } from './sample-config.ts';

test('a budget limits metrics of any name', () => {
  const stages = { s: { run: 'x' } };
  expect(accepted({ stages }).budget).toEqual({});
  expect(accepted({ stages, budget: { usd: 10, 'input tokens': 0.5 } }).budget).toEqual({
    ...{ usd: 10, 'input tokens': 0.5 },
  });
});

test.each([
  [10, ['PIPE011 budget']],
  [{ usd: 0 }, ['PIPE011 budget.usd']],
  [{ usd: '10', eur: Number.NaN, gbp: 1 }, ['PIPE011 budget.usd', 'PIPE011 budget.eur']],
])('the budget %j is refused', (budget, faults) => {
  expect(faultsOfStage({}, { budget })).toEqual(faults);
});
