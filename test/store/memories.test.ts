// Lists of what is remembered: of all tasks, and of those of one stage.
import { expect, test } from 'vitest';
import type { RunId, TaskId } from '../../src/base/brand.ts';
import { stageOfTask } from '../../src/model/task.ts';
import { Memories } from '../../src/store/memories.ts';
import { record } from './samples.ts';

const done = (task: string) => ({ kind: 'done', record: record(task, 'run-1') }) as const;
const unfinished = (last: string | null) =>
  ({
    kind: 'unfinished',
    runId: 'run-1' as RunId,
    leftovers: false,
    last: last === null ? null : record(last, 'run-0'),
  }) as const;

function set(memories: Memories, task: string, memory: ReturnType<typeof done | typeof unfinished>): void {
  memories.set(task as TaskId, memory);
}

test('the lists of a stage are those of all, as far as they tell of it, whatever comes, changes and goes', () => {
  const memories = new Memories();
  const stages = ['copy', 'copy?a=1', 'gather', 'gone'];
  const compare = () => {
    const { records, remembered, unfinished } = memories.all();
    for (const stage of stages) {
      const own = memories.of(stage);
      const isOwn = (task: TaskId) => stageOfTask(task) === stage;
      expect(own.records()).toEqual(records().filter(({ task }) => isOwn(task)));
      expect(own.remembered()).toEqual(remembered().filter(({ task }) => isOwn(task)));
      expect(own.unfinished()).toEqual(unfinished().filter(isOwn));
    }
    return remembered().map(({ task }) => task);
  };
  set(memories, 'gather', done('gather'));
  set(memories, 'copy:b', done('copy:b'));
  expect(compare()).toEqual(['copy:b', 'gather']);
  set(memories, 'copy:a', done('copy:a'));
  set(memories, 'copy?a=1:a', done('copy?a=1:a'));
  expect(compare()).toEqual(['copy:a', 'copy:b', 'copy?a=1:a', 'gather']);
  set(memories, 'copy:b', unfinished('copy:b'));
  set(memories, 'copy:c', unfinished(null));
  expect(compare()).toEqual(['copy:a', 'copy:b', 'copy?a=1:a', 'gather']);
  memories.delete('copy:a' as TaskId);
  memories.delete('gather' as TaskId);
  expect(compare()).toEqual(['copy:b', 'copy?a=1:a']);
  set(memories, 'copy:b', done('copy:b'));
  expect(compare()).toEqual(['copy:b', 'copy?a=1:a']);
});

test('a commit of one stage leaves the lists of the others as they are', () => {
  const memories = new Memories();
  for (const task of ['copy:a', 'copy:b', 'gather']) set(memories, task, done(task));
  const before = memories.of('copy').remembered();
  set(memories, 'gather', done('gather'));
  set(memories, 'new', done('new'));
  expect(memories.of('copy').remembered()).toBe(before);
  set(memories, 'copy:c', done('copy:c'));
  expect(memories.of('copy').remembered()).toHaveLength(3);
});
