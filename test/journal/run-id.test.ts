// Names of runs and of tasks' files.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { makeRunId } from '../../src/journal/run-id.ts';
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
