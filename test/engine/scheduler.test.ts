// The loop: how many run at once, what starts next, how it stops.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exitOne } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, planOf, sessionOf } from '../rig/fake-world.ts';
import { type Latch, latch } from '../rig/latch.ts';

/** `count` stages that do not know each other. */
function crowd(count: number) {
  const names = Array.from({ length: count }, (_, i) => `s${i}`);
  return {
    names,
    plan: planOf(Object.fromEntries(names.map((name) => [name, { produces: `${name}.txt` }]))),
  };
}

/** Each stage says when it has started, and ends when it is let go. */
function held(world: FakeWorld, names: readonly string[]) {
  const latches = new Map<string, { readonly started: Latch; readonly goOn: Latch }>();
  for (const name of names) {
    const pair = { started: latch(), goOn: latch() };
    latches.set(name, pair);
    world.executor.scripts.set(name, async ({ work }) => {
      pair.started.open();
      await pair.goOn.opened;
      work();
      return undefined;
    });
  }
  return (name: string) => latches.get(name)!;
}

test.each([1, 2, 5])('with %i jobs that many tasks run at once, and no more', async (jobs) => {
  const { names, plan } = crowd(8);
  const world = new Machine().start();
  const stage = held(world, names);
  const end = sessionOf(world, plan, { jobs }).build('test');
  for (const [i, name] of names.entries()) {
    await stage(name).started.opened;
    // Everything that has a slot has started once the last of them has.
    if (i >= jobs - 1) stage(names[i - jobs + 1]!).goOn.open();
  }
  for (const name of names) stage(name).goOn.open();
  expect(await end).toMatchObject({ event: { executed: 8, exitCode: 0 } });
  expect(world.executor.mostAtOnce).toBe(jobs);
});

test('a stage takes as many slots as it weighs, all there are if it weighs more, and is not overtaken', async () => {
  const plan = planOf({
    ...{ a: { produces: 'a.txt' }, heavy: { produces: 'heavy.txt', weight: 2 }, b: { produces: 'b.txt' } },
    ...{ huge: { produces: 'huge.txt', weight: 99 }, c: { produces: 'c.txt' } },
  });
  const world = new Machine().start();
  const stage = held(world, ['a', 'heavy', 'b', 'huge', 'c']);
  const end = sessionOf(world, plan, { jobs: 3 }).build('test');
  const { started } = world.executor;
  await stage('heavy').started.opened;
  expect(started).toEqual(['a', 'heavy']);
  stage('a').goOn.open();
  await stage('b').started.opened;
  stage('heavy').goOn.open();
  stage('b').goOn.open();
  await stage('huge').started.opened;
  expect(started).toEqual(['a', 'heavy', 'b', 'huge']);
  stage('huge').goOn.open();
  await stage('c').started.opened;
  stage('c').goOn.open();
  expect(await end).toMatchObject({ event: { executed: 5, exitCode: 0 } });
  expect(world.executor.mostAtOnce).toBe(2);
});

test('the next command starts before the result of the last one is stored; with one job, after it', async () => {
  for (const jobs of [2, 1]) {
    const { plan } = crowd(3);
    const world = new Machine().start();
    const told: string[] = [];
    for (const name of ['s0', 's1', 's2'])
      world.executor.scripts.set(name, ({ work }) => {
        told.push(`${name} runs`);
        work();
        return undefined;
      });
    const { put } = world.machine.actions;
    world.machine.actions.put = (result) => {
      told.push(`${result.outputs[0]!.path} stored`);
      put.call(world.machine.actions, result);
    };
    await sessionOf(world, plan, { jobs }).build('test');
    const isBefore = told.indexOf('s2 runs') < told.indexOf('s0.txt stored');
    expect([jobs, isBefore]).toEqual([jobs, jobs > 1]);
  }
});

test('a failure starts nothing new; what runs finishes and counts', async () => {
  const { names, plan } = crowd(4);
  const machine = new Machine();
  const world = machine.start();
  const stage = held(world, names);
  world.executor.scripts.set('s1', () => exitOne);
  const failed = new Promise<void>((resolve) => {
    const { emit } = world.events;
    world.events.emit = (event) => {
      emit.call(world.events, event);
      if (event.kind === 'task-finished' && event.outcome === 'failed') resolve();
    };
  });
  const end = sessionOf(world, plan, { jobs: 2 }).build('test');
  await failed;
  stage('s0').goOn.open();
  expect(await end).toMatchObject({ event: { outcome: 'failed', exitCode: 1, executed: 1, skipped: 2 } });
  expect(world.executor.started).toEqual(['s0', 's1']);
  expect(world.ofKind('task-finished').filter((one) => one.outcome === 'skipped')).toMatchObject([
    { stage: 's2', blockedBy: ['s1'], stopped: true },
    { stage: 's3', blockedBy: ['s1'], stopped: true },
  ]);
  expect((await build(machine, plan)).world.outcomes()).toMatchObject({ s0: 'fresh', s1: 'executed' });
});

test('with keep-going everything that does not need the failed stage still runs', async () => {
  const plan = planOf({
    bad: { produces: 'bad.txt' },
    needs: { requires: 'bad.txt', produces: 'needs.txt' },
    further: { requires: 'needs.txt', produces: 'further.txt' },
    other: { produces: 'other.txt' },
  });
  const { world, end } = await build(new Machine(), plan, {
    keepGoing: true,
    before: (one) => one.executor.scripts.set('bad', () => exitOne),
  });
  expect(world.outcomes()).toEqual({
    bad: 'failed',
    needs: 'skipped',
    further: 'skipped',
    other: 'executed',
  });
  expect(world.ofKind('task-finished').find((one) => one.stage === 'further')?.blockedBy).toEqual(['bad']);
  expect(end).toMatchObject({ event: { exitCode: 1, failed: 1, skipped: 2, executed: 1 } });
});

test('an interrupt ends what runs and cancels the rest; a second one is harder', async () => {
  const plan = planOf({
    a: { produces: 'a.txt' },
    b: { requires: 'a.txt', produces: 'b.txt' },
    c: { produces: 'c.txt' },
  });
  const world = new Machine().start();
  const stage = held(world, ['a', 'c']);
  const session = sessionOf(world, plan, { jobs: 2 });
  const end = session.build('test');
  await Promise.all([stage('a').started.opened, stage('c').started.opened]);
  session.interrupt();
  session.interrupt();
  expect(await end).toMatchObject({ event: { outcome: 'cancelled', exitCode: 130, cancelled: 3 } });
  expect(world.executor.cancelled).toEqual(['a gently', 'c gently', 'a now', 'c now']);
  expect(world.outcomes()).toEqual({ a: 'cancelled', b: 'cancelled', c: 'cancelled' });
  expect(world.lock.isMine()).toBe(false);
});

test('an interrupt before the first task starts none', async () => {
  const { plan } = crowd(3);
  const world = new Machine().start();
  const session = sessionOf(world, plan);
  session.interrupt();
  expect(await session.build('test')).toMatchObject({ event: { outcome: 'cancelled', exitCode: 130 } });
  expect(world.executor.started).toEqual([]);
});

test('what was cancelled is stale, and leaves nothing where outputs belong', async () => {
  const plan = planOf({ a: { produces: 'out/a.txt' } });
  const machine = new Machine();
  const world = machine.start();
  const wrote = latch();
  world.executor.scripts.set('a', async ({ disk }) => {
    disk.write('out/a.txt', 'half');
    wrote.open();
    await new Promise(() => {});
    return undefined;
  });
  const session = sessionOf(world, plan);
  const end = session.build('test');
  await wrote.opened;
  session.interrupt();
  await end;
  expect(machine.disk.text('out/a.txt')).toBe(null);
  machine.disk.tick();
  expect((await build(machine, plan)).executed).toEqual(['a']);
});

test('what another task looked at meanwhile does not hide what a stage has made', async () => {
  const plan = planOf({
    slow: { requires: 'in/*', produces: 'out/slow.txt' },
    fresh: { requires: 'other/*', produces: 'out/fresh.txt' },
  });
  const machine = Machine.with({ 'in/1': '1', 'other/1': '1' });
  await build(machine, plan);
  machine.edit('in/1', '2');
  const world = machine.start();
  const stage = held(world, ['slow']);
  const passed = latch();
  const { emit } = world.events;
  world.events.emit = (event) => {
    emit.call(world.events, event);
    if (event.kind === 'task-finished' && event.outcome === 'fresh') passed.open();
  };
  const end = sessionOf(world, plan, { jobs: 2 }).build('test');
  await passed.opened;
  stage('slow').goOn.open();
  expect(await end).toMatchObject({ event: { executed: 1, fresh: 1, exitCode: 0 } });
});

test('in whatever order tasks end, and however many run at once, the result is the same', async () => {
  const stages = {
    a: { requires: 'in.txt', produces: 'a.txt' },
    b: { requires: 'in.txt', produces: 'b.txt' },
    c: { requires: ['a.txt', 'b.txt'], produces: 'c.txt' },
    d: { requires: 'b.txt', produces: 'd.txt' },
    e: { requires: ['c.txt', 'd.txt'], produces: 'e.txt' },
    f: { produces: 'f.txt' },
  };
  const plan = planOf(stages);
  const reference = Machine.with({ 'in.txt': '1' });
  await build(reference, plan);
  const expected = reference.disk.contents();
  const fingerprints = (machine: Machine) => [...machine.actions.entries.keys()].sort();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.scheduler(), async (jobs, scheduler) => {
      const machine = Machine.with({ 'in.txt': '1' });
      const world = machine.start();
      for (const name of Object.keys(stages)) {
        world.executor.scripts.set(name, async ({ work }) => {
          await scheduler.schedule(Promise.resolve(), name);
          work();
          return undefined;
        });
      }
      const end = await scheduler.waitFor(sessionOf(world, plan, { jobs }).build('test'));
      expect(end).toMatchObject({ event: { executed: 6, exitCode: 0 } });
      expect(machine.disk.contents()).toEqual(expected);
      expect(fingerprints(machine)).toEqual(fingerprints(reference));
      machine.disk.tick();
      expect((await build(machine, plan)).executed).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('of what is ready, that starts first behind which the most work waited the last time; with one job, in order', async () => {
  const plan = planOf({
    short: { requires: 'in.txt', produces: 'short.txt' },
    long: { requires: 'in.txt', produces: 'long.txt' },
    last: { requires: 'long.txt', produces: 'last.txt' },
    other: { requires: 'in.txt', produces: 'other.txt' },
  });
  for (const [jobs, expected] of [
    [2, ['long', 'other', 'short']],
    [1, ['short', 'long', 'other']],
  ] as const) {
    const machine = Machine.with({ 'in.txt': '1' });
    await build(machine, plan);
    machine.edit('in.txt', '2');
    const world = machine.start();
    // As if they had taken so long.
    const took: Readonly<Record<string, number>> = { short: 10, long: 5, last: 90, other: 20 };
    for (const record of world.records.all())
      world.records.commit({ ...record, durationMs: took[record.task] ?? 0 });
    await sessionOf(world, plan, { jobs }).build('test');
    const started = world.executor.started.filter((name) => name !== 'last');
    expect([jobs, started]).toEqual([jobs, expected]);
  }
});
