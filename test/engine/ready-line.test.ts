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
