import { expect, test } from 'vitest';
import { usedByStage } from '../../src/cli/used-by-stage.ts';
import type { TaskSummary } from '../../src/journal/run-summary.ts';
import type { Metrics } from '../../src/model/metrics.ts';

function ended(stage: string, outcome: 'executed' | 'restored' | 'failed', metrics?: Metrics): TaskSummary {
  const told = { task: stage as TaskSummary['task'], stage, item: null, outcome, durationMs: 1 };
  return metrics === undefined ? told : { ...told, metrics };
}

test('what the items of a stage used is added up, failed ones too, apart from what was saved', () => {
  const tasks = [
    ended('sow', 'executed', { usd: 1 }),
    ended('speak', 'executed', { usd: 0.25, tokens: 900 }),
    ended('speak', 'failed', { usd: 0.25 }),
    ended('speak', 'restored', { usd: 3 }),
    ended('mix', 'executed'),
  ];
  expect(usedByStage(tasks)).toEqual([
    ['sow', '1', 'usd 1', ''],
    ['speak', '3', 'usd 0.50, tokens 900', 'usd 3'],
  ]);
});

test('nothing is added up where each stage has one task, or nothing was reported', () => {
  expect(usedByStage([ended('a', 'executed', { usd: 1 }), ended('b', 'executed', { usd: 1 })])).toEqual([]);
  expect(usedByStage([ended('a', 'executed'), ended('a', 'executed')])).toEqual([]);
});
