// The records of a workspace, from process to process.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { FilePath, RunId, TaskId } from '../../src/base/brand.ts';
import { digest, entry, open, record, stamp } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const [A, B, C] = ['a', 'b:item/1', 'c'] as [TaskId, TaskId, TaskId];
const [RUN1, RUN2] = ['run-1', 'run-2'] as [RunId, RunId];

test('looking writes nothing and makes no folder', () => {
  const folder = path.join(temporaryFolder(), 'state-folder');
  const state = open(folder);
  expect(state.records.memory(A)).toEqual({ kind: 'none' });
  expect(state.records.all()).toEqual([]);
  expect(state.stamps.get('x')).toBeUndefined();
  state.records.forget(A);
  state.save();
  state.close();
  expect(fs.existsSync(folder)).toBe(false);
});

test('another process reads back exactly what was committed', () => {
  const folder = temporaryFolder();
  const link = entry('out/link', 'target', { kind: 'link', target: 'target' });
  const full = {
    ...record(B, RUN1, 3),
    outputs: [entry('out/bin', 'x', { executable: true }), link, entry('out/sub', '', { kind: 'folder' })],
    accepted: { by: 'ann', atMs: 5, reason: 'better', paths: ['out/bin'] },
  };
  const inPlace = { ...record(C, RUN1), handMade: ['out/c.txt'] };
  const state = open(folder);
  for (const one of [record(A, RUN1), full, inPlace]) {
    state.records.begin(one.task, RUN1);
    state.records.commit(one);
  }
  expect(open(folder).records.all()).toStrictEqual([record(A, RUN1), full, inPlace]);
  expect(open(folder).records.memory(B)).toEqual({ kind: 'done', record: full });
});

test('what the records of the items of a stage have in common is held once', () => {
  const folder = temporaryFolder();
  const own = (task: string) => [
    { name: 'command', value: 'cp {item} out/{name}.txt' },
    { name: 'requires', value: `in/${task}` },
  ];
  const written = ['s:1', 's:2'].map((task) => ({ ...record(task, RUN1), parts: own(task) }));
  const { records } = open(folder);
  for (const one of written) records.commit(one);
  const [first, second] = open(folder).records.all();
  expect([first, second]).toStrictEqual(written);
  expect(first!.parts[0]).toBe(second!.parts[0]);
});

test('an attempt that began and did not commit is unfinished, with the last record at hand', () => {
  const folder = temporaryFolder();
  const { records } = open(folder);
  records.commit(record(A, RUN1));
  records.begin(A, RUN2);
  records.begin(C, RUN2);
  records.failed(C, RUN2);
  for (const seen of [records, open(folder).records]) {
    expect(seen.memory(A)).toEqual({
      kind: 'unfinished',
      runId: RUN2,
      leftovers: true,
      last: record(A, RUN1),
    });
    expect(seen.memory(C)).toEqual({ kind: 'unfinished', runId: RUN2, leftovers: false, last: null });
    expect(seen.unfinished()).toEqual([A, C]);
    expect(seen.all()).toEqual([]);
  }
});

test('what is forgotten stays forgotten', () => {
  const folder = temporaryFolder();
  const { records } = open(folder);
  records.commit(record(A, RUN1));
  records.begin(B, RUN1);
  records.forget(A);
  records.forget(B);
  expect(open(folder).records.memory(A)).toEqual({ kind: 'none' });
  expect(open(folder).records.memory(B)).toEqual({ kind: 'none' });
});

test('every content that was once recorded for a path is known as produced, but not what a person made', () => {
  const folder = temporaryFolder();
  const { records } = open(folder);
  records.commit(record(A, RUN1));
  records.commit(record(A, RUN2));
  records.forget(A);
  const handMade = { by: 'ann', atMs: 5, reason: 'better', paths: ['out/b:item/1.txt'] };
  records.commit({ ...record(B, RUN1), accepted: handMade });
  for (const seen of [records, open(folder).records]) {
    expect(seen.hasProduced('out/a.txt' as FilePath, digest('a run-1'))).toBe(true);
    expect(seen.hasProduced('out/a.txt' as FilePath, digest('a run-2'))).toBe(true);
    expect(seen.hasProduced('out/a.txt' as FilePath, digest('other'))).toBe(false);
    expect(seen.hasProduced('out/b:item/1.txt' as FilePath, digest('b:item/1 run-1'))).toBe(false);
  }
});

test('stamps keep all their bits, until they are dropped or the machine boots', () => {
  const folder = temporaryFolder();
  const state = open(folder);
  for (const inode of [1, 2, 3]) state.stamps.put(`file ${inode}`, stamp(inode, 'x'));
  state.tools.put('python3', 'Python 3.11.7');
  expect(state.unsaved()).toBe(true);
  state.save();
  expect(state.unsaved()).toBe(false);
  state.stamps.drop('file 3');
  state.records.commit(record(A, RUN1));

  const again = open(folder);
  expect(again.stamps.get('file 1')).toEqual(stamp(1, 'x'));
  expect(again.stamps.get('file 2')).toEqual(stamp(2, 'x'));
  expect(again.stamps.get('file 3')).toBeUndefined();
  expect(again.tools.get('python3')).toBe('Python 3.11.7');

  const afterBoot = open(folder, 'another boot');
  expect(afterBoot.stamps.get('file 1')).toBeUndefined();
  expect(afterBoot.records.all()).toEqual([record(A, RUN1)]);
  afterBoot.stamps.put('file 4', stamp(4, 'x'));
  afterBoot.save();
  expect(open(folder, 'another boot').stamps.get('file 4')).toEqual(stamp(4, 'x'));
  expect(open(folder, 'another boot').stamps.get('file 1')).toBeUndefined();
});

test('the stamp that is asked for is given back itself where it is the one that is remembered', () => {
  const state = open(temporaryFolder());
  for (const inode of [1, 2]) state.stamps.put(`file ${inode}`, stamp(inode, 'x'));
  for (const inode of [1, 2]) {
    const present = { ...stamp(inode, '').stamp };
    expect(state.stamps.get(`file ${inode}`, present)?.stamp).toBe(present);
    expect(state.stamps.get(`file ${inode}`, present)).toEqual(stamp(inode, 'x'));
    for (const field of Object.keys(present)) {
      const value = present[field as keyof typeof present];
      const other = { ...present, [field]: typeof value === 'bigint' ? value + 1n : 'link' };
      expect(state.stamps.get(`file ${inode}`, other), field).toEqual(stamp(inode, 'x'));
    }
  }
  // Too large for a number, and as a number it would be another one.
  const large = { digest: digest('x'), stamp: { ...stamp(1, 'x').stamp, inode: 2n ** 63n + 1n } };
  state.stamps.put('large', large);
  expect(state.stamps.get('large', { ...large.stamp, inode: 2n ** 63n })).toEqual(large);
});

test('stamps that were not saved are only lost', () => {
  const folder = temporaryFolder();
  const state = open(folder);
  state.stamps.put('file', stamp(1, 'x'));
  state.close();
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('compaction keeps everything that counts and nothing else', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'state');
  const state = open(folder);
  state.records.commit(record(C, RUN1));
  state.records.begin(C, RUN2);
  state.stamps.put('file', stamp(1, 'x'));
  for (let i = 0; i < 100; i++) {
    state.records.begin(A, `run-${i}` as RunId);
    state.records.commit(record(A, `run-${i}`, 40));
  }
  state.records.failed(B, RUN2);
  const before = fs.statSync(file).size;
  state.save();
  expect(before).toBeGreaterThan(256 * 1024);
  expect(fs.statSync(file).size).toBeLessThan(before / 10);
  expect(fs.readdirSync(folder)).toEqual(['state']);

  // The same process goes on writing to the new file.
  state.records.commit(record(B, RUN1));
  expect(state.records.changedElsewhere()).toBe(false);
  const { records, stamps } = open(folder);
  expect(records.all()).toEqual([record(A, 'run-99', 40), record(B, RUN1)]);
  expect(records.memory(C)).toEqual({
    kind: 'unfinished',
    runId: RUN2,
    leftovers: true,
    last: record(C, RUN1),
  });
  expect(stamps.get('file')).toEqual(stamp(1, 'x'));
  const known = (i: number) => records.hasProduced('out/a.txt' as FilePath, digest(`a run-${i}`));
  expect([known(99), known(36), known(35)]).toEqual([true, true, false]);
});

test('a short log is left alone', () => {
  const folder = temporaryFolder();
  const state = open(folder);
  for (let i = 0; i < 20; i++) state.records.commit(record(A, `run-${i}`));
  const before = fs.readFileSync(path.join(folder, 'state'));
  state.save();
  expect(fs.readFileSync(path.join(folder, 'state'))).toEqual(before);
});

test('writes of another process are noticed, and read on request', () => {
  const folder = temporaryFolder();
  const [mine, other] = [open(folder), open(folder)];
  expect(mine.records.all()).toEqual([]);
  expect(mine.records.changedElsewhere()).toBe(false);
  other.records.commit(record(A, RUN1));
  expect(other.records.changedElsewhere()).toBe(false);
  expect(mine.records.changedElsewhere()).toBe(true);
  mine.stamps.put('file', stamp(1, 'x'));
  mine.records.reload();
  expect(mine.records.all()).toEqual([record(A, RUN1)]);
  expect(mine.records.changedElsewhere()).toBe(false);
  // What was not yet written is not lost by reading.
  expect(mine.stamps.get('file')).toEqual(stamp(1, 'x'));

  mine.records.commit(record(B, RUN1));
  other.records.reload();
  expect(other.records.all()).toEqual([record(A, RUN1), record(B, RUN1)]);
  fs.rmSync(path.join(folder, 'state'));
  expect(mine.records.changedElsewhere()).toBe(true);
});

test('another file of the same length in the same place is noticed', () => {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
  for (const one of [folder, elsewhere]) open(one).records.commit(record(A, RUN1));
  const mine = open(folder).records;
  expect(mine.all()).toHaveLength(1);
  // Written over in place, so that the inode stays.
  fs.writeFileSync(path.join(folder, 'state'), fs.readFileSync(path.join(elsewhere, 'state')));
  expect(mine.changedElsewhere()).toBe(true);
});

test('who writes without having looked again does not undo what another process wrote', () => {
  const folder = temporaryFolder();
  const [mine, other] = [open(folder), open(folder)];
  expect(mine.records.all()).toEqual([]);
  other.records.commit(record(A, RUN1));
  mine.records.commit(record(B, RUN1));
  expect(open(folder).records.all()).toEqual([record(A, RUN1), record(B, RUN1)]);
});
