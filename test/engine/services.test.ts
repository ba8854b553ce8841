// Services: looked at once a run, when something that needs them is about to execute; started, waited for, ended.
import { expect, test } from 'vitest';
import type { ServiceChanged } from '../../src/model/service-events.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, planOf, sessionOf } from '../rig/fake-world.ts';
import { watched } from '../rig/faulty-world.ts';
import { latch } from '../rig/latch.ts';

const check = { tcp: 5432 };
const port = 'port 5432 of localhost';
const refused = 'connection refused';

/** Two stages that need the service, and one that does not. */
const plan = (service: object, more: Readonly<Record<string, object>> = {}) =>
  planOf(
    {
      a: { produces: 'a.txt', services: 'db' },
      b: { produces: 'b.txt', services: ['db'] },
      free: { produces: 'free.txt' },
      ...more,
    },
    { services: { db: { check, ...service } } },
  );

const changes = (world: FakeWorld) =>
  world
    .ofKind('service-changed')
    .map((event: ServiceChanged) => ('why' in event ? `${event.state}: ${event.why}` : event.state));

const answering =
  (...answers: readonly (string | null)[]) =>
  (world: FakeWorld) =>
    void world.answers.push(...answers);

test('it is looked at once for all that need it, when they are about to execute', async () => {
  const machine = new Machine();
  const first = await build(machine, plan({}), { jobs: 3 });
  expect(first.world.looks).toEqual([port]);
  expect(changes(first.world)).toEqual(['healthy']);
  expect(first.end).toMatchObject({ event: { executed: 3 } });
});

test('what is edited while it comes up is executed as it is then, and what waits for nothing is not looked at twice', async () => {
  const stamps = async (services: object) => {
    const machine = Machine.with({ 'in.txt': '1' });
    const fake = machine.start();
    const { world, calls } = watched(fake);
    const probe: typeof world.probe = (...asked) => {
      machine.edit('in.txt', '2');
      return fake.probe(...asked);
    };
    const chain = planOf(
      {
        a: { requires: 'in.txt', produces: 'a.txt', ...services },
        b: { requires: ['in.txt', 'a.txt'], produces: 'b.txt', ...services },
      },
      { services: { db: { check } } },
    );
    await sessionOf({ ...world, probe }, chain).build('test');
    expect(fake.executor.started).toEqual(['a', 'b']);
    expect(fake.ofKind('task-retrying')).toEqual([]);
    return {
      text: machine.disk.text('a.txt'),
      count: calls.filter((call) => call === 'files.stamp input').length,
    };
  };
  const without = await stamps({});
  expect(without.text).toBe('a(1)');
  expect(await stamps({ services: 'db' })).toEqual({ text: 'a(2)', count: without.count });
});

test('what is fresh or restored asks for nothing', async () => {
  const machine = new Machine();
  const restored = planOf({ a: { produces: 'a.txt', services: 'db' } }, { services: { db: { check } } });
  await build(machine, restored);
  expect((await build(machine, restored)).world.looks).toEqual([]);
  machine.disk.remove('a.txt');
  const again = await build(machine, restored, { before: answering(refused) });
  expect(again.end).toMatchObject({ event: { restored: 1 } });
  expect(again.world.looks).toEqual([]);
});

test('where a result cannot be restored after all, it is looked at before the execution', async () => {
  const machine = new Machine();
  const one = planOf({ a: { produces: 'a.txt', services: 'db' } }, { services: { db: { check } } });
  await build(machine, one);
  machine.disk.remove('a.txt');
  for (const path of [...machine.disk.nodes.keys()])
    if (path.startsWith('/state/cas/')) machine.disk.write(path, 'spoilt');
  const { world, executed } = await build(machine, one, { before: answering(refused) });
  expect(world.looks).toEqual([port]);
  expect(executed).toEqual([]);
  expect(world.ofKind('task-finished')[0]!.failure).toMatchObject({ kind: 'service-down' });
});

test('where it is down its tasks fail before they begin, and what they had made stays', async () => {
  const machine = new Machine();
  machine.edit('in.txt', '1');
  const stages = plan(
    { hint: 'start it' },
    {
      c: { requires: ['in.txt'], produces: 'c.txt', services: 'db' },
      d: { requires: ['c.txt'], produces: 'd.txt' },
    },
  );
  await build(machine, stages);
  machine.edit('in.txt', '2');
  const { world, end, executed } = await build(machine, stages, {
    before: answering(refused),
    keepGoing: true,
  });
  expect(executed).toEqual([]);
  expect(machine.disk.read('c.txt')).toBe('c(1)');
  expect(world.outcomes()).toMatchObject({ a: 'fresh', c: 'failed', d: 'skipped' });
  expect(world.ofKind('task-finished').find(({ stage }) => stage === 'c')!.failure).toEqual({
    kind: 'service-down',
    ...{ service: 'db', checked: port, why: refused, hint: 'start it', log: null },
  });
  expect(end).toMatchObject({ event: { exitCode: 1 } });
  expect(changes(world)).toEqual([`down: ${refused}`]);
  // Another attempt would find it as it is.
  expect(world.ofKind('task-retrying')).toEqual([]);
});

test('one that others start is waited for as long as it may take, while other tasks run', async () => {
  const waited = await build(new Machine(), plan({ timeout: '2s', interval: '1s' }), {
    before: answering(refused, refused, null),
  });
  expect(changes(waited.world)).toEqual([`awaited: ${refused}`, 'healthy']);
  expect(waited.executed).toEqual(['free', 'a', 'b']);
  const late = await build(new Machine(), plan({ timeout: '2s', interval: '1s' }), {
    before: answering(refused, refused, refused, null),
    keepGoing: true,
  });
  expect(late.world.looks).toHaveLength(3);
  expect(late.world.ofKind('service-changed').at(-1)).toMatchObject({ state: 'down', waitedMs: 1800 });
  expect(late.executed).toEqual(['free']);
});

test('it is started where it is down, and ended when all is done', async () => {
  const { world, executed } = await build(new Machine(), plan({ start: 'serve' }), {
    before: (world) => {
      answering(refused, refused, null)(world);
      world.executor.scripts.set('start db', () => latch().opened as Promise<never>);
    },
  });
  expect(executed).toEqual(['free', 'start db', 'a', 'b']);
  expect(changes(world)).toEqual(['started', 'healthy', 'ended: null']);
  expect(world.executor.cancelled).toEqual(['start db gently']);
  expect(world.told.at(-1)!.kind).toBe('run-finished');
});

test('it is ended also where pipe itself fails', async () => {
  const world = new Machine().start();
  answering(refused, null)(world);
  world.executor.scripts.set('start db', () => latch().opened as Promise<never>);
  world.told.push = (event) => {
    if (event.kind === 'task-finished' && event.task === 'a') throw new Error('a bug');
    return 0;
  };
  await expect(sessionOf(world, plan({ start: 'serve' })).build('test')).rejects.toThrow('a bug');
  expect(world.executor.cancelled).toEqual(['start db gently']);
});

test('one that is up already is neither started nor ended', async () => {
  const { executed, world } = await build(new Machine(), plan({ start: 'serve' }));
  expect(executed).toEqual(['free', 'a', 'b']);
  expect(world.executor.cancelled).toEqual([]);
});

test('a start that fails is not waited for, and says what it printed', async () => {
  const { world } = await build(new Machine(), plan({ start: 'serve' }), {
    keepGoing: true,
    before: (world) => {
      answering(...Array<string>(9).fill(refused))(world);
      world.executor.scripts.set('start db', () => exitOne);
    },
  });
  const [end, other] = world.ofKind('task-finished').filter(({ outcome }) => outcome === 'failed');
  expect(end).toMatchObject({
    failure: { why: 'its start failed with exit code 1', log: expect.stringMatching(/services\/db\.log$/) },
    tail: ['no luck'],
  });
  // Once is enough, however many fail for it.
  expect(other).toMatchObject({ failure: { kind: 'service-down' }, tail: [] });
});

test('a start that ends well has started something that stays: it is waited for, and not ended', async () => {
  const { world, end } = await build(new Machine(), plan({ start: 'serve --detach' }), {
    before: (world) => {
      answering(refused, refused, refused, null)(world);
      world.executor.scripts.set('start db', () => ({ kind: 'succeeded' }));
    },
  });
  expect(end).toMatchObject({ event: { executed: 3 } });
  expect(changes(world)).toEqual(['started', 'healthy']);
});

test('where it fails while it is needed, those that come later fail and those at work go on', async () => {
  const death = latch();
  const { world } = await build(new Machine(), plan({ start: 'serve' }), {
    keepGoing: true,
    before: (world) => {
      answering(refused, null)(world);
      world.executor.scripts.set('start db', async () => {
        await death.opened;
        return exitOne;
      });
      world.executor.scripts.set('a', async ({ work }) => {
        death.open();
        // Until all that has to be said of its death has been said.
        await new Promise(setImmediate);
        work();
        return undefined;
      });
    },
  });
  expect(changes(world)).toEqual(['started', 'healthy', 'ended: exit code 1']);
  expect(world.outcomes()).toEqual({ a: 'executed', b: 'failed', free: 'executed' });
});

test('a command or a function answers as well', async () => {
  const command = await build(new Machine(), plan({ check: 'ready' }), {
    before: (world) => {
      world.alarmsRing = false;
      world.executor.scripts.set('check db', ({ execution }) => {
        expect(execution.env).toMatchObject({ PIPE_SERVICE: 'db', PIPE_SERVICE_CHECK: '1' });
        return exitOne;
      });
    },
  });
  expect(command.world.ofKind('service-changed')).toMatchObject([
    { state: 'down', checked: 'ready', why: 'exit code 1: no luck' },
  ]);
  const asked = await build(new Machine(), plan({ check: () => true }), {
    before: (world) => {
      world.alarmsRing = false;
      world.executor.scripts.set('check db', ({ execution }) => {
        execution.onProblem({ path: '', message: 'not yet' });
        return undefined;
      });
    },
  });
  expect(asked.world.ofKind('service-changed')).toMatchObject([{ state: 'down', why: 'not yet' }]);
});

test('a check that hangs is killed when the time of the service is over, and never takes longer than 10 s', async () => {
  const hanging = (service: object) =>
    build(new Machine(), plan({ check: 'ready', ...service }), {
      before: (world) => void world.executor.scripts.set('check db', () => new Promise<never>(() => {})),
    });
  const told = async (service: object) => {
    const { world } = await hanging(service);
    expect(new Set(world.executor.cancelled)).toEqual(new Set(['check db now']));
    return world.ofKind('service-changed').map((event) => ('why' in event ? [event.state, event.why] : []));
  };
  expect(await told({ timeout: '2s' })).toEqual([['down', 'no answer within 2.0s']]);
  expect(await told({})).toEqual([['down', 'no answer within 10s']]);
  // The second look has what is left of the time, and was cut short.
  expect(await told({ timeout: '12s', interval: '1s' })).toEqual([
    ['awaited', 'no answer within 10s'],
    ['down', 'no answer within 10s'],
  ]);
});

test('what a service said in time is told rather than that the last look was cut short', async () => {
  let looks = 0;
  const { world } = await build(new Machine(), plan({ check: 'ready', timeout: '2s', interval: '1s' }), {
    before: (world) => {
      // The first look answers in time.
      world.alarmsRing = false;
      world.executor.scripts.set('check db', async () => {
        if (looks++ > 0) return latch().opened as Promise<never>;
        await Promise.resolve();
        world.alarmsRing = true;
        return exitOne;
      });
    },
  });
  expect(world.ofKind('service-changed').at(-1)).toMatchObject({
    state: 'down',
    why: 'exit code 1: no luck',
  });
});

test('an interruption ends the waiting, and what was started', async () => {
  const world = new Machine().start();
  world.alarmsRing = false;
  world.answers.push(refused, refused);
  const session = sessionOf(world, plan({ start: 'serve' }));
  const started = latch();
  world.executor.scripts.set('start db', async () => {
    started.open();
    return latch().opened as Promise<never>;
  });
  const end = session.build('test');
  await started.opened;
  session.interrupt();
  expect(await end).toMatchObject({ event: { exitCode: 130 } });
  expect(world.executor.cancelled.at(-1)).toBe('start db gently');
  expect(changes(world)).toEqual(['started', 'ended: null']);
});

test('a second interruption kills what was started', async () => {
  const world = new Machine().start();
  world.alarmsRing = false;
  world.answers.push(refused);
  const session = sessionOf(world, plan({ start: 'serve' }));
  const started = latch();
  world.executor.scripts.set('start db', async () => {
    started.open();
    return latch().opened as Promise<never>;
  });
  const end = session.build('test');
  await started.opened;
  session.interrupt();
  session.interrupt();
  expect(await end).toMatchObject({ event: { exitCode: 130 } });
  expect(world.executor.cancelled).toContain('start db now');
});

test('fail-fast does not wait for a service that nothing may begin with any more', async () => {
  const world = new Machine().start();
  world.alarmsRing = false;
  world.answers.push(refused);
  const stages = plan({ timeout: '1h' });
  world.executor.scripts.set('free', () => exitOne);
  expect(await sessionOf(world, stages).build('test')).toMatchObject({ event: { exitCode: 1 } });
  expect(world.outcomes()).toEqual({ free: 'failed', a: 'skipped', b: 'skipped' });
  expect(world.alarms.size).toBe(0);
});
