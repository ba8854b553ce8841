// Room in pools: so many at once, so many a minute, nobody overtaken, nothing held for nothing.
import { expect, test } from 'vitest';
import { exitOne } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, planOf, sessionOf } from '../rig/fake-world.ts';
import { type Latch, latch } from '../rig/latch.ts';

const plan = (pools: object, stages: Readonly<Record<string, unknown>>) =>
  planOf(
    Object.fromEntries(
      Object.entries(stages).map(([name, pool]) => [name, { produces: `${name}.txt`, pool }]),
    ),
    {
      pools,
    },
  );

/** Each stage runs until it is let go. */
function held(
  world: FakeWorld,
  names: readonly string[],
): (name: string) => { readonly started: Latch; readonly end: Latch } {
  const latches = new Map(names.map((name) => [name, { started: latch(), end: latch() }]));
  for (const [name, { started, end }] of latches)
    world.executor.scripts.set(name, async ({ work }) => {
      started.open();
      await end.opened;
      work();
      return undefined;
    });
  return (name) => latches.get(name)!;
}

test('no more run at once than the pool has room for, whatever slots there are; others go past', async () => {
  const stages = plan({ llm: 2 }, { a: 'llm', b: 'llm', c: 'llm', free: undefined });
  const world = new Machine().start();
  const stage = held(world, ['a', 'b', 'c', 'free']);
  const end = sessionOf(world, stages, { jobs: 9 }).build('test');
  await stage('free').started.opened;
  expect(world.executor.started).toEqual(['a', 'b', 'free']);
  stage('b').end.open();
  await stage('c').started.opened;
  for (const name of ['a', 'c', 'free']) stage(name).end.open();
  expect(await end).toMatchObject({ event: { exitCode: 0, executed: 4 } });
  expect(world.executor.mostAtOnce).toBe(3);
});

test('one that needs much is not overtaken by those that need little', async () => {
  const stages = plan({ gpu: 2 }, { a: 'gpu', big: { gpu: 2 }, c: 'gpu' });
  const world = new Machine().start();
  const stage = held(world, ['a', 'big', 'c']);
  const end = sessionOf(world, stages, { jobs: 9 }).build('test');
  await stage('a').started.opened;
  stage('a').end.open();
  await stage('big').started.opened;
  expect(world.executor.started).toEqual(['a', 'big']);
  stage('big').end.open();
  stage('c').end.open();
  expect(await end).toMatchObject({ event: { executed: 3 } });
});

test('no more begin in a minute than the pool lets, attempts among them', async () => {
  const machine = new Machine();
  const began: number[] = [];
  const retry = { attempts: 2, delay: '1s', jitter: false };
  const stages = planOf(
    Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((name) => [name, { produces: `${name}.txt`, pool: 'api', retry }]),
    ),
    { pools: { api: { perMinute: 2 } } },
  );
  const first = machine.disk.nowNs;
  const { end, world } = await build(machine, stages, {
    jobs: 9,
    before: (world) => {
      for (const name of ['a', 'b', 'c', 'd'])
        world.executor.scripts.set(name, ({ disk, work, execution }) => {
          began.push(Number((disk.nowNs - first) / 1_000_000_000n));
          if (name === 'a' && execution.context.attempt === 1) return exitOne;
          work();
          return undefined;
        });
    },
  });
  expect(end).toMatchObject({ event: { exitCode: 0, executed: 4 } });
  expect(began).toHaveLength(5);
  for (const [i, at] of began.entries()) if (i >= 2) expect(at - began[i - 2]!).toBeGreaterThanOrEqual(60);
  // Who waits is told of it: once for each wait of many.
  expect(world.ofKind('pool-full')).toEqual(
    [1, 2].map(() => expect.objectContaining({ pool: 'api', perMinute: 2, forMs: expect.any(Number) })),
  );
  for (const { forMs } of world.ofKind('pool-full')) expect(Math.abs(forMs - 60_000)).toBeLessThan(2000);
});

test('what is fresh or restored needs no room', async () => {
  const machine = new Machine();
  const stages = plan({ api: { perMinute: 1 } }, { a: 'api', b: 'api' });
  await build(machine, stages);
  machine.disk.remove('a.txt');
  machine.disk.remove('b.txt');
  const { world } = await build(machine, stages, { before: (one) => (one.alarmsRing = false) });
  expect(world.outcomes()).toEqual({ a: 'restored', b: 'restored' });
  expect(world.alarms.size).toBe(0);
});

test('what is edited while a task waits for a minute to pass is what it reads when its turn has come', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const stages = planOf(
    {
      a: { produces: 'a.txt', pool: 'api' },
      b: { requires: 'in.txt', produces: 'b.txt', pool: 'api' },
    },
    { pools: { api: { perMinute: 1 } } },
  );
  await build(machine, stages);
  machine.edit('in.txt', '2');
  const { end, executed, world } = await build(machine, stages, {
    before: (world) => {
      world.records.forget(stages.task('a').id);
      machine.actions.entries.clear();
      const { alarm } = world;
      Object.assign(world, {
        alarm: ((afterMs, ring) =>
          alarm(afterMs, () => {
            machine.edit('in.txt', '3');
            ring();
          })) satisfies typeof alarm,
      });
    },
  });
  expect(end).toMatchObject({ event: { exitCode: 0, executed: 2 } });
  expect(world.ofKind('task-retrying')).toEqual([]);
  expect(executed).toEqual(['a', 'b']);
});

test('an interrupt and a failure end the waiting for a minute to pass', async () => {
  const stages = plan({ api: { perMinute: 1 } }, { a: 'api', b: 'api' });
  for (const how of ['interrupt', 'failure']) {
    const world = new Machine().start();
    world.alarmsRing = false;
    const session = sessionOf(world, stages, { jobs: 2 });
    world.executor.scripts.set('a', () => {
      if (how === 'interrupt') session.interrupt();
      return exitOne;
    });
    await session.build('test');
    expect([world.executor.started, world.alarms.size]).toEqual([['a'], 0]);
    expect(world.outcomes()).toMatchObject({ b: how === 'interrupt' ? 'cancelled' : 'skipped' });
  }
});

test('who has room and does not need it after all gives it to the next', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const stages = planOf(
    {
      a: { produces: 'a.txt', pool: 'api' },
      b: { requires: 'in.txt', produces: 'b.txt', pool: 'api' },
      c: { produces: 'c.txt', pool: 'api' },
    },
    { pools: { api: 1 } },
  );
  const { end, executed } = await build(machine, stages, {
    jobs: 9,
    keepGoing: true,
    before: (world) =>
      world.executor.scripts.set('a', async ({ disk, work }) => {
        // By then the others wait.
        await Promise.resolve();
        work();
        // What b requires is gone when its turn comes.
        disk.remove('in.txt');
        return undefined;
      }),
  });
  expect(executed).toEqual(['a', 'c']);
  expect(end).toMatchObject({ event: { executed: 2, failed: 1 } });
});

test('of many that wait, each is looked at a few times, not once for each that ends', async () => {
  const names = Array.from({ length: 120 }, (_, i) => `s${i}`);
  const stages = plan({ llm: 2 }, Object.fromEntries(names.map((name) => [name, 'llm'])));
  let looks = 0;
  const { end } = await build(new Machine(), stages, {
    jobs: 9,
    before: (world) => {
      const { memory } = world.records;
      world.records.memory = (task) => {
        looks++;
        return memory.call(world.records, task);
      };
    },
  });
  expect(end).toMatchObject({ event: { executed: 120 } });
  expect(looks / names.length).toBeLessThan(12);
});
