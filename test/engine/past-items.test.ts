// What an item that was never built is expected to take.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { itemsTook } from '../../src/engine/past-items.ts';
import { preview } from '../../src/engine/preview.ts';
import { recordIn, type TaskRecord } from '../../src/model/record.ts';
import { build, Machine, planOf } from '../rig/fake-world.ts';
import { recordOf } from './samples.ts';

test('items took what their executions did: the longest, all together, and one on average', () => {
  const accepted = { by: 'me', atMs: 0, reason: 'fine', paths: [] };
  const records: readonly TaskRecord[] = [
    recordOf('say:a', { durationMs: 10, metrics: { usd: 1 } }),
    recordOf('say:b', { durationMs: 30, metrics: { usd: 2 } }),
    recordOf('say:c', { durationMs: 0, accepted }),
    recordOf('other:a', { durationMs: 7 }),
  ];
  expect([...itemsTook({ remembered: () => records })]).toEqual([
    ['say', { longestMs: 30, sumMs: 40, mean: { durationMs: 20, metrics: { usd: 1.5 } } }],
    ['other', { longestMs: 7, sumMs: 7, mean: { durationMs: 7, metrics: {} } }],
  ]);
});

test('an item that was never built is planned with what the others took; one that was with its own; a stage with nothing', async () => {
  const plan = planOf({
    say: { forEach: 'in/{name}.txt', produces: 'out/{name}.txt' },
    all: { requires: 'out/*.txt', produces: 'all.txt' },
  });
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' });
  const { world } = await build(machine, plan, { request: { targets: ['say'] } });
  const again = (task: string, more: Partial<TaskRecord>) => {
    const record = recordIn(world.records.memory(task as TaskId));
    world.records.commit({ ...record!, ...more });
  };
  again('say:in/a.txt', { durationMs: 10, metrics: { usd: 1 } });
  again('say:in/b.txt', { durationMs: 31, metrics: { usd: 2 } });
  machine.edit('in/a.txt', 'another');
  machine.edit('in/c.txt', 'c');
  const plans = preview(machine.start(), plan.graph, plan.select());
  const told = plans.map(({ task, estimateMs, estimateMetrics }) => [task, estimateMs, estimateMetrics]);
  expect(told).toEqual([
    ['say:in/a.txt', 10, { usd: 1 }],
    ['say:in/b.txt', 31, undefined],
    ['say:in/c.txt', 21, { usd: 1.5 }],
    ['all', null, undefined],
  ]);
});
