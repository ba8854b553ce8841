// The states of all tasks: who becomes ready, who is skipped and for whom, and what the run comes to.
import { expect, test } from 'vitest';
import { Board } from '../../src/engine/board.ts';
import type { FailureDetails } from '../../src/engine/run-outcome.ts';
import type { TaskOrder } from '../../src/engine/task-orders.ts';
import type { EventBody, TaskFinished } from '../../src/model/events.ts';
import type { Failure } from '../../src/model/failure.ts';
import { NamedTasks } from '../../src/model/named-tasks.ts';
import type { Task } from '../../src/model/task.ts';
import { planOf } from '../rig/fake-world.ts';
import { recordOf } from './samples.ts';

type Fields = Readonly<Record<string, object>>;

function boardOf(
  stages: Fields,
  orders: readonly (readonly [string, string, 'file' | 'after'])[],
  audited: readonly string[] = [],
) {
  const plan = planOf(stages);
  const events: EventBody[] = [];
  const board = new Board({
    tasks: Object.keys(stages).map((name) => plan.task(name)),
    orders: orders.map(
      ([before, after, kind]): TaskOrder => ({
        before: plan.task(before).id,
        after: plan.task(after).id,
        kind,
      }),
    ),
    audited: new NamedTasks(audited),
    emit: (event) => events.push(event),
    nowMs: () => 0,
  });
  // The board knows its tasks by id, so equal ones are as good as the same.
  return { board, task: plan.task, events };
}

const finished = (events: readonly EventBody[]) =>
  events.filter((event): event is TaskFinished => event.kind === 'task-finished');

function failing(failure: Failure = { kind: 'exit', code: 1, line: 'x' }): FailureDetails {
  return { failure, tail: [], hiddenEnv: [], command: null, log: null };
}

function run(board: Board, task: Task): void {
  board.started(task, { reasons: [{ code: 'never-built' }], command: 'make it', estimateMs: null });
  board.succeeded(task, 'executed', recordOf(task.id), null);
}

test('tasks become ready when all that they wait for has ended, in the order given', () => {
  const { board, task } = boardOf({ a: {}, b: {}, c: {} }, [
    ['a', 'c', 'file'],
    ['b', 'c', 'after'],
  ]);
  expect([board.takeReady()?.id, board.takeReady()?.id, board.takeReady()]).toEqual(['a', 'b', null]);
  run(board, task('a'));
  expect(board.takeReady()).toBe(null);
  expect(board.stateOf(task('c'))).toEqual({ kind: 'wanted', waitsFor: 1 });
  board.fresh(task('b'), null);
  expect(board.takeReady()?.id).toBe('c');
});

test('who needs files of a failed stage is skipped, naming the stage that failed first', () => {
  const { board, task, events } = boardOf({ a: {}, b: {}, c: {} }, [
    ['a', 'b', 'file'],
    ['b', 'c', 'after'],
  ]);
  board.failed(task('a'), failing());
  expect(finished(events).map((one) => [one.stage, one.outcome, one.blockedBy])).toEqual([
    ['a', 'failed', undefined],
    ['b', 'skipped', ['a']],
    ['c', 'skipped', ['a']],
  ]);
  expect(board.places.failedStages()).toEqual(['a']);
});

test('a failed optional stage stands in the way of its files only', () => {
  const { board, task } = boardOf({ a: { optional: true }, files: {}, after: {} }, [
    ['a', 'files', 'file'],
    ['a', 'after', 'after'],
  ]);
  board.takeReady();
  board.failed(task('a'), failing());
  expect(board.stateOf(task('files'))).toMatchObject({ kind: 'ended', outcome: 'skipped', blockedBy: ['a'] });
  expect(board.takeReady()?.id).toBe('after');
  run(board, task('after'));
  expect(board.places.failedStages()).toEqual([]);
  expect(board.summary(false)).toMatchObject({ outcome: 'degraded', exitCode: 0, failed: 1, skipped: 1 });
});

test('a skipped optional stage does stand in the way of what comes after it', () => {
  const { board, task } = boardOf({ a: {}, b: { optional: true }, c: {} }, [
    ['a', 'b', 'file'],
    ['b', 'c', 'after'],
  ]);
  board.failed(task('a'), failing());
  expect(board.stateOf(task('c'))).toMatchObject({ kind: 'ended', outcome: 'skipped', blockedBy: ['a'] });
});

test('what waited for a cancelled task is cancelled too', () => {
  const { board, task } = boardOf({ a: {}, b: {} }, [['a', 'b', 'file']]);
  board.cancelled(task('a'));
  expect(board.stateOf(task('b'))).toMatchObject({ kind: 'ended', outcome: 'cancelled' });
  expect(board.summary(true)).toMatchObject({ outcome: 'cancelled', exitCode: 130, cancelled: 2 });
});

test('what a failure elsewhere keeps from its turn is told as that, and so is what follows on it', () => {
  const { board, task, events } = boardOf(
    { a: {}, needs: {}, other: {}, later: {}, items: { forEach: 'in/{n}', produces: 'out/{n}' }, all: {} },
    [
      ['a', 'needs', 'file'],
      ['other', 'later', 'file'],
      ['other', 'all', 'file'],
      ['items', 'all', 'file'],
    ],
  );
  while (board.takeReady() !== null);
  board.families.fanOut(task('items'), [], null);
  board.failed(task('a'), failing());
  board.stop();
  board.skipRest('skipped', board.places.failedStages());
  expect(finished(events).map((one) => [one.stage, one.blockedBy, one.stopped])).toEqual([
    ['a', undefined, undefined],
    ['needs', ['a'], undefined],
    ['items', ['a'], true],
    ['all', ['a'], true],
    ['other', ['a'], true],
    ['later', ['a'], true],
  ]);
});

test('each task ends once, whoever tries to end it again', () => {
  const { board, task, events } = boardOf({ a: {}, b: {}, c: {} }, [
    ['a', 'c', 'file'],
    ['b', 'c', 'file'],
  ]);
  board.failed(task('a'), failing());
  board.failed(task('b'), failing());
  board.skipRest('skipped', ['a']);
  expect(finished(events).map((one) => one.stage)).toEqual(['a', 'c', 'b']);
});

test('a chain of 20,000 tasks is skipped without running out of stack', () => {
  const count = 20_000;
  const plan = planOf({ s: {} });
  const tasks = Array.from({ length: count }, (_, i) => ({ ...plan.task('s'), id: `s${i}` as Task['id'] }));
  const orders = tasks
    .slice(1)
    .map((after, i) => ({ before: tasks[i]!.id, after: after.id, kind: 'file' as const }));
  const board = new Board({ tasks, orders, emit: () => {}, nowMs: () => 0 });
  board.failed(tasks[0]!, failing());
  expect(board.summary(false)).toMatchObject({ failed: 1, skipped: count - 1, exitCode: 1 });
});

test.each([
  ['all is well', null, false, { outcome: 'succeeded', exitCode: 0 }],
  ['a stage failed', failing(), false, { outcome: 'failed', exitCode: 1, failed: 1 }],
  [
    'an edit is protected',
    failing({ kind: 'protected', paths: ['x'] }),
    false,
    { outcome: 'waiting', exitCode: 3, waiting: 1 },
  ],
  ['it was interrupted', null, true, { outcome: 'cancelled', exitCode: 130 }],
  ['it failed and was interrupted', failing(), true, { outcome: 'cancelled', exitCode: 130, failed: 1 }],
  [
    'a bug of ours showed',
    failing({ kind: 'internal', message: 'x', stack: null }),
    true,
    { outcome: 'failed', exitCode: 70 },
  ],
] as const)('the run when %s', (_, details, interrupted, expected) => {
  const { board, task } = boardOf({ a: {} }, []);
  if (details === null) run(board, task('a'));
  else board.failed(task('a'), details);
  expect(board.summary(interrupted)).toMatchObject(expected);
});

test('a failure counts for more than an edit that waits', () => {
  const { board, task } = boardOf({ a: {}, b: {} }, []);
  board.failed(task('a'), failing({ kind: 'protected', paths: ['x'] }));
  board.failed(task('b'), failing());
  expect(board.summary(false)).toMatchObject({ outcome: 'failed', exitCode: 1, waiting: 1, failed: 1 });
});

test('time is saved by what was fresh or restored, not by what ran', () => {
  const { board, task, events } = boardOf({ a: {}, b: {}, c: {} }, []);
  board.fresh(task('a'), recordOf('a', { durationMs: 5 }));
  board.succeeded(task('b'), 'restored', recordOf('b', { durationMs: 7 }), 'b.log');
  board.succeeded(task('c'), 'executed', recordOf('c', { durationMs: 11 }), null);
  expect(board.summary(false).savedMs).toBe(12);
  expect(finished(events).map((one) => [one.savedMs, one.log])).toEqual([
    [5, undefined],
    [7, 'b.log'],
    [0, undefined],
  ]);
});

const undeclared = { kind: 'undeclared', reads: ['x'], writes: [], deletes: [] } as const;

test.each([
  ['all is declared', { kind: 'declared' }, { outcome: 'succeeded', exitCode: 0 }],
  ['something is not declared', undeclared, { outcome: 'failed', exitCode: 1 }],
  ['it could not be watched', { kind: 'not-audited', why: 'x' }, { outcome: 'failed', exitCode: 1 }],
  ['nobody has said what was seen', null, { outcome: 'failed', exitCode: 1 }],
] as const)('an audit in which %s', (_, verdict, expected) => {
  const { board, task } = boardOf({ a: {}, b: {} }, [], ['a']);
  run(board, task('b'));
  board.started(task('a'), { reasons: [{ code: 'audited' }], command: 'make it', estimateMs: null });
  if (verdict !== null) board.audited(task('a'), verdict);
  board.succeeded(task('a'), 'executed', recordOf('a'), null);
  expect(board.summary(false)).toMatchObject({ ...expected, executed: 2, failed: 0 });
});

test('what was to be audited and did not run to its end is told as not audited, before it finishes', () => {
  const { board, task, events } = boardOf(
    { a: { optional: true }, b: {}, c: {} },
    [['a', 'b', 'file']],
    ['a', 'b'],
  );
  board.failed(task('a'), failing());
  run(board, task('c'));
  expect(events.map((event) => ('task' in event ? `${event.task} ${event.kind}` : event.kind))).toEqual([
    'a task-audited',
    'a task-finished',
    'b task-audited',
    'b task-finished',
    'c task-started',
    'c task-finished',
  ]);
  // Without an audit the run would merely be degraded.
  expect(board.summary(false)).toMatchObject({ outcome: 'failed', exitCode: 1 });
});

test('in an audit, an edit that waits counts for more than what was not looked at, and less than a finding', () => {
  const waiting = (verdict: typeof undeclared | null) => {
    const { board, task } = boardOf({ a: {}, b: {}, c: {} }, [['a', 'b', 'file']], ['a', 'b', 'c']);
    board.failed(task('a'), failing({ kind: 'protected', paths: ['x'] }));
    board.audited(task('c'), verdict ?? { kind: 'declared' });
    board.succeeded(task('c'), 'executed', recordOf('c'), null);
    return board.summary(false);
  };
  expect(waiting(null)).toMatchObject({ outcome: 'waiting', exitCode: 3 });
  expect(waiting(undeclared)).toMatchObject({ outcome: 'failed', exitCode: 1 });
});
