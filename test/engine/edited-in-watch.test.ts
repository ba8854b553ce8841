// A run of a watch that is told of edits: what it begins anew, what it leaves to the next one or to a person.
import { expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { Assessor } from '../../src/engine/assess.ts';
import { BuildTasks } from '../../src/engine/build-tasks.ts';
import { Holds, type RunCause } from '../../src/engine/holds.ts';
import { whatIsToDo } from '../../src/engine/whats-to-do.ts';
import { items } from '../../src/model/item-spec.ts';
import { optional } from '../../src/model/value-spec.ts';
import { exitOne, type Script } from '../rig/fake-executor.ts';
import { Machine, type Plan, planOf, sessionOf } from '../rig/fake-world.ts';

type Edit = (path: string, content: string) => void;

/**
 * One run, in which each execution of `name` does as `script` says, which may edit files: of that the run hears at once,
 * unless it does not restart what runs. Whoever is to be ended for it waits for that.
 */
async function run(
  machine: Machine,
  plan: Plan,
  script: (edit: Edit, scene: Parameters<Script>[0], attempt: number) => 'ends' | 'waits' | 'fails',
  options: {
    readonly name?: string;
    readonly cause?: RunCause;
    readonly holds?: Holds;
    readonly deaf?: boolean;
  } = {},
) {
  const { name = 'a', cause = { kind: 'change' }, holds = new Holds(), deaf = false } = options;
  const world = machine.start();
  holds.begin(cause);
  const session = sessionOf(world, plan, { keepGoing: true, watching: holds });
  let attempts = 0;
  world.executor.scripts.set(name, async (scene) => {
    const edited: FilePath[] = [];
    const edit: Edit = (path, content) => {
      machine.edit(path, content);
      edited.push(path as FilePath);
    };
    scene.work();
    const does = script(edit, scene, ++attempts);
    if (edited.length > 0 && !deaf) session.edited({ paths: edited, everything: false });
    if (does === 'fails') return exitOne;
    return does === 'ends' ? undefined : new Promise(() => {});
  });
  const end = await session.build('test');
  machine.disk.tick();
  for (const event of world.ofKind('task-finished')) holds.ended(event);
  const { started, cancelled } = world.executor;
  const ends = world.ofKind('task-finished').map(({ task, outcome, edited, asBefore, failure }) => ({
    ...{ task, outcome },
    ...(edited && { edited }),
    ...(asBefore && { asBefore }),
    ...(failure && { failure }),
  }));
  return { world, end, started, cancelled, ends };
}

const manual = planOf({ a: { requires: 'in.txt', produces: 'out/a.txt', watch: 'manual' } });
const asked: RunCause = { kind: 'stage', stage: 'a' };

test('what was asked for is ended by an edit, and is not begun anew before it is asked for again', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const holds = new Holds();
  const first = await run(
    machine,
    manual,
    (edit) => {
      edit('in.txt', '2');
      return 'waits';
    },
    { cause: asked, holds },
  );
  expect(first).toMatchObject({ started: ['a'], cancelled: ['a gently'] });
  expect(first.ends).toEqual([{ task: 'a', outcome: 'waiting', edited: ['in.txt'] }]);
  expect(first.end).toMatchObject({ event: { outcome: 'waiting', waiting: 1 } });
  expect(machine.actions.entries.size).toBe(0);

  expect(await run(machine, manual, () => 'ends', { holds })).toMatchObject({ started: [] });
  const again = await run(machine, manual, () => 'ends', { cause: asked, holds });
  expect(again.ends).toEqual([{ task: 'a', outcome: 'executed' }]);
  expect(machine.disk.text('out/a.txt')).toBe('a(2)');
});

test('what was asked for comes to its end where its inputs are the same again; it does not count, but can be taken', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world, started, cancelled, ends } = await run(
    machine,
    manual,
    (edit) => {
      edit('in.txt', '1');
      return 'ends';
    },
    { cause: asked },
  );
  expect([started, cancelled]).toEqual([['a'], []]);
  expect(ends).toEqual([{ task: 'a', outcome: 'waiting', edited: ['in.txt'], asBefore: true }]);
  expect(machine.actions.entries.size).toBe(0);
  const [{ hint } = {}] = world.ofKind('warning');
  expect(hint).toMatch(/in\.txt was only touched.*rejected\/.*\/a\/\. \. && pipe accept a --reason/);
});

test('one request is one execution also where nobody ends what runs, and where all was asked for', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { started, ends } = await run(
    machine,
    manual,
    (edit) => {
      edit('in.txt', '2');
      return 'ends';
    },
    { cause: { kind: 'all' }, deaf: true },
  );
  expect(started).toEqual(['a']);
  expect(ends).toEqual([{ task: 'a', outcome: 'waiting', edited: ['in.txt'] }]);
});

const chain = planOf({
  a: { requires: 'in.txt', produces: 'out/a.txt' },
  b: { requires: 'out/a.txt', produces: 'out/b.txt' },
});

for (const deaf of [false, true])
  test(`an edit of what an earlier stage made is for the next run, ${deaf ? 'seen at the end' : 'which it is ended for'}`, async () => {
    const machine = Machine.with({ 'in.txt': '1' });
    const { ends, cancelled } = await run(
      machine,
      chain,
      (edit) => {
        edit('out/a.txt', 'by hand');
        return deaf ? 'ends' : 'waits';
      },
      { name: 'b', deaf },
    );
    expect(ends).toEqual([
      { task: 'a', outcome: 'executed' },
      { task: 'b', outcome: 'cancelled', edited: ['out/a.txt'] },
    ]);
    expect(cancelled).toEqual(deaf ? [] : ['b gently']);
    const next = await run(machine, chain, () => 'ends', { name: 'b' });
    expect(next.ends.map(({ outcome }) => outcome)).toEqual(['restored', 'executed']);
    expect(machine.disk.text('out/b.txt')).toBe('b(a(1))');
  });

/** As a watch does: runs follow each other as long as a look finds something to do. How `b` ended in each. */
async function untilRest(
  machine: Machine,
  holds: Holds,
  script: Parameters<typeof run>[2],
): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (let turn = 0; turn < 12 && hasWork(machine, holds); turn++) {
    const { ends } = await run(machine, chain, script, { name: 'b', holds });
    const b = ends.find(({ task }) => task === 'b')!;
    outcomes.push(`${b.outcome} ${b.failure?.kind ?? ''}`.trim());
  }
  return outcomes;
}

function hasWork(machine: Machine, holds: Holds, { graph, select }: Plan = chain): boolean {
  const world = machine.start();
  const tasks = new BuildTasks(world, graph, select(), holds);
  holds.begin({ kind: 'change' });
  return whatIsToDo({ graph, tasks, assessor: new Assessor(world), watching: holds }).hasWork;
}

test('a stage that edits what is made before it fails over that in the end', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const holds = new Holds();
  let edits = 0;
  const selfish: Parameters<typeof run>[2] = (edit) => {
    edit('out/a.txt', `by itself ${edits++}`);
    return 'ends';
  };
  const atFirst = ['cancelled', 'cancelled', 'cancelled', 'failed input-overwritten'];
  expect(await untilRest(machine, holds, selfish)).toEqual([
    ...atFirst,
    // A person might have come to rest by now.
    ...['failed input-overwritten', 'failed input-overwritten'],
    // What it edited last is made anew once more, and that would be edited again.
    'skipped input-overwritten',
  ]);
  expect(machine.disk.text('out/a.txt')).toBe('a(1)');

  // When everything is looked at after a while, once more.
  holds.heard(null);
  expect(await untilRest(machine, holds, selfish)).toEqual([
    ...['failed input-overwritten', 'skipped input-overwritten'],
  ]);
  // Edited while nothing runs, thus by a person.
  machine.edit('in.txt', '2');
  expect((await untilRest(machine, holds, selfish)).slice(0, 4)).toEqual(atFirst);
});

test('what was edited each time it ran is built when the edits have come to rest', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  let edits = 0;
  const outcomes = await untilRest(machine, new Holds(), (edit) => {
    if (edits < 4) edit('out/a.txt', `by hand ${edits++}`);
    return 'ends';
  });
  expect(outcomes).toEqual([
    ...['cancelled', 'cancelled', 'cancelled', 'failed input-overwritten', 'executed'],
  ]);
  expect(machine.disk.text('out/b.txt')).toBe('b(a(1))');
});

test('one that edits what is made before it and fails of something else is held as well', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  let edits = 0;
  const outcomes = await untilRest(machine, new Holds(), (edit) => {
    edit('out/a.txt', `by itself ${edits++}`);
    return 'fails';
  });
  // It might have failed over that edit, and a person might have made it.
  expect(outcomes).toEqual(['failed exit', 'failed exit', 'failed exit', 'skipped exit']);
});

test('a touch is told as what it is, and what has no price begins anew', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world, started, ends } = await run(
    machine,
    planOf({ a: { requires: 'in.txt', produces: 'out/a.txt' } }),
    (edit, _, attempt) => {
      if (attempt > 1) return 'ends';
      edit('in.txt', '1');
      return 'waits';
    },
  );
  expect([started, ends]).toEqual([['a', 'a'], [{ task: 'a', outcome: 'executed' }]]);
  expect(world.ofKind('task-retrying')).toMatchObject([
    { why: 'input-changed', paths: ['in.txt'], asBefore: true },
  ]);
});

test('an item whose record has gone while it ran is left to the next run, which has no such item', async () => {
  const plan = planOf({
    a: { forEach: items('sow.json', (doc: object[]) => doc, { key: 'k' }), produces: ['out/{key}'] },
  });
  const machine = Machine.with({ 'sow.json': '[{"k":"one"}]' });
  const { ends } = await run(machine, plan, (edit) => {
    edit('sow.json', '[]');
    return 'waits';
  });
  expect(ends).toEqual([{ task: 'a:one', outcome: 'cancelled', edited: ['sow.json'] }]);
});

test('an item that was edited each time is tried anew when it has gone at rest and comes back', async () => {
  const plan = planOf({ a: { forEach: optional('in/{n}.txt'), produces: ['out/{n}'] } });
  const machine = Machine.with({ 'in/1.txt': '1' });
  const holds = new Holds();
  let edits = 0;
  const again = () =>
    run(
      machine,
      plan,
      (edit) => {
        edit('in/1.txt', `edit ${edits++}`);
        return 'ends';
      },
      { holds, deaf: true },
    );
  let runs = 0;
  for (; hasWork(machine, holds, plan); runs++) await again();
  expect([runs, holds.waitsForCalm]).toEqual([3, true]);
  const last = machine.disk.read('in/1.txt');

  machine.disk.remove('in/1.txt');
  // As a save may come to be seen, or as a stage does it that makes what it has taken away.
  machine.edit('in/1.txt', last);
  expect(hasWork(machine, holds, plan)).toBe(false);
  machine.disk.remove('in/1.txt');
  expect(hasWork(machine, holds, plan)).toBe(false);
  machine.edit('in/1.txt', last);
  expect(hasWork(machine, holds, plan)).toBe(true);
});
