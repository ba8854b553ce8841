// A disk that is full, read-only or broken costs memory of what was done, never truth.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RunId, TaskId } from '../../src/base/brand.ts';
import type { LogIo } from '../../src/store/log-io.ts';
import { openState } from '../../src/store/open-state.ts';
import { open, record, stamp } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const [A, B] = ['a', 'b'] as [TaskId, TaskId];
const [RUN1, RUN2] = ['run-1', 'run-2'] as [RunId, RunId];

/** The real thing, but each call is asked about first; a write that fails has written half. */
function refusingIo(refuses: (name: keyof LogIo) => boolean): LogIo {
  const refuse = (name: keyof LogIo): void => {
    if (refuses(name))
      throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC' });
  };
  const guarded = <K extends keyof LogIo>(name: K): LogIo[K] =>
    ((...args: unknown[]) => {
      refuse(name);
      return (fs[name] as (...args: unknown[]) => unknown)(...args);
    }) as LogIo[K];
  return {
    openSync: guarded('openSync'),
    fsyncSync: guarded('fsyncSync'),
    ftruncateSync: guarded('ftruncateSync'),
    closeSync: guarded('closeSync'),
    renameSync: guarded('renameSync'),
    unlinkSync: guarded('unlinkSync'),
    truncateSync: guarded('truncateSync'),
    mkdirSync: guarded('mkdirSync'),
    writeSync: ((fd: number, bytes: Buffer, from: number, length: number) => {
      try {
        refuse('writeSync');
      } catch (problem) {
        fs.writeSync(fd, bytes, from, length >> 1);
        throw problem;
      }
      // Short writes are legal.
      return fs.writeSync(fd, bytes, from, Math.min(length, 100));
    }) as LogIo['writeSync'],
  };
}

function openRefusing(folder: string, refuses: (name: keyof LogIo) => boolean) {
  const troubles: string[] = [];
  const io = refusingIo(refuses);
  const state = openState({ folder, bootId: 'boot', io, onTrouble: (message) => troubles.push(message) });
  return { ...state, troubles };
}

test('a new state file is on the disk before it gets its name', () => {
  const calls: string[] = [];
  const { records, save } = openRefusing(temporaryFolder(), (name) => {
    calls.push(name);
    return false;
  });
  records.begin(A, RUN1);
  records.commit(record(A, RUN1));
  save();
  const named = calls.indexOf('renameSync');
  expect(calls.lastIndexOf('fsyncSync', named)).toBe(named - 1);
});

test('a commit that cannot be written leaves the start marker, and is told once', () => {
  const folder = temporaryFolder();
  let full = false;
  const { records, troubles } = openRefusing(folder, (name) => full && name === 'writeSync');
  records.begin(A, RUN1);
  records.begin(B, RUN1);
  full = true;
  records.commit(record(A, RUN1));
  records.commit(record(A, RUN1));
  expect(records.all()).toEqual([record(A, RUN1)]);
  expect(troubles).toEqual([expect.stringContaining('no space left')]);
  expect(open(folder).records.memory(A)).toMatchObject({ kind: 'unfinished', leftovers: true });

  full = false;
  records.commit(record(B, RUN1));
  expect(open(folder).records.all()).toEqual([record(B, RUN1)]);
});

test('half a line that cannot be taken back is left behind', () => {
  const folder = temporaryFolder();
  let broken = false;
  const { records } = openRefusing(
    folder,
    (name) => broken && (name === 'writeSync' || name === 'ftruncateSync'),
  );
  records.begin(A, RUN1);
  broken = true;
  records.commit(record(A, RUN1));
  broken = false;
  records.commit(record(B, RUN1));
  expect(records.changedElsewhere()).toBe(false);
  expect(open(folder).records.all()).toEqual([record(B, RUN1)]);
});

test.each([
  ['removed', ['writeSync']],
  ['emptied', ['writeSync', 'unlinkSync']],
] as const)('where a start marker cannot be written, the state file is %s', (_, refused) => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'state');
  let full = false;
  const state = openRefusing(folder, (name) => full && (refused as readonly string[]).includes(name));
  state.records.commit(record(A, RUN1));
  state.records.commit(record(B, RUN1));
  full = true;
  state.records.begin(A, RUN2);
  expect(open(folder).records.all()).toEqual([]);
  expect(fs.existsSync(file) ? fs.statSync(file).size : 0).toBe(0);
  expect(state.records.all()).toEqual([record(B, RUN1)]);

  // There is room again by the end of the run.
  full = false;
  state.records.commit(record(A, RUN2));
  expect(state.unsaved()).toBe(true);
  state.save();
  expect(open(folder).records.all()).toEqual([record(A, RUN2), record(B, RUN1)]);
});

test('a state folder that cannot exist costs the memory only', () => {
  const blocked = path.join(temporaryFolder(), 'file');
  fs.writeFileSync(blocked, '');
  const { records, stamps, troubles, save, close } = openRefusing(path.join(blocked, 'state'), () => false);
  records.begin(A, RUN1);
  records.commit(record(A, RUN1));
  stamps.put('file', stamp(1, 'x'));
  save();
  close();
  expect(records.all()).toEqual([record(A, RUN1)]);
  expect(troubles).toHaveLength(1);
});

test('whichever call fails, once or from then on, the file claims only what is true', () => {
  for (const forever of [false, true]) {
    for (let failing = 1, hit = true; hit; failing++) {
      const folder = temporaryFolder();
      open(folder).records.commit(record('old', RUN1));
      let calls = 0;
      hit = false;
      const state = openRefusing(folder, (name) => {
        // Emptying the file is the last means; where that fails too, nothing can be promised.
        if (name === 'truncateSync') return false;
        calls++;
        const fails = calls === failing || (forever && calls > failing);
        hit ||= fails;
        return fails;
      });
      const { records } = state;
      const check = (): void => {
        const standing = records.all();
        for (const claimed of open(folder).records.all()) expect(standing).toContainEqual(claimed);
      };
      const steps = [
        () => records.begin(A, RUN1),
        () => records.commit(record(A, RUN1)),
        () => records.begin('old' as TaskId, RUN2),
        () => records.begin(A, RUN2),
        () => records.commit(record(A, RUN2)),
        () => records.forget(A),
        () => records.commit(record(B, RUN2)),
        () => state.save(),
      ];
      for (const step of steps) {
        step();
        check();
      }
      if (!hit) expect(open(folder).records.all()).toEqual([record(B, RUN2)]);
    }
  }
});
