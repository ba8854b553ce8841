// What is done around a whole run: when, how often, and what a failure of it means.
import { expect, test } from 'vitest';
import type { BuildOptions } from '../../src/engine/build-options.ts';
import type { Execution, ExecutionEnd } from '../../src/engine/executor.ts';
import { Holds } from '../../src/engine/holds.ts';
import type { Command, RunHooks } from '../../src/model/stage.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, planOf, sessionOf } from '../rig/fake-world.ts';
import { latch } from '../rig/latch.ts';

const line = (text: string): Command => ({ kind: 'shell', lines: [text] });
const hooks: RunHooks = {
  ...{ before: line('begin'), after: line('tell'), onFailure: line('alarm') },
  ...{ env: [], secrets: [], params: [], timeoutMs: 1000 },
};
const plan = planOf({
  a: { requires: 'in.txt', produces: 'a.txt' },
  b: { produces: 'b.txt' },
  c: { requires: 'a.txt', produces: 'c.txt' },
});

/** What was executed in order, hooks by their names in brackets, with the variables of each hook. */
function hooked(how: (hook: string) => ExecutionEnd | Promise<ExecutionEnd> | null = () => null) {
  const told: string[] = [];
  const env: Record<string, Execution['env']> = {};
  const before = (world: FakeWorld) => {
    const start = world.executor.start.bind(world.executor);
    world.executor.start = (execution) => {
      if (execution.task !== null) {
        told.push(execution.task.id);
        return start(execution);
      }
      const hook = execution.hook!;
      told.push(`[${hook}]`);
      env[hook] = execution.env;
      const end = Promise.resolve(how(hook) ?? ({ kind: 'succeeded' } as const));
      let cancel = () => {};
      const cancelled = new Promise<ExecutionEnd>((resolve) => {
        cancel = () => resolve({ kind: 'cancelled' });
      });
      return { ended: Promise.race([end, cancelled]), cancel };
    };
  };
  return { told, env, before };
}

const withInput = () => Machine.with({ 'in.txt': '1' });
const failing = (stage: string) => (world: FakeWorld) =>
  void world.executor.scripts.set(stage, () => exitOne);

function run(machine: Machine, how = hooked(), options: Partial<BuildOptions> & { fails?: string } = {}) {
  const { fails, ...rest } = options;
  const before = (world: FakeWorld) => {
    if (fails !== undefined) failing(fails)(world);
    how.before(world);
  };
  return build(machine, plan, { hooks, ...rest, before });
}

/** The variables of `onFailure` where both of two stages fail: with two jobs `a` after `b`. */
async function toldOfTwo(a: object, { jobs = 2 } = {}) {
  const how = hooked();
  const second = latch();
  const before = (world: FakeWorld) => {
    failing('b')(world);
    world.executor.scripts.set('a', () => (jobs === 1 ? exitOne : second.opened.then(() => exitOne)));
    const emit = world.events.emit.bind(world.events);
    world.events.emit = (event) => {
      emit(event);
      if (event.kind === 'task-finished') second.open();
    };
    how.before(world);
  };
  await build(Machine.with({}), planOf({ a, b: {} }), { hooks, jobs, keepGoing: true, before });
  return how.env.onFailure;
}

test('before comes once, ahead of all executions, and after when the run has ended well', async () => {
  const how = hooked();
  const { world, end } = await run(withInput(), how, { jobs: 3 });
  expect(how.told).toEqual(['[before]', 'a', 'b', 'c', '[after]']);
  expect(how.env.after).toMatchObject({
    PIPE_HOOK: 'after',
    PIPE_OUTCOME: 'succeeded',
    PIPE_RUN_ID: 'run-001',
  });
  expect(end).toMatchObject({ event: { exitCode: 0, executed: 3 } });
  expect(world.told.map(({ kind }) => kind).filter((kind) => kind.startsWith('run-'))).toEqual([
    ...['run-started', 'run-hook-started', 'run-hook-finished'],
    ...['run-hook-started', 'run-hook-finished', 'run-finished'],
  ]);
});

test('where nothing is to be done, or all of it is restored, none of them runs; nor in a dry run', async () => {
  const machine = withInput();
  const how = hooked();
  await run(machine, how, { dryRun: true });
  expect(how.told).toEqual([]);
  await run(machine);
  await run(machine, how);
  machine.disk.remove('c.txt');
  const { world } = await run(machine, how);
  expect([how.told, world.outcomes().c]).toEqual([[], 'restored']);
});

test('a before that fails prevents all executions, and is the failure that is told', async () => {
  const how = hooked((hook) => (hook === 'before' ? exitOne : null));
  const { world, end } = await run(withInput(), how, { jobs: 3, keepGoing: true });
  expect(how.told).toEqual(['[before]', '[onFailure]']);
  expect(end).toMatchObject({ event: { exitCode: 1, executed: 0, failed: 2, skipped: 1 } });
  expect(world.ofKind('task-finished')[0]?.failure).toEqual({
    ...{ kind: 'hook-failed', of: 'pipeline', hook: 'before', why: 'exit code 1', line: '' },
  });
  expect(how.env.onFailure).toMatchObject({
    PIPE_FAILED: 'a b',
    PIPE_FAILURE: `a: the pipeline's hook "before" failed: exit code 1`,
  });
});

test('a before that fails leaves what the stages had made where it is', async () => {
  const machine = withInput();
  await run(machine);
  machine.disk.write('in.txt', '2');
  const made = machine.disk.text('a.txt');
  const how = hooked((hook) => (hook === 'before' ? exitOne : null));
  const { end } = await run(machine, how, { keepGoing: true });
  expect(end).toMatchObject({ event: { exitCode: 1, executed: 0, failed: 1 } });
  expect(machine.disk.text('a.txt')).toBe(made);
  expect(made).not.toBe(null);
  // Nor does it count as tried.
  machine.disk.write('in.txt', '1');
  expect((await run(machine)).end).toMatchObject({ event: { exitCode: 0, fresh: 3 } });
});

test('of a failed run onFailure is told which stages failed and why; its own failure changes nothing', async () => {
  const how = hooked((hook) => (hook === 'onFailure' ? exitOne : null));
  const { world, end } = await run(withInput(), how, { fails: 'a' });
  expect(how.told).toEqual(['[before]', 'a', '[onFailure]']);
  expect(how.env.onFailure).toMatchObject({
    ...{ PIPE_OUTCOME: 'failed', PIPE_EXIT_CODE: '1', PIPE_FAILED: 'a', PIPE_FAILURE: 'a: exit code 1' },
  });
  expect(end).toMatchObject({ event: { exitCode: 1, outcome: 'failed', failed: 1 } });
  expect(world.ofKind('run-hook-finished')[1]).toMatchObject({ outcome: 'failed', tail: ['no luck'] });
});

test('what is told of is what failed first, and what may fail only where nothing else has', async () => {
  const why = { PIPE_FAILED: 'a b', PIPE_FAILURE: 'b: exit code 1' };
  expect(await toldOfTwo({})).toMatchObject(why);
  expect(await toldOfTwo({ optional: true }, { jobs: 1 })).toMatchObject(why);
});

test('an after that fails fails the run, and what was made stays made', async () => {
  const machine = withInput();
  const how = hooked((hook) => (hook === 'after' ? exitOne : null));
  const { end } = await run(machine, how);
  expect(how.told.slice(-2)).toEqual(['[after]', '[onFailure]']);
  expect(how.env.onFailure).toMatchObject({
    ...{ PIPE_FAILED: '', PIPE_FAILURE: `the pipeline's hook "after" failed: exit code 1` },
  });
  expect(end).toMatchObject({
    event: { exitCode: 1, outcome: 'failed', executed: 3, failed: 0, failedHook: 'after' },
  });
  expect((await run(machine)).end).toMatchObject({ event: { exitCode: 0, fresh: 3 } });
});

test('in a watch what failed before is no news: where nothing else fails, neither of those at the end runs', async () => {
  const machine = Machine.with({ 'in.txt': '1', 'beside.txt': '1' });
  const beside = planOf({
    a: { requires: 'in.txt', produces: 'a.txt' },
    b: { requires: 'beside.txt', produces: 'b.txt' },
  });
  const watching = new Holds();
  const told = async () => {
    watching.begin({ kind: 'change' });
    const how = hooked();
    const before = (world: FakeWorld) => {
      failing('a')(world);
      how.before(world);
    };
    await build(machine, beside, { hooks, watching, keepGoing: true, before });
    return how.told;
  };
  expect(await told()).toEqual(['[before]', 'a', 'b', '[onFailure]']);
  machine.edit('beside.txt', '2');
  expect(await told()).toEqual(['[before]', 'b']);
  machine.edit('in.txt', '2');
  expect(await told()).toEqual(['[before]', 'a', '[onFailure]']);
});

test.each([
  ['a build', null],
  ['a watch', new Holds()],
])(
  'what is edited while before runs is executed as it is then, and not for nothing: in %s',
  async (_, watching) => {
    const machine = withInput();
    const how = hooked((hook) => {
      if (hook === 'before') machine.edit('in.txt', '2');
      return null;
    });
    watching?.begin({ kind: 'change' });
    const { world, end } = await run(machine, how, { jobs: 2, ...(watching !== null && { watching }) });
    expect(how.told.toSorted()).toEqual(['[after]', '[before]', 'a', 'b', 'c']);
    expect(world.ofKind('task-retrying')).toEqual([]);
    expect(end).toMatchObject({ event: { exitCode: 0, executed: 3 } });
    expect(machine.disk.text('a.txt')).toBe('a(2)');
    expect((await run(machine)).end).toMatchObject({ event: { executed: 0, fresh: 3 } });
  },
);

test('what is gone by the end of before is a failure, and its stage is not executed', async () => {
  const machine = withInput();
  const how = hooked((hook) => {
    if (hook === 'before') machine.disk.remove('in.txt');
    return null;
  });
  const { world } = await run(machine, how);
  expect(how.told).toEqual(['[before]', '[onFailure]']);
  expect(world.ofKind('task-finished')[0]?.failure).toMatchObject({ kind: 'input-missing' });
});

test.each(['before', 'after'])('Ctrl-C ends a hook that is at work, and no other runs: %s', async (which) => {
  const world = withInput().start();
  const began = latch();
  const how = hooked((hook) => {
    if (hook !== which) return null;
    began.open();
    return new Promise(() => {});
  });
  how.before(world);
  const session = sessionOf(world, plan, { hooks });
  const end = session.build('test');
  await began.opened;
  session.interrupt();
  expect(await end).toMatchObject({ event: { outcome: 'cancelled', exitCode: 130 } });
  expect(how.told.at(-1)).toBe(`[${which}]`);
  expect(world.ofKind('run-hook-finished').at(-1)).toMatchObject({ hook: which, outcome: 'cancelled' });
});
