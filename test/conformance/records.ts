// What every adapter of the port `Records` must do, the fake one too.
import { expect, test } from 'vitest';
import type { FilePath, RunId, TaskId } from '../../src/base/brand.ts';
import type { Records } from '../../src/engine/ports.ts';
import { digest, entry, record } from '../store/samples.ts';

const [A, B] = ['a', 'b:item'] as [TaskId, TaskId];
const [RUN1, RUN2] = ['run-1', 'run-2'] as [RunId, RunId];

/** `makePlace` gives a new, empty workspace; each call of its answer is another process. */
export function recordsConform(name: string, makePlace: () => () => Records): void {
  const scene = (sentence: string, play: (open: () => Records) => void) =>
    test(`${name}: ${sentence}`, () => play(makePlace()));

  scene('nothing is on record at first', (open) => {
    const records = open();
    expect(records.memory(A)).toEqual({ kind: 'none' });
    expect(records.all()).toEqual([]);
    expect(records.changedElsewhere()).toBe(false);
  });

  scene('begin takes the record away and keeps it at hand; failed says that nothing lies around', (open) => {
    const records = open();
    records.commit(record(A, RUN1));
    records.begin(A, RUN2);
    const last = record(A, RUN1);
    for (const seen of [records, open()])
      expect(seen.memory(A)).toEqual({ kind: 'unfinished', runId: RUN2, leftovers: true, last });
    records.failed(A, RUN2);
    for (const seen of [records, open()]) {
      expect(seen.memory(A)).toEqual({ kind: 'unfinished', runId: RUN2, leftovers: false, last });
      expect(seen.all()).toEqual([]);
    }
  });

  scene(
    'a result that another one has overwritten does not stand, and what it was overwritten by is known',
    (open) => {
      const records = open();
      records.commit(record(A, RUN1));
      const overwritten = { path: 'out/x', params: 'a=1' };
      records.overwritten(A, RUN2, overwritten);
      const last = record(A, RUN1);
      for (const seen of [records, open()]) {
        expect(seen.memory(A)).toEqual({
          kind: 'unfinished',
          runId: RUN2,
          leftovers: false,
          last,
          overwritten,
        });
        expect([seen.all(), seen.killed(), seen.unfinished()]).toEqual([[], [], [A]]);
      }
      records.begin(A, RUN2);
      expect(open().memory(A)).toEqual({ kind: 'unfinished', runId: RUN2, leftovers: true, last });
    },
  );

  scene('commit ends an attempt, of this task alone', (open) => {
    const records = open();
    records.begin(A, RUN1);
    records.begin(B, RUN1);
    records.commit(record(A, RUN1));
    for (const seen of [records, open()]) {
      expect(seen.memory(A)).toEqual({ kind: 'done', record: record(A, RUN1) });
      expect(seen.memory(B).kind).toBe('unfinished');
      expect(seen.all()).toEqual([record(A, RUN1)]);
    }
  });

  scene('forget takes record and marker away, but not the knowledge of what was produced', (open) => {
    const records = open();
    records.commit(record(A, RUN1));
    records.begin(B, RUN1);
    records.forget(A);
    records.forget(B);
    for (const seen of [records, open()]) {
      expect([seen.memory(A).kind, seen.memory(B).kind]).toEqual(['none', 'none']);
      expect(seen.hasProduced('out/a.txt' as FilePath, digest('a run-1'))).toBe(true);
    }
  });

  scene('what a person made is not taken for produced', (open) => {
    const records = open();
    const outputs = [entry('mine', '1'), entry('pipes', '2')];
    const accepted = { by: 'ann', atMs: 5, reason: 'better', paths: ['mine'] };
    records.commit({ ...record(A, RUN1), outputs, accepted });
    for (const seen of [records, open()]) {
      expect(seen.hasProduced('mine' as FilePath, digest('1'))).toBe(false);
      expect(seen.hasProduced('pipes' as FilePath, digest('2'))).toBe(true);
      expect(seen.hasProduced('pipes' as FilePath, digest('1'))).toBe(false);
      expect(seen.hasProduced('mine' as FilePath, digest('2'))).toBe(false);
    }
  });

  scene('what a person made is not taken for produced where a tool left it as it was', (open) => {
    const records = open();
    const outputs = [entry('mine', '1'), entry('pipes', '2')];
    records.commit({ ...record(A, RUN1), outputs, handMade: ['mine'] });
    for (const seen of [records, open()]) {
      expect(seen.hasProduced('mine' as FilePath, digest('1'))).toBe(false);
      expect(seen.hasProduced('pipes' as FilePath, digest('2'))).toBe(true);
      expect(seen.memory(A)).toMatchObject({ record: { handMade: ['mine'] } });
    }
  });

  scene('what a failed attempt left in place is produced', (open) => {
    const records = open();
    records.begin(A, RUN1);
    records.failed(A, RUN1, [entry('half', '1')]);
    for (const seen of [records, open()]) {
      expect(seen.hasProduced('half' as FilePath, digest('1'))).toBe(true);
      expect(seen.memory(A)).toMatchObject({ kind: 'unfinished', leftovers: false });
    }
  });

  scene('what another process wrote is noticed, and known after reload', (open) => {
    const mine = open();
    expect(mine.memory(A).kind).toBe('none');
    const other = open();
    other.commit(record(A, RUN1));
    expect(other.changedElsewhere()).toBe(false);
    expect(mine.changedElsewhere()).toBe(true);
    expect(mine.memory(A).kind).toBe('none');
    mine.reload();
    expect(mine.changedElsewhere()).toBe(false);
    expect(mine.memory(A)).toEqual({ kind: 'done', record: record(A, RUN1) });
  });

  scene('one’s own writing is no change from elsewhere, and nobody’s lines are lost', (open) => {
    const mine = open();
    mine.begin(A, RUN1);
    mine.commit(record(A, RUN1));
    expect(mine.changedElsewhere()).toBe(false);
    const other = open();
    other.commit(record(B, RUN2));
    mine.reload();
    expect(mine.all().map((one) => one.task)).toEqual([A, B]);
  });
}
