// Whose file is it? What pipe made may go, what a person made is kept.
import { expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { basesOf, unknownAmong } from '../../src/engine/ownership.ts';
import { build, Machine, planOf, state } from '../rig/fake-world.ts';

const plan = planOf({ a: { requires: 'in.txt', produces: ['out/a.txt', 'own/deep/'] } });

async function builtMachine(): Promise<Machine> {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, plan, {
    before: (world) =>
      void world.executor.scripts.set('a', ({ disk }) => {
        disk.write('out/a.txt', `a(${disk.read('in.txt')})`);
        disk.folder('own/deep/empty');
        return undefined;
      }),
  });
  return machine;
}

/** The contents of what is kept aside for a person. */
function displaced(machine: Machine): readonly string[] {
  return [...machine.disk.nodes].flatMap(([path, node]) =>
    path.startsWith(`${state}/displaced/`) && node.kind === 'file' ? [node.content] : [],
  );
}

function unknown(machine: Machine): readonly FilePath[] {
  const world = machine.start();
  const { files } = world.files.expand(plan.stage('a').produces!, 'output');
  return unknownAmong(world, files).map((file) => file.path);
}

test('what pipe made and nobody touched is known; empty folders are nobody’s', async () => {
  const machine = await builtMachine();
  expect(unknown(machine)).toEqual([]);
  machine.disk.folder('own/deep/another');
  expect(unknown(machine)).toEqual([]);
});

test('an edited, an added and an unreadable file are not known', async () => {
  const machine = await builtMachine();
  machine.edit('out/a.txt', 'by hand');
  machine.edit('own/deep/new', '');
  expect(unknown(machine)).toEqual(['out/a.txt', 'own/deep/new']);
  machine.disk.unreadable.add('own/deep/new');
  machine.disk.write('own/deep/new', 'x');
  expect(unknown(machine)).toEqual(['out/a.txt', 'own/deep/new']);
});

test('any content that pipe once made there is its own, also after the record is gone', async () => {
  const machine = await builtMachine();
  machine.edit('in.txt', '2');
  await build(machine, planOf({ a: { requires: 'in.txt', produces: 'out/a.txt' } }));
  expect(machine.disk.text('out/a.txt')).toBe('a(2)');
  machine.start().records.forget(plan.task('a').id);
  machine.edit('out/a.txt', 'a(1)');
  expect(unknown(machine)).toEqual([]);
});

test('content that pipe made elsewhere is not its own here', async () => {
  const machine = await builtMachine();
  machine.edit('own/deep/copy', 'a(1)');
  expect(unknown(machine)).toEqual(['own/deep/copy']);
});

test('outputs that a stage no longer produces go, unless edited or those of another stage', async () => {
  const wide = planOf({ a: { requires: 'in.txt', produces: ['x/1.txt', 'x/2.txt', 'x/3.txt', 'x/4.txt'] } });
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, wide);
  machine.edit('x/3.txt', 'by hand');
  const narrow = planOf({
    a: { requires: 'in.txt', produces: 'x/1.txt' },
    b: { produces: 'x/4.txt' },
  });
  await build(machine, narrow, { request: { only: ['a'] } });
  expect(machine.disk.contents()).toEqual({
    'in.txt': '1',
    'x/1.txt': 'a(1)',
    'x/3.txt': 'by hand',
    'x/4.txt': 'a(1)',
  });
});

test('leftovers of a killed attempt are put aside without being called hand-made', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  machine.start().records.begin(plan.task('a').id, 'run-killed' as never);
  machine.edit('out/a.txt', 'half');
  const { world } = await build(machine, planOf({ a: { requires: 'in.txt', produces: 'out/a.txt' } }));
  expect(world.ofKind('warning')).toEqual([]);
  expect(machine.disk.text(`${state}/rejected/run-002/a~killed/out/a.txt`)).toBe('half');
  expect(machine.disk.text('out/a.txt')).toBe('a(1)');
});

test('an edit of an output while the inputs are read is kept', async () => {
  const one = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt' } });
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, one);
  machine.edit('in.txt', '2');
  let isEdited = false;
  await build(machine, one, {
    before: ({ files }) => {
      const { observe } = files;
      files.observe = (listed, role) => {
        const seen = observe.call(files, listed, role);
        // To read large inputs takes minutes.
        if (role === 'input' && !isEdited) machine.edit('out/a.txt', 'by hand');
        isEdited ||= role === 'input';
        return seen;
      };
    },
  });
  expect(machine.disk.text('out/a.txt')).toBe('a(2)');
  expect(displaced(machine)).toEqual(['by hand']);
});

test('so is a file that is made while a restore copies what belongs there', async () => {
  const one = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt' } });
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, one);
  machine.disk.remove('out/a.txt');
  await build(machine, one, {
    before: ({ outputs }) => {
      const { stage } = outputs;
      outputs.stage = (...args) => {
        const staged = stage.apply(outputs, args);
        machine.edit('out/a.txt', 'by hand');
        return staged;
      };
    },
  });
  expect(machine.disk.text('out/a.txt')).toBe('a(1)');
  expect(displaced(machine)).toEqual(['by hand']);
});

test('leftovers of a protected stage are kept as what a person made: they may have gone on with them', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  machine.start().records.begin(plan.task('a').id, 'run-killed' as never);
  machine.edit('out/a.txt', 'half, and by hand');
  const one = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt', protect: true } });
  const { world } = await build(machine, one);
  expect(world.ofKind('warning')).toHaveLength(1);
  expect(displaced(machine)).toEqual(['half, and by hand']);
});

test('bases are the literal folders of included patterns', () => {
  const { task } = planOf({ a: { produces: ['out/*/x.txt', 'own/', '!own/not/**', 'top.txt'] } });
  expect(basesOf(task('a'))).toEqual(['out', 'own', '']);
});
