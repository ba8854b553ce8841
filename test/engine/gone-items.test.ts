// What becomes of the files of items that are gone.
import { expect, test } from 'vitest';
import { build, Machine, planOf } from '../rig/fake-world.ts';

const copies = { forEach: 'in/{n}.txt', produces: ['out/{n}.txt'] };

test('a stage that names the file of an item does not make a source of it: it goes, and is missed', async () => {
  const plan = planOf({ s: copies, one: { requires: ['out/b.txt'], produces: ['one.txt'] } });
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' });
  await build(machine, plan);
  machine.disk.remove('in/b.txt');
  const { world, end } = await build(machine, plan);
  expect(world.ofKind('items-gone')).toMatchObject([{ items: ['in/b.txt'], removed: ['out/b.txt'] }]);
  expect(machine.disk.text('out/b.txt')).toBeNull();
  // As in a build from nothing.
  expect(end).toMatchObject({ event: { exitCode: 1 } });
  expect(world.ofKind('task-finished').at(-1)).toMatchObject({
    task: 'one',
    failure: { kind: 'input-missing' },
  });
});

test('where no stage makes it any more, it is a source for the stage that names it', async () => {
  const reader = { requires: ['out/b.txt'], produces: ['one.txt'] };
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' });
  await build(machine, planOf({ s: copies, one: reader }));
  machine.disk.remove('in/b.txt');
  const { end } = await build(machine, planOf({ s: { ...copies, produces: ['new/{n}.txt'] }, one: reader }));
  expect(end).toMatchObject({ event: { exitCode: 0 } });
  expect(machine.disk.text('out/b.txt')).toBe('s(b)');
});
