// Taking results back: only what pipe made goes.
import { expect, test } from 'vitest';
import { performCleaning, planCleaning } from '../../src/engine/clean.ts';
import type { IsOfAnother } from '../../src/engine/make-room.ts';
import { basesOf } from '../../src/engine/ownership.ts';
import { recordIn } from '../../src/model/record.ts';
import { build, Machine, planOf } from '../rig/fake-world.ts';

const plan = planOf({ a: { produces: ['out/1', 'out/2', 'out/deep/3'] } });

async function builtMachine(): Promise<Machine> {
  const machine = Machine.with({ mine: '' });
  await build(machine, plan);
  return machine;
}

function cleaning(machine: Machine, isOfAnother: IsOfAnother = () => false) {
  const world = machine.start();
  const record = recordIn(world.records.memory(plan.task('a').id))!;
  return { world, planned: planCleaning(world, record, isOfAnother) };
}

test('recorded outputs go, with the folders that were theirs; then the task was never built', async () => {
  const machine = await builtMachine();
  const { world, planned } = cleaning(machine);
  expect(planned.remove.map((file) => file.path)).toEqual(['out/1', 'out/2', 'out/deep/3']);
  performCleaning(world, planned, basesOf(plan.task('a')));
  expect(machine.disk.contents()).toEqual({ mine: '' });
  expect(machine.disk.nodes.has('out/deep')).toBe(false);
  expect(world.records.memory(plan.task('a').id)).toEqual({ kind: 'none' });
  expect((await build(machine, plan)).world.outcomes()).toEqual({ a: 'restored' });
});

test('edited outputs stay, and are named; absent ones are no matter', async () => {
  const machine = await builtMachine();
  machine.edit('out/1', 'by hand');
  machine.disk.remove('out/2');
  const { world, planned } = cleaning(machine);
  expect(planned.keep).toEqual(['out/1']);
  expect(planned.remove.map((file) => file.path)).toEqual(['out/deep/3']);
  performCleaning(world, planned, basesOf(plan.task('a')));
  expect(machine.disk.contents()).toEqual({ mine: '', 'out/1': 'by hand' });
});

test('files that another stage may have made since are left alone', async () => {
  const { planned } = cleaning(await builtMachine(), (path) => path.startsWith('out/deep/'));
  expect(planned.remove.map((file) => file.path)).toEqual(['out/1', 'out/2']);
  expect(planned.keep).toEqual([]);
});

test('what is seen through a linked folder is never removed', async () => {
  const machine = await builtMachine();
  const { nodes } = machine.disk;
  nodes.set('out', { ...nodes.get('out')!, kind: 'link', target: '/elsewhere' });
  expect(cleaning(machine).planned.remove).toEqual([]);
});

test('the record goes before the files', async () => {
  const machine = await builtMachine();
  const { world, planned } = cleaning(machine);
  world.outputs.remove = () => {
    throw new Error('a crash');
  };
  expect(() => performCleaning(world, planned, [])).toThrow('a crash');
  expect(machine.start().records.memory(plan.task('a').id)).toEqual({ kind: 'none' });
});
