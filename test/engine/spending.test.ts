// What tasks have used, and when that is enough.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { Spending } from '../../src/engine/spending.ts';
import type { EventBody } from '../../src/model/events.ts';
import type { TaskRecord } from '../../src/model/record.ts';
import { taskOf } from '../../src/model/task.ts';
import { planOf } from '../rig/fake-world.ts';

test('what stopped a run is told once, with what is left and a command line to go on that a shell understands', () => {
  const { graph } = planOf({ a: { produces: 'a' }, b: { produces: 'b' } });
  const [a, b] = graph.stages.map((stage) => taskOf(stage));
  const told: EventBody[] = [];
  const spending = new Spending({ budget: { 'input tokens': 10 } }, (event) => told.push(event));
  expect([spending.holdsBack(a!), spending.told, spending.warnings(() => [])]).toEqual([false, {}, []]);
  spending.spend(a!, { 'input tokens': 4 });
  spending.spend(a!, { 'input tokens': 6, usd: 1 });
  expect(told).toHaveLength(2);
  expect([spending.of(a!), spending.of(b!)]).toEqual([{ 'input tokens': 10, usd: 1 }, {}]);
  expect(spending.holdsBack(b!)).toBe(true);
  expect(spending.warnings((heldBack) => [...heldBack, 'c' as TaskId])).toEqual([
    {
      kind: 'warning',
      message: 'the budget is spent: input tokens 10 of 10; 2 tasks did not begin: b, c',
      hint: "to go on: pipe build --budget 'input tokens'=20",
    },
  ]);
});

test('a budget of what nothing has ever reported is told of where other things are, with what was meant', () => {
  const { graph } = planOf({ a: { produces: 'a' } });
  const spending = new Spending({ budget: { udd: 10, eur: 5, tokens: 3, minutes: 3, usd: 1 } }, () => {});
  const recorded = (metrics: object) => [{ metrics } as unknown as TaskRecord];
  const known = { all: () => recorded({ tokens: 2 }), withOtherParams: () => recorded({ minutes: 2 }) };
  expect(spending.warnings(() => [], known)).toEqual([]);
  spending.spend(taskOf(graph.stages[0]!), { usd: 0.5 });
  const about = (metric: string) =>
    `nothing has reported "${metric}" yet, so its budget limits nothing; reported is usd`;
  expect(spending.warnings(() => [], known)).toEqual([
    { kind: 'warning', message: about('udd'), hint: 'did you mean "usd"?' },
    { kind: 'warning', message: about('eur') },
  ]);
  // What is on record is not known.
  expect(spending.warnings(() => [])).toEqual([]);
});
