import { expect, test } from 'vitest';
import { parseDuration } from '../../../src/model/validation/duration.ts';

test.each([
  ['50ms', 50],
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
  ['1.5m', 90_000],
  [250, 250],
])('%j is %d milliseconds', (value, ms) => {
  expect(parseDuration(value)).toEqual({ ok: true, value: ms });
});

test.each([['10', '10 m', '-1s', '1e3s', '10M', '', 's', 'soon', null, true, {}, Number.NaN]])(
  '%j is no duration',
  (value) => {
    expect(parseDuration(value)).toMatchObject({ error: expect.stringContaining("such as '10m'") });
  },
);

test.each([0, -5, '0s', '0.1ms'])('%j is too short to be a duration', (value) => {
  expect(parseDuration(value)).toMatchObject({ error: expect.stringContaining('at least') });
});

test.each([Number.POSITIVE_INFINITY, `${'9'.repeat(400)}s`])('an endless duration is none', (value) => {
  expect(parseDuration(value)).toMatchObject({ error: 'a shorter duration' });
});
