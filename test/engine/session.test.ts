// One build from end to end, in a world in memory.
import { expect, test } from 'vitest';
import { items } from '../../src/model/item-spec.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { build, Machine, planOf, sessionOf } from '../rig/fake-world.ts';
import { watched } from '../rig/faulty-world.ts';
import { latch } from '../rig/latch.ts';

const chain = planOf({
  a: { requires: 'in.txt', produces: 'a.txt' },
  b: { requires: 'a.txt', produces: 'b.txt' },
});

test('a first build executes in order; a second one executes nothing and takes no lock', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const first = await build(machine, chain);
  expect(first.executed).toEqual(['a', 'b']);
  expect(machine.disk.text('b.txt')).toBe('b(a(1))');
  expect(first.end).toMatchObject({
    kind: 'finished',
    event: { outcome: 'succeeded', exitCode: 0, executed: 2 },
  });

  const before = new Map(machine.disk.nodes);
  const reads = machine.disk.reads.length;
  const second = machine.start();
  second.lock.acquire = () => Promise.reject(new Error('asked for the lock'));
  const end = await sessionOf(second, chain).build('test');
  expect(end).toMatchObject({ kind: 'finished', event: { outcome: 'succeeded', fresh: 2, executed: 0 } });
  expect(new Map(machine.disk.nodes)).toEqual(before);
  expect(machine.disk.reads.length).toBe(reads);
});

test('a build with nothing to do looks at each file once, and once for programs that were left running', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, chain);
  const { world, calls } = watched(machine.start());
  await sessionOf(world, chain).build('test');
  const ofOne = ['files.expand input', 'files.expand output', 'files.observe input', 'files.observe output'];
  // What is remembered of earlier runs is in memory, and empty: it leads to no look at any file.
  expect(calls.filter((call) => !call.startsWith('records.'))).toEqual([
    ...[...ofOne, ...ofOne, 'files.settle', 'upkeep.isDue', 'executor.hasLeftBehind'],
  ]);
});

test('a document that is edited while all is found fresh is for the next build: without the lock nothing begins or goes', async () => {
  const entries = (...keys: readonly string[]) => JSON.stringify(keys.map((key) => ({ key })));
  const plan = planOf({
    lesson: { forEach: items('sow.json', (doc: unknown) => doc, { key: 'key' }), produces: ['out/{key}'] },
  });
  const machine = Machine.with({ 'sow.json': entries('1', '2') });
  await build(machine, plan);

  const { end, world } = await build(machine, plan, {
    before: (fake) => {
      fake.lock.acquire = () => Promise.reject(new Error('asked for the lock'));
      const { read } = fake.documents;
      fake.documents.read = (path) => {
        const document = read(path);
        machine.edit('sow.json', entries('2', '3'));
        return document;
      };
    },
  });
  expect(end).toMatchObject({ event: { exitCode: 0, fresh: 2 } });
  expect(world.executor.started).toEqual([]);
  expect(world.ofKind('items-gone')).toEqual([]);
  expect(world.ofKind('stage-fanned-out')).toMatchObject([{ items: 2, expected: 2 }]);
  expect([machine.disk.text('out/1'), machine.disk.text('out/3')]).toEqual(['lesson()', null]);

  expect((await build(machine, plan)).executed).toEqual(['lesson']);
  expect(machine.disk.text('out/1')).toBeNull();
});

test('an edit runs what depends on it; identical bytes stop there', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const before = (world: Awaited<ReturnType<typeof build>>['world']) => {
    world.executor.scripts.set('a', ({ disk }) => {
      disk.write('a.txt', disk.read('in.txt').trim());
      return undefined;
    });
  };
  await build(machine, chain, { before });
  machine.edit('in.txt', '1 ');
  expect((await build(machine, chain, { before })).executed).toEqual(['a']);
  machine.edit('in.txt', '2');
  expect((await build(machine, chain, { before })).executed).toEqual(['a', 'b']);
});

test('an item that no path can be made of fails its stage, also where items come one by one', async () => {
  const last = { forEach: 'mid/v{n}', produces: ['out/{n}/f'] };
  const alone = Machine.with({ 'mid/v..': '', 'mid/v1': '' });
  const { end } = await build(alone, planOf({ last }));
  expect(end).toMatchObject({ kind: 'refused', problems: [{ code: 'PIPE052' }] });

  const plan = planOf({ first: { forEach: 'in/x{k}', produces: ['mid/v{k}'] }, last });
  const machine = Machine.with({ 'in/x..': '', 'in/x1': '' });
  const { world } = await build(machine, plan, { keepGoing: true });
  expect(world.ofKind('task-finished').find(({ failure }) => failure)).toMatchObject({
    task: 'last',
    failure: {
      kind: 'items-unclear',
      message: expect.stringContaining('item mid/v.. of stage "last" cannot'),
    },
  });
});

test('items that are made only now and would make the same file fail their stage, both named, and none of them runs', async () => {
  const plan = planOf({
    split: { produces: ['mid/a/1', 'mid/b/1', 'mid/b/2'] },
    last: { forEach: 'mid/{folder}/{n}', produces: ['out/{n}'] },
  });
  const { world, executed } = await build(new Machine(), plan);
  expect(executed).toEqual(['split']);
  expect(world.ofKind('task-finished').find(({ failure }) => failure)).toMatchObject({
    ...{ task: 'last', outcome: 'failed' },
    failure: {
      kind: 'items-unclear',
      message: 'items mid/a/1 and mid/b/1 of stage "last" may both produce out/1',
    },
  });
});

test('a build of single items of the stage before takes nothing away', async () => {
  const plan = planOf({
    make: { forEach: 'in/{n}', produces: ['mid/{n}'] },
    last: { forEach: 'mid/{n}', produces: ['out/{n}'] },
    after: { forEach: 'out/{n}', produces: ['far/{n}'] },
  });
  const machine = Machine.with({ 'in/a': '1', 'in/b': '1' });
  await build(machine, plan);
  machine.disk.remove('mid/b');
  // That of the other item is not there now, and may be made again.
  await build(machine, plan, { request: { only: ['make:in/a', 'last'] } });
  expect(machine.disk.text('out/b')).not.toBe(null);
  machine.disk.remove('out/b');
  await build(machine, plan, { request: { only: ['make:in/a', 'last', 'after'] } });
  expect(machine.disk.text('far/b')).not.toBe(null);
  machine.disk.remove('in/b');
  await build(machine, plan);
  expect(machine.disk.text('far/b')).toBe(null);
});

test('what was built before is restored, and its stored log told', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const withLog = {
    before: (world: Awaited<ReturnType<typeof build>>['world']) => {
      world.executor.scripts.set('a', ({ execution, disk, work }) => {
        disk.write(execution.logPath!, 'said so\n');
        work();
        return undefined;
      });
    },
  };
  await build(machine, chain, withLog);
  machine.edit('in.txt', '2');
  await build(machine, chain, withLog);
  machine.edit('in.txt', '1');
  const back = await build(machine, chain);
  expect(back.executed).toEqual([]);
  expect(back.world.outcomes()).toEqual({ a: 'restored', b: 'restored' });
  expect(back.world.ofKind('task-output').map((event) => event.text)).toEqual(['said so\n']);
  expect(machine.disk.text('b.txt')).toBe('b(a(1))');
});

test('what was listed for others while a stage ran is not what is looked at after it', async () => {
  const plan = planOf({
    a: { requires: 'in.txt', produces: 'out/*.txt' },
    b: { requires: 'other.txt', produces: 'out-of-b/*.txt' },
  });
  const before = (world: Awaited<ReturnType<typeof build>>['world']) => {
    world.executor.scripts.set('a', async ({ disk }) => {
      // Until the rest of the build has been looked at, and with it every folder.
      await ofB.opened;
      disk.write('out/a.txt', disk.read('in.txt'));
      return undefined;
    });
    world.executor.scripts.set('b', ({ disk }) => {
      disk.write('out-of-b/b.txt', disk.read('other.txt'));
      ofB.open();
      return undefined;
    });
  };
  let ofB = latch();
  const machine = Machine.with({ 'in.txt': '1', 'other.txt': '1' });
  await build(machine, plan, { before, jobs: 2 });

  ofB = latch();
  machine.edit('in.txt', '2');
  const { end, world } = await build(machine, plan, {
    jobs: 2,
    before: (fake) => {
      before(fake);
      const { emit } = fake.events;
      fake.events.emit = (event) => {
        emit.call(fake.events, event);
        if (event.kind === 'task-finished' && event.outcome === 'fresh') ofB.open();
      };
    },
  });
  expect(world.outcomes()).toEqual({ a: 'executed', b: 'fresh' });
  expect(end).toMatchObject({ event: { exitCode: 0 } });
  expect(machine.disk.text('out/a.txt')).toBe('2');
});

test('with another engine at work, a build that will not wait ends with 3 and touches nothing', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const other = machine.start();
  await other.lock.acquire({
    wait: false,
    command: 'watch',
    signal: new AbortController().signal,
    onBlocked: () => {},
  });
  const { world, end } = await build(machine, chain, { wait: false });
  expect(end).toMatchObject({ kind: 'finished', event: { outcome: 'waiting', exitCode: 3, waiting: 2 } });
  expect(world.ofKind('run-blocked')).toMatchObject([{ waits: false, command: 'watch' }]);
  expect(machine.disk.contents()).toEqual({ 'in.txt': '1' });
  expect(machine.shelf.version).toBe(0);
});

test('a build that waited finds what the other engine made and does nothing itself', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const first = machine.start();
  const second = machine.start();
  const asked = latch();
  const allowed = latch();
  first.executor.scripts.set('a', async ({ work }) => {
    await allowed.opened;
    work();
    return undefined;
  });
  const firstEnd = sessionOf(first, chain).build('test');
  const { acquire } = second.lock;
  second.lock.acquire = (options) =>
    acquire.call(second.lock, {
      ...options,
      onBlocked: (holder) => {
        options.onBlocked(holder);
        asked.open();
      },
    });
  const secondEnd = sessionOf(second, chain).build('test');
  await asked.opened;
  allowed.open();
  expect(await firstEnd).toMatchObject({ event: { executed: 2 } });
  expect(await secondEnd).toMatchObject({ event: { executed: 0, fresh: 2, exitCode: 0 } });
  expect(second.ofKind('run-blocked')).toHaveLength(1);
});

test('an edit during the wait for the lock is seen, also of what was found fresh before', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, chain);
  machine.edit('b.txt', 'edited');
  const other = machine.start();
  const signal = new AbortController().signal;
  await other.lock.acquire({ wait: false, command: 'x', signal, onBlocked: () => {} });
  const world = machine.start();
  const asked = latch();
  const { acquire } = world.lock;
  world.lock.acquire = (options) =>
    acquire.call(world.lock, {
      ...options,
      onBlocked: (holder) => {
        options.onBlocked(holder);
        asked.open();
      },
    });
  const end = sessionOf(world, chain).build('test');
  await asked.opened;
  machine.edit('in.txt', '2');
  // Ends without having written anything, as one that was killed.
  other.lock.release();
  await end;
  expect(machine.disk.text('b.txt')).toBe('b(a(2))');
});

test('Ctrl-C while waiting for the lock ends with 130', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const other = machine.start();
  const signal = new AbortController().signal;
  await other.lock.acquire({ wait: false, command: 'x', signal, onBlocked: () => {} });
  const world = machine.start();
  const session = sessionOf(world, chain);
  const end = session.build('test');
  session.interrupt();
  expect(await end).toMatchObject({ event: { outcome: 'cancelled', exitCode: 130, cancelled: 2 } });
  expect(machine.lock.holder?.of).toBe(other.lock);
});

test('programs that a killed engine left are ended under the lock, before anything is done', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world } = await build(machine, chain, {
    before: (one) => {
      one.executor.leftBehind = 2;
      const { endLeftBehind } = one.executor;
      one.executor.endLeftBehind = (how) => {
        expect(one.lock.isMine()).toBe(true);
        expect(one.executor.started).toEqual([]);
        // One of them wrote until the end.
        machine.disk.write('in.txt', '2');
        return endLeftBehind.call(one.executor, how);
      };
    },
  });
  expect(world.ofKind('warning').map((event) => event.message)).toEqual([
    'a build that was killed had left 2 programs running; they are ended first',
  ]);
  expect(machine.disk.text('b.txt')).toBe('b(a(2))');
});

test('Ctrl-C does not wait for the end of such programs, and touches nothing before it', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const world = machine.start();
  const session = sessionOf(world, chain);
  world.executor.endLeftBehind = ({ onFound, signal }) => {
    onFound(1);
    session.interrupt();
    return Promise.resolve(signal.aborted ? 'cancelled' : 'ended');
  };
  const { told } = world;
  const end = await session.build('test');
  expect(end).toMatchObject({ event: { outcome: 'cancelled', exitCode: 130, cancelled: 2 } });
  expect(told.map(({ kind }) => kind)).toEqual(['run-started', 'warning', 'run-finished']);
  expect(machine.lock.holder).toBe(null);
});

test('what is known to be wrong before anything runs is refused whole, without a single event', async () => {
  const machine = Machine.with({});
  machine.missingTools.add('python3');
  const plan = planOf({
    a: { requires: 'absent.txt', produces: 'a.txt' },
    b: { requires: 'a.txt', produces: 'b.txt', tools: { python3: '>=3' } },
  });
  const { world, end } = await build(machine, plan);
  if (end.kind !== 'refused') throw new Error('was not refused');
  expect(end.problems.map((one) => one.code).sort()).toEqual(['PIPE037', 'PIPE050']);
  expect(world.told).toEqual([]);
  expect(machine.disk.nodes.size).toBe(0);
});

test('the lock is free again after a failure, and after a bug', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const failing = await build(machine, chain, {
    before: (world) => world.executor.scripts.set('a', () => exitOne),
  });
  expect(failing.end).toMatchObject({ event: { outcome: 'failed', exitCode: 1, failed: 1, skipped: 1 } });
  expect(machine.lock.holder).toBe(null);
  const broken = build(machine, chain, {
    before: (world) => {
      world.upkeep.perform = () => {
        throw new Error('a bug');
      };
    },
  });
  await expect(broken).rejects.toThrow('a bug');
  expect(machine.lock.holder).toBe(null);
});

test('what need not wait for the clock of the files is done while the others wait', async () => {
  const told: string[] = [];
  const { end } = await build(Machine.with({ 'in.txt': '1' }), chain, {
    before: (world) => {
      world.files.settle = async () => {
        told.push('waiting');
        await new Promise((resolve) => setImmediate(resolve));
        told.push('settled');
      };
      world.upkeep.begin = () => void told.push('begun');
      world.upkeep.perform = () => void told.push('done');
    },
  });
  expect(end).toMatchObject({ event: { executed: 2 } });
  expect(told).toEqual(['waiting', 'begun', 'settled', 'done']);
});

test('what a command has made, or was restored, is read as what nobody writes any more, and nothing else is', async () => {
  let read: unknown[] = [];
  const how: Parameters<typeof build>[2] = {
    before: ({ files }) => {
      const observe = files.observe.bind(files);
      files.observe = (listed, role, writers) => {
        if (listed.length > 0) read.push([...listed.map(({ path }) => path), role, writers ?? 'whoever']);
        return observe(listed, role, writers);
      };
    },
  };
  const machine = Machine.with({ 'in.txt': '1' });
  const made = async () => {
    read = [];
    await build(machine, chain, how);
    expect(read).toContainEqual(['in.txt', 'input', 'whoever']);
    return read.filter((one) => String(one).endsWith('gone'));
  };
  const both = [
    ['a.txt', 'output', 'gone'],
    ['b.txt', 'output', 'gone'],
  ];
  expect(await made()).toEqual(both);
  machine.disk.write('in.txt', '2');
  await made();
  machine.disk.write('in.txt', '1');
  expect(await made()).toEqual(both);
});

test('a run that did nothing saves what it learned, if nobody else is at work', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, chain);
  const due = (world: Awaited<ReturnType<typeof build>>['world']) => {
    world.upkeep.due = true;
  };
  expect((await build(machine, chain, { before: due })).world.upkeep.performed).toBe(1);
  expect(machine.lock.holder).toBe(null);
  const other = machine.start();
  const signal = new AbortController().signal;
  await other.lock.acquire({ wait: false, command: 'x', signal, onBlocked: () => {} });
  const busy = await build(machine, chain, { before: due });
  expect(busy.world.upkeep.performed).toBe(0);
  expect(busy.end).toMatchObject({ event: { outcome: 'succeeded', exitCode: 0 } });
});

test('a dry run tells what would happen and does none of it', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world, end } = await build(machine, chain, { dryRun: true });
  expect(world.ofKind('task-planned').map((event) => [event.stage, event.action])).toEqual([
    ['a', 'run'],
    ['b', 'run'],
  ]);
  expect(end).toMatchObject({ event: { outcome: 'succeeded', exitCode: 0, executed: 0 } });
  expect(machine.disk.contents()).toEqual({ 'in.txt': '1' });
  expect(world.executor.started).toEqual([]);
});
