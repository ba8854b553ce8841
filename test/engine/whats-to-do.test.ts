// What a watch finds to do when it looks, of items that are gone, and of those that are not to be had.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { Assessor } from '../../src/engine/assess.ts';
import { BuildTasks } from '../../src/engine/build-tasks.ts';
import { Holds } from '../../src/engine/holds.ts';
import { type Found, whatIsToDo } from '../../src/engine/whats-to-do.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, type Plan, planOf } from '../rig/fake-world.ts';

const les = { forEach: 'mid/{n}.txt', produces: ['out/{n}.txt'] };
const gen = { requires: ['in.txt'], produces: ['mid/a.txt', 'mid/b.txt'] };

/** As after a run, in a process that knows what is held. */
function look(machine: Machine, plan: Plan, holds: Holds): Found {
  const world = machine.start();
  const tasks = new BuildTasks(world, plan.graph, plan.select(), holds);
  holds.begin({ kind: 'change' });
  return whatIsToDo({ graph: plan.graph, tasks, assessor: new Assessor(world), watching: holds });
}

function run(machine: Machine, plan: Plan, watching: Holds, before: (world: FakeWorld) => void = () => {}) {
  watching.begin({ kind: 'change' });
  return build(machine, plan, { keepGoing: true, watching, before });
}

test('while what makes the items has failed, none counts as gone', async () => {
  const plan = planOf({ gen, les });
  const [machine, holds] = [Machine.with({ 'in.txt': '1' }), new Holds()];
  await run(machine, plan, holds);
  machine.edit('in.txt', '2');
  expect(look(machine, plan, holds)).toMatchObject({ hasWork: true });
  await run(machine, plan, holds, ({ executor }) => void executor.scripts.set('gen', () => exitOne));
  // They were put away for the attempt.
  expect(machine.disk.text('mid/a.txt')).toBeNull();
  expect(look(machine, plan, holds)).toMatchObject({ hasWork: false, hasGone: true });
  expect(machine.disk.text('out/a.txt')).not.toBeNull();

  machine.edit('in.txt', '3');
  expect(look(machine, plan, holds)).toMatchObject({ hasWork: true });
});

test('nor while what makes them waits to be asked for', async () => {
  const plan = planOf({ gen: { ...gen, watch: 'manual' }, les });
  const [machine, holds] = [Machine.with({ 'in.txt': '1' }), new Holds()];
  await build(machine, plan);
  machine.disk.remove('mid/b.txt');
  expect(look(machine, plan, holds)).toMatchObject({ hasWork: false, hasGone: true });
});

test('what was made for an item that is gone is taken away, and not tried again before something is heard', async () => {
  const plan = planOf({ les });
  const [machine, holds] = [Machine.with({ 'mid/a.txt': 'a', 'mid/b.txt': 'b' }), new Holds()];
  await build(machine, plan);
  machine.disk.remove('mid/b.txt');
  expect(look(machine, plan, holds)).toMatchObject({ hasWork: true, hasGone: true });
  const { world } = await run(machine, plan, holds, ({ outputs }) => {
    outputs.remove = () => {
      throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
    };
  });
  expect(world.ofKind('warning').map(({ hint }) => hint)).toEqual(['the next build tries again']);
  expect(look(machine, plan, holds)).toMatchObject({ hasWork: false, hasGone: true });

  holds.heard([]);
  expect(look(machine, plan, holds)).toMatchObject({ hasWork: true });
  await run(machine, plan, holds);
  expect(look(machine, plan, holds)).toMatchObject({ hasWork: false, hasGone: false });
  expect(machine.disk.text('out/b.txt')).toBeNull();
});

test('what gathers waits for an item that has failed before all are there, whatever the others have come to', async () => {
  const first = { forEach: 'in/{n}.txt', produces: ['mid/{n}.txt'] };
  const plan = planOf({ first, les, all: { requires: ['out/*.txt'], produces: ['all.md'] } });
  const [machine, holds] = [Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' }), new Holds()];
  await run(machine, plan, holds);
  machine.edit('in/a.txt', 'a2');
  machine.edit('in/b.txt', 'b2');
  const { world: ran } = await run(machine, plan, holds, ({ executor }) => {
    executor.scripts.set('first', ({ execution, work }) => {
      if (execution.task!.item === 'in/b.txt') return exitOne;
      work();
      return undefined;
    });
  });
  expect(ran.ofKind('task-finished').map(({ task }) => task)).toContain('les:mid/a.txt');
  const { hasWork, tasks } = look(machine, plan, holds);
  expect(tasks.get('all' as TaskId)).toEqual({ kind: 'blocked', by: 'first:in/b.txt' });
  expect(hasWork).toBe(false);
});
