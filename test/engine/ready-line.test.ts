// Who starts next: who became ready first, or who comes first.
import { expect, test } from 'vitest';
import { ReadyLine } from '../../src/engine/ready-line.ts';
import { planOf } from '../rig/fake-world.ts';

const plan = planOf({ a: {}, b: {}, c: {} });
const tasks = ['a', 'b', 'c'].map((name) => plan.task(name));

test.each([
  ['first come', null, 'cab'],
  ['in order', tasks, 'abc'],
] as const)('%s', (_, order, expected) => {
  const line = new ReadyLine<{ readonly task: (typeof tasks)[number] }>(order);
  for (const name of ['c', 'a', 'b']) line.push({ task: plan.task(name) });
  const taken = [line.shift(), line.shift(), line.shift()].map((one) => one?.task.stage.name);
  expect([taken.join(''), line.shift()]).toEqual([expected, undefined]);
});

test('the longest chain comes first; among equal ones who became ready first, or who comes first', () => {
  const chains = new Map(Object.entries({ a: 1, b: 9, c: 1 }));
  for (const [order, expected] of [
    [null, 'bca'],
    [tasks, 'bac'],
  ] as const) {
    const line = new ReadyLine<{ readonly task: (typeof tasks)[number] }>(order, chains);
    for (const name of ['c', 'a', 'b']) line.push({ task: plan.task(name) });
    expect([line.shift(), line.shift(), line.shift()].map((one) => one?.task.id).join('')).toBe(expected);
  }
});

test('what is put back comes before what has a longer chain: it was its turn', () => {
  const chains = new Map(Object.entries({ a: 1, b: 9, c: 1 }));
  const line = new ReadyLine<{ readonly task: (typeof tasks)[number] }>(null, chains);
  line.push({ task: plan.task('b') });
  line.putBack(['a', 'c'].map((name) => ({ task: plan.task(name) })));
  expect([line.shift(), line.shift(), line.shift()].map((one) => one?.task.id).join('')).toBe('acb');
});
