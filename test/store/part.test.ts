// A state of which only some tasks are asked: what it says of these is what the whole says.
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FilePath, RunId, TaskId } from '../../src/base/brand.ts';
import { openState } from '../../src/store/open-state.ts';
import { digest, open, record, stamp } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const runId = 'run-2' as RunId;
const tasks = ['a', 'b', 'ü-c', 'ab:"\\'] as const;
/** Names that could be mistaken for more than a name. */
const paths = ['in/a.txt', 'x"]', '["in/a.txt","file",', 'back\\slash', 'ünï', 'in/a.txt.more'] as const;

function part(folder: string, wanted: readonly string[], bootId = 'boot') {
  const onTrouble = (message: string) => {
    throw new Error(message);
  };
  return openState({ folder, bootId, onTrouble, tasks: () => wanted });
}

const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom('commit', 'begin', 'failed', 'forget'),
    task: fc.constantFrom(...tasks),
    n: fc.nat(3),
  }),
  fc.record({ kind: fc.constant('stamp' as const), path: fc.constantFrom(...paths), n: fc.nat(3) }),
);

test('whatever was written, a part answers as the whole, and what it writes the whole reads', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.subarray([...tasks]), (steps, wanted) => {
      const folder = temporaryFolder();
      const state = open(folder);
      for (const one of steps) {
        if (one.kind === 'stamp') state.stamps.put(one.path, stamp(one.n, `${one.path} ${one.n}`));
        else {
          const id = one.task as TaskId;
          if (one.kind === 'commit') state.records.commit(record(id, `run-${one.n}`));
          else if (one.kind === 'begin') state.records.begin(id, runId);
          else if (one.kind === 'failed') state.records.failed(id, runId);
          else state.records.forget(id);
        }
      }
      state.save();
      state.close();
      const [few, all] = [part(folder, wanted), open(folder)];
      for (const task of wanted)
        expect(few.records.memory(task as TaskId)).toEqual(all.records.memory(task as TaskId));
      for (const file of paths) expect(few.stamps.get(file)).toEqual(all.stamps.get(file));
      for (const task of tasks)
        for (let n = 0; n <= 3; n++) {
          const [file, content] = [`out/${task}.txt` as FilePath, digest(`${task} run-${n}`)];
          // A negative answer is one of all that there is.
          expect(part(folder, wanted).records.hasProduced(file, content)).toBe(
            all.records.hasProduced(file, content),
          );
        }
      const writer = part(folder, ['a']);
      writer.records.begin('a' as TaskId, runId);
      writer.records.commit(record('a', 'run-9'));
      writer.stamps.put('in/a.txt', stamp(9, 'new'));
      writer.save();
      writer.close();
      const after = open(folder);
      expect(after.records.memory('a' as TaskId)).toEqual({ kind: 'done', record: record('a', 'run-9') });
      expect(after.stamps.get('in/a.txt')).toEqual(stamp(9, 'new'));
      for (const task of tasks.slice(1))
        expect(after.records.memory(task as TaskId)).toEqual(all.records.memory(task as TaskId));
    }),
    { numRuns: 60 },
  );
});

test('a stage that is named as a kind of files is no stamp', () => {
  const folder = temporaryFolder();
  const state = open(folder);
  for (const file of ['b', 'c', 'x']) state.stamps.put(file, stamp(1, file));
  state.records.begin('file' as TaskId, runId, ['out/**']);
  state.records.failed('file' as TaskId, runId);
  state.records.commit(record('file', 'run-1'));
  state.records.begin('file' as TaskId, runId, ['out/**']);
  state.save();
  state.close();
  const few = part(folder, ['a']);
  for (const file of ['b', 'c', 'x']) expect(few.stamps.get(file)).toEqual(stamp(1, file));
});

test('of another boot no stamp counts, though it stands in the file', () => {
  const folder = temporaryFolder();
  const state = open(folder);
  state.records.commit(record('a', 'run-1'));
  state.stamps.put('in/a.txt', stamp(1, 'one'));
  state.save();
  state.close();
  expect(part(folder, ['a']).stamps.get('in/a.txt')).toEqual(stamp(1, 'one'));
  expect(part(folder, ['a'], 'boot-2').stamps.get('in/a.txt')).toBeUndefined();
});

test('where the disk refuses a line, all is known before the file is replaced', () => {
  const folder = temporaryFolder();
  const state = open(folder);
  for (const task of tasks) state.records.commit(record(task, 'run-1'));
  state.close();
  let refusals = 1;
  const refusing = { ...fs };
  const io = Object.assign(refusing, {
    writeSync: ((fd: number, ...rest: readonly unknown[]) => {
      if (refusals-- > 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      return (fs.writeSync as (...args: readonly unknown[]) => number)(fd, ...rest);
    }) as typeof fs.writeSync,
  });
  const few = openState({ folder, bootId: 'boot', onTrouble: () => {}, tasks: () => ['a'], io });
  few.records.begin('a' as TaskId, runId);
  few.close();
  const after = open(folder);
  expect(after.records.memory('a' as TaskId).kind).toBe('unfinished');
  for (const task of tasks.slice(1))
    expect(after.records.memory(task as TaskId)).toEqual({ kind: 'done', record: record(task, 'run-1') });
  expect(fs.existsSync(path.join(folder, 'state'))).toBe(true);
});
