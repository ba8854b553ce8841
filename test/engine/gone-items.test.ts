// What becomes of the files of items that are gone.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { build, Machine, planOf, state } from '../rig/fake-world.ts';

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

test('what a person saves just before an item is cleared up is kept, of the first one and of those after it', async () => {
  const plan = planOf({ s: copies });
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b', 'in/c.txt': 'c' });
  await build(machine, plan);
  for (const name of ['b', 'c']) machine.disk.remove(`in/${name}.txt`);
  const { world } = await build(machine, plan, {
    before: (fake) => {
      const { emit } = fake.events;
      fake.events.emit = (event) => {
        // All was looked at, and this is told just before the stage clears up.
        if (event.kind === 'run-started') machine.edit('out/b.txt', 'by hand');
        emit.call(fake.events, event);
      };
      const { moveAway } = fake.outputs;
      fake.outputs.moveAway = (...args) => {
        moveAway.apply(fake.outputs, args);
        if (args[0].some(({ path }) => path === 'out/b.txt')) machine.edit('out/c.txt', 'by hand too');
      };
    },
  });
  expect(machine.disk.text('out/b.txt')).toBeNull();
  const displaced = (file: string) =>
    machine.disk.text(`${state}/displaced/${world.folders.runId}/s:in/${file}/out/${file}`);
  expect([displaced('b.txt'), displaced('c.txt')]).toEqual(['by hand', 'by hand too']);
});

test('where an item is gone, each of the others is looked at once', async () => {
  const plan = planOf({ s: copies });
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b', 'in/c.txt': 'c' });
  await build(machine, plan);
  machine.disk.remove('in/b.txt');
  let looks = 0;
  const { world } = await build(machine, plan, {
    before: ({ files }) => {
      const { expand } = files;
      files.expand = (set, role) => {
        if (role === 'output') looks++;
        return expand.call(files, set, role);
      };
    },
  });
  expect(world.ofKind('items-gone')).toHaveLength(1);
  expect(looks).toBe(2);
});

test('what a failed attempt left of an item goes with it where outputs stay in place, and is told', async () => {
  const plan = planOf({
    s: { ...copies, clean: false },
    all: { requires: ['out/*.txt'], produces: ['all.md'] },
  });
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' });
  await build(machine, plan, {
    keepGoing: true,
    before: ({ executor }) =>
      void executor.scripts.set('s', ({ execution, work }) => {
        work();
        return execution.task!.item === 'in/b.txt' ? exitOne : undefined;
      }),
  });
  expect(machine.disk.text('out/b.txt')).toBe('s(b)');
  machine.disk.remove('in/b.txt');
  const { world, end } = await build(machine, plan);
  expect(end).toMatchObject({ event: { exitCode: 0 } });
  expect(world.ofKind('items-gone')).toMatchObject([{ items: ['in/b.txt'], removed: ['out/b.txt'] }]);
  expect(machine.disk.text('all.md')).toBe('all(s(a))');
  expect((await build(machine, plan)).world.ofKind('items-gone')).toEqual([]);
});

test('so does what was restored for it before a kill, though its content is known', async () => {
  const plan = planOf({ s: copies });
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' });
  await build(machine, plan);
  const { records, folders } = machine.start();
  const id = 's:in/b.txt' as TaskId;
  // As if nothing had ever been recorded but the cache entry.
  records.forget(id);
  records.begin(id, folders.runId, ['out/b.txt']);
  machine.disk.remove('in/b.txt');
  const { world } = await build(machine, plan);
  expect(world.ofKind('items-gone')).toMatchObject([{ items: ['in/b.txt'], removed: ['out/b.txt'] }]);
  expect([machine.disk.text('out/a.txt'), machine.disk.text('out/b.txt')]).toEqual(['s(a)', null]);
  expect(machine.start().records.unfinished()).toEqual([]);
});

test('what a killed attempt left of an item that is gone is put away, told of, and foretold', async () => {
  const plan = planOf({ s: copies, all: { requires: ['out/*.txt'], produces: ['all.md'] } });
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' });
  await build(machine, plan);
  const { records, folders } = machine.start();
  records.begin('s:in/b.txt' as TaskId, folders.runId, ['out/b.txt']);
  machine.edit('out/b.txt', 'half');
  machine.disk.remove('in/b.txt');
  const gone = { stage: 's', items: ['in/b.txt'], removed: [], kept: [], putAway: ['out/b.txt'] };
  const foretold = await build(machine, plan, { dryRun: true });
  expect(foretold.world.ofKind('items-gone')).toMatchObject([{ ...gone, dryRun: true }]);
  expect(machine.disk.text('out/b.txt')).toBe('half');
  const { world } = await build(machine, plan);
  expect(world.ofKind('items-gone')).toMatchObject([{ ...gone, dryRun: false }]);
  expect([machine.disk.text('out/b.txt'), machine.disk.text('all.md')]).toEqual([null, 'all(s(a))']);
});

test('where a stage has another name now, what it made for an item that is gone is told of, and that alone', async () => {
  const all = { requires: ['out/*.txt'], produces: ['all.md'] };
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' });
  await build(machine, planOf({ before: copies, all }));
  machine.disk.remove('in/b.txt');
  const { world } = await build(machine, planOf({ s: copies, all }));
  expect(world.ofKind('warning').map(({ message }) => message)).toEqual([
    'stage "all" requires out/b.txt, made by stage "before", which is gone: a build from nothing would not have it',
  ]);
});

test('what another item is yet to make is not its own: it goes at once, also where nobody comes to make it again', async () => {
  const all = { requires: ['out/*.txt'], produces: ['all.md'] };
  const texts = { 'in/a.txt': 'a', 'in/b.txt': 'b', 'new/a.txt': 'a', 'new/b.txt': 'b' };
  const machine = Machine.with(texts);
  await build(machine, planOf({ s: copies, all }));
  // The first item fails, and the second does not begin.
  const moved = planOf({ s: { ...copies, forEach: 'new/{n}.txt' }, all });
  const stopped = await build(machine, moved, {
    before: ({ executor }) => void executor.scripts.set('s', () => exitOne),
  });
  expect(stopped.end).toMatchObject({ event: { exitCode: 1 } });
  expect([machine.disk.text('out/a.txt'), machine.disk.text('out/b.txt')]).toEqual([null, null]);
  // Whose the file was is known to nobody by now.
  for (const name of ['a', 'b']) machine.disk.remove(`new/${name}.txt`);
  const elsewhere = { forEach: 'in/{n}.txt', produces: ['out/{n}-.txt'] };
  await build(machine, planOf({ s: elsewhere, all }));
  expect(machine.disk.text('all.md')).toBe('all(s(a), s(b))');
});

test('nor is it that of the stage as a whole, where it has no items any more and does not come to an attempt', async () => {
  const all = { requires: ['out/*.txt'], produces: ['all.md'] };
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' });
  await build(machine, planOf({ s: copies, all }));
  const whole = { requires: ['in/*.txt', 'more.txt'], produces: ['out/*.txt'] };
  const { world, end } = await build(machine, planOf({ more: { produces: ['more.txt'] }, s: whole, all }), {
    before: ({ executor }) => void executor.scripts.set('more', () => exitOne),
  });
  expect(end).toMatchObject({ event: { exitCode: 1 } });
  expect(world.ofKind('items-gone')).toMatchObject([{ removed: ['out/a.txt', 'out/b.txt'] }]);
  // Whose the files were is known to nobody by now.
  machine.disk.remove('in/b.txt');
  await build(machine, planOf({ s: copies, all }));
  expect(machine.disk.text('all.md')).toBe('all(s(a))');
});

test('what the stage has made as a whole is its own, and an edit before that is kept by its attempt', async () => {
  const whole = planOf({ s: { requires: ['in/*.txt'], produces: ['out/*.txt'] } });
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' });
  await build(machine, planOf({ s: copies }));
  machine.edit('out/a.txt', 'by hand');
  const { world } = await build(machine, whole);
  expect(world.ofKind('items-gone')).toMatchObject([{ removed: ['out/b.txt'], kept: [] }]);
  expect(machine.disk.text(`${state}/displaced/${world.folders.runId}/s/out/a.txt`)).toBe('by hand');
  // A crash may leave them on record beside it.
  const { records, folders } = machine.start();
  records.begin('s:in/b.txt' as TaskId, folders.runId, ['out/b.txt']);
  machine.disk.write('out/b.txt', 'half');
  const made = machine.disk.text('out/a.txt');
  await build(machine, whole);
  expect(machine.disk.text('out/a.txt')).toBe(made);
});

test('an edit of it is kept by the attempt of the item that makes the file now', async () => {
  const machine = Machine.with({ 'in/a.txt': 'a', 'new/a.txt': 'a2' });
  await build(machine, planOf({ s: copies }));
  machine.edit('out/a.txt', 'by hand');
  const { world, end } = await build(machine, planOf({ s: { ...copies, forEach: 'new/{n}.txt' } }));
  expect(end).toMatchObject({ event: { exitCode: 0 } });
  expect(machine.disk.text('out/a.txt')).toBe('s(a2)');
  const kept = `${state}/displaced/${world.folders.runId}/s:new/a.txt/out/a.txt`;
  expect(machine.disk.text(kept)).toBe('by hand');
});
