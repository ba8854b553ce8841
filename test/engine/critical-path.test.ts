// How much time is behind each task, by what executions took before.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { chainsOf, pastDurations, staleAtOnce } from '../../src/engine/critical-path.ts';
import { ReadyLine } from '../../src/engine/ready-line.ts';
import type { TaskOrder } from '../../src/engine/task-orders.ts';
import type { RestState } from '../../src/engine/whats-to-do.ts';
import type { Memory, TaskRecord } from '../../src/model/record.ts';
import { planOf } from '../rig/fake-world.ts';
import { recordOf } from './samples.ts';

const plan = planOf({ a: {}, b: {}, c: {}, d: {}, e: { forEach: '{name}.txt', produces: '{name}.out' } });
const tasks = ['a', 'b', 'c', 'd'].map((name) => plan.task(name));

function order(before: string, after: string): TaskOrder {
  return { before: before as TaskId, after: after as TaskId, kind: 'file' };
}

test('the chain behind a task is the longest of those that wait for it, with its own time', () => {
  const durations: Readonly<Record<string, number>> = { a: 1, b: 50, c: 100, d: 7 };
  const orders = [order('a', 'b'), order('a', 'c'), order('b', 'd')];
  const chains = chainsOf(tasks, orders, ({ id }) => durations[id] ?? 0);
  expect(Object.fromEntries(chains)).toEqual({ a: 101, b: 57, c: 100, d: 7 });
});

test('a task takes as long as its last execution that ended well; one that has none takes no time', () => {
  const last: TaskRecord = { ...recordOf('b' as TaskId), durationMs: 30 };
  const memories: Readonly<Record<string, Memory>> = {
    a: { kind: 'done', record: { ...recordOf('a' as TaskId), durationMs: 20 } },
    b: { kind: 'unfinished', runId: last.runId, leftovers: false, last },
  };
  const durationMsOf = pastDurations(
    { memory: (id) => memories[id] ?? { kind: 'none' }, remembered: () => [] },
    2,
  );
  expect(tasks.slice(0, 3).map(durationMsOf)).toEqual([20, 30, 0]);
});

test.each([
  ['its longest item', 8, 60],
  ['its share of all jobs', 2, 75],
] as const)('a stage with items takes as long as %s', (_, jobs, expected) => {
  const items = [60, 50, 40].map(
    (durationMs, i): TaskRecord => ({ ...recordOf(`e:${i}` as TaskId), durationMs }),
  );
  const durationMsOf = pastDurations({ memory: () => ({ kind: 'none' }), remembered: () => items }, jobs);
  expect(durationMsOf(plan.task('e'))).toBe(expected);
});

test('what is known to be stale comes before all that is still to pass, where all of it can run at once', () => {
  const found = {
    tasks: new Map<TaskId, RestState>([
      ['a' as TaskId, { kind: 'fresh' }],
      ['c' as TaskId, { kind: 'stale' }],
      ['e:1' as TaskId, { kind: 'stale' }],
      ['e:2' as TaskId, { kind: 'blocked', by: 'c' as TaskId }],
    ]),
    hasWork: true,
    hasGone: false,
  };
  expect([...staleAtOnce(found, 2)]).toEqual(['c', 'e']);
  expect([...staleAtOnce(found, 1)]).toEqual([]);
  expect([...staleAtOnce(null, 2)]).toEqual([]);

  const chains = chainsOf(tasks, [order('a', 'b')], () => 9, staleAtOnce(found, 2));
  const line = new ReadyLine<{ readonly task: (typeof tasks)[number] }>(null, chains);
  for (const task of tasks) line.push({ task });
  expect(line.shift()?.task.id).toBe('c');
});
