// What happens between attempts: slots, clean outputs, logs, interrupts, edits.
import { expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { Holds } from '../../src/engine/holds.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, planOf, sessionOf, state } from '../rig/fake-world.ts';
import { latch } from '../rig/latch.ts';

const retry = { attempts: 3, delay: '2s', factor: 2, jitter: false };
const flaky = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt', retry } });

/** Fails so many times, leaving half of a result each time. */
function failing(world: FakeWorld, times: number, stage = 'a'): void {
  let failures = 0;
  world.executor.scripts.set(stage, ({ disk, execution, work }) => {
    disk.write(execution.logPath!, `attempt ${execution.context.attempt}\n`);
    if (failures++ >= times) work();
    else disk.write('out/half.txt', 'half');
    return failures > times ? undefined : exitOne;
  });
}

test('it is tried until it succeeds, after delays, and the result is that of the last attempt', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const before = machine.disk.nowNs;
  const { world, end, executed } = await build(machine, flaky, { before: (one) => failing(one, 2) });
  expect(end).toMatchObject({ event: { exitCode: 0, executed: 1 } });
  expect(executed).toEqual(['a', 'a', 'a']);
  expect(machine.disk.nowNs - before).toBeGreaterThanOrEqual(6_000_000_000n);
  expect(world.ofKind('task-started').map(({ attempt, reasons }) => [attempt, reasons])).toEqual([
    [1, [{ code: 'never-built' }]],
    [2, [{ code: 'never-built' }]],
    [3, [{ code: 'never-built' }]],
  ]);
  expect(world.ofKind('task-retrying')).toMatchObject([
    { attempt: 1, why: 'failed', failure: { kind: 'exit', code: 1 }, left: 2, delayMs: 2000 },
    { attempt: 2, why: 'failed', left: 1, delayMs: 4000 },
  ]);
  expect(world.ofKind('task-finished')).toMatchObject([{ outcome: 'executed', attempts: 3 }]);
  // And that is what is stored and remembered.
  expect((await build(machine, flaky)).world.outcomes()).toEqual({ a: 'fresh' });
});

test('each attempt has its own log', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world } = await build(machine, flaky, { before: (one) => failing(one, 2) });
  const logs = ['a.log', 'a~2.log', 'a~3.log'].map((name) =>
    machine.disk.text(`${state}/runs/run-001/${name}`),
  );
  expect(logs).toEqual(['attempt 1\n', 'attempt 2\n', 'attempt 3\n']);
  expect(world.ofKind('task-retrying').map((one) => 'log' in one && one.log)).toEqual([
    expect.stringMatching(/\/a\.log$/),
    expect.stringMatching(/\/a~2\.log$/),
  ]);
  expect(world.ofKind('task-finished')[0]?.log).toMatch(/\/a~3\.log$/);
});

test('each attempt starts from clean outputs', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const seen: (string | null)[] = [];
  await build(machine, planOf({ a: { requires: 'in.txt', produces: 'out/', retry } }), {
    before: (world) =>
      world.executor.scripts.set('a', ({ disk }) => {
        seen.push(disk.text('out/half.txt'));
        disk.write('out/half.txt', 'half');
        return seen.length < 3 ? exitOne : undefined;
      }),
  });
  expect(seen).toEqual([null, null, null]);
});

test.each([true, false])(
  'what a person puts in its place before an attempt is kept each time, beside what was kept (clean: %s)',
  async (clean) => {
    const plan = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt', clean, retry } });
    const machine = Machine.with({ 'in.txt': '1', 'out/a.txt': 'mine 1' });
    const world = machine.start();
    world.executor.scripts.set('a', ({ disk }) => {
      disk.write('out/a.txt', 'half');
      return exitOne;
    });
    let number = 1;
    const alarm: FakeWorld['alarm'] = (afterMs, ring) =>
      world.alarm(afterMs, () => {
        machine.edit('out/a.txt', `mine ${++number}`);
        ring();
      });
    const session = sessionOf({ ...world, alarm, folders: world.folders }, plan);
    expect(await session.build('test')).toMatchObject({ event: { exitCode: 1 } });
    const kept = world.ofKind('warning').map(({ message }) => {
      const [, place] = /^out\/a\.txt was not made by pipe; it is kept as (\S+)$/.exec(message) ?? [];
      return machine.disk.text(`${place}`);
    });
    expect(kept).toEqual(['mine 1', 'mine 2', 'mine 3']);
  },
);

test('when no attempt succeeds the last failure is the one that is told', async () => {
  const { world, end, executed } = await build(Machine.with({ 'in.txt': '1' }), flaky, {
    before: (one) => failing(one, 9),
  });
  expect(end).toMatchObject({ event: { exitCode: 1, failed: 1 } });
  expect(executed).toHaveLength(3);
  expect(world.ofKind('task-finished')).toMatchObject([
    {
      outcome: 'failed',
      attempts: 3,
      failure: { kind: 'exit', code: 1 },
      log: expect.stringMatching(/a~3\.log$/),
    },
  ]);
});

test('another attempt is begun only while the budget lasts; what the others used is told', async () => {
  const { world, end, executed } = await build(Machine.with({ 'in.txt': '1' }), flaky, {
    budget: { usd: 8 },
    before: ({ executor }) =>
      executor.scripts.set('a', ({ execution }) => {
        execution.onMetric({ usd: 4 });
        return exitOne;
      }),
  });
  expect(executed).toEqual(['a', 'a']);
  expect(end).toMatchObject({ event: { exitCode: 3, waiting: 1, metrics: { usd: 8 } } });
  expect(world.outcomes()).toEqual({ a: 'waiting' });
});

test('an output that is missing is never tried again', async () => {
  const { executed, world } = await build(Machine.with({ 'in.txt': '1' }), flaky, {
    before: (one) => one.executor.scripts.set('a', () => undefined),
  });
  expect(executed).toEqual(['a']);
  expect(world.ofKind('task-retrying')).toEqual([]);
});

test('while it waits another stage has the slot', async () => {
  const plan = planOf({ a: { produces: 'a.txt', retry }, b: { produces: 'b.txt' } });
  const { executed } = await build(new Machine(), plan, {
    before: (world) => {
      world.alarmsRing = false;
      failing(world, 1);
      world.executor.scripts.set('b', ({ work }) => {
        work();
        world.ring();
        return undefined;
      });
    },
  });
  expect(executed).toEqual(['a', 'b', 'a']);
});

/** A build of `a`, which has failed once and waits. */
async function waiting(plan = flaky, options: Parameters<typeof sessionOf>[2] = {}) {
  const machine = Machine.with({ 'in.txt': '1' });
  const world = machine.start();
  world.alarmsRing = false;
  failing(world, 1);
  const waits = latch();
  const { alarm } = world;
  const heard: FakeWorld['alarm'] = (afterMs, ring) => {
    queueMicrotask(waits.open);
    return alarm(afterMs, ring);
  };
  const session = sessionOf({ ...world, alarm: heard, folders: world.folders }, plan, options);
  return { machine, world, session, waits: waits.opened };
}

test('an interrupt ends the waiting at once, and nothing is left that could ring', async () => {
  const { world, session, waits } = await waiting();
  const end = session.build('test');
  await waits;
  session.interrupt();
  expect(await end).toMatchObject({ event: { outcome: 'cancelled', exitCode: 130, cancelled: 1 } });
  expect([world.executor.started, world.alarms.size]).toEqual([['a'], 0]);
});

test('when another stage fails, what waits has failed too: nothing new is begun', async () => {
  const plan = planOf({ a: { produces: 'a.txt', retry }, b: { produces: 'b.txt' } });
  const { world, session } = await waiting(plan);
  world.executor.scripts.set('b', () => exitOne);
  expect(await session.build('test')).toMatchObject({ event: { exitCode: 1, failed: 2 } });
  expect([world.executor.started, world.alarms.size]).toEqual([['a', 'b'], 0]);
  const ended = world.ofKind('task-finished').find(({ stage }) => stage === 'a');
  expect([ended?.outcome, ended?.failure?.kind, ended?.attempts]).toEqual(['failed', 'exit', undefined]);
});

test('an edit of its inputs ends the waiting: it may be what was missing', async () => {
  const { machine, world, session, waits } = await waiting();
  const end = session.build('test');
  await waits;
  machine.edit('in.txt', '2');
  session.edited({ paths: ['in.txt' as FilePath], everything: false });
  expect(await end).toMatchObject({ event: { exitCode: 0, executed: 1 } });
  expect([machine.disk.text('out/a.txt'), world.alarms.size]).toEqual(['a(2)', 0]);
});

for (const isHeard of [true, false])
  test(`what is asked for once is not tried again on other inputs, ${isHeard ? 'and is not waited for' : 'heard of or not'}`, async () => {
    const manual = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt', watch: 'manual', retry } });
    const tried = async (content: string) => {
      const holds = new Holds();
      holds.begin({ kind: 'stage', stage: 'a' });
      const { machine, world, session, waits } = await waiting(manual, { watching: holds });
      const end = session.build('test');
      await waits;
      machine.edit('in.txt', content);
      if (isHeard) session.edited({ paths: ['in.txt' as FilePath], everything: false });
      else world.ring();
      return { world, end };
    };
    const edited = await tried('2');
    expect(await edited.end).toMatchObject({ event: { outcome: 'waiting', waiting: 1 } });
    expect([edited.world.executor.started, edited.world.alarms.size]).toEqual([['a'], 0]);
    expect(edited.world.ofKind('task-finished')).toMatchObject([{ outcome: 'waiting', edited: ['in.txt'] }]);

    const touched = await tried('1');
    // Not before its time.
    if (isHeard) touched.world.ring();
    expect(await touched.end).toMatchObject({ event: { exitCode: 0, executed: 1 } });
  });

test('who debugs a stage sees it fail', async () => {
  const { executed } = await build(Machine.with({ 'in.txt': '1' }), flaky, {
    stdin: 'inherit',
    before: (world) => failing(world, 1),
  });
  expect(executed).toEqual(['a']);
});

test('a predicate without an answer is told of', async () => {
  const when = () => 'maybe';
  const plan = planOf({ a: { produces: 'a.txt', retry: { attempts: 2, when } } });
  const { world, executed } = await build(new Machine(), plan, { before: (one) => failing(one, 1) });
  expect(executed).toEqual(['a']);
  expect(world.ofKind('warning')).toMatchObject([
    { task: 'a', message: expect.stringMatching(/it gave string, not true or false/) },
  ]);
});
