// A stage that asks for nothing but `optional('…')` of what an optional stage makes goes on without what failed there.
import { expect, test } from 'vitest';
import { Assessor } from '../../src/engine/assess.ts';
import { Board } from '../../src/engine/board.ts';
import type { BuildOptions } from '../../src/engine/build-options.ts';
import { BuildTasks } from '../../src/engine/build-tasks.ts';
import { Holds } from '../../src/engine/holds.ts';
import { preview } from '../../src/engine/preview.ts';
import { whatIsToDo } from '../../src/engine/whats-to-do.ts';
import type { Failure } from '../../src/model/failure.ts';
import { optional } from '../../src/model/value-spec.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, planOf, state } from '../rig/fake-world.ts';

const text = { requires: 'in.txt', produces: 'text.txt' };
const picture = { requires: 'text.txt', produces: 'picture.txt', optional: true };
const report = { requires: ['text.txt', optional('picture.txt')], produces: 'report.txt' };
const exit: Failure = { kind: 'exit', code: 1, line: 'x' };

const withInput = () => Machine.with({ 'in.txt': '1' });

test('it comes after the optional stage, and what is known of that says whether it goes on', () => {
  const ends = (end: (board: Board, task: ReturnType<typeof plan.task>) => void) => {
    const board = new Board({
      tasks: [plan.task('picture'), plan.task('report')],
      orders: [{ before: plan.task('picture').id, after: plan.task('report').id, kind: 'spare' }],
      ...{ emit: () => {}, nowMs: () => 0 },
    });
    expect(board.stateOf(plan.task('report')).kind).toBe('wanted');
    end(board, plan.task('picture'));
    const state = board.stateOf(plan.task('report'));
    return state.kind === 'ended' ? state.outcome : state.kind;
  };
  const plan = planOf({ picture, report });
  const failed = (failure: Failure) => (board: Board, task: ReturnType<typeof plan.task>) =>
    board.failed(task, { failure, tail: [], hiddenEnv: [], command: null, log: null });
  expect(ends(failed(exit))).toBe('ready');
  expect(ends((board, task) => board.blocked(task, ['other']))).toBe('ready');
  expect(ends((board, task) => board.held(task, exit))).toBe('ready');
  // It is still to come: somebody has to ask for it, or to give more money.
  expect(ends((board, task) => board.held(task, null))).toBe('skipped');
  expect(ends(failed({ kind: 'protected', paths: ['x'] }))).toBe('skipped');
  expect(ends((board, task) => board.cancelled(task))).toBe('cancelled');
});

test.each([
  ['the stage is not optional', { ...picture, optional: false }, report],
  [
    'a pattern beside it is not optional',
    picture,
    { ...report, requires: [optional('picture.txt'), 'p*.txt'] },
  ],
  ['its command names the file', picture, { ...report, run: 'sh picture.txt' }],
  ['its items are these files', picture, { forEach: optional('picture.{x}'), produces: 'report.{x}' }],
])('it does not where %s', (_, first, second) => {
  const plan = planOf({ text, picture: first, report: second });
  expect(plan.graph.edgesInto('report').find(({ from }) => from === 'picture')).toMatchObject({
    kind: 'file',
  });
  expect(plan.graph.edgesInto('report').some(({ mayLack }) => mayLack)).toBe(false);
});

test('what an exclusion leaves out is not asked for', () => {
  const requires = ['*.txt', '!picture.txt', '!report.txt', optional('picture.txt')];
  const plan = planOf({ text, picture, report: { ...report, requires } });
  expect(plan.graph.edgesInto('report')).toMatchObject([
    { from: 'text' },
    { from: 'picture', mayLack: true },
  ]);
});

test('an optional stage that is skipped keeps it no more than one that failed; what is not optional does', async () => {
  const keepGoing: Partial<BuildOptions> = { keepGoing: true };
  const ends = async (failing: string) => {
    const before = ({ executor }: { readonly executor: { readonly scripts: Map<string, unknown> } }) =>
      void executor.scripts.set(failing, () => exitOne);
    return (await build(withInput(), planOf(behind), { before, ...keepGoing } as never)).world.outcomes();
  };
  expect(await ends('broken')).toMatchObject({ broken: 'failed', picture: 'skipped', report: 'executed' });
  expect(await ends('text')).toMatchObject({ text: 'failed', report: 'skipped' });
});

const broken = { requires: 'in.txt', produces: 'broken.txt', optional: true };
const behind = { text, broken, picture: { ...picture, requires: 'broken.txt' }, report };
const fails = ({ executor }: FakeWorld) => void executor.scripts.set('broken', () => exitOne);

test('what an optional stage did not get as far as to make anew is taken as it lies, and told of in each build', async () => {
  const machine = withInput();
  const plan = planOf(behind);
  await build(machine, plan);
  machine.edit('in.txt', '2');
  for (const executed of [['text', 'broken', 'report'], ['broken']]) {
    const { world, ...built } = await build(machine, plan, { before: fails });
    expect(built).toMatchObject({ executed, end: { event: { outcome: 'degraded', exitCode: 0 } } });
    expect(world.ofKind('warning')).toMatchObject([
      {
        message:
          'stage "report" goes by picture.txt of an earlier build: stage "picture" could not make it anew',
        paths: ['picture.txt'],
      },
    ]);
  }
  expect(machine.disk.text('report.txt')).toBe('report(picture(broken(1)), text(2))');
  const { world, executed } = await build(machine, plan);
  expect([executed, world.ofKind('warning')]).toEqual([['broken', 'picture', 'report'], []]);
  expect(machine.disk.text('report.txt')).toBe('report(picture(broken(2)), text(2))');
});

test('a file that pipe did not make is nothing of an earlier build', async () => {
  const machine = Machine.with({ 'in.txt': '1', 'picture.txt': 'by hand' });
  const { world } = await build(machine, planOf(behind), { before: fails });
  expect(world.ofKind('warning')).toEqual([]);
  expect(machine.disk.text('report.txt')).toBe('report(by hand, text(1))');
});

const withHalfMade = async (stages: Parameters<typeof planOf>[0]) => {
  const machine = withInput();
  const plan = planOf(stages);
  await build(machine, plan, { before: fails });
  machine.start().records.begin(plan.task('picture').id, 'run-killed' as never, ['picture.txt']);
  machine.edit('picture.txt', 'half');
  return { machine, plan };
};

test.each([
  ['stage', behind, 'rejected/run-004/picture~killed'],
  [
    'stage that is protected',
    { ...behind, picture: { ...behind.picture, protect: true } },
    'displaced/run-004/picture',
  ],
  [
    'stage before one for any end',
    { ...behind, picture: { ...behind.picture, optional: false }, report: { ...report, when: 'always' } },
    'rejected/run-004/picture~killed',
  ],
])(
  'what a killed attempt of a %s had come to is not taken for a file that there is',
  async (_, stages, kept) => {
    const { machine, plan } = await withHalfMade(stages);
    const inputsOf = (world: FakeWorld) =>
      preview(world, plan.graph, plan.select()).find(({ task }) => task === 'report')?.reasons;
    expect(inputsOf(machine.start())).not.toContainEqual(expect.objectContaining({ path: 'picture.txt' }));
    const { world } = await build(machine, plan, { before: fails, keepGoing: true });
    expect(world.outcomes()).toMatchObject({ broken: 'failed', picture: 'skipped', report: 'fresh' });
    expect(machine.disk.text('report.txt')).toBe('report(text(1))');
    expect(machine.disk.text(`${state}/${kept}/picture.txt`)).toBe('half');
  },
);

test('a tool that updates its outputs in place answers for what it left when it was killed, as when it failed', async () => {
  const { machine, plan } = await withHalfMade({ ...behind, picture: { ...behind.picture, clean: false } });
  await build(machine, plan, { before: fails });
  expect(machine.disk.text('report.txt')).toBe('report(half, text(1))');
});

test('a plan says so, whatever stands in the way of the optional stage', () => {
  const world = withInput().start();
  const actions = (fields: object) => {
    const plan = planOf({ text, picture: { ...picture, ...fields }, report });
    return preview(world, plan.graph, plan.select()).map(({ task, action }) => [task, action].join(' '));
  };
  expect(actions({ requires: 'none.txt' })).toEqual(['text run', 'picture fail', 'report run']);
  expect(actions({})).toEqual(['text run', 'picture run', 'report run']);
  // And where it is not optional.
  expect(actions({ requires: 'none.txt', optional: false })).toEqual([
    'text run',
    'picture fail',
    'report skip',
  ]);
});

test('in a watch it does not wait for a failure to be mended, but for what has to be asked for', async () => {
  const ends = async (fields: object) => {
    const machine = withInput();
    const plan = planOf({ text, picture: { ...picture, ...fields }, report });
    const watching = new Holds();
    watching.begin({ kind: 'change' });
    await build(machine, plan, {
      watching,
      before: ({ executor }) => void executor.scripts.set('picture', () => exitOne),
    });
    watching.begin({ kind: 'change' });
    machine.edit('report.txt', 'by hand');
    const world = machine.start();
    const found = whatIsToDo({
      ...{ graph: plan.graph, watching, assessor: new Assessor(world) },
      tasks: new BuildTasks(world, plan.graph, plan.select(), watching),
    });
    return found.tasks;
  };
  expect(Object.fromEntries(await ends({}))).toMatchObject({
    picture: { kind: 'held', hold: { kind: 'until-changed' } },
    report: { kind: 'stale' },
  });
  expect(Object.fromEntries(await ends({ watch: 'manual' }))).toMatchObject({
    picture: { kind: 'held', hold: { kind: 'until-asked' } },
    report: { kind: 'blocked', by: 'picture' },
  });
});
