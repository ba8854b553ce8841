// What a run writes down, and what can be read of it later.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RunId, TaskId } from '../../src/base/brand.ts';
import { growHistory } from '../../src/journal/grow-history.ts';
import {
  findRun,
  lastLogsOf,
  lastLogsOfItems,
  listRuns,
  logsOf,
  readEvents,
} from '../../src/journal/history.ts';
import { JournalSink } from '../../src/journal/journal-sink.ts';
import { pruneRuns } from '../../src/journal/prune.ts';
import { logFileName } from '../../src/journal/task-file-name.ts';
import type { PipeEvent } from '../../src/model/events.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { ended, events, finished, RUN, started } from './samples.ts';

function scene() {
  const state = temporaryFolder();
  const folder = path.join(state, 'runs', RUN);
  const troubles: string[] = [];
  const sink = new JournalSink({
    folder: () => {
      fs.mkdirSync(folder, { recursive: true });
      return folder;
    },
    onTrouble: (message) => troubles.push(message),
  });
  const play = (all: readonly PipeEvent[]): void => {
    for (const event of all) sink.handle(event);
  };
  const kinds = (): readonly string[] => readEvents({ folder }).map(({ kind }) => kind);
  return { state, folder, troubles, play, kinds };
}

/** A finished run of so many bytes. */
function pastRun(state: string, runId: string, bytes: number): void {
  const folder = path.join(state, 'runs', runId);
  fs.mkdirSync(path.join(folder, 'logs'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'summary.json'), '');
  fs.writeFileSync(path.join(folder, 'logs', 'merge.log'), 'x'.repeat(bytes));
}

const output = {
  kind: 'task-output',
  task: 'a' as TaskId,
  stage: 'a',
  item: null,
  stream: 'stdout',
  text: 'x',
} as const;
const progress = {
  kind: 'task-progress',
  task: 'a' as TaskId,
  stage: 'a',
  item: null,
  done: 1,
  total: 2,
} as const;

test('a run is written down without output and without what was fresh', () => {
  const { state, folder, play, troubles } = scene();
  const all = events(started, finished('a', 'fresh'), output, progress, finished('b', 'executed'), ended);
  play(all);
  const found = findRun(state, 'last');
  if (found.kind !== 'found') throw new Error('there is a run');
  expect(readEvents(found.run)).toEqual([all[0], all[3], all[4], all[5]]);
  expect(found.run.summary).toMatchObject({
    runId: RUN,
    pipeline: 'demo',
    command: ['build', 'all'],
    outcome: 'succeeded',
    counts: { executed: 1, fresh: 2 },
    durationMs: 2040,
    tasks: [{ task: 'b', outcome: 'executed', durationMs: 812 }],
  });
  expect(fs.readdirSync(folder).sort()).toEqual(['events.jsonl', 'summary.json']);
  expect(troubles).toEqual([]);
});

test('what a person will want to read is on disk at once, the rest a little later', () => {
  const { play, kinds } = scene();
  const all = events(
    started,
    progress,
    finished('a', 'failed'),
    progress,
    { kind: 'warning', message: 'w' },
    progress,
  );
  play(all.slice(0, 2));
  expect(kinds()).toEqual([]);
  play(all.slice(2, 4));
  expect(kinds()).toEqual(['run-started', 'task-progress', 'task-finished']);
  play(all.slice(4, 6));
  expect(kinds()).toHaveLength(5);
  play(Array.from({ length: 200 }, () => all[5]!));
  expect(kinds().length).toBeGreaterThan(100);
});

test('a run that found another at work, and did not wait, is no run', () => {
  const { state, play } = scene();
  play(events(started, { kind: 'run-blocked', pid: 1, command: 'build', sinceMs: 0, waits: false }, ended));
  expect(listRuns(state)).toEqual([]);
});

test('a journal that cannot be written is told once and harms nobody', () => {
  const { state, play, troubles } = scene();
  fs.writeFileSync(path.join(state, 'runs'), 'a file in the way');
  play(events(started, finished('a', 'failed'), ended));
  expect(troubles).toEqual([expect.stringContaining('missing from the history')]);
  expect(listRuns(state)).toEqual([]);
});

test('a run that was killed is in the history, up to the line that was cut', () => {
  const { state, folder, play, kinds } = scene();
  play(events(started, finished('a', 'failed')));
  const file = path.join(folder, 'events.jsonl');
  const text = fs.readFileSync(file, 'utf8');
  const firstLine = text.indexOf('\n') + 1;
  for (let length = 0; length < text.length - 1; length++) {
    fs.writeFileSync(file, text.slice(0, length));
    expect(kinds(), `cut at ${length}`).toEqual(length >= firstLine - 1 ? ['run-started'] : []);
  }
  expect(listRuns(state)).toEqual([{ runId: RUN, folder, summary: null }]);
  fs.writeFileSync(path.join(folder, 'summary.json'), '{"v":1,"outco');
  expect(listRuns(state)).toEqual([{ runId: RUN, folder, summary: null }]);
});

test('runs are listed newest first and found by what is unique of their name', () => {
  const state = temporaryFolder();
  for (const id of ['20261121-094512-3f9a', '20261121-094512-3f9b', '20261120-000000-0000'])
    pastRun(state, id, 0);
  fs.mkdirSync(path.join(state, 'runs', 'something else'));
  expect(listRuns(state).map(({ runId }) => runId)).toEqual([
    '20261121-094512-3f9b',
    '20261121-094512-3f9a',
    '20261120-000000-0000',
  ]);
  expect(listRuns(state, 1)).toHaveLength(1);
  expect(findRun(state, 'last')).toMatchObject({ run: { runId: '20261121-094512-3f9b' } });
  expect(findRun(state, '20261120')).toMatchObject({ kind: 'found', run: { runId: '20261120-000000-0000' } });
  expect(findRun(state, '20261121-094512-3f9a')).toMatchObject({ kind: 'found' });
  expect(findRun(state, '20261121')).toEqual({
    kind: 'ambiguous',
    candidates: ['20261121-094512-3f9b', '20261121-094512-3f9a'],
  });
  for (const which of ['2025', '', '..']) expect(findRun(state, which)).toEqual({ kind: 'none' });
  expect(findRun(temporaryFolder(), 'last')).toEqual({ kind: 'none' });
});

test('a log is found in its run, and in the last run that had one', () => {
  const state = temporaryFolder();
  const merge = 'merge' as TaskId;
  pastRun(state, '20261120-000000-0000', 3);
  fs.mkdirSync(path.join(state, 'runs', '20261121-000000-0000'));
  const [newest, older] = listRuns(state);
  expect(logsOf(newest!, merge)).toEqual([]);
  expect(logsOf(older!, merge)).toEqual([path.join(older!.folder, 'logs', 'merge.log')]);
  expect(lastLogsOf(state, merge)).toEqual({ run: older, files: logsOf(older!, merge) });
  expect(lastLogsOf(state, 'other' as TaskId)).toBeNull();
});

test('the last run is found in which items of a stage left logs, and after which these are called', () => {
  const state = temporaryFolder();
  const began = (task: string, batch?: string) =>
    JSON.stringify({
      v: 1,
      seq: 1,
      kind: 'task-started',
      task,
      stage: task.split(':')[0],
      batch,
      attempt: 1,
    });
  const runs = {
    '20261120-000000-0000': { events: [began('s:1'), began('s:2')], logs: ['s:1', 's:2'] },
    '20261121-000000-0000': {
      events: [began('s:1', 's:1'), began('s:2', 's:1'), began('other')],
      logs: ['s:1'],
    },
    // Out of the cache, which has no log of a batch.
    '20261122-000000-0000': { events: [began('s:2'), began('other')], logs: ['other'] },
  };
  for (const [run, { events, logs }] of Object.entries(runs)) {
    const folder = path.join(state, 'runs', run);
    fs.mkdirSync(path.join(folder, 'logs'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'events.jsonl'), events.join('\n'));
    for (const task of logs) fs.writeFileSync(path.join(folder, 'logs', logFileName(task as TaskId, 1)), '');
  }
  expect(lastLogsOfItems(state, 's')).toMatchObject({
    run: { runId: '20261121-000000-0000' },
    owners: new Map([['s:1', { attempts: [{ attempt: 1, tasks: 2 }], of: 1 }]]),
  });
  expect(lastLogsOfItems(state, 's:2')).toBeNull();
});

test('only the newest runs are kept, with what they left elsewhere, but for what people made', () => {
  const state = temporaryFolder();
  const ids = ['20261121-000000-0000', '20261122-000000-0000', '20261123-000000-0000'] as RunId[];
  for (const id of ids) {
    pastRun(state, id, 10);
    for (const part of ['rejected', 'aside', 'displaced'])
      fs.mkdirSync(path.join(state, part, id), { recursive: true });
  }
  expect(pruneRuns({ state, current: ids[2]!, keepRuns: 3 }).removed).toEqual([]);
  expect(pruneRuns({ state, current: ids[2]!, keepRuns: 2 }).removed).toEqual([ids[0]]);
  for (const part of ['runs', 'rejected', 'aside'])
    expect(fs.readdirSync(path.join(state, part))).toEqual(ids.slice(1));
  expect(fs.readdirSync(path.join(state, 'displaced'))).toEqual(ids);
});

test('runs are kept up to a size, rejected files included, never less than the current one', () => {
  const state = temporaryFolder();
  const ids = ['20261121-000000-0000', '20261122-000000-0000', '20261123-000000-0000'] as RunId[];
  for (const id of ids) pastRun(state, id, 1000);
  const left = path.join(state, 'rejected', ids[1]!, 'merge');
  fs.mkdirSync(left, { recursive: true });
  fs.writeFileSync(path.join(left, 'out'), 'x'.repeat(1000));
  const current = ids[2]!;
  expect(pruneRuns({ state, current, keepBytes: 4000 }).removed).toEqual([]);
  expect(pruneRuns({ state, current, keepBytes: 3999 }).removed).toEqual([ids[0]]);
  expect(pruneRuns({ state, current, keepBytes: 10 }).removed).toEqual([ids[1]]);
  expect(listRuns(state).map(({ runId }) => runId)).toEqual([current]);
  expect(pruneRuns({ state: path.join(state, 'nowhere'), current }).removed).toEqual([]);
});

test('how much the history holds is remembered, so that only new runs are measured, until there is too much', () => {
  const state = temporaryFolder();
  const ids = ['20261121-000000-0000', '20261122-000000-0000', '20261123-000000-0000'] as RunId[];
  const remembered = () => fs.readFileSync(path.join(state, 'history-size'), 'utf8');
  pastRun(state, ids[0]!, 1000);
  growHistory({ state, current: ids[1]! });
  pastRun(state, ids[1]!, 1000);
  const [, each] = remembered().trim().split(' ').map(Number);
  expect(remembered()).toBe(`${ids[0]} ${each}\n`);
  // It is believed, and not measured again.
  fs.writeFileSync(path.join(state, 'history-size'), `${ids[0]} 5000\n`);
  growHistory({ state, current: ids[2]! });
  expect(remembered()).toBe(`${ids[1]} ${5000 + each!}\n`);
  pastRun(state, ids[2]!, 1000);
  // Until it says that there is too much: then all is measured, and there was not.
  growHistory({ state, current: '20261124-000000-0000' as RunId, keepBytes: 3 * each! });
  expect(remembered()).toBe(`${ids[2]} ${3 * each!}\n`);
  fs.mkdirSync(path.join(state, 'runs', '20261125-000000-0000'));
  growHistory({ state, current: '20261126-000000-0000' as RunId, keepBytes: 2 * each! });
  expect(listRuns(state).map(({ runId }) => runId)).toEqual(['20261125-000000-0000', ids[2], ids[1]]);
  expect(remembered()).toBe(`20261125-000000-0000 ${2 * each!}\n`);
});

test.each(['', '\0\0\0', '20261121-000000-0000 17', 'no-run 17\n'])(
  'of a history whose size is told as %j, all is measured',
  (text) => {
    const state = temporaryFolder();
    pastRun(state, '20261121-000000-0000' as RunId, 1000);
    fs.writeFileSync(path.join(state, 'history-size'), text);
    growHistory({ state, current: '20261122-000000-0000' as RunId });
    expect(fs.readFileSync(path.join(state, 'history-size'), 'utf8')).toMatch(
      /^20261121-000000-0000 \d{4}\n$/,
    );
  },
);

test('more than some runs above those that are kept are not left to lie', () => {
  const state = temporaryFolder();
  for (let day = 0; day < 221; day++) {
    const month = 1 + Math.floor(day / 28);
    const id = `2026${String(month).padStart(2, '0')}${String(1 + (day % 28)).padStart(2, '0')}-000000-0000`;
    fs.mkdirSync(path.join(state, 'runs', id), { recursive: true });
  }
  fs.writeFileSync(path.join(state, 'history-size'), '20991231-000000-0000 17\n');
  growHistory({ state, current: '20261222-000000-0000' as RunId });
  expect(listRuns(state)).toHaveLength(200);
});
