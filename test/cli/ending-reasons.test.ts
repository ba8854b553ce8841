// What asks a run to end, and how often: only a person is impatient.
import { expect, test } from 'vitest';
import { type EndingReason, EndingReasons } from '../../src/cli/ending-reasons.ts';

test.each<[reasons: readonly EndingReason[], demands: number]>([
  [['person', 'person', 'person'], 3],
  [['hang-up', 'hang-up', 'hang-up'], 1],
  [['hang-up', 'reader-gone', 'hang-up'], 1],
  [['reader-gone', 'hang-up', 'hang-up', 'reader-gone'], 1],
  [['person', 'hang-up', 'reader-gone'], 1],
  [['hang-up', 'person'], 2],
  // Ctrl-C reaches both ends of a pipe.
  [['person', 'reader-gone'], 1],
  [['reader-gone', 'person'], 1],
  [['reader-gone', 'person', 'person'], 2],
  [['reader-gone', 'hang-up', 'person'], 2],
])('%j is as if somebody had asked %d times', (reasons, demands) => {
  const heard = new EndingReasons();
  expect(reasons.filter((reason) => heard.counts(reason))).toHaveLength(demands);
});
