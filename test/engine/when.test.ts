// Stages that run over a failure, or after any end: when they do, what a failure that stops a build leaves them, and that
// all is fresh without them.
import { expect, test } from 'vitest';
import { Assessor } from '../../src/engine/assess.ts';
import type { BuildOptions } from '../../src/engine/build-options.ts';
import { BuildTasks } from '../../src/engine/build-tasks.ts';
import { Holds } from '../../src/engine/holds.ts';
import { preview } from '../../src/engine/preview.ts';
import { whatIsToDo } from '../../src/engine/whats-to-do.ts';
import { optional } from '../../src/model/value-spec.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, type Plan, planOf, sessionOf } from '../rig/fake-world.ts';
import { latch } from '../rig/latch.ts';

const work = { requires: 'in.txt', produces: 'work.txt' };
const tell = { when: 'failure', after: 'work', produces: 'told.txt' };

const withInput = () => Machine.with({ 'in.txt': '1' });

function failing(...stages: readonly string[]) {
  return ({ executor }: FakeWorld) => {
    for (const stage of stages) executor.scripts.set(stage, () => exitOne);
  };
}

function blockers(world: FakeWorld): Readonly<Record<string, readonly string[] | undefined>> {
  return Object.fromEntries(world.ofKind('task-finished').map((one) => [one.task, one.blockedBy]));
}

test('a stage for failures runs over each, whatever it made before, and says over which; the run has failed', async () => {
  const machine = withInput();
  const plan = planOf({ work, tell });
  for (const times of [1, 2]) {
    const { world, end, executed } = await build(machine, plan, { before: failing('work') });
    expect([times, executed]).toEqual([times, ['work', 'tell']]);
    expect(end).toMatchObject({ event: { exitCode: 1, failed: 1, executed: 1, fresh: 0 } });
    expect(world.ofKind('task-started')[1]).toMatchObject({
      reasons: [{ code: 'upstream-failed', stage: 'work' }],
    });
  }
  expect(machine.actions.entries.size).toBe(0);
});

test('of one whose items share a process all run over each failure', async () => {
  const machine = Machine.with({ 'in.txt': '1', 'in/1.t': '1', 'in/2.t': '2', 'in/3.t': '3' });
  const plan = planOf({
    work,
    tell: { ...tell, forEach: 'in/{n}.t', produces: 'told/{n}.txt', batch: { size: 3 } },
  });
  for (const times of [1, 2]) {
    const { world } = await build(machine, plan, { before: failing('work') });
    const ends = world.ofKind('task-finished').map(({ task, outcome }) => `${task} ${outcome}`);
    const told = ['1', '2', '3'].map((n) => `tell:in/${n}.t executed`);
    expect([times, ends]).toEqual([times, ['work failed', ...told]]);
  }
});

test('it is told over what it runs', async () => {
  const told: (string | undefined)[] = [];
  const before = (world: FakeWorld) => {
    failing('work', 'more')(world);
    world.executor.scripts.set('tell', ({ execution, work }) => {
      told.push(execution.env.PIPE_FAILED);
      work();
      return undefined;
    });
  };
  const plan = planOf({ work, more: { produces: 'more.txt' }, tell: { ...tell, after: ['work', 'more'] } });
  await build(withInput(), plan, { before, keepGoing: true });
  expect(told).toEqual(['work more']);
});

test('where nothing fails it is fresh without a look, and needs neither its tools nor its files', async () => {
  const machine = withInput();
  machine.missingTools.add('siren');
  const plan = planOf({ work, tell: { ...tell, requires: 'crash.log', tools: { siren: '*' } } });
  const first = await build(machine, plan);
  expect(first.world.outcomes()).toEqual({ work: 'executed', tell: 'fresh' });
  expect(first.world.ofKind('task-finished')[1]).toMatchObject({ unneeded: true, reasons: [] });
  const { world, end } = await build(machine, plan);
  expect(end).toMatchObject({ event: { fresh: 2, executed: 0, exitCode: 0 } });
  // It is one of the tasks that were told of at the start: only so a glance is enough for the next build.
  expect(world.ofKind('run-started')).toMatchObject([{ tasks: 2 }]);
  expect(world.outcomes()).toEqual({ work: 'fresh', tell: 'fresh' });
  const forced = await build(machine, plan, { request: { force: true } });
  expect(forced.executed).toEqual(['work']);
  const alone = await build(machine, plan, { request: { only: ['tell'], force: true } });
  expect([alone.executed, alone.world.outcomes()]).toEqual([[], { tell: 'fresh' }]);
});

test('what it made over an earlier failure stays, and makes nothing stale', async () => {
  const machine = withInput();
  const plan = planOf({ work, tell });
  await build(machine, plan, { before: failing('work') });
  const { world } = await build(machine, plan);
  expect(world.outcomes()).toEqual({ work: 'executed', tell: 'fresh' });
  machine.edit('told.txt', 'by hand');
  expect(await build(machine, plan)).toMatchObject({ end: { event: { fresh: 2 } } });
  expect(machine.disk.text('told.txt')).toBe('by hand');
});

test('a plan and a look of a watch find it fresh, and not pending, but where something is known to fail', async () => {
  const machine = withInput();
  const plan = planOf({ work, tell });
  await build(machine, plan, { before: failing('work') });
  const planned = (one: Plan) =>
    preview(machine.start(), one.graph, one.select()).map(({ task, action }) => [task, action]);
  expect(planned(plan)).toEqual([
    ['work', 'run'],
    ['tell', 'fresh'],
  ]);
  const world = machine.start();
  const holds = new Holds();
  const found = whatIsToDo({
    ...{ graph: plan.graph, watching: holds, assessor: new Assessor(world) },
    tasks: new BuildTasks(world, plan.graph, plan.select(), holds),
  });
  expect([...found.tasks]).toEqual([
    ['work', { kind: 'stale' }],
    ['tell', { kind: 'fresh' }],
  ]);
  const lacking = planOf({ work: { ...work, requires: 'none.txt' }, tell });
  expect(preview(world, lacking.graph, lacking.select())).toMatchObject([
    { task: 'work', action: 'fail' },
    { task: 'tell', action: 'run', reasons: [{ code: 'upstream-failed', stage: 'work' }] },
  ]);
});

const many = {
  work,
  other: { produces: 'other.txt', after: 'work' },
  tell,
  tidy: { when: 'always', after: ['work', 'other'] },
  next: { requires: 'work.txt', produces: 'next.txt' },
};

test.each([false, true])(
  'what is for failures, and for any end, runs after one that stops the build, and nothing else; keep going %s',
  async (keepGoing) => {
    const { world, end } = await build(withInput(), planOf(many), { keepGoing, before: failing('work') });
    expect(world.outcomes()).toEqual({
      ...{ work: 'failed', other: 'skipped', next: 'skipped', tell: 'executed', tidy: 'executed' },
    });
    expect(end).toMatchObject({ event: { exitCode: 1, outcome: 'failed' } });
  },
);

test('they begin while others still run, as soon as all before them has ended', async () => {
  const world = withInput().start();
  failing('work')(world);
  const long = latch();
  world.executor.scripts.set('long', async ({ work }) => {
    await long.opened;
    work();
    return undefined;
  });
  world.executor.scripts.set('tell', ({ work }) => {
    work();
    long.open();
    return undefined;
  });
  const plan = planOf({ long: { produces: 'long.txt' }, work, tell, late: { produces: 'late.txt' } });
  await sessionOf(world, plan, { jobs: 2 }).build('test');
  expect(world.outcomes()).toEqual({ long: 'executed', work: 'failed', tell: 'executed', late: 'skipped' });
});

test('a failure that nothing before them has is none of theirs', async () => {
  const plan = planOf({
    ...{ bad: { produces: 'bad.txt' }, work, tell },
    tidy: { when: 'always', after: 'work', produces: 'tidy.txt' },
  });
  const { world } = await build(withInput(), plan, { before: failing('bad') });
  // What is for any end runs all the same, as what comes before it has its end, too.
  expect(world.outcomes()).toEqual({ bad: 'failed', work: 'skipped', tell: 'fresh', tidy: 'executed' });
});

test('what is for any end is as fresh as others', async () => {
  const machine = withInput();
  const plan = planOf({ work, tidy: { when: 'always', requires: 'work.txt', produces: 'tidy.txt' } });
  expect((await build(machine, plan)).executed).toEqual(['work', 'tidy']);
  expect((await build(machine, plan)).world.outcomes()).toEqual({ work: 'fresh', tidy: 'fresh' });
});

test('over files that a failure has left out they are skipped, and have not failed themselves', async () => {
  const plan = planOf({
    work,
    tell: { when: 'failure', requires: 'work.txt' },
    tidy: { when: 'always', requires: 'work.txt', produces: 'tidy.txt' },
  });
  const { world, end } = await build(withInput(), plan, { before: failing('work') });
  expect(world.outcomes()).toEqual({ work: 'failed', tell: 'skipped', tidy: 'skipped' });
  expect(blockers(world)).toMatchObject({ tell: ['work'], tidy: ['work'] });
  expect(end).toMatchObject({ event: { failed: 1, skipped: 2, exitCode: 1 } });
});

test('what follows over the same failure waits for the one before it', async () => {
  const plan = planOf({ work, tell, more: { when: 'failure', requires: 'told.txt', produces: 'more.txt' } });
  expect((await build(withInput(), plan, { before: failing('work') })).executed).toEqual([
    ...['work', 'tell', 'more'],
  ]);
  const { world } = await build(withInput(), plan, { before: failing('work', 'tell') });
  expect(world.outcomes()).toEqual({ work: 'failed', tell: 'failed', more: 'skipped' });
});

test('an optional stage that failed calls what is for failures, and the run is only degraded', async () => {
  const plan = planOf({ work: { ...work, optional: true }, tell });
  const { world, end } = await build(withInput(), plan, { before: failing('work') });
  expect(world.outcomes()).toEqual({ work: 'failed', tell: 'executed' });
  expect(end).toMatchObject({ event: { outcome: 'degraded', exitCode: 0 } });
});

test('one failed item of a stage calls it, and its own retries go on after a failure that stops the build', async () => {
  const machine = Machine.with({ 'in/a.txt': 'a', 'in/b.txt': 'b' });
  const plan = planOf({
    work: { forEach: 'in/{n}.txt', produces: 'out/{n}.txt' },
    tell: { ...tell, retry: { attempts: 2, delay: 1 } },
  });
  let tries = 0;
  const before = ({ executor }: FakeWorld) => {
    executor.scripts.set('work', ({ execution, work }) => {
      if (execution.task!.item === 'in/a.txt') return exitOne;
      work();
      return undefined;
    });
    executor.scripts.set('tell', ({ work }) => {
      if (++tries === 1) return exitOne;
      work();
      return undefined;
    });
  };
  const { world, end } = await build(machine, plan, { keepGoing: false, before });
  expect([tries, world.outcomes().tell]).toEqual([2, 'executed']);
  expect(end).toMatchObject({ event: { failed: 1, exitCode: 1 } });
});

test('its own items are those that are there, and there are none without a failure', async () => {
  const machine = Machine.with({ 'in.txt': '1', 'list/a.txt': 'a', 'list/b.txt': 'b' });
  const plan = planOf({ work, tell: { when: 'failure', after: 'work', forEach: 'list/{n}.txt' } });
  const good = await build(machine, plan);
  expect(good.end).toMatchObject({ event: { executed: 1, fresh: 0, skipped: 0 } });
  expect(await build(machine, plan)).toMatchObject({ end: { event: { fresh: 1, executed: 0 } } });
  machine.edit('in.txt', '2');
  const bad = await build(machine, plan, { before: failing('work') });
  expect(bad.world.ofKind('task-finished').map(({ task, outcome }) => [task, outcome])).toEqual([
    ['work', 'failed'],
    ['tell:list/a.txt', 'executed'],
    ['tell:list/b.txt', 'executed'],
  ]);
});

test('what items made stays where the failure of what makes them has taken the items away', async () => {
  const machine = withInput();
  const plan = planOf({
    work: { requires: 'in.txt', produces: 'mid/a.txt' },
    each: { when: 'always', forEach: 'mid/{n}.txt', produces: 'out/{n}.txt' },
  });
  await build(machine, plan);
  machine.edit('in.txt', '2');
  await build(machine, plan, { before: failing('work') });
  expect([machine.disk.text('mid/a.txt'), machine.disk.text('out/a.txt') === null]).toEqual([null, false]);
});

async function interruptedIn(stage: string, options: Partial<BuildOptions>) {
  const world = withInput().start();
  const started = latch();
  failing('work')(world);
  world.executor.scripts.set(stage, async () => {
    started.open();
    return await new Promise<undefined>(() => {});
  });
  const session = sessionOf(world, planOf(many), options);
  const end = session.build('test');
  await started.opened;
  session.interrupt();
  return { world, end: await end };
}

test('after Ctrl-C nothing of them begins, and what runs of them is ended', async () => {
  const early = await interruptedIn('work', {});
  expect(early.world.executor.started).toEqual(['work']);
  expect(early.end).toMatchObject({ event: { outcome: 'cancelled', exitCode: 130, executed: 0 } });
  const late = await interruptedIn('tell', {});
  expect(late.world.executor.started).toEqual(['work', 'tell']);
  expect(late.world.outcomes()).toMatchObject({ work: 'failed', tell: 'cancelled', tidy: 'cancelled' });
});

test('what waits for room in a pool is left after a failure, and what is called for has its room', async () => {
  const plan = planOf(
    {
      first: { produces: 'first.txt', pool: 'api' },
      second: { produces: 'second.txt', pool: 'api' },
      work,
      tell: { ...tell, pool: 'api' },
    },
    { pools: { api: 1 } },
  );
  const world = withInput().start();
  const failed = latch();
  world.executor.scripts.set('first', async ({ work }) => {
    await failed.opened;
    work();
    return undefined;
  });
  failing('work')(world);
  const { emit } = world.events;
  world.events.emit = (event) => {
    emit.call(world.events, event);
    if (event.kind === 'task-finished' && event.outcome === 'failed') failed.open();
  };
  await sessionOf(world, plan, { jobs: 4 }).build('test');
  expect(world.executor.started).toEqual(['first', 'work', 'tell']);
  expect(world.outcomes()).toMatchObject({ first: 'executed', second: 'skipped', tell: 'executed' });
});

test('under an audit what is not needed has nothing to be audited', async () => {
  const plan = planOf({ work, tell });
  const world = withInput().start();
  world.audit = { begin: () => ({ trace: () => null, verdict: () => ({ kind: 'declared' }) }) };
  expect(await sessionOf(world, plan, {}, { audit: true }).build('test')).toMatchObject({
    event: { exitCode: 0, executed: 1, fresh: 1 },
  });
});

test('in a watch another failure calls it again, though it failed over the last one', async () => {
  const machine = withInput();
  const plan = planOf({ work, tell });
  const watching = new Holds();
  const run = () => {
    watching.begin({ kind: 'change' });
    return build(machine, plan, { watching, before: failing('work', 'tell') });
  };
  expect((await run()).executed).toEqual(['work', 'tell']);
  // What failed before and would fail again is no new failure.
  expect((await run()).world.outcomes()).toEqual({ work: 'skipped', tell: 'fresh' });
  machine.edit('in.txt', '2');
  expect((await run()).executed).toEqual(['work', 'tell']);
});

test('what a person has to ask for keeps back what is for any end', async () => {
  const machine = withInput();
  const plan = planOf({ work: { ...work, watch: 'manual' }, tidy: { when: 'always', after: 'work' }, tell });
  const watching = new Holds();
  watching.begin({ kind: 'change' });
  const look = () =>
    whatIsToDo({
      ...{ graph: plan.graph, watching, assessor: new Assessor(machine.start()) },
      tasks: new BuildTasks(machine.start(), plan.graph, plan.select(), watching),
    });
  expect(look().tasks.get(plan.task('tidy').id)).toEqual({ kind: 'blocked', by: 'work' });
  const { world } = await build(machine, plan, { watching });
  expect(world.outcomes()).toEqual({ work: 'waiting', tidy: 'skipped', tell: 'fresh' });
});

test('one that has no items fails over that, as a plan says; where the pattern is optional there is nothing to do', async () => {
  const ends = async (forEach: 'f/{n}.txt' | ReturnType<typeof optional>) => {
    const machine = withInput();
    // A file in the way of its output is known beforehand.
    machine.edit('work.txt/in-the-way', '');
    const plan = planOf({ work, each: { forEach, when: 'failure', after: 'work' } });
    const planned = preview(machine.start(), plan.graph, plan.select());
    const { world } = await build(machine, plan);
    const failures = world.ofKind('task-finished').map(({ task, failure }) => [task, failure?.kind]);
    return { planned: planned.map(({ task, failure }) => [task, failure?.kind]), failures };
  };
  const lacking = [
    ['work', 'output-blocked'],
    ['each', 'input-missing'],
  ];
  expect(await ends('f/{n}.txt')).toEqual({ planned: lacking, failures: lacking });
  expect(await ends(optional('f/{n}.txt'))).toMatchObject({ failures: [['work', 'output-blocked']] });
});

test('a failed item of an optional stage counts where those behind it could not run over it, whatever else stopped the build', async () => {
  const machine = Machine.with({ 'in/1.t': '1', 'in/2.t': '2', 'c.txt': '1' });
  const plan = planOf({
    first: { forEach: 'in/{n}.t', produces: 'mid/{n}.m', optional: true },
    pre: { requires: 'c.txt', produces: 'pre.txt' },
    check: { requires: 'pre.txt', produces: 'checked.txt' },
    last: { forEach: 'mid/{n}.m', produces: 'out/{n}.o' },
    alarm: { when: 'failure', after: 'last', produces: 'told.txt' },
  });
  const before = ({ executor }: FakeWorld) => {
    executor.scripts.set('check', () => exitOne);
    executor.scripts.set('first', ({ execution, work }) => {
      if (execution.task!.item === 'in/2.t') return exitOne;
      work();
      return undefined;
    });
  };
  const { world, executed } = await build(machine, plan, { before, jobs: 1 });
  // What was made of the first item would have gone on, but for the other stage.
  expect(blockers(world)['last:mid/1.m']).toEqual(['check']);
  expect(executed).toContain('alarm');
});

test('it counts also where the other items had not had their turn when the build stopped', async () => {
  const machine = Machine.with({ 'in/1.t': '1', 'in/2.t': '2', 'c.txt': '1' });
  const plan = planOf({
    check: { requires: 'c.txt', produces: 'checked.txt' },
    first: { forEach: 'in/{n}.t', produces: 'mid/{n}.m', optional: true },
    // Without items of its own, so that it has not begun: a stage that waits for items is left later than these.
    last: { requires: 'mid/*.m', produces: 'sum.txt' },
    alarm: { when: 'failure', after: 'last', produces: 'told.txt' },
  });
  const world = machine.start();
  const [begun, stopped] = [latch(), latch()];
  world.executor.scripts.set('check', async () => {
    await begun.opened;
    return exitOne;
  });
  world.executor.scripts.set('first', async () => {
    begun.open();
    await stopped.opened;
    return exitOne;
  });
  const emit = world.events.emit.bind(world.events);
  world.events.emit = (event) => {
    emit(event);
    if (event.kind === 'task-finished' && event.task === 'check') stopped.open();
  };
  await sessionOf(world, plan, { jobs: 2 }).build('test');
  const ends = world.ofKind('task-finished').map(({ task, outcome }) => `${task} ${outcome}`);
  expect(ends).toEqual([
    ...['check failed', 'first:in/1.t failed', 'first:in/2.t skipped', 'last skipped', 'alarm executed'],
  ]);
  expect(blockers(world).last).toEqual(['first']);
});
