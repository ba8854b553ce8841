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
import type { Memory } from '../../src/model/record.ts';
import { optional } from '../../src/model/value-spec.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { build, Machine, planOf } from '../rig/fake-world.ts';

const text = { requires: 'in.txt', produces: 'text.txt' };
const picture = { requires: 'text.txt', produces: 'picture.txt', optional: true };
const report = { requires: ['text.txt', optional('picture.txt')], produces: 'report.txt' };
const exit: Failure = { kind: 'exit', code: 1, line: 'x' };

const withInput = () => Machine.with({ 'in.txt': '1' });

test('it comes after the optional stage, and what is known of that says whether it goes on', () => {
  const ends = (end: (board: Board, task: ReturnType<typeof plan.task>) => void, memory?: Memory) => {
    const board = new Board({
      tasks: [plan.task('picture'), plan.task('report')],
      orders: [{ before: plan.task('picture').id, after: plan.task('report').id, kind: 'spare' }],
      ...{ emit: () => {}, nowMs: () => 0 },
      ...(memory && { memoryOf: () => memory }),
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
  // It never began, and what lies there is what a killed attempt had come to.
  const killed: Memory = { kind: 'unfinished', runId: 'r' as never, leftovers: true, last: null };
  expect(ends(failed(exit), killed)).toBe('skipped');
  expect(ends(failed(exit), { ...killed, leftovers: false })).toBe('ready');
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
  const broken = { requires: 'in.txt', produces: 'broken.txt', optional: true };
  const stages = { text, broken, picture: { ...picture, requires: 'broken.txt' }, report };
  const keepGoing: Partial<BuildOptions> = { keepGoing: true };
  const ends = async (failing: string) => {
    const before = ({ executor }: { readonly executor: { readonly scripts: Map<string, unknown> } }) =>
      void executor.scripts.set(failing, () => exitOne);
    return (await build(withInput(), planOf(stages), { before, ...keepGoing } as never)).world.outcomes();
  };
  expect(await ends('broken')).toMatchObject({ broken: 'failed', picture: 'skipped', report: 'executed' });
  expect(await ends('text')).toMatchObject({ text: 'failed', report: 'skipped' });
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
