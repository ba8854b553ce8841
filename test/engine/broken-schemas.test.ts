// Schemas that are none are told before anything runs; which are read for that, and which not.
import { expect, test } from 'vitest';
import { err, ok } from '../../src/base/result.ts';
import type { Checker } from '../../src/engine/checker.ts';
import { build, Machine, planOf } from '../rig/fake-world.ts';

const stages = (schema: object, more: object = {}) =>
  planOf({
    paid: { requires: 'in.txt', produces: 'paid.txt' },
    a: { requires: 'paid.txt', produces: 'a.txt', check: { kind: 'json-schema', schema }, ...more },
  });

/** How often a schema was read; one that says `bad` is none. */
async function built(machine: Machine, plan: ReturnType<typeof planOf>) {
  let read = 0;
  const prepare: Checker['prepare'] = async (check) => {
    read++;
    const isBad = check.kind === 'schema' && check.schema.includes('bad');
    return isBad ? err('it is bad') : ok(async () => ok([]));
  };
  const { end, executed } = await build(machine, plan, {
    before: (world) => void Object.assign(world, { checker: { prepare } }),
  });
  return { end: end.kind, executed, read };
}

test('the schema of what has passed it is read again only when the stage runs', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const good = stages({});
  // Before all, and for the stage itself.
  expect(await built(machine, good)).toEqual({ end: 'finished', executed: ['paid', 'a'], read: 2 });
  expect(await built(machine, good)).toMatchObject({ executed: [], read: 0 });
  // The stage before it makes the same again.
  machine.disk.remove('paid.txt');
  const cached = await built(machine, good);
  expect(cached).toMatchObject({ executed: [], read: 0 });
  machine.disk.write('in.txt', '2');
  expect(await built(machine, good)).toMatchObject({ executed: ['paid', 'a'], read: 1 });

  expect(await built(machine, stages({ bad: 1 }))).toEqual({ end: 'refused', executed: [], read: 1 });
});

test('of a stage with items, what any of them has passed is not read again', async () => {
  const machine = Machine.with({ 'in.txt': '1', 'in/1': '1', 'in/2': '2' });
  const more = { forEach: 'in/{n}', produces: 'out/{n}' };
  expect(await built(machine, stages({}, more))).toMatchObject({ read: 3 });
  machine.disk.write('in/3', '3');
  expect(await built(machine, stages({}, more))).toMatchObject({ executed: ['a'], read: 1 });
});
