// Batches: one execution for many items, and each of them with its own record, failure, retry and metrics.
import { expect, test } from 'vitest';
import type { FilePath, TaskId } from '../../src/base/brand.ts';
import type { Execution, ExecutionEnd } from '../../src/engine/executor.ts';
import type { Session } from '../../src/engine/session.ts';
import { exitOne, type Script } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, type Plan, planOf, sessionOf } from '../rig/fake-world.ts';
import { latch } from '../rig/latch.ts';

const plan = (stage: object = {}, more: object = {}) =>
  planOf(
    { s: { forEach: 'in/{n}.txt', produces: 'out/{n}.txt', batch: { size: 3 }, ...stage } },
    { budget: {}, ...more },
  );

/** With items `a`, `b`, … */
const machineWith = (count: number) =>
  Machine.with(
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`in/${'abcdefghij'[i]}.txt`, `${i}`])),
  );

const named = (execution: Execution) => execution.context.items.map(({ captures }) => captures.n).join('');

/** The items of each execution. */
function heard(batches: string[], script?: Script): (world: FakeWorld) => void {
  return (world) =>
    world.executor.scripts.set('s', (scene) => {
      batches.push(named(scene.execution));
      if (script !== undefined) return script(scene);
      scene.work();
      return undefined;
    });
}

async function built(
  machine: Machine,
  stages: Plan,
  options: Parameters<typeof build>[2] = {},
  script?: Script,
) {
  const batches: string[] = [];
  const { world, end } = await build(machine, stages, { ...options, before: heard(batches, script) });
  const outcomes = Object.fromEntries(
    world.ofKind('task-finished').map((event) => [event.item?.slice(3, 4) ?? event.task, event.outcome]),
  );
  return { batches, world, end, outcomes };
}

const nobody = { onDone: () => {}, onFailed: () => {}, onMetric: () => {} };

const done = (execution: Execution, name: string) => execution.batch!.onDone(`in/${name}.txt`);
const failed = (execution: Execution, name: string) =>
  execution.batch!.onFailed(`in/${name}.txt`, 'too dark');

test('many items go to one execution, and each is recorded: an edit of one is work for one', async () => {
  const machine = machineWith(7);
  const first = await built(machine, plan());
  expect(first.batches).toEqual(['abc', 'def', 'g']);
  expect(first.end).toMatchObject({ event: { executed: 7, exitCode: 0 } });
  machine.edit('in/e.txt', 'new');
  expect((await built(machine, plan())).batches).toEqual(['e']);
  expect(machine.disk.read('out/e.txt')).toBe('s(new)');
  expect((await built(machine, plan())).batches).toEqual([]);
});

test('a batch has one slot, and one room in a pool, from which those that wait join it', async () => {
  for (const [jobs, pool] of [
    [1, undefined],
    [9, 'gpu'],
  ] as const) {
    const { batches, world } = await built(machineWith(7), plan({ pool }, { pools: { gpu: 1 } }), { jobs });
    expect([batches, world.executor.mostAtOnce]).toEqual([['abc', 'def', 'g'], 1]);
  }
  const { world } = await built(machineWith(7), plan(), { jobs: 2 }, async ({ work }) => {
    await Promise.resolve();
    work();
    return undefined;
  });
  expect(world.executor.mostAtOnce).toBe(2);
});

test('one that is reported as failed fails alone, with what was said of it', async () => {
  const machine = machineWith(3);
  const { outcomes, world } = await built(machine, plan(), {}, ({ execution, work }) => {
    work();
    failed(execution, 'b');
    // The first word counts.
    done(execution, 'b');
    return undefined;
  });
  expect(outcomes).toEqual({ a: 'executed', b: 'failed', c: 'executed' });
  expect(world.ofKind('task-finished').find(({ outcome }) => outcome === 'failed')).toMatchObject({
    failure: { kind: 'reported', message: 'too dark' },
    log: world.ofKind('task-finished')[0]!.log,
  });
  expect(machine.disk.nodes.has('out/b.txt')).toBe(false);
  expect((await built(machine, plan())).batches).toEqual(['b']);
});

test.each([
  ['a crash', exitOne],
  ['a time limit', { kind: 'failed', failure: { kind: 'timeout', timeoutMs: 9, line: 'x' }, tail: [] }],
] as const)('%s fails those that were not reported as done, and what was done stands', async (_, end) => {
  const machine = machineWith(3);
  const { outcomes } = await built(machine, plan(), { keepGoing: true }, ({ execution, work }) => {
    work();
    done(execution, 'a');
    done(execution, 'c');
    return end;
  });
  expect(outcomes).toEqual({ a: 'executed', b: 'failed', c: 'executed' });
  expect((await built(machine, plan())).batches).toEqual(['b']);
});

test('all was reported as done, and then it ended badly: that is told, and fails nothing', async () => {
  const { end, world } = await built(machineWith(2), plan(), {}, ({ execution, work }) => {
    work();
    for (const name of ['a', 'b']) done(execution, name);
    return exitOne;
  });
  expect(end).toMatchObject({ event: { executed: 2, exitCode: 0 } });
  expect(world.ofKind('warning').map(({ message }) => message)).toEqual([
    'a batch of stage "s" ended badly when all its items had been reported: exit code 1',
  ]);
});

test('an item whose outputs are not there has failed, whatever was said', async () => {
  const { outcomes } = await built(
    machineWith(3),
    plan(),
    { keepGoing: true },
    ({ execution, disk, work }) => {
      work();
      disk.remove('out/a.txt');
      disk.remove('out/b.txt');
      done(execution, 'a');
      return undefined;
    },
  );
  expect(outcomes).toEqual({ a: 'failed', b: 'failed', c: 'executed' });
});

test('a check that one item does not pass is the failure of that item', async () => {
  const machine = machineWith(3);
  const check = { kind: 'matches', pattern: /^s\([02]\)$/ };
  const { outcomes } = await built(machine, plan({ check }), { keepGoing: true });
  expect(outcomes).toEqual({ a: 'executed', b: 'failed', c: 'executed' });
});

test('what is done is recorded while the others are in work: a kill loses only these', async () => {
  const machine = machineWith(3);
  const world = machine.start();
  const isRecorded = latch();
  world.executor.scripts.set('s', async ({ execution, work }) => {
    work();
    done(execution, 'b');
    await new Promise(() => {});
    return undefined;
  });
  const { commit } = world.records;
  world.records.commit = (record) => {
    commit.call(world.records, record);
    isRecorded.open();
  };
  void sessionOf(world, plan()).build('test');
  await isRecorded.opened;
  machine.lock.holder = null;
  const next = await built(machine, plan());
  expect(next.batches).toEqual(['ac']);
  // Half-written or not, nobody knows: it lies aside.
  const aside = [...machine.disk.nodes.keys()].filter((path) => /rejected.*killed.*\.txt$/.test(path));
  expect(aside.map((path) => path.slice(-9))).toEqual(['out/a.txt', 'out/c.txt']);
});

/** Of a batch whose process says that all is done and goes on: `meanwhile` begins when all is recorded. */
function goesOn(machine: Machine, meanwhile: (execution: Execution, session: Session) => unknown) {
  const world = machine.start();
  const session = sessionOf(world, plan());
  const areRecorded = latch();
  const { commit } = world.records;
  let commits = 0;
  world.records.commit = (record) => {
    commit.call(world.records, record);
    if (++commits === 3) areRecorded.open();
  };
  world.executor.scripts.set('s', async ({ execution, disk, work }) => {
    work();
    disk.tick(3000);
    for (const name of ['a', 'b', 'c']) done(execution, name);
    await areRecorded.opened;
    // The attempts that are over have been told of.
    await new Promise(setImmediate);
    disk.tick(4000);
    await meanwhile(execution, session);
    return undefined;
  });
  return { world, end: session.build('test') };
}

test('the last that is done is recorded like the others, and what the process goes on with counts for it', async () => {
  const machine = machineWith(3);
  const { world, end } = goesOn(machine, (execution) => {
    expect(world.ofKind('task-finished').map(({ item }) => item)).toEqual(['in/a.txt', 'in/b.txt']);
    execution.onMetric({ usd: 2 });
  });
  expect(await end).toMatchObject({ event: { executed: 3, metrics: { usd: 2 } } });
  const cost = ({ durationMs, metrics }: { readonly durationMs: number; readonly metrics: object }) => [
    Math.round(durationMs / 1000),
    metrics,
  ];
  const costs = [
    [1, {}],
    [1, {}],
    [5, { usd: 2 }],
  ];
  expect(world.ofKind('task-finished').map(cost)).toEqual(costs);
  machine.disk.remove('out');
  const again = await built(machine, plan());
  expect(again.outcomes).toEqual({ a: 'restored', b: 'restored', c: 'restored' });
  expect(again.world.ofKind('task-finished').map(({ metrics }) => metrics)).toEqual(
    costs.map(([, metrics]) => metrics),
  );
});

test('killed while its process goes on, a batch that was done is fresh', async () => {
  const machine = machineWith(3);
  const isThere = latch();
  const { end } = goesOn(machine, () => {
    isThere.open();
    return new Promise(() => {});
  });
  void end;
  await isThere.opened;
  machine.lock.holder = null;
  expect(await built(machine, plan())).toMatchObject({ batches: [], end: { event: { fresh: 3 } } });
});

test('an interrupt ends a process that goes on when all is done, and nothing is lost', async () => {
  const machine = machineWith(3);
  const { world, end } = goesOn(machine, (_, session) => {
    session.interrupt();
    return new Promise(() => {});
  });
  expect(await end).toMatchObject({ event: { executed: 3, cancelled: 0, exitCode: 130 } });
  expect(world.executor.cancelled).toEqual(['s gently']);
});

test('an item without its outputs has failed only when its process, which says that all is done, has ended', async () => {
  const { world, end } = await build(machineWith(1), plan(), {
    before: (one) =>
      one.executor.scripts.set('s', async ({ execution }) => {
        done(execution, 'a');
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
        expect(one.ofKind('task-finished')).toEqual([]);
        return undefined;
      }),
  });
  expect(end).toMatchObject({ event: { failed: 1 } });
  expect(world.ofKind('task-finished')).toHaveLength(1);
});

test('one whose input is edited meanwhile is made again by itself; the others stand', async () => {
  const machine = machineWith(3);
  const { batches, outcomes } = await built(machine, plan(), {}, ({ disk, execution, work }) => {
    work();
    if (execution.context.items.length > 1) disk.write('in/b.txt', 'new');
    return undefined;
  });
  expect(batches).toEqual(['abc', 'b']);
  expect(outcomes).toEqual({ a: 'executed', b: 'executed', c: 'executed' });
  expect(machine.disk.read('out/b.txt')).toBe('s(new)');
});

const bySignal: ExecutionEnd = {
  ...{ kind: 'failed', failure: { kind: 'signal', signal: 'SIGBUS', line: 'make it' }, tail: [] },
};

test.each([
  ['of one was edited', 'in/b.txt', 'acd'],
  ['of one was taken away', 'in/b.txt', 'acd'],
  // As of who has mapped it into memory.
  ['of one was cut off', 'in/b.txt', 'acd'],
  ['of all was edited', 'style.md', ''],
] as const)(
  'a batch dies, and an input %s meanwhile: the others run again together',
  async (how, path, others) => {
    const machine = machineWith(4);
    machine.disk.write('style.md', '');
    const { batches, outcomes } = await built(
      machine,
      plan({ batch: { size: 9 }, requires: ['style.md'] }),
      {},
      ({ disk, execution, work }) => {
        work();
        if (execution.context.items.length < 4) return undefined;
        if (how === 'of one was taken away') disk.remove(path);
        else disk.write(path, 'new');
        return how === 'of one was cut off' ? bySignal : exitOne;
      },
    );
    expect(batches).toEqual(['abcd', others].filter((names) => names !== ''));
    const outcomeOf = (name: string) => (others.includes(name) ? 'executed' : 'failed');
    expect(outcomes).toEqual(Object.fromEntries([...'abcd'].map((name) => [name, outcomeOf(name)])));
  },
);

test('a batch that dies is not run again where it told of a failure, or no input was edited', async () => {
  for (const isTold of [true, false]) {
    const { batches, outcomes } = await built(machineWith(3), plan(), { keepGoing: true }, (scene) => {
      if (!isTold) return exitOne;
      failed(scene.execution, 'a');
      scene.disk.remove('in/b.txt');
      return exitOne;
    });
    expect(batches).toEqual(['abc']);
    expect(outcomes).toEqual({ a: 'failed', b: 'failed', c: 'failed' });
  }
});

test('a batch that dies over other edits each time is run three times', async () => {
  const { batches, world } = await built(machineWith(6), plan({ batch: { size: 9 } }), {}, (scene) => {
    scene.disk.remove(`in/${named(scene.execution).at(-1)}.txt`);
    return exitOne;
  });
  expect(batches).toEqual(['abcdef', 'abcde', 'abcd']);
  const failures = world.ofKind('task-finished').map(({ item, failure }) => [item, failure]);
  expect(failures).toContainEqual([
    'in/a.txt',
    { kind: 'input-changing', paths: ['in/d.txt'], isOfOthers: true },
  ]);
  expect(failures).toContainEqual(['in/d.txt', { kind: 'exit', code: 1, line: 'make it' }]);
});

test('an interrupt ends the batch once, and what was done before it stands', async () => {
  const machine = machineWith(3);
  const world = machine.start();
  const session = sessionOf(world, plan());
  world.executor.scripts.set('s', async ({ execution, work }) => {
    work();
    done(execution, 'a');
    await new Promise(setImmediate);
    session.interrupt();
    await new Promise(() => {});
    return undefined;
  });
  expect(await session.build('test')).toMatchObject({ event: { executed: 1, cancelled: 2, exitCode: 130 } });
  expect(world.executor.cancelled).toEqual(['s gently']);
  expect((await built(machine, plan())).batches).toEqual(['bc']);
});

test('those that failed are tried again together, apart from those that have not been tried', async () => {
  const retry = { attempts: 2, delay: '1s' };
  const { batches, outcomes, world } = await built(
    machineWith(8),
    plan({ retry }),
    { keepGoing: true },
    ({ execution, work }) => {
      work();
      if (execution.context.attempt === 1) for (const name of ['b', 'c']) failed(execution, name);
      return undefined;
    },
  );
  expect([...batches].sort()).toEqual(['abc', 'bc', 'def', 'gh']);
  expect(Object.values(outcomes)).toEqual(Array.from({ length: 8 }, () => 'executed'));
  expect(
    new Set(world.ofKind('task-retrying').map((event) => 'delayMs' in event && event.delayMs)).size,
  ).toBe(1);
});

test('metrics are of the item that they name, or of all in equal parts, and each counts once', async () => {
  const machine = machineWith(3);
  const { end, world } = await built(machine, plan(), {}, ({ execution, work }) => {
    work();
    execution.batch!.onMetric('in/b.txt', { usd: 2 });
    execution.onMetric({ tokens: 10 });
    return undefined;
  });
  expect(end).toMatchObject({ event: { metrics: { usd: 2, tokens: 10 } } });
  expect(world.ofKind('task-finished').map(({ metrics }) => metrics)).toEqual([
    { tokens: 4 },
    { usd: 2, tokens: 3 },
    { tokens: 3 },
  ]);
});

test('a metric that comes when its item has been recorded is of the others, and not lost', async () => {
  const machine = machineWith(3);
  const { end, world } = await built(machine, plan(), {}, async ({ execution, work }) => {
    work();
    done(execution, 'b');
    // When it has been heard.
    await Promise.resolve();
    await Promise.resolve();
    execution.batch!.onMetric('in/b.txt', { usd: 2 });
    return undefined;
  });
  expect(end).toMatchObject({ event: { metrics: { usd: 2 } } });
  const told = world.ofKind('task-finished').map(({ item, metrics }) => [item, metrics?.usd]);
  expect(new Map(told as [string, number][])).toEqual(
    new Map<string | undefined, number | undefined>([
      ['in/b.txt', undefined],
      ['in/a.txt', 1],
      ['in/c.txt', 1],
    ]),
  );
});

test('what a batch took is shared by its items, so that the sum is what it took', async () => {
  const machine = machineWith(3);
  const { world } = await built(machine, plan(), {}, async ({ execution, disk, work }) => {
    work();
    disk.tick(5000);
    done(execution, 'b');
    // When it has been heard.
    await Promise.resolve();
    disk.tick(4000);
    return undefined;
  });
  const taken = ['a', 'b', 'c'].map((name) => {
    const memory = world.records.memory(`s:in/${name}.txt` as TaskId);
    return memory.kind === 'done' ? Math.round(memory.record.durationMs / 1000) : null;
  });
  expect(taken).toEqual([2, 5, 2]);
});

test('an item took its shares of all its attempts, and remembers that of the one that succeeded', async () => {
  const stage = plan({ retry: { attempts: 2, delay: '1h' } });
  let attempt = 0;
  const { world } = await built(machineWith(3), stage, {}, async ({ execution, disk, work }) => {
    work();
    if (++attempt === 2) {
      disk.tick(7000);
      return undefined;
    }
    disk.tick(5000);
    execution.batch!.onFailed('in/b.txt', 'why');
    // When it has been heard.
    await Promise.resolve();
    disk.tick(4000);
    return undefined;
  });
  const finished = world
    .ofKind('task-finished')
    .map((event) => [event.item, event.attempts ?? 1, Math.round(event.durationMs / 1000)]);
  expect(finished).toEqual([
    ['in/a.txt', 1, 2],
    ['in/c.txt', 1, 2],
    ['in/b.txt', 2, 12],
  ]);
  const memory = world.records.memory('s:in/b.txt' as TaskId);
  expect(memory.kind === 'done' && Math.round(memory.record.durationMs / 1000)).toBe(7);
});

test('an item that fails took its share, and no other pays for it', async () => {
  const { world } = await built(machineWith(3), plan(), { keepGoing: true }, async ({ disk }) => {
    disk.tick(9000);
    return exitOne;
  });
  const finished = world.ofKind('task-finished').map(({ durationMs }) => Math.round(durationMs / 1000));
  expect(finished).toEqual([3, 3, 3]);
});

test('a result does not depend on who shared the batch: it is restored for batches of another size', async () => {
  const machine = machineWith(4);
  await built(machine, plan());
  for (const name of 'abd') machine.disk.remove(`out/${name}.txt`);
  machine.disk.remove('out/c.txt');
  machine.edit('in/c.txt', 'new');
  const { batches, outcomes } = await built(machine, plan({ batch: { size: 10 } }));
  expect(batches).toEqual(['c']);
  expect(outcomes).toEqual({ a: 'restored', b: 'restored', c: 'executed', d: 'restored' });
});

test('a command may name the files of all its items', async () => {
  const lines: unknown[] = [];
  await built(
    machineWith(2),
    plan({ run: 'pack {requires} > {produces}', cwd: 'in' }),
    {},
    ({ execution, work }) => {
      lines.push(execution.command);
      work();
      return undefined;
    },
  );
  expect(lines).toEqual([{ kind: 'shell', lines: ['pack a.txt b.txt > ../out/a.txt ../out/b.txt'] }]);
});

test('each item that is audited has a process of its own', async () => {
  const { batches } = await built(machineWith(3), plan(), { request: { audit: true } });
  expect(batches).toEqual(['a', 'b', 'c']);
});

test('in a watch an edit ends a batch only where nobody else waits for it', async () => {
  for (const names of ['b', 'abc']) {
    const machine = machineWith(3);
    const world = machine.start();
    const session = sessionOf(world, plan());
    const batches: string[] = [];
    world.executor.scripts.set('s', async ({ execution, disk, work }) => {
      batches.push(named(execution));
      work();
      if (batches.length > 1) return undefined;
      for (const name of names) disk.write(`in/${name}.txt`, 'new');
      const paths = [...names].map((name) => `in/${name}.txt` as FilePath);
      session.edited({ paths, everything: false });
      await new Promise(setImmediate);
      return undefined;
    });
    expect(await session.build('test')).toMatchObject({ event: { executed: 3, exitCode: 0 } });
    expect([batches, world.executor.cancelled]).toEqual(
      names === 'b' ? [['abc', 'b'], []] : [['abc', 'abc'], ['s gently']],
    );
    expect(machine.disk.read('out/b.txt')).toBe('s(new)');
  }
});

test('in a watch a batch dies over an edit: what was edited is made anew apart from the others', async () => {
  const machine = machineWith(4);
  const world = machine.start();
  const session = sessionOf(world, plan({ batch: { size: 9 } }));
  const batches: string[] = [];
  world.executor.scripts.set('s', async ({ execution, disk, work }) => {
    batches.push(named(execution));
    work();
    if (batches.length > 1) return undefined;
    const paths = ['in/a.txt', 'in/c.txt'] as FilePath[];
    for (const file of paths) disk.write(file, 'new');
    session.edited({ paths, everything: false });
    await new Promise(setImmediate);
    return exitOne;
  });
  expect(await session.build('test')).toMatchObject({ event: { executed: 4, exitCode: 0 } });
  expect(batches.sort()).toEqual(['abcd', 'ac', 'bd']);
});

test('what was edited for all is made anew together, also for those that were done by then', async () => {
  const machine = machineWith(4);
  machine.disk.write('style.md', '');
  const stages = plan({ batch: { size: 9 }, requires: ['style.md'] });
  const { batches, end } = await built(machine, stages, {}, ({ disk, execution, work }) => {
    work();
    if (execution.context.attempt > 1) return undefined;
    disk.write('style.md', 'new');
    for (const name of ['b', 'd']) done(execution, name);
    return undefined;
  });
  expect(batches).toEqual(['abcd', 'abcd']);
  expect(end).toMatchObject({ event: { executed: 4, exitCode: 0 } });
});

test('what is about one item alone follows when the batch has ended, one after the other', async () => {
  const { world, end } = await built(
    machineWith(3),
    plan({ check: () => true }),
    { jobs: 9 },
    async (scene) => {
      if (scene.execution.check === null) scene.work();
      done(scene.execution.batch === null ? { ...scene.execution, batch: nobody } : scene.execution, 'a');
      await new Promise(setImmediate);
      return undefined;
    },
  );
  expect(end).toMatchObject({ event: { executed: 3 } });
  expect([world.executor.started.length, world.executor.mostAtOnce]).toEqual([4, 1]);
});
