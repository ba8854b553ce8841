// What tasks have used, and when that is enough.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { Spending } from '../../src/engine/spending.ts';
import type { EventBody } from '../../src/model/events.ts';
import { taskOf } from '../../src/model/task.ts';
import { planOf } from '../rig/fake-world.ts';

test('what stopped a run is told once, with what is left and a command line to go on that a shell understands', () => {
  const { graph } = planOf({ a: { produces: 'a' }, b: { produces: 'b' } });
  const [a, b] = graph.stages.map((stage) => taskOf(stage));
  const told: EventBody[] = [];
  const spending = new Spending({ budget: { 'input tokens': 10 } }, (event) => told.push(event));
  expect([spending.holdsBack(a!), spending.told, spending.warning(() => [])]).toEqual([false, {}, null]);
  spending.spend(a!, { 'input tokens': 4 });
  spending.spend(a!, { 'input tokens': 6, usd: 1 });
  expect(told).toHaveLength(2);
  expect([spending.of(a!), spending.of(b!)]).toEqual([{ 'input tokens': 10, usd: 1 }, {}]);
  expect(spending.holdsBack(b!)).toBe(true);
  expect(spending.warning((heldBack) => [...heldBack, 'c' as TaskId])).toEqual({
    kind: 'warning',
    message: 'the budget is spent: input tokens 10 of 10; 2 tasks did not begin: b, c',
    hint: "to go on: pipe build --budget 'input tokens'=20",
  });
});
