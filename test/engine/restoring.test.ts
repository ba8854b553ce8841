// Of a stored result only what is missing is brought back.
import { expect, test } from 'vitest';
import { findAction } from '../../src/engine/artifacts.ts';
import { clearAway, type InTheWay } from '../../src/engine/make-room.ts';
import { restoring } from '../../src/engine/restoring.ts';
import { blobOf, build, Machine, planOf } from '../rig/fake-world.ts';

const plan = planOf({ a: { requires: 'in.txt', produces: 'out/*' } });
const task = plan.task('a');

/** Three outputs, in place and in the cache. */
async function builtMachine(): Promise<Machine> {
  const machine = Machine.with({ 'in.txt': '' });
  await build(machine, plan, {
    before: (world) =>
      void world.executor.scripts.set('a', ({ disk }) => {
        for (const name of ['1', '2', '3']) disk.write(`out/${name}`, `made ${name}`);
        return undefined;
      }),
  });
  return machine;
}

/** `meanwhile`: while it is copied. */
function restore(machine: Machine, meanwhile: () => void = () => {}) {
  const world = machine.start();
  const look = (): InTheWay => {
    world.files.forget();
    const { files: old } = world.files.expand(plan.stage('a').produces!, 'output');
    return { handMade: [], leftovers: [], old, former: [] };
  };
  const { fingerprint } = world.records.all()[0]!;
  const lookAgain = () => {
    meanwhile();
    return look();
  };
  const { inTheWay, staged } = restoring(world, task, findAction(world, { task, parts: [] }, fingerprint)!, {
    inTheWay: look(),
    lookAgain,
  });
  clearAway(world, task, inTheWay, false, () => {});
  staged?.place();
  return { isStaged: staged !== null, moved: inTheWay.old.map((file) => file.path as string) };
}

const outputsOf = (machine: Machine) =>
  Object.fromEntries(Object.entries(machine.disk.contents()).filter(([path]) => path.startsWith('out/')));
const all = { 'out/1': 'made 1', 'out/2': 'made 2', 'out/3': 'made 3' };

test('what stands as it was made is neither moved nor read from the cache', async () => {
  const machine = await builtMachine();
  machine.disk.remove('out/1');
  machine.edit('out/3', 'made 2');
  machine.disk.remove(blobOf('made 2'));
  expect(restore(machine)).toEqual({ isStaged: true, moved: ['out/3'] });
  expect(outputsOf(machine)).toEqual(all);
});

test('what is changed or deleted while the rest is copied is brought back as well', async () => {
  const machine = await builtMachine();
  machine.disk.remove('out/1');
  const { isStaged, moved } = restore(machine, () => {
    machine.edit('out/2', 'edited');
    machine.disk.remove('out/3');
  });
  expect({ isStaged, moved }).toEqual({ isStaged: true, moved: ['out/2'] });
  expect(outputsOf(machine)).toEqual(all);
});

test('where that cannot be brought back, nothing is, and all of it gives way to an execution', async () => {
  const machine = await builtMachine();
  machine.disk.remove('out/1');
  machine.disk.remove(blobOf('made 2'));
  const { isStaged, moved } = restore(machine, () => machine.edit('out/2', 'edited'));
  expect({ isStaged, moved }).toEqual({ isStaged: false, moved: ['out/2', 'out/3'] });
  expect(outputsOf(machine)).toEqual({});
});
