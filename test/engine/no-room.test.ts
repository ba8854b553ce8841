// A state folder that has no room left, on a disk of its own: nothing can be moved there, and the build goes on.
import { expect, test } from 'vitest';
import { exitOne } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, planOf } from '../rig/fake-world.ts';

const plan = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt' } });

/** As a move to another disk, which is a copy, when that disk is full. */
function full(world: FakeWorld): void {
  world.outputs.moveAway = (files) => {
    if (files.length > 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
}

async function builtMachine(): Promise<Machine> {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, plan);
  machine.edit('in.txt', '2');
  return machine;
}

test('old outputs that cannot be put aside are replaced all the same', async () => {
  const machine = await builtMachine();
  const { executed } = await build(machine, plan, { before: full });
  expect(executed).toEqual(['a']);
  expect(machine.disk.contents()).toEqual({ 'in.txt': '2', 'out/a.txt': 'a(2)' });
});

test('outputs that a stage no longer produces go all the same', async () => {
  const machine = await builtMachine();
  const renamed = planOf({ a: { requires: 'in.txt', produces: 'out/b.txt' } });
  await build(machine, renamed, { before: full });
  expect(machine.disk.contents()).toEqual({ 'in.txt': '2', 'out/b.txt': 'a(2)' });
});

test('a stage that fails is told with its own failure, and what it made does not stay', async () => {
  const machine = await builtMachine();
  const { world } = await build(machine, plan, {
    before: (fake) => {
      full(fake);
      fake.executor.scripts.set('a', ({ disk }) => {
        disk.write('out/a.txt', 'half');
        return exitOne;
      });
    },
  });
  expect(world.ofKind('task-finished')[0]?.failure).toEqual({ kind: 'exit', code: 1, line: 'make it' });
  expect(machine.disk.contents()).toEqual({ 'in.txt': '2' });
  // Nothing is left that would have to be kept: the next build needs no room either.
  expect((await build(machine, plan, { before: full })).executed).toEqual(['a']);
});

test('a file that a person edited is not touched: the stage fails instead', async () => {
  const machine = await builtMachine();
  machine.edit('out/a.txt', 'by hand');
  const { world } = await build(machine, plan, { before: full });
  expect(world.outcomes()).toEqual({ a: 'failed' });
  expect(machine.disk.text('out/a.txt')).toBe('by hand');
});
