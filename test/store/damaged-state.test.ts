// Whatever happens to the state file: no exception, and no record that an attempt has undone.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { FilePath, RunId, TaskId } from '../../src/base/brand.ts';
import type { TaskRecord } from '../../src/model/record.ts';
import { compiled, startChild } from './child.ts';
import { digest, open, record, stamp } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const [A, B, C, D] = ['a', 'b', 'c', 'd'] as [TaskId, TaskId, TaskId, TaskId];
const [RUN1, RUN2] = ['run-1', 'run-2'] as [RunId, RunId];

/** A small history; `claims[n]` are the records that stand after n bytes, for each n that ends a line. */
function smallState() {
  const folder = temporaryFolder();
  const file = path.join(folder, 'state');
  const state = open(folder);
  const { records } = state;
  const claims = new Map<number, readonly TaskRecord[]>();
  const steps = [
    () => records.begin(A, RUN1),
    () => records.commit(record(A, RUN1)),
    () => records.commit(record(B, RUN1)),
    () => records.commit(record(C, RUN1)),
    () => records.begin(A, RUN2),
    () => records.forget(C),
    () => records.commit(record(A, RUN2)),
    () => records.begin(B, RUN2),
    () => records.commit(record(D, RUN2)),
    () => records.failed(B, RUN2),
  ];
  for (const step of steps) {
    step();
    claims.set(fs.statSync(file).size, records.all());
  }
  return { folder, file, claims, bytes: fs.readFileSync(file) };
}

test('a state file that is cut at any byte claims what stood there, or nothing', () => {
  const { folder, file, claims, bytes } = smallState();
  const headerEnd = bytes.indexOf(10) + 1;
  for (let length = 0; length < bytes.length; length++) {
    fs.writeFileSync(file, bytes.subarray(0, length));
    const standing = claims.get(length) ?? [];
    const { records } = open(folder);
    expect(records.all(), `cut at ${length}`).toEqual(standing);
    // What is cut within a line may have been a start marker, so nobody is done.
    if (length > headerEnd && !claims.has(length) && records.memory(A).kind !== 'none')
      expect(records.memory(A), `cut at ${length}`).toMatchObject({ kind: 'unfinished' });

    // And life goes on.
    records.begin(C, RUN2);
    records.commit(record(C, RUN2));
    const expected = [...standing.filter((one) => one.task !== C), record(C, RUN2)];
    expect(open(folder).records.all(), `cut at ${length}, then written`).toEqual(
      expected.sort((a, b) => (a.task < b.task ? -1 : 1)),
    );
  }
});

test.each([0x01, 0x20, 0x80])(
  'a state file with a flipped byte (%i) claims nothing that does not stand',
  (mask) => {
    const { folder, file, claims, bytes } = smallState();
    const standing = claims.get(bytes.length)!;
    expect(standing).toEqual([record(A, RUN2), record(D, RUN2)]);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= mask;
      fs.writeFileSync(file, flipped);
      for (const claimed of open(folder).records.all())
        expect(standing, `byte ${at}`).toContainEqual(claimed);
    }
  },
);

test('a line that is missing altogether takes away all claims before it', () => {
  const { folder, file, bytes } = smallState();
  const lines = bytes.toString().split('\n').slice(0, -1);
  for (let gone = 1; gone < lines.length; gone++) {
    fs.writeFileSync(file, `${lines.filter((_, i) => i !== gone).join('\n')}\n`);
    const claimed = open(folder).records.all();
    // The last line has none after it that could miss it.
    if (gone < lines.length - 1)
      for (const one of claimed) expect([record(A, RUN2), record(D, RUN2)]).toContainEqual(one);
  }
});

test('records after a bad line count, records before it are only remembered', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'state');
  const state = open(folder);
  state.stamps.put('file', stamp(1, 'x'));
  state.records.commit(record(A, RUN1));
  state.records.begin(B, RUN1);
  const bad = fs.statSync(file).size;
  state.records.commit(record(C, RUN1));
  state.records.commit(record(D, RUN1));
  const bytes = fs.readFileSync(file);
  bytes[bad + 30]! ^= 1;
  fs.writeFileSync(file, bytes);

  const { records, stamps } = open(folder);
  expect(records.all()).toEqual([record(D, RUN1)]);
  // Not `leftovers`: nobody knows whose the files are, so they are to be kept.
  expect(records.memory(A)).toEqual({
    kind: 'unfinished',
    runId: RUN1,
    leftovers: false,
    last: record(A, RUN1),
  });
  expect(records.memory(B)).toEqual({ kind: 'unfinished', runId: RUN1, leftovers: false, last: null });
  expect(records.memory(C)).toEqual({ kind: 'none' });
  expect(stamps.get('file')).toBeUndefined();
  expect(records.hasProduced('out/a.txt' as FilePath, digest('a run-1'))).toBe(true);
});

test.each([
  ['another version', (text: string) => text.replace('"format":1', '"format":2')],
  ['no state at all', () => 'hello\nworld\n'],
  ['nothing', () => ''],
  ['zeros', () => '\0'.repeat(5000)],
])('a file with %s in it is as none, and is replaced by the first record', (_, damage) => {
  const { folder, file, bytes } = smallState();
  fs.writeFileSync(file, damage(bytes.toString()));
  const { records } = open(folder);
  expect(records.memory(A)).toEqual({ kind: 'none' });
  expect(fs.readFileSync(file, 'utf8')).toBe(damage(bytes.toString()));
  records.commit(record(B, RUN2));
  expect(open(folder).records.all()).toEqual([record(B, RUN2)]);
});

test('after SIGKILL in the middle of writing, nothing is claimed that had begun anew', async () => {
  const program = compiled(new URL('./appending.child.ts', import.meta.url), temporaryFolder());
  for (const steps of [1, 2, 40, 301]) {
    const folder = temporaryFolder();
    const child = startChild(program, [folder]);
    for (let i = 0; i < steps; i++) await child.hear();
    child.signal('SIGKILL');
    await child.ended;
    const { records } = open(folder);
    // All that it still said before it died, too: of each task the last step.
    const said = new Map<string, string>();
    for (let line = await child.hear(); line !== null; line = await child.hear()) {
      const [step, task, runId] = line.split(' ');
      said.set(task!, `${step} ${runId}`);
    }
    for (const { task, runId } of records.all())
      if (said.has(task)) expect([`begin ${runId}`, `commit ${runId}`]).toContain(said.get(task));
    records.commit(record('after', RUN1));
    expect(open(folder).records.memory('after' as TaskId).kind).toBe('done');
  }
});
