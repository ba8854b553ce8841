// What becomes of outputs that are checked: made, restored, in place.
import { expect, test } from 'vitest';
import { matches } from '../../src/model/check-spec.ts';
import { build, type FakeWorld, Machine, planOf, state } from '../rig/fake-world.ts';

const stages = (pattern: RegExp, more: object = {}) =>
  planOf({
    a: { requires: 'in.txt', produces: 'out/a.txt', check: matches(pattern), ...more },
    b: { requires: 'out/a.txt', produces: 'b.txt' },
  });
const good = stages(/^a\(/);
const bad = stages(/^z/);
const failureOf = (world: FakeWorld) => world.ofKind('task-finished').find((event) => event.failure)?.failure;

test('outputs that do not pass are put away: nothing is recorded, stored or built upon', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world, end } = await build(machine, bad);
  expect(end).toMatchObject({ event: { exitCode: 1 } });
  expect(world.outcomes()).toEqual({ a: 'failed', b: 'skipped' });
  expect(failureOf(world)).toEqual({
    kind: 'check-failed',
    problems: [{ path: 'out/a.txt', line: null, pointer: null, message: 'does not match' }],
    more: 0,
    kept: expect.stringMatching(/rejected\/run-001\/a$/),
  });
  expect(machine.disk.text('out/a.txt')).toBe(null);
  expect(machine.disk.text(`${state}/rejected/run-001/a/out/a.txt`)).toBe('a(1)');
  expect(machine.actions.entries.size).toBe(0);
  expect((await build(machine, bad)).executed).toEqual(['a']);
});

test('the command that made them is told with the files that it stood for, unless these are too many', async () => {
  const commandOf = async (files: Readonly<Record<string, string>>) => {
    const plan = planOf({
      a: { requires: 'in/*', produces: 'out/a b', check: matches(/^z/), run: 'x {requires} > {produces}' },
    });
    const { world } = await build(Machine.with(files), plan);
    return world.ofKind('task-finished')[0]?.command;
  };
  expect(await commandOf({ 'in/1': '1' })).toBe("x in/1 > 'out/a b'");
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`in/${i}`, '1']));
  expect(await commandOf(many)).toBe('x {requires} > {produces}');
});

test('a failed check is never tried again', async () => {
  const { executed } = await build(Machine.with({ 'in.txt': '1' }), stages(/^z/, { retry: { attempts: 3 } }));
  expect(executed).toEqual(['a']);
});

test.each([true, false])(
  'another check is made of what is there, and nothing runs (cache: %s)',
  async (cache) => {
    const machine = Machine.with({ 'in.txt': '1' });
    await build(machine, stages(/^a/, { cache }));
    const { world, executed } = await build(machine, stages(/1/, { cache }));
    expect([executed, world.outcomes()]).toEqual([[], { a: 'restored', b: 'fresh' }]);
    expect(world.ofKind('task-started')).toMatchObject([
      { stage: 'a', reasons: [{ code: 'definition-changed', name: 'check' }] },
    ]);
    expect((await build(machine, stages(/1/, { cache }))).world.outcomes()).toEqual({
      a: 'fresh',
      b: 'fresh',
    });
  },
);

test('what is there and does not pass the new check goes, and is made anew the next time', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, good);
  const { world, executed } = await build(machine, bad);
  expect([executed, failureOf(world)?.kind]).toEqual([[], 'check-failed']);
  expect(machine.disk.text(`${state}/rejected/run-002/a/out/a.txt`)).toBe('a(1)');
  expect((await build(machine, bad, { dryRun: true })).world.ofKind('task-planned')[0]?.action).toBe('run');
  expect((await build(machine, bad)).executed).toEqual(['a']);
});

test('where the new check was wrong, what did not pass it comes back when it is mended', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, good);
  await build(machine, bad);
  // Anew, and in vain as well.
  expect((await build(machine, bad)).executed).toEqual(['a']);
  // Another one that it does not pass.
  const worse = await build(machine, stages(/^y/));
  expect([worse.executed, failureOf(worse.world)?.kind]).toEqual([[], 'check-failed']);
  expect((await build(machine, bad)).executed).toEqual(['a']);
  const { world, executed } = await build(machine, good);
  expect([executed, world.outcomes()]).toEqual([[], { a: 'restored', b: 'fresh' }]);
  expect((await build(machine, good)).world.outcomes()).toEqual({ a: 'fresh', b: 'fresh' });
});

test('what is restored is checked as well', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, good);
  machine.edit('in.txt', '2');
  await build(machine, good);
  machine.edit('in.txt', '1');
  const { world, executed } = await build(machine, stages(/2/));
  expect([executed, failureOf(world)?.kind]).toEqual([[], 'check-failed']);
  expect(machine.disk.text('out/a.txt')).toBe(null);
});

test('what a person had accepted stays theirs when it does not pass another check', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  const { world: first } = await build(machine, good);
  machine.edit('out/a.txt', 'by hand');
  const { memories } = machine.shelf.content;
  const memory = memories.get(good.task('a').id);
  if (memory?.kind !== 'done') throw new Error('it was built');
  const [output] = first.files.observe(
    first.files.expand(good.stage('a').produces!, 'output').files,
    'output',
  ).manifest;
  const accepted = { by: 'ann', atMs: 0, reason: 'better', paths: ['out/a.txt'] };
  const record = { ...memory.record, outputs: [output!], accepted };
  machine.start().records.commit(record);
  const { world } = await build(machine, bad);
  expect(failureOf(world)?.kind).toBe('check-failed');
  expect(machine.disk.text('out/a.txt')).toBe('by hand');
  const next = await build(machine, good);
  expect(next.world.outcomes().a).toBe('restored');
  expect(
    [...machine.disk.nodes.keys()].filter((path) => path.includes('displaced') && path.endsWith('a.txt')),
  ).toHaveLength(1);
});

test('a check that could never be made is refused before anything is paid for, wherever its stage stands', async () => {
  const plan = planOf({
    paid: { produces: 'paid.txt' },
    a: {
      requires: 'paid.txt',
      produces: 'a.txt',
      check: [matches(/a/), { kind: 'json-schema', schema: {} }],
    },
  });
  const { end, executed } = await build(new Machine(), plan);
  expect(executed).toEqual([]);
  expect(end).toMatchObject({
    kind: 'refused',
    problems: [
      {
        code: 'PIPE058',
        message: expect.stringMatching(/"a" .* the check schema is not played here$/),
        at: 'stages.a.check[1]',
      },
    ],
  });
});

test('one whose schema another stage may make fails its stage, before that has cost anything', async () => {
  const plan = planOf({
    make: { produces: 'made.json' },
    a: { produces: 'a.txt', check: { kind: 'json-schema', schema: 'made.json' } },
  });
  const machine = new Machine();
  for (const executed of [['make'], []]) {
    const built = await build(machine, plan);
    expect(built.executed).toEqual(executed);
    expect(failureOf(built.world)).toMatchObject({ kind: 'check-broken', at: 'stages.a.check' });
  }
});

test('a function that checks has the time of its stage, else a minute; one that takes longer has not passed', async () => {
  const timed = async (more: object) => {
    const times: (number | null)[] = [];
    const { world } = await build(
      new Machine(),
      planOf({ a: { produces: 'a.txt', check: () => true, ...more } }),
      {
        before: ({ executor }) =>
          executor.scripts.set('a', ({ execution, work }) => {
            if (execution.check === null) return work() as undefined;
            times.push(execution.timeoutMs);
            return { kind: 'failed', failure: { kind: 'timeout', timeoutMs: 1, line: '' }, tail: [] };
          }),
      },
    );
    return [...times, failureOf(world)?.kind];
  };
  expect(await timed({})).toEqual([60_000, 'check-broken']);
  expect(await timed({ timeout: '2s' })).toEqual([2000, 'check-broken']);
});

test('a function that edits what it checks fails the stage: what is recorded would not be what is there', async () => {
  const machine = new Machine();
  const plan = planOf({
    a: { produces: ['a.txt', 'b.txt'], check: () => true },
    next: { requires: 'a.txt' },
  });
  const { world } = await build(machine, plan, {
    before: ({ executor }) =>
      executor.scripts.set('a', ({ execution, work, disk }) =>
        execution.check === null ? (work() as undefined) : (disk.write('a.txt', 'better') as undefined),
      ),
  });
  expect(failureOf(world)).toEqual({
    ...{ kind: 'check-broken', at: 'stages.a.check', edited: ['a.txt'] },
    message: 'a.txt was edited or deleted meanwhile, by the check itself or by somebody',
  });
  expect([world.outcomes(), machine.actions.entries.size]).toEqual([{ a: 'failed', next: 'skipped' }, 0]);
});

test('a schema that another stage makes comes first', () => {
  const plan = planOf({
    use: { produces: 'use.json', check: { kind: 'json-schema', schema: 'gen/schema.json' } },
    make: { produces: 'gen/schema.json' },
  });
  expect(plan.select().stages.map(({ name }) => name)).toEqual(['make', 'use']);
});
