// The one fold over a run's events.
import { expect, test } from 'vitest';
import type { TaskId } from '../../../src/base/brand.ts';
import type { EventBody } from '../../../src/model/events.ts';
import { doneCount, foldEvent, initialView, type RunView } from '../../../src/model/words/run-view.ts';
import { remainingMs } from '../../../src/model/words/running-task.ts';
import {
  at,
  finished,
  output,
  planned,
  progress,
  retrying,
  runFinished,
  runStarted,
  started,
  startMs,
} from '../../render/event-feed.ts';

function viewOf(...bodies: readonly (readonly [number, EventBody])[]): RunView {
  return bodies.reduce((view, [afterMs, body]) => foldEvent(view, at(afterMs, body)), initialView());
}

const a = 'a' as TaskId;

test('a running task knows since when, its progress, its last line and its metrics', () => {
  const view = viewOf(
    [0, runStarted(2)],
    [100, started('a', { estimateMs: 4000 })],
    [200, output('a', 'one\ntwo\n\n  \n')],
    [300, progress('a', 3, 10)],
    [400, { kind: 'task-metric', task: a, stage: 'a', item: null, values: { usd: 0.25 } }],
    [400, { kind: 'task-metric', task: a, stage: 'a', item: null, values: { usd: 0.5, tokens: 3 } }],
  );
  expect(view.running.get(a)).toMatchObject({
    sinceMs: startMs + 100,
    estimateMs: 4000,
    lastLine: 'two',
    progress: { done: 3, total: 10 },
    metrics: { usd: 0.75, tokens: 3 },
  });
  expect(view.tasks.get(a)).toBe(view.running.get(a));
});

test('a piece of output without a word keeps the last line', () => {
  const view = viewOf(
    [0, runStarted()],
    [0, started('a')],
    [0, output('a', 'word\n')],
    [0, output('a', '\r\n')],
  );
  expect(view.running.get(a)?.lastLine).toBe('word');
});

test('of a line that a tool redraws, the newest drawing counts', () => {
  const view = viewOf([0, runStarted()], [0, started('a')], [0, output('a', ' 10%\r 20%\r 30%')]);
  expect(view.running.get(a)?.lastLine).toBe('30%');
});

test('an item is at work once however often it is begun, and no more when it has finished', () => {
  const item = { task: 's:x' as TaskId, stage: 's', item: 'x' };
  const begin = (attempt: number) => ({ ...started('s'), ...item, attempt });
  const atWork = (...bodies: readonly EventBody[]) =>
    viewOf(...bodies.map((body) => [0, body] as const)).families.get('s')?.running.size;
  const failure = { kind: 'exit', code: 7, line: 'x' } as const;
  const again = { ...retrying('s', { failure, delayMs: 0 }), ...item };
  const twice = [runStarted(), begin(1), again, begin(2)] as const;
  expect(atWork(...twice)).toBe(1);
  expect(atWork(...twice, { ...finished('s', 'executed'), ...item })).toBe(0);
  // Ended before it came to anything, so without a reason to have run.
  expect(atWork(runStarted(), begin(1), { ...finished('s', 'cancelled'), ...item, reasons: [] })).toBe(0);
});

test('outcomes are counted, failures and skips kept, time saved summed', () => {
  const view = viewOf(
    [0, runStarted()],
    [0, finished('a', 'fresh', { savedMs: 500 })],
    [0, started('b')],
    [9, finished('b', 'failed')],
    [9, finished('c', 'skipped', { blockedBy: ['b'] })],
    [9, finished('d', 'restored', { savedMs: 1000 })],
  );
  expect(view.counts).toMatchObject({ fresh: 1, failed: 1, skipped: 1, restored: 1, executed: 0 });
  expect([view.savedMs, doneCount(view), view.running.size]).toEqual([1500, 4, 0]);
  expect([...view.failures.values()].flat().map((event) => event.task)).toEqual(['b']);
  expect(view.skipped.map((event) => event.task)).toEqual(['c']);
});

test('a repeated attempt starts its clock and progress anew', () => {
  const view = viewOf(
    [0, runStarted()],
    [0, started('a')],
    [10, progress('a', 1, 2)],
    [
      50,
      {
        kind: 'task-retrying',
        task: a,
        stage: 'a',
        item: null,
        attempt: 1,
        why: 'input-changed',
        paths: ['x'],
      },
    ],
  );
  expect(view.running.get(a)).toMatchObject({ sinceMs: startMs + 50, attempt: 2, progress: null });
});

test('a failed attempt waits for the next one, and is then like any other', () => {
  const failure = { kind: 'exit', code: 7, line: 'x' } as const;
  const events = [
    [0, runStarted()],
    [0, started('a', { estimateMs: 10_000 })],
    [10, progress('a', 1, 2)],
    [50, retrying('a', { failure, delayMs: 2000 })],
  ] as const;
  const waits = viewOf(...events).running.get(a)!;
  expect(waits).toMatchObject({
    sinceMs: startMs,
    attempt: 2,
    pause: { untilMs: startMs + 2050, failure },
    progress: null,
  });
  expect(remainingMs(waits, startMs + 100)).toBe(null);
  const again = viewOf(...events, [2060, started('a', { attempt: 2 })]).running.get(a);
  expect(again).toMatchObject({ sinceMs: startMs + 2060, attempt: 2, pause: null });
});

test('a plan is kept in order, and a new run begins with an empty view', () => {
  const first = viewOf(
    [0, runStarted(2, { dryRun: true })],
    [0, planned('b', 'run')],
    [0, planned('a', 'fresh')],
  );
  expect(first.planned.map((plan) => plan.task)).toEqual(['b', 'a']);
  const second = foldEvent(first, at(0, runStarted(1)));
  expect([second.planned.length, second.tasks.size, second.dryRun]).toEqual([0, 0, false]);
});

test('the end of the run brings the final figures and stops every clock', () => {
  const view = viewOf([0, runStarted()], [0, started('a')], [5, runFinished({ savedMs: 77 })]);
  expect([view.running.size, view.savedMs, view.finished?.exitCode]).toEqual([0, 77, 0]);
});

test('what remains is told by progress, else by the last time, else not at all', () => {
  const remaining = (estimateMs: number | null, done: number | null, elapsedMs: number) => {
    const events: (readonly [number, EventBody])[] = [
      [0, runStarted()],
      [0, started('a', { estimateMs })],
    ];
    if (done !== null) events.push([0, progress('a', done, 10)]);
    return remainingMs(viewOf(...events).running.get(a)!, startMs + elapsedMs);
  };
  expect(remaining(9000, 2, 1000)).toBe(4000);
  expect(remaining(9000, null, 1000)).toBe(8000);
  expect(remaining(9000, 0, 1000)).toBe(8000);
  expect(remaining(9000, null, 9000)).toBeNull();
  expect(remaining(null, null, 1000)).toBeNull();
});
