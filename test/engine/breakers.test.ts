// What keeps failing is left alone for a while: nothing of it begins, one is tried, all go on or wait again.
import { expect, test } from 'vitest';
import { exitOne, type Script } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, planOf, sessionOf } from '../rig/fake-world.ts';
import { latch } from '../rig/latch.ts';

const breaker = { failures: 2, within: '1m', pause: '30s' };
const names = ['a', 'b', 'c', 'd'];

/** Four stages that use the pool `api`, and one that does not. */
const plan = (retry: object | undefined, more: object = {}) =>
  planOf(
    {
      ...Object.fromEntries(
        names.map((name) => [name, { produces: `${name}.txt`, pool: 'api', ...(retry && { retry }) }]),
      ),
      free: { produces: 'free.txt' },
    },
    { pools: { api: { breaker, ...more } } },
  );

const retry = { attempts: 4, delay: '1s', factor: 1, jitter: false };

/** When each attempt began, in seconds since the first. */
function begun(world: FakeWorld): readonly (readonly [string, number])[] {
  const starts = world.ofKind('task-started').filter(({ task }) => task !== 'free');
  const at = (one: { readonly at: string }) => Date.parse(one.at);
  return starts.map((one) => [one.task, Math.round((at(one) - at(starts[0]!)) / 1000)]);
}

const changes = (world: FakeWorld) =>
  world.ofKind('breaker-changed').map((one) => (one.state === 'trying' ? `trying ${one.task}` : one.state));

/** All of them fail as long as this says so. */
const down =
  (isDown: () => boolean): ((world: FakeWorld) => void) =>
  (world) => {
    const script: Script = ({ work }) => {
      if (isDown()) return exitOne;
      work();
      return undefined;
    };
    for (const name of names) world.executor.scripts.set(name, script);
  };

test('after so many failures nothing begins until one was tried and went well; what does not use it goes on', async () => {
  let calls = 0;
  const { world, end } = await build(new Machine(), plan(retry), { before: down(() => ++calls <= 2) });
  expect(end).toMatchObject({ event: { exitCode: 0, executed: 5 } });
  const starts = begun(world);
  expect(starts.map(([name]) => name)).toEqual(['a', 'b', 'c', 'd', 'a', 'b']);
  expect(starts[2]![1]).toBeGreaterThanOrEqual(30);
  expect(world.executor.started.indexOf('free')).toBe(2);
  expect(changes(world)).toEqual(['open', 'trying c', 'closed']);
  expect(world.ofKind('breaker-changed')[0]).toMatchObject({
    ...{ of: 'pool', name: 'api', failures: 2, pauseMs: 30_000 },
  });
});

test('each failed trial is an attempt, so that it ends when the attempts are used up', async () => {
  const attempts = { ...retry, attempts: 2 };
  const { world, end } = await build(new Machine(), plan(attempts), {
    before: down(() => true),
    keepGoing: true,
  });
  expect(end).toMatchObject({ event: { exitCode: 1, failed: 4, executed: 1 } });
  // Two to open it, and one after each pause.
  const starts = begun(world).map(([, at]) => at);
  expect(starts).toHaveLength(names.length * 2);
  for (const [i, at] of starts.entries()) if (i >= 2) expect(at - starts[i - 1]!).toBeGreaterThanOrEqual(30);
  expect(world.alarms.size).toBe(0);
});

test('failures further apart than the time do not open it', async () => {
  const slow = { ...retry, delay: '61s', maxDelay: '2m' };
  const one = planOf({ a: { produces: 'a.txt', pool: 'api', retry: slow } }, { pools: { api: { breaker } } });
  const { world } = await build(new Machine(), one, { before: down(() => true) });
  expect(begun(world)).toHaveLength(4);
  expect(changes(world)).toEqual([]);
});

test('outputs that break their contract are no failure of what was used, and a trial that makes them closes it', async () => {
  let calls = 0;
  const { world } = await build(new Machine(), plan(undefined), {
    keepGoing: true,
    before: (world) => {
      for (const name of names)
        world.executor.scripts.set(name, () => (++calls <= 2 ? exitOne : { kind: 'succeeded' }));
    },
  });
  expect(
    world.ofKind('task-finished').filter(({ failure }) => failure?.kind === 'output-missing'),
  ).toHaveLength(2);
  expect(changes(world)).toEqual(['open', 'trying c', 'closed']);
});

test('what was at work before is no news for one that is open', async () => {
  const slow = latch();
  const world = new Machine().start();
  world.alarmsRing = false;
  for (const name of ['a', 'b']) world.executor.scripts.set(name, () => exitOne);
  world.executor.scripts.set('c', async ({ work }) => {
    await slow.opened;
    work();
    return undefined;
  });
  world.executor.scripts.set('free', async ({ work }) => {
    slow.open();
    work();
    return undefined;
  });
  const end = sessionOf(world, plan(undefined), { jobs: 3, keepGoing: true }).build('test');
  while (world.ofKind('task-finished').length < 4) await new Promise(setImmediate);
  expect(changes(world)).toEqual(['open']);
  expect(world.executor.started).not.toContain('d');
  world.ring();
  expect(await end).toMatchObject({ event: { failed: 2, executed: 3 } });
  expect(changes(world)).toEqual(['open', 'trying d', 'closed']);
});

test('room in a pool is not kept by those that wait', async () => {
  let calls = 0;
  const stages = planOf(
    {
      ...Object.fromEntries(
        names.map((name) => [name, { produces: `${name}.txt`, pool: { api: 1, one: 1 }, retry }]),
      ),
      free: { produces: 'free.txt', pool: 'one' },
    },
    { pools: { one: 1, api: { breaker } } },
  );
  const world = new Machine().start();
  world.alarmsRing = false;
  down(() => ++calls <= 2)(world);
  const end = sessionOf(world, stages, { jobs: 8 }).build('test');
  for (let turns = 0; turns < 1000 && !world.executor.started.includes('free'); turns++)
    await new Promise(setImmediate);
  expect(changes(world)).toEqual(['open']);
  expect(world.executor.started).toEqual(['a', 'b', 'free']);
  world.alarmsRing = true;
  while (world.alarms.size > 0) world.ring();
  expect(await end).toMatchObject({ event: { executed: 5 } });
});

test('a service may have one as well', async () => {
  let calls = 0;
  const stages = planOf(
    Object.fromEntries(names.map((name) => [name, { produces: `${name}.txt`, services: 'db', retry }])),
    { services: { db: { check: { tcp: 1 }, breaker } } },
  );
  const { world, end } = await build(new Machine(), stages, { before: down(() => ++calls <= 2) });
  expect(end).toMatchObject({ event: { exitCode: 0, executed: 4 } });
  expect(changes(world)).toEqual(['open', 'trying c', 'closed']);
  expect(world.ofKind('breaker-changed')[0]).toMatchObject({ of: 'service', name: 'db' });
});

test('a build that does nothing but wait can be interrupted', async () => {
  const world = new Machine().start();
  world.alarmsRing = false;
  down(() => true)(world);
  const session = sessionOf(world, plan(undefined), { keepGoing: true });
  const end = session.build('test');
  while (world.ofKind('task-finished').length < 3) await new Promise(setImmediate);
  session.interrupt();
  expect(await end).toMatchObject({ event: { exitCode: 130, failed: 2, cancelled: 2 } });
  expect(world.alarms.size).toBe(0);
});

test('a trial that is taken away, since a failure ends the build, leaves its turn to what runs all the same', async () => {
  const stages = planOf(
    {
      a: { produces: 'a.txt', pool: 'api', optional: true },
      b: { produces: 'b.txt', pool: 'api', optional: true },
      slow: { produces: 'slow.txt', pool: 'room' },
      c: { produces: 'c.txt', pool: { api: 1, room: 1 }, after: ['a', 'b'] },
      e: { produces: 'e.txt', pool: 'api', when: 'always', after: 'slow' },
    },
    { pools: { api: { breaker }, room: 1 } },
  );
  const { world } = await build(new Machine(), stages, {
    jobs: 8,
    before: (world) => {
      for (const name of ['a', 'b']) world.executor.scripts.set(name, () => exitOne);
      world.executor.scripts.set('slow', async () => {
        while (!changes(world).includes('trying c')) await new Promise(setImmediate);
        return exitOne;
      });
    },
  });
  expect(world.outcomes()).toMatchObject({ slow: 'failed', c: 'skipped', e: 'executed' });
  expect(changes(world)).toEqual(['open', 'trying c', 'trying e', 'closed']);
});
