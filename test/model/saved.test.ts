// What a run did not have to spend again.
import { expect, test } from 'vitest';
import { savedBy, savedInAll } from '../../src/model/saved.ts';

test('time is added up, and metrics where there are any', () => {
  expect(savedInAll([])).toEqual({ savedMs: 0 });
  expect(savedInAll([savedBy(2, {}), savedBy(3, {})])).toEqual({ savedMs: 5 });
  expect(savedInAll([savedBy(2, { usd: 1 }), savedBy(3, {}), savedBy(1, { usd: 2, tokens: 9 })])).toEqual({
    savedMs: 6,
    savedMetrics: { usd: 3, tokens: 9 },
  });
});
