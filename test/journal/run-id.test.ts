// Names of runs and of tasks' files.
import { expect, test } from 'vitest';
import type { RunId, TaskId } from '../../src/base/brand.ts';
import { makeRunId, runIdAfter } from '../../src/journal/run-id.ts';
import { taskFileName } from '../../src/journal/task-file-name.ts';
import { isRunId } from '../../src/model/run-id.ts';

test('run ids sort as their times do, within a second too', () => {
  const at = Date.UTC(2026, 10, 21, 9, 45, 12);
  expect(makeRunId(at + 250, 0x9a)).toBe('20261121-094512-409a');
  const times = [at - 1, at, at + 8, at + 992, at + 1000, at + 86_400_000];
  const ids = times.map((time, i) => makeRunId(time, 255 - i));
  expect([...ids].sort()).toEqual(ids);
  expect(ids.every(isRunId)).toBe(true);
  expect(isRunId(makeRunId(at))).toBe(true);
  expect(isRunId('logs')).toBe(false);
});

test('where the clock was set back, a run is named as one that follows on the newest, by chance how much', () => {
  const at = Date.UTC(2026, 11, 31, 23, 59, 59);
  const newest = makeRunId(at + 999, 0xff);
  expect(newest).toBe('20261231-235959-ffff');
  for (const nowMs of [at - 3_600_000, at + 999]) {
    const ids = [0, 0.25, 0.5, 0.999].map((random) => runIdAfter(newest, nowMs, random));
    expect(ids.map((id) => id.slice(0, -2))).toEqual([
      ...['20270101-000000-00', '20270101-000000-3f', '20270101-000000-7f', '20270101-000000-ff'],
    ]);
    expect(ids.every((id) => id > newest && isRunId(id))).toBe(true);
  }
  expect(runIdAfter(newest, at + 1000).slice(0, -2)).toBe('20270101-000000-00');
  expect(runIdAfter(undefined, at).slice(0, -2)).toBe('20261231-235959-00');
  // What only looks like a name, or leaves no room for another.
  for (const other of ['20269931-235959-ffff', '99991231-235959-ffff'])
    expect(runIdAfter(other as RunId, at).slice(0, -2)).toBe('20261231-235959-00');
});

test('plain task names are their own file names', () => {
  for (const name of ['extract', 'a.b-c_2', '_x']) expect(taskFileName(name as TaskId)).toBe(name);
});

test('whatever a task is called, its file name is safe, short and its own', () => {
  const ids = [
    'merge',
    'Merge',
    'MERGE',
    'merge:a/b',
    'merge:a_b',
    'merge:a:b',
    '.',
    '..',
    '.hidden',
    '-rf',
    '~',
    '',
    ' ',
    'zoë',
    '🎬',
    '🎬🎬',
    'a\nb',
    'a\0b',
    'x'.repeat(80),
    'x'.repeat(81),
    'x'.repeat(255),
    '🎬'.repeat(64),
    'a\\b',
  ] as TaskId[];
  const names = ids.map(taskFileName);
  for (const name of names) {
    expect(name).toMatch(/^[A-Za-z0-9_~][A-Za-z0-9_.~-]*$/);
    expect(name.length).toBeLessThanOrEqual(120);
  }
  // Upper and lower case are one on many a disk.
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(ids.length);
});
