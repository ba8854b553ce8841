// One task from stale to done: the order of what is done, and what becomes of files on the way.
import { expect, test } from 'vitest';
import { items } from '../../src/model/item-spec.ts';
import { exitOne, type Script } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, planOf, sessionOf, state } from '../rig/fake-world.ts';
import { watched } from '../rig/faulty-world.ts';

const one = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt' } });
const script = (name: string, does: Script) => ({
  before: (world: FakeWorld) => void world.executor.scripts.set(name, does),
});
const failureOf = (world: FakeWorld) => world.ofKind('task-finished').find((event) => event.failure)?.failure;

/** Calls that change something, and those that guard the changes. */
const telling =
  /^(?:outputs\.(?:moveAway|keep|stage|place|discard)|records\.(?:begin|commit|failed)|executor\.start|files\.stamp input|files\.observe output|blobs\.put|actions\.put)/;

async function callsOfBuild(machine: Machine): Promise<readonly string[]> {
  const { world, calls } = watched(machine.start());
  await sessionOf(world, one).build('test');
  const all = calls.filter((call) => telling.test(call));
  return all.filter((call, i) => call !== all[i - 1]);
}

test('an execution: displace, begin, clear away, execute, look at outputs, compare inputs, save, commit', async () => {
  const machine = Machine.with({ 'in.txt': '1', 'out/a.txt': 'by hand' });
  expect(await callsOfBuild(machine)).toEqual([
    'files.observe output',
    'outputs.keep displaced',
    'files.observe output',
    'records.begin',
    'outputs.moveAway aside',
    'executor.start',
    'files.observe output',
    'files.stamp input',
    'blobs.put',
    'actions.put',
    'records.commit',
    'outputs.discard',
  ]);
});

test('a restoring: begin, copies beside their targets, clear away, put in place, commit', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, one);
  machine.edit('in.txt', '2');
  await build(machine, one);
  machine.edit('in.txt', '1');
  expect((await callsOfBuild(machine)).filter((call) => call !== 'files.observe output')).toEqual([
    'records.begin',
    'outputs.stage',
    'outputs.moveAway aside',
    'outputs.place',
    'records.commit',
    'outputs.discard',
  ]);
});

test('a result that is in place already is committed without touching a file', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, one);
  machine.shelf.content.memories.clear();
  machine.shelf.version++;
  const before = machine.disk.nodes.get('out/a.txt');
  const calls = await callsOfBuild(machine);
  expect(calls.filter((call) => !call.startsWith('files.'))).toEqual(['records.commit', 'outputs.discard']);
  expect(machine.disk.nodes.get('out/a.txt')).toBe(before);
});

test('a hand-made file in the way is kept aside and a warning says where', async () => {
  const machine = Machine.with({ 'in.txt': '1', 'out/a.txt': 'by hand' });
  const { world } = await build(machine, one);
  expect(machine.disk.text(`${state}/displaced/run-001/a/out/a.txt`)).toBe('by hand');
  expect(world.ofKind('warning')).toMatchObject([{ task: 'a' }]);
  expect(machine.disk.text('out/a.txt')).toBe('a(1)');
});

test('an old output that pipe made goes without a trace', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, one);
  machine.edit('in.txt', '2');
  const { world } = await build(machine, one);
  expect(world.ofKind('warning')).toEqual([]);
  expect([...machine.disk.nodes.keys()].filter((path) => /aside|displaced|rejected/.test(path))).toEqual([
    `${state}/aside`,
    `${state}/aside/run-002`,
  ]);
});

test('what a failed execution wrote is put out of the way and kept to look at', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world, end } = await build(
    machine,
    one,
    script('a', ({ disk }) => {
      disk.write('out/a.txt', 'half');
      return exitOne;
    }),
  );
  expect(end).toMatchObject({ event: { exitCode: 1 } });
  expect(failureOf(world)).toEqual({ kind: 'exit', code: 1, line: 'make it' });
  expect(machine.disk.text('out/a.txt')).toBe(null);
  expect(machine.disk.text(`${state}/rejected/run-001/a/out/a.txt`)).toBe('half');
  expect(machine.actions.entries.size).toBe(0);
  // A file that a person puts there now is theirs.
  machine.edit('out/a.txt', 'by hand');
  await build(machine, one);
  expect(machine.disk.text(`${state}/displaced/run-002/a/out/a.txt`)).toBe('by hand');
});

test('success without the promised output is a failure', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world } = await build(
    machine,
    one,
    script('a', () => undefined),
  );
  expect(failureOf(world)).toEqual({ kind: 'output-missing', patterns: ['out/a.txt'] });
  expect((await build(machine, one)).executed).toEqual(['a']);
});

test('an input edited while the stage runs costs the result, and it runs again', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  let edits = 0;
  const { world, end, executed } = await build(
    machine,
    one,
    script('a', ({ disk, work }) => {
      work();
      if (edits++ === 0) disk.write('in.txt', '2');
      disk.tick();
      return undefined;
    }),
  );
  expect(executed).toEqual(['a', 'a']);
  expect(world.ofKind('task-retrying')).toMatchObject([{ attempt: 1, paths: ['in.txt'] }]);
  expect(end).toMatchObject({ event: { exitCode: 0, executed: 1 } });
  expect(machine.disk.text('out/a.txt')).toBe('a(2)');
  expect(machine.actions.entries.size).toBe(1);
});

test('an input edited while the hook before the command runs costs the hook alone', async () => {
  const plan = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt', hooks: { before: 'load' } } });
  const machine = Machine.with({ 'in.txt': '1' });
  const told: string[] = [];
  const { world } = await build(
    machine,
    plan,
    script('a', ({ execution, disk, work }) => {
      told.push(execution.hook ?? 'command');
      if (execution.hook === null) work();
      else if (told.length === 1) disk.write('in.txt', '2');
      disk.tick();
      return undefined;
    }),
  );
  expect(told).toEqual(['before', 'before', 'command']);
  expect(world.ofKind('task-retrying')).toMatchObject([{ attempt: 1, paths: ['in.txt'] }]);
  expect(machine.disk.text('out/a.txt')).toBe('a(2)');
});

test('an edit that is taken back before the stage ends is noticed all the same', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  let edits = 0;
  const { executed } = await build(
    machine,
    one,
    script('a', ({ disk, work }) => {
      if (edits++ === 0) {
        disk.write('in.txt', '2');
        work();
        disk.write('in.txt', '1');
      } else work();
      disk.tick();
      return undefined;
    }),
  );
  expect(executed).toEqual(['a', 'a']);
  expect(machine.disk.text('out/a.txt')).toBe('a(1)');
});

test('an edit in the very tick in which the file was read is noticed by its content', async () => {
  const machine = Machine.with({});
  // Written, read and written again within one tick: all stamps are equal.
  machine.disk.write('in.txt', '1');
  let edits = 0;
  const { executed } = await build(
    machine,
    one,
    script('a', ({ disk, work }) => {
      work();
      if (edits++ === 0) disk.write('in.txt', '2');
      return undefined;
    }),
  );
  expect(executed).toEqual(['a', 'a']);
  expect(machine.disk.text('out/a.txt')).toBe('a(2)');
});

test('inputs that are edited each time while it runs are a failure after the third', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world, executed } = await build(
    machine,
    one,
    script('a', ({ disk, work }) => {
      work();
      disk.tick();
      disk.write('in.txt', `${disk.read('in.txt')}+`);
      return undefined;
    }),
  );
  expect(executed).toEqual(['a', 'a', 'a']);
  expect(failureOf(world)).toEqual({ kind: 'input-changing', paths: ['in.txt'] });
  expect(machine.actions.entries.size).toBe(0);
  expect(machine.disk.text('out/a.txt')).toBe(null);
});

const records = planOf({
  a: { forEach: items('sow.json', (doc: object[]) => doc, { key: 'k' }), produces: ['out/{key}'] },
});
const sow = (...texts: readonly string[]) => JSON.stringify(texts.map((t, i) => ({ k: `r${i}`, t })));

/** Its command looks its record up in the document, which is edited while it runs for the first time. */
const editing = (edited: string) =>
  script('a', ({ execution, disk }) => {
    const { key } = execution.context.item!;
    if (execution.context.attempt === 1 && key === 'r0') {
      disk.tick();
      disk.write('sow.json', edited);
    }
    const found = (JSON.parse(disk.read('sow.json')) as { k: string; t: string }[]).find(
      ({ k }) => k === key,
    );
    disk.write(`out/${key}`, found?.t ?? '');
    return undefined;
  });

test('a record that is edited while its command reads the document makes it run once more, with the new one', async () => {
  const machine = Machine.with({ 'sow.json': sow('v1') });
  const first = await build(machine, records, editing(sow('v2')));
  expect(first.executed).toEqual(['a', 'a']);
  expect(first.world.ofKind('task-retrying')).toMatchObject([{ why: 'input-changed', paths: ['sow.json'] }]);
  expect(machine.disk.text('out/r0')).toBe('v2');
  expect((await build(machine, records)).executed).toEqual([]);
  // Nothing was recorded or stored for what it said before.
  machine.edit('sow.json', sow('v1'));
  expect((await build(machine, records, editing(sow('v1')))).executed).toEqual(['a']);
  expect(machine.disk.text('out/r0')).toBe('v1');
});

test('an edit of other records discards nothing; without its own no item counts', async () => {
  const machine = Machine.with({ 'sow.json': sow('a', 'b') });
  const { world: first, executed } = await build(machine, records, editing(sow('a', 'B')));
  expect(executed).toEqual(['a', 'a']);
  expect(first.ofKind('task-retrying')).toEqual([]);
  expect(machine.disk.text('out/r1')).toBe('B');

  const other = Machine.with({ 'sow.json': sow('a') });
  const { world, end } = await build(other, records, editing('[]'));
  expect(end).toMatchObject({ event: { outcome: 'failed' } });
  expect(failureOf(world)).toEqual({ kind: 'record-gone', document: 'sow.json', why: null });
  expect(world.ofKind('task-retrying')).toEqual([]);
  expect(other.actions.entries.size).toBe(0);
});

test('a record that is edited before its turn has come is executed once, as it is then, or is fresh', async () => {
  const machine = Machine.with({ 'sow.json': sow('a', 'b') });
  const begin = (world: FakeWorld) => world.ofKind('task-started').map(({ item }) => item);
  await build(machine, records);

  machine.edit('sow.json', sow('A', 'b'));
  const stale = await build(machine, records, editing(sow('A', 'B')));
  expect(begin(stale.world)).toEqual(['r0', 'r1']);
  expect(stale.executed).toEqual(['a', 'a']);
  expect(stale.world.ofKind('task-started')[1]).toMatchObject({
    reasons: [{ code: 'definition-changed', name: 'record' }],
  });
  expect(machine.disk.text('out/r1')).toBe('B');

  // Stale when its stage fanned out, it needs nothing any more.
  machine.edit('sow.json', sow('x', 'y'));
  machine.actions.entries.clear();
  const fresh = await build(machine, records, editing(sow('x', 'B')));
  expect(begin(fresh.world)).toEqual(['r0']);
  expect((await build(machine, records)).executed).toEqual([]);
});

test('a record that goes before its turn has come fails without a command', async () => {
  const machine = Machine.with({ 'sow.json': sow('a', 'b') });
  const { world, executed } = await build(machine, records, editing(sow('a')));
  expect(executed).toEqual(['a']);
  expect(world.ofKind('task-finished')).toMatchObject([
    { item: 'r0', outcome: 'executed' },
    { item: 'r1', failure: { kind: 'record-gone', document: 'sow.json', why: null } },
  ]);
  expect(machine.disk.text('out/r1')).toBe(null);
});

test('a record that is edited between two attempts is what the second one is about', async () => {
  const plan = planOf({
    a: {
      forEach: items('sow.json', (doc: object[]) => doc, { key: 'k' }),
      produces: ['out/{key}'],
      retry: { attempts: 2, delay: '30s' },
    },
  });
  const machine = Machine.with({ 'sow.json': sow('bad') });
  const told: unknown[] = [];
  const { world } = await build(
    machine,
    plan,
    script('a', ({ execution, disk }) => {
      told.push((execution.context.item!.value as { t: string }).t);
      if (told.length === 1) {
        disk.tick();
        disk.write('sow.json', sow('good'));
        return exitOne;
      }
      disk.write('out/r0', 'made');
      return undefined;
    }),
  );
  expect(told).toEqual(['bad', 'good']);
  expect(world.ofKind('task-retrying')).toMatchObject([{ why: 'failed' }]);
});

test('a document that another stage made, and somebody edits, is no record to run again with', async () => {
  const plan = planOf({
    list: { requires: 'in.txt', produces: 'sow.json' },
    a: { forEach: items('sow.json', (doc: object[]) => doc, { key: 'k' }), produces: ['out/{key}'] },
  });
  const machine = Machine.with({ 'in.txt': '1' });
  const { world } = await build(machine, plan, {
    before: (world) => {
      editing(sow('v2')).before(world);
      world.executor.scripts.set('list', ({ disk }) => void disk.write('sow.json', sow('v1')));
    },
  });
  expect(failureOf(world)).toEqual({ kind: 'input-overwritten', paths: ['sow.json'], stages: ['list'] });
});

test('a file that joins the inputs while the stage runs is an edit too', async () => {
  const plan = planOf({ a: { requires: 'in/*', produces: 'a.txt' } });
  const machine = Machine.with({ 'in/1': '1' });
  let edits = 0;
  const { executed } = await build(
    machine,
    plan,
    script('a', ({ disk, work }) => {
      work();
      if (edits++ === 0) disk.write('in/2', '2');
      return undefined;
    }),
  );
  expect(executed).toEqual(['a', 'a']);
  expect(machine.disk.text('a.txt')).toBe('a(1, 2)');
});

test('a stage without clean finds its old outputs, and an edit by hand stays in place', async () => {
  const plan = planOf({ a: { requires: 'in.txt', produces: 'a.txt', clean: false } });
  const machine = Machine.with({ 'in.txt': '1', 'a.txt': 'old' });
  await build(
    machine,
    plan,
    script('a', ({ disk }) => {
      disk.write('a.txt', `${disk.text('a.txt')}+${disk.read('in.txt')}`);
      return undefined;
    }),
  );
  expect(machine.disk.text('a.txt')).toBe('old+1');
  expect(machine.disk.text(`${state}/displaced/run-001/a/a.txt`)).toBe('old');
});

test('a stage without clean: copies before the start marker, and is not cached with a person’s files', async () => {
  const plan = planOf({ a: { requires: 'in.txt', produces: 'out/*', clean: false } });
  const machine = Machine.with({ 'in.txt': '1', 'out/notes': 'by hand', 'out/page': 'by hand too' });
  const page = script('a', ({ disk }) => {
    disk.write('out/page', disk.read('in.txt'));
    return undefined;
  });
  const fake = machine.start();
  page.before(fake);
  const { world, calls } = watched(fake);
  await sessionOf(world, plan).build('test');
  const order = calls.filter((call) =>
    /copyTo|dropCopies|records\.(?:begin|commit)|executor\.start/.test(call),
  );
  expect(order).toEqual([
    'outputs.copyTo displaced',
    'records.begin',
    'executor.start',
    'records.commit',
    'outputs.dropCopies',
  ]);
  expect(machine.disk.text(`${state}/displaced/run-001/a/out/page`)).toBe('by hand too');
  expect(machine.disk.text(`${state}/displaced/run-001/a/out/notes`)).toBe(null);
  expect(fake.ofKind('warning').map((event) => event.message)).toEqual([
    expect.stringContaining('out/page was not made by pipe; it is kept as'),
  ]);
  expect(machine.actions.entries.size).toBe(0);
  expect(fake.records.all()).toMatchObject([{ handMade: ['out/notes'] }]);
});

test.each([true, false])(
  'what a person makes while others are moved or copied is kept as well (clean: %s)',
  async (clean) => {
    const plan = planOf({ a: { requires: 'in.txt', produces: 'out/*', clean } });
    const machine = Machine.with({ 'in.txt': '1' });
    const makes = script('a', ({ disk }) => {
      for (const name of ['x', 'y']) disk.write(`out/${name}`, `${name} of ${disk.read('in.txt')}`);
      return undefined;
    });
    await build(machine, plan, makes);
    machine.edit('in.txt', '2');
    machine.edit('out/x', 'my x');
    const { world } = await build(machine, plan, {
      before: (fake) => {
        makes.before(fake);
        const { keep, copyTo } = fake.outputs;
        fake.outputs.keep = (...args) => {
          machine.edit('out/y', 'my y');
          return keep.apply(fake.outputs, args);
        };
        fake.outputs.copyTo = (...args) => {
          const copied = copyTo.apply(fake.outputs, args);
          if (machine.disk.text('out/y') !== 'my y') machine.edit('out/y', 'my y');
          return copied;
        };
      },
    });
    expect(machine.disk.text('out/y')).toBe('y of 2');
    const kept = (name: string) => machine.disk.text(`${state}/displaced/run-002/a/out/${name}`);
    expect([kept('x'), kept('y')]).toEqual(['my x', 'my y']);
    expect(world.ofKind('warning').map(({ message }) => message)).toEqual(
      ['x', 'y'].map((name) => expect.stringContaining(`out/${name} was not made by pipe; it is kept as`)),
    );
  },
);

test('a copy is of the last edit before the tool begins', async () => {
  const plan = planOf({ a: { requires: 'in.txt', produces: 'a.txt', clean: false } });
  const machine = Machine.with({ 'in.txt': '1', 'a.txt': 'my first words' });
  const { world } = await build(machine, plan, {
    before: (fake) => {
      const { copyTo } = fake.outputs;
      fake.outputs.copyTo = (...args) => {
        const copied = copyTo.apply(fake.outputs, args);
        // It takes time to copy others, too.
        if (machine.disk.text('a.txt') === 'my first words') machine.edit('a.txt', 'my last words');
        return copied;
      };
    },
  });
  const [warning, ...others] = world.ofKind('warning');
  const [, place] = /it is kept as (\S+)$/.exec(warning?.message ?? '') ?? [];
  expect([machine.disk.text(`${place}`), others]).toEqual(['my last words', []]);
  const kept = [...machine.disk.nodes.keys()].filter(
    (name) => name.includes('/displaced/') && name.endsWith('.txt'),
  );
  expect(kept).toEqual([place]);
});

test.each([true, false])(
  'copies of what is still a person’s stay until it is on record how the attempt failed (and that can be: %s)',
  async (isOnRecord) => {
    const plan = planOf({ a: { requires: 'in.txt', produces: 'out/*', clean: false } });
    const machine = Machine.with({ 'in.txt': '1', 'out/notes': 'by hand' });
    const fake = machine.start();
    fake.executor.scripts.set('a', ({ disk }) => {
      disk.write('out/page', 'half');
      return exitOne;
    });
    const order: string[] = [];
    const { failed } = fake.records;
    const { dropCopies } = fake.outputs;
    fake.outputs.dropCopies = (...args) => {
      order.push('dropped');
      dropCopies.apply(fake.outputs, args);
    };
    fake.records.failed = (...args) => {
      if (!isOnRecord) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      failed.apply(fake.records, args);
      order.push('on record');
    };
    await sessionOf(fake, plan).build('test');
    expect(order).toEqual(isOnRecord ? ['on record', 'dropped'] : []);
    // A person's as before.
    const next = await build(machine, plan, {
      before: ({ executor }) =>
        executor.scripts.set('a', ({ disk }) => {
          disk.write('out/page', 'whole');
          return undefined;
        }),
    });
    expect(next.world.records.all()).toMatchObject([{ handMade: ['out/notes'] }]);
    expect(next.world.ofKind('warning')).toEqual([]);
  },
);

test('a stage without clean that was killed: what lies there stays, and a copy of what nobody knows', async () => {
  const plan = planOf({ a: { requires: 'in.txt', produces: 'a.txt', clean: false } });
  const machine = Machine.with({ 'in.txt': '1' });
  const fake = machine.start();
  fake.records.begin(plan.task('a').id, fake.folders.runId);
  machine.edit('a.txt', 'half, or an edit');
  const { world } = await build(machine, plan);
  expect(world.ofKind('warning')).toEqual([]);
  expect(machine.disk.text(`${state}/rejected/run-002/a~killed/a.txt`)).toBe('half, or an edit');
});

test.each([
  [true, 'what a made cannot be moved out of the way: EIO', 'the next attempt clears it away'],
  [false, 'what a made stays in place and cannot be recorded: EIO', 'the next attempt keeps a copy of it'],
])('what failed and cannot be put on record is told as it is (clean: %s)', async (clean, message, hint) => {
  const plan = planOf({ a: { requires: 'in.txt', produces: 'a.txt', clean } });
  const machine = Machine.with({ 'in.txt': '1' });
  const { world } = await build(machine, plan, {
    before: (fake) => {
      fake.executor.scripts.set('a', ({ disk }) => {
        disk.write('a.txt', 'half');
        return exitOne;
      });
      fake.records.failed = () => {
        throw Object.assign(new Error('EIO'), { code: 'EIO' });
      };
    },
  });
  expect(failureOf(world)).toMatchObject({ kind: 'exit' });
  expect(world.ofKind('warning')).toMatchObject([{ message, hint }]);
  // As the hint says.
  await build(machine, plan);
  expect(machine.disk.text('a.txt')).toBe('a(1)');
  if (!clean) expect(machine.disk.text(`${state}/rejected/run-002/a~killed/a.txt`)).toBe('half');
});

test('an edited output of a stage with protect stops it and stays', async () => {
  const plan = planOf({ a: { requires: 'in.txt', produces: 'a.txt', protect: true } });
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, plan);
  machine.edit('a.txt', 'by hand');
  machine.edit('in.txt', '2');
  const { world, end } = await build(machine, plan);
  expect(end).toMatchObject({ event: { outcome: 'waiting', exitCode: 3 } });
  expect(failureOf(world)).toEqual({ kind: 'protected', paths: ['a.txt'] });
  expect(machine.disk.text('a.txt')).toBe('by hand');
  const forced = await build(machine, plan, { request: { targets: ['a'], force: true } });
  expect(forced.executed).toEqual(['a']);
  expect(machine.disk.text(`${state}/displaced/run-003/a/a.txt`)).toBe('by hand');
});

test('a linked parent folder of an output is refused before anything is moved', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  machine.disk.link('out', '/elsewhere');
  const { world, executed } = await build(machine, one);
  expect(failureOf(world)).toMatchObject({ kind: 'output-blocked', path: 'out' });
  expect(executed).toEqual([]);
  expect(machine.shelf.content.memories.size).toBe(0);
});

test('declared secrets that are not there stop the stage, after which it is stale', async () => {
  const plan = planOf({ a: { produces: 'a.txt', secrets: ['KEY'] } });
  const machine = Machine.with({});
  const { world, executed } = await build(machine, plan);
  expect(failureOf(world)).toEqual({ kind: 'secret-missing', names: ['KEY'] });
  expect(executed).toEqual([]);
  machine.caller.set('KEY', 'x');
  expect((await build(machine, plan)).executed).toEqual(['a']);
});

test('a cache that cannot be written is one warning, and the build goes on', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const two = planOf({
    a: { requires: 'in.txt', produces: 'out/a.txt' },
    b: { requires: 'out/a.txt', produces: 'out/b.txt' },
  });
  const { world, end } = await build(machine, two, {
    before: ({ cache }) => {
      cache!.actions.put = () => {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      };
    },
  });
  expect(end).toMatchObject({ event: { exitCode: 0, executed: 2 } });
  expect(world.ofKind('warning').map((event) => event.message)).toEqual([
    'the result of a is not in the cache, nor may others be: no space left',
  ]);
  expect((await build(machine, two)).world.outcomes()).toEqual({ a: 'fresh', b: 'fresh' });
});

test('what the disk refuses is a failure of the task; what should not happen is a bug and exit 70', async () => {
  const refusing = (error: Error) => ({
    before: ({ outputs }: FakeWorld) => {
      outputs.makeFolder = () => {
        throw error;
      };
    },
  });
  const io = await build(
    Machine.with({ 'in.txt': '1' }),
    one,
    refusing(Object.assign(new Error('EROFS: read-only'), { code: 'EROFS' })),
  );
  expect(failureOf(io.world)).toEqual({ kind: 'io', message: 'EROFS: read-only' });
  expect(io.end).toMatchObject({ event: { exitCode: 1 } });
  const bug = await build(Machine.with({ 'in.txt': '1' }), one, refusing(new TypeError('oops')));
  expect(failureOf(bug.world)).toMatchObject({ kind: 'internal', message: 'oops' });
  expect(bug.end).toMatchObject({ event: { exitCode: 70 } });
});

test('what is audited is executed under watch, not restored; other stages are not watched', async () => {
  const plan = planOf({
    a: { requires: 'in.txt', produces: 'a.txt' },
    b: { requires: 'a.txt', produces: 'b.txt' },
  });
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, plan);
  machine.disk.remove('b.txt');
  const begun: string[] = [];
  const verdict = { kind: 'not-audited', why: 'a fake sees nothing' } as const;
  const { world, end, executed } = await build(machine, plan, {
    request: { targets: ['b'], audit: true },
    before: (fake) => {
      fake.audit = {
        begin: (task) => {
          begun.push(task.id);
          return { trace: () => null, verdict: () => verdict };
        },
      };
    },
  });
  expect({ executed, begun }).toEqual({ executed: ['b'], begun: ['b'] });
  expect(world.ofKind('task-audited').map((event) => [event.task, event.verdict])).toEqual([['b', verdict]]);
  expect(end).toMatchObject({ event: { outcome: 'failed', exitCode: 1, executed: 1, fresh: 1 } });
});

test('a required file that goes between the listing and the reading is not silently left out', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world, end, executed } = await build(machine, one, {
    before: ({ files, disk }) => {
      const observe = files.observe.bind(files);
      files.observe = (listed, role) => {
        // As if somebody had deleted it in this very moment.
        if (role === 'input') disk.remove('in.txt');
        return observe(listed, role);
      };
    },
  });
  expect(executed).toEqual([]);
  expect(end).toMatchObject({ event: { exitCode: 1 } });
  expect(failureOf(world)).toEqual({ kind: 'input-missing', patterns: ['in.txt'] });
});

test('a failure is told as it was where the disk refuses what is done about it', async () => {
  const plan = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt', hooks: { onFailure: 'tell' } } });
  const refusing: Script = ({ execution }) => {
    if (execution.hook === null) return exitOne;
    throw Object.assign(new Error('ENOSPC: no space left on device, open'), { code: 'ENOSPC' });
  };
  const { world } = await build(Machine.with({ 'in.txt': '1' }), plan, script('a', refusing));
  expect(failureOf(world)).toMatchObject({ kind: 'exit', code: 1 });
  expect(world.ofKind('warning')).toMatchObject([
    { task: 'a', message: 'its hook "onFailure" cannot be run: ENOSPC: no space left on device, open' },
  ]);
});
