// How a task ended in a run, of whose events only the last are read.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { endIn } from '../../src/journal/history.ts';
import { linesBackwards } from '../../src/journal/lines-backwards.ts';
import type { TaskFinished } from '../../src/model/events.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { finished, RUN } from './samples.ts';

const blockBytes = 64 * 1024;

function write(name: string, text: string): string {
  const file = path.join(temporaryFolder(), name);
  fs.writeFileSync(file, text);
  return file;
}

function ended(seq: number, task: string, outcome: TaskFinished['outcome'], more: object = {}): string {
  return JSON.stringify({
    v: 1,
    seq,
    runId: RUN,
    at: '2026-11-21T09:45:12Z',
    ...finished(task, outcome),
    ...more,
  });
}

function historyOf(lines: readonly string[]) {
  const state = temporaryFolder();
  const folder = path.join(state, 'runs', RUN);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'events.jsonl'), lines.join('\n'));
  return (task: string) => endIn(state, RUN, task as TaskId);
}

test.each([
  ['nothing', ''],
  ['one line without an end', 'one'],
  ['empty lines', '\n\na\n\n'],
  ['a line end at the very beginning of a block', `a\n${'b'.repeat(blockBytes - 1)}`],
  ['a line end at the very end of a block', `a\n${'b'.repeat(blockBytes)}`],
  ['lines of many blocks', `ä\n${'ö'.repeat(3 * blockBytes)}\n${'c'.repeat(2 * blockBytes)}\nd\n`],
  ['a letter that two blocks share', `a\n${'ö'.repeat(blockBytes)}x`],
])('lines come from the last to the first: %s', (_, text) => {
  const lines = [...linesBackwards(write('lines', text))].map(String);
  expect(lines).toEqual(text.split('\n').reverse());
});

test('the last end of a task counts, however long the lines are, and whatever a cut line says', () => {
  const long = 'ü'.repeat(blockBytes);
  const end = historyOf([
    ended(1, 'long', 'failed', { failure: { kind: 'threw', message: long } }),
    ended(2, 'twice', 'failed'),
    ended(3, 'twice', 'cancelled'),
    ended(4, 'other', 'executed', { failure: { kind: 'threw', message: `${long} "twice" ${long}` } }),
    ended(5, 'it "quotes": ä', 'failed'),
    '{"kind":"task-finished","task":"other","seq":6}',
    ended(7, 'twice', 'executed').slice(0, -9),
  ]);
  expect(end('long')).toMatchObject({ seq: 1, failure: { message: long } });
  expect(end('twice')).toMatchObject({ seq: 3, outcome: 'cancelled' });
  expect(end('other')).toMatchObject({ seq: 4 });
  expect(end('it "quotes": ä')).toMatchObject({ seq: 5 });
  expect(end('none')).toBeNull();
});

test('of a run without a history nobody knows an end', () => {
  expect(endIn(temporaryFolder(), RUN, 'any' as TaskId)).toBeNull();
});
