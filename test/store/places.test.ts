// A part of the state that is read by its places: of its tasks it says what the whole says, and goes on as the whole would.
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FilePath, RunId, TaskId } from '../../src/base/brand.ts';
import { type OpenState, openState } from '../../src/store/open-state.ts';
import { type PlacedLines, type Places, placesIn } from '../../src/store/places.ts';
import { digest, open, record, stamp } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const runId = 'run-2' as RunId;
const tasks = ['a', 'b', 'ü-c', 'ab:"\\'] as const;

const step = fc.record({
  kind: fc.constantFrom('commit', 'begin', 'failed', 'forget', 'stamp', 'tool'),
  task: fc.constantFrom(...tasks),
  n: fc.nat(3),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function write(state: OpenState, { kind, task, n }: Step): void {
  const id = task as TaskId;
  if (kind === 'commit') state.records.commit(record(id, `run-${n}`, n * 40));
  else if (kind === 'begin') state.records.begin(id, runId, ['out/**']);
  else if (kind === 'failed') state.records.failed(id, runId);
  else if (kind === 'forget') state.records.forget(id);
  else if (kind === 'tool') state.tools.put(task, `${n}`);
  else state.stamps.put(`in/${task}.txt`, stamp(n, `${n}`));
}

function bytesOf(folder: string): Buffer {
  return fs.readFileSync(path.join(folder, 'state'));
}

/** Of those of these tasks whose records stand. */
function placedIn(folder: string, places: Places, of: readonly string[]): PlacedLines {
  const { ino, size } = fs.statSync(path.join(folder, 'state'));
  const at = [...places.tools, ...of.flatMap((task) => places.records.get(task) ?? [])];
  return { boot: places.boot, last: places.last, inode: ino, sizeBytes: size, at };
}

function placedPart(folder: string, wanted: readonly string[], placed: PlacedLines): OpenState {
  const onTrouble = (message: string) => {
    throw new Error(message);
  };
  return openState({ folder, bootId: 'boot', onTrouble, tasks: () => wanted, placed });
}

test('records are found by their places, and what is written after them follows on', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.nat(), (steps, cut) => {
      const folder = temporaryFolder();
      const state = open(folder);
      state.records.commit(record('first', 'run-1'));
      for (const one of steps) write(state, one);
      state.save();
      state.close();
      const bytes = bytesOf(folder);
      const places = placesIn(bytes, 0, null)!;
      const all = open(folder);
      for (const task of tasks) {
        const stands = all.records.memory(task as TaskId).kind === 'done';
        expect(typeof places.records.get(task) === 'number').toBe(stands);
      }
      // The same, of what was known up to some line and what has come since.
      const ends = [...bytes.keys()].filter((at) => bytes[at] === 10);
      const from = ends[cut % ends.length]! + 1;
      const before = placesIn(bytes.subarray(0, from), 0, null)!;
      expect(placesIn(bytes.subarray(from), from, before)).toEqual(places);

      const standing = tasks.filter((task) => typeof places.records.get(task) === 'number');
      const few = placedPart(folder, standing, placedIn(folder, places, standing));
      for (const task of standing) {
        const known = all.records.memory(task as TaskId);
        expect(few.records.memory(task as TaskId)).toEqual(known);
      }
      for (const tool of tasks) expect(few.tools.get(tool)).toBe(all.tools.get(tool));
      few.records.begin('first' as TaskId, runId);
      few.records.commit(record('first', 'run-9'));
      few.stamps.put('in/a.txt', stamp(9, 'new'));
      few.save();
      few.close();
      const after = open(folder);
      expect(after.records.memory('first' as TaskId)).toEqual({
        kind: 'done',
        record: record('first', 'run-9'),
      });
      expect(after.stamps.get('in/a.txt')).toEqual(stamp(9, 'new'));
      for (const task of tasks)
        expect(after.records.memory(task as TaskId)).toEqual(all.records.memory(task as TaskId));
    }),
    { numRuns: 40 },
  );
});

function written(): { readonly folder: string; readonly places: Places } {
  const folder = temporaryFolder();
  const state = open(folder);
  for (const run of ['run-1', 'run-2']) state.records.commit(record('a', run));
  state.stamps.put('/elsewhere', stamp(1, 'one'));
  state.stamps.put('in/a.txt', stamp(1, 'one'));
  state.save();
  state.close();
  return { folder, places: placesIn(bytesOf(folder), 0, null)! };
}

test('only all of the file says that a content was never made, and what lies at the ends of links', () => {
  const { folder, places } = written();
  const part = () => placedPart(folder, ['a'], placedIn(folder, places, ['a']));
  expect(part().records.hasProduced('out/a.txt' as FilePath, digest('a run-1'))).toBe(true);
  expect(part().records.hasProduced('out/a.txt' as FilePath, digest('a run-0'))).toBe(false);
  expect(part().stamps.get('in/a.txt')).toBeUndefined();
  expect(part().stamps.get('/elsewhere')).toEqual(stamp(1, 'one'));
});

test('a file that has grown, or has something else in the place of a record, is read as a whole', () => {
  const { folder, places } = written();
  const placed = placedIn(folder, places, ['a']);
  const other = { ...placed, at: [placed.at[0]! - 1] };
  expect(placedPart(folder, ['a'], other).records.memory('a' as TaskId)).toEqual({
    kind: 'done',
    record: record('a', 'run-2'),
  });
  const writer = open(folder);
  writer.records.begin('a' as TaskId, runId);
  writer.close();
  expect(placedPart(folder, ['a'], placed).records.memory('a' as TaskId).kind).toBe('unfinished');
});

test('what may come to be asked for is read then, and stands as if all had been read', () => {
  const { folder, places } = written();
  const later = new Map([['a', places.records.get('a')!]]);
  const placed = { ...placedIn(folder, places, []), later: (task: string) => later.get(task) };
  const done = { kind: 'done', record: record('a', 'run-2') };
  const asked = placedPart(folder, ['a'], placed);
  expect(asked.records.remembered()).toEqual([]);
  expect([1, 2].map(() => asked.records.memory('a' as TaskId))).toEqual([done, done]);
  expect(asked.records.remembered()).toEqual([record('a', 'run-2')]);

  // Where something else stands there, all is read.
  const elsewhere = { ...placed, later: () => later.get('a')! - 1 };
  expect(placedPart(folder, ['a'], elsewhere).records.memory('a' as TaskId)).toEqual(done);

  // What is written of it follows on what the file says.
  const writer = placedPart(folder, ['a'], placed);
  writer.records.begin('a' as TaskId, runId);
  const begun = { kind: 'unfinished', runId, leftovers: true, last: record('a', 'run-2') };
  expect(writer.records.memory('a' as TaskId)).toEqual(begun);
  writer.close();
  expect(open(folder).records.memory('a' as TaskId)).toEqual(begun);
});

test.each([
  ['a line is missing', (lines: readonly string[]) => [lines[0]!, ...lines.slice(2)].join('')],
  ['the last line is cut', (lines: readonly string[]) => lines.join('').slice(0, -1)],
  ['another file was put before', (lines: readonly string[]) => [lines[0]!, ...lines].join('')],
])('where %s, nothing is known of places', (_, damaged) => {
  const { folder } = written();
  const lines = bytesOf(folder)
    .toString()
    .split(/(?<=\n)/);
  expect(placesIn(Buffer.from(damaged(lines)), 0, null)).toBeNull();
});
