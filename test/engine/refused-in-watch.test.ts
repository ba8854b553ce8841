// What the system refused in a run of a watch: when it is tried again.
import { expect, test } from 'vitest';
import { Assessor } from '../../src/engine/assess.ts';
import { BuildTasks } from '../../src/engine/build-tasks.ts';
import { Holds, type RunCause } from '../../src/engine/holds.ts';
import { whatIsToDo } from '../../src/engine/whats-to-do.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { type FakeWorld, Machine, planOf, sessionOf } from '../rig/fake-world.ts';

const plan = planOf({
  a: { requires: 'a.in', produces: 'out/a.txt' },
  b: { requires: 'b.in', produces: 'b.txt' },
  sore: { requires: 'sore.in', produces: 'sore.txt' },
});

/** A watch of three stages, one of which fails by itself. */
class Watch {
  readonly machine = Machine.with({ 'a.in': '1', 'b.in': '1', 'sore.in': '1' });
  private readonly holds = new Holds();
  isFull = true;
  isReadOnly = false;

  /** Whether a run would be made. */
  look(): boolean {
    const world = this.open({ kind: 'change' });
    const tasks = new BuildTasks(world, plan.graph, plan.select(), this.holds);
    const assessor = new Assessor(world);
    return whatIsToDo({ graph: plan.graph, tasks, assessor, watching: this.holds }).hasWork;
  }

  async run(cause: RunCause): Promise<Readonly<Record<string, string>>> {
    const world = this.open(cause);
    await sessionOf(world, plan, { keepGoing: true, watching: this.holds }).build('test');
    this.machine.disk.tick();
    for (const event of world.ofKind('task-finished')) this.holds.ended(event);
    return world.outcomes();
  }

  private open(cause: RunCause): FakeWorld {
    const world = this.machine.start();
    this.holds.begin(cause);
    world.executor.scripts.set('sore', () => exitOne);
    world.outputs.mayWrite = () => !this.isReadOnly;
    const { makeFolder } = world.outputs;
    world.outputs.makeFolder = (folder) => {
      if (folder === 'out' && (this.isFull || this.isReadOnly))
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      makeFolder.call(world.outputs, folder);
    };
    return world;
  }
}

test('it begins no run, and goes along with one that is made for something else', async () => {
  const watch = new Watch();
  expect(await watch.run({ kind: 'begin' })).toEqual({ a: 'failed', b: 'executed', sore: 'failed' });
  expect(watch.look()).toBe(false);
  watch.machine.edit('b.in', '2');
  expect(watch.look()).toBe(true);
  expect(await watch.run({ kind: 'change' })).toEqual({ a: 'failed', b: 'executed', sore: 'skipped' });
  expect(watch.look()).toBe(false);

  watch.isFull = false;
  expect(watch.look()).toBe(false);
  watch.machine.edit('b.in', '3');
  expect(await watch.run({ kind: 'change' })).toEqual({ a: 'executed', b: 'executed', sore: 'skipped' });
});

test('it is tried again when its folders may be written, and when a person asks', async () => {
  const watch = new Watch();
  watch.isFull = false;
  watch.isReadOnly = true;
  expect(await watch.run({ kind: 'begin' })).toMatchObject({ a: 'failed' });
  expect(watch.look()).toBe(false);
  watch.isReadOnly = false;
  expect(watch.look()).toBe(true);
  watch.isFull = true;
  expect(await watch.run({ kind: 'change' })).toMatchObject({ a: 'failed' });
  watch.isFull = false;
  expect(watch.look()).toBe(false);
  expect(await watch.run({ kind: 'failed' })).toMatchObject({ a: 'executed' });
});
