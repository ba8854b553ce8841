// Records where stages have results for several values of parameters side by side.
import { expect, test } from 'vitest';
import type { Digest, FilePath, RunId, TaskId } from '../../src/base/brand.ts';
import { madeWithOtherParams, recordsFor } from '../../src/engine/combined-records.ts';
import type { Records } from '../../src/engine/ports.ts';
import type { TaskRecord } from '../../src/model/record.ts';
import { stageOfTask } from '../../src/model/task.ts';
import { validate } from '../../src/model/validation/validate.ts';
import { place } from '../model/validation/sample-config.ts';
import { FakeRecords, RecordShelf } from '../rig/fake-records.ts';

const run = 'run-1' as RunId;
const lesson = 'lesson' as TaskId;

/** `lesson` and its items in `page` have results by subject, `index` has one. */
const params = { subject: { type: 'string', choices: ['math', 'art', 'x'] } };
const stages = {
  lesson: { requires: 'in.txt', produces: ['out/{params.subject}.txt'], run: 'make lesson' },
  page: { forEach: 'in/{name}.txt', produces: ['pages/{params.subject}/{name}.txt'], run: 'make page' },
  index: { requires: 'in.txt', produces: ['index.txt'], run: 'make {params.subject}' },
};

function pipelineFor(subject: string, spec: object = { params, stages }) {
  const result = validate(spec, place, { params: { typed: [`subject=${subject}`], open: false } });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

class Shelf {
  readonly shelf = new RecordShelf();

  as(subject: string, spec?: object): Records {
    return recordsFor(new FakeRecords(this.shelf), pipelineFor(subject, spec));
  }

  get plain(): Records {
    return new FakeRecords(this.shelf);
  }
}

function record(task: string, ...outputs: readonly string[]): TaskRecord {
  const entries = outputs.map((path) => ({
    path: path as FilePath,
    kind: 'file' as const,
    executable: false,
    digest: 'd' as Digest,
    sizeBytes: 1,
  }));
  return { task: task as TaskId, runId: run, outputs: entries } as unknown as TaskRecord;
}

const idsOf = (records: readonly TaskRecord[]) => records.map(({ task }) => task).sort();

test('each value has its own result, under the name of the stage', () => {
  const shelf = new Shelf();
  shelf.as('math').commit(record('lesson', 'out/math.txt'));
  expect(shelf.as('art').memory(lesson).kind).toBe('none');
  shelf.as('art').commit(record('lesson', 'out/art.txt'));
  expect(shelf.as('math').memory(lesson)).toMatchObject({
    kind: 'done',
    record: { task: 'lesson', outputs: [{ path: 'out/math.txt' }] },
  });
  shelf.as('art').forget(lesson);
  expect(shelf.as('art').memory(lesson).kind).toBe('none');
  expect(shelf.as('math').memory(lesson).kind).toBe('done');
});

test('a stage whose outputs have no parameter in their paths has one result', () => {
  const shelf = new Shelf();
  shelf.as('math').commit(record('index', 'index.txt'));
  expect(shelf.as('art').memory('index' as TaskId).kind).toBe('done');
});

test('results for other values are not among the present ones, and are known as made', () => {
  const shelf = new Shelf();
  for (const subject of ['math', 'art']) {
    shelf.as(subject).commit(record('lesson', `out/${subject}.txt`));
    shelf.as(subject).commit(record('page:in/1.txt', `pages/${subject}/1.txt`));
  }
  const records = shelf.as('art');
  expect(idsOf(records.remembered())).toEqual(['lesson', 'page:in/1.txt']);
  expect(idsOf(records.all())).toEqual(['lesson', 'page:in/1.txt']);
  expect(idsOf(records.withOtherParams())).toEqual(['lesson?subject=math', 'page?subject=math:in/1.txt']);
  const isOfOthers = madeWithOtherParams(records);
  expect(
    ['out/math.txt', 'out/art.txt', 'pages/math/1.txt'].map((path) => isOfOthers(path as FilePath)),
  ).toEqual([true, false, true]);
});

test('what nobody can ask for any more is left over: a value that is no choice, and results from before there were parameters', () => {
  const shelf = new Shelf();
  shelf.as('math').commit(record('lesson', 'out/math.txt'));
  shelf.plain.commit(record('lesson', 'out/lesson.txt'));
  shelf.plain.commit(record('page:in/1.txt', 'pages/1.txt'));
  const fewer = shelf.as('art', { params: { subject: { type: 'string', choices: ['art'] } }, stages });
  expect(fewer.withOtherParams()).toEqual([]);
  const left = ['lesson?', 'lesson?subject=math', 'page?:in/1.txt'];
  expect(idsOf(fewer.remembered())).toEqual(left);
  // By the same names they go.
  for (const id of left) fewer.forget(id as TaskId);
  expect(shelf.plain.remembered()).toEqual([]);
});

test('where two values have a path in common, the result of the other one does not stand any more', () => {
  const shelf = new Shelf();
  const owned = { ...stages, lesson: { ...stages.lesson, produces: ['out/*{params.subject}.txt'] } };
  const spec = { params, stages: owned };
  shelf.as('math', spec).commit(record('lesson', 'out/math.txt'));
  shelf.as('x', spec).commit(record('lesson', 'out/matx.txt'));
  shelf.as('art', spec).begin(lesson, run, ['out/*art.txt']);
  expect(shelf.as('math', spec).memory(lesson).kind).toBe('done');
  shelf.as('art', spec).begin(lesson, run, ['out/mat*.txt']);
  expect(shelf.as('math', spec).memory(lesson)).toMatchObject({
    ...{ kind: 'unfinished', leftovers: false },
    overwritten: { path: 'out/math.txt', params: 'subject=art' },
  });
  expect(shelf.as('x', spec).memory(lesson).kind).toBe('unfinished');
});

test('of those that share a path, patterns are asked as for files: what is taken out of them, and whose stage it is', () => {
  const shelf = new Shelf();
  shelf.as('math').commit(record('page:in/1.txt', 'pages/a/1.txt', 'pages/a/2.txt'));
  shelf.as('math').commit(record('page:in/2.txt', 'pages/b/1.txt'));
  shelf.as('math').commit(record('lesson', 'pages/a/1.txt'));
  shelf.as('art').begin('page:in/1.txt' as TaskId, run, ['pages/*/?.txt', '!pages/b/*']);
  const math = shelf.as('math');
  expect(math.memory('page:in/1.txt' as TaskId)).toMatchObject({ overwritten: { path: 'pages/a/1.txt' } });
  const others = ['page:in/2.txt', 'lesson'].map((task) => math.memory(task as TaskId).kind);
  expect(others).toEqual(['done', 'done']);
});

test('what was made for other values is listed once, however many begin, and again when records are read again', () => {
  const shelf = new Shelf();
  shelf.as('math').commit(record('page:in/1.txt', 'pages/1.txt'));
  let lists = 0;
  const below = new FakeRecords(shelf.shelf);
  const remembered = below.remembered.bind(below);
  below.remembered = (...asked) => {
    lists++;
    return remembered(...asked);
  };
  const art = recordsFor(below, pipelineFor('art'));
  for (const item of ['a', 'b', 'c']) art.begin(`page:${item}` as TaskId, run, [`pages/${item}`]);
  expect(lists).toBe(1);
  shelf.as('math').commit(record('page:in/2.txt', 'pages/2.txt'));
  art.reload();
  art.begin('page:d' as TaskId, run, ['pages/2.txt']);
  expect(shelf.as('math').memory('page:in/2.txt' as TaskId).kind).toBe('unfinished');
});

test('attempts that were killed with other values are told of', () => {
  const shelf = new Shelf();
  shelf.as('math').begin(lesson, run, ['out/math.txt']);
  expect(shelf.as('math').killed()).toEqual([{ task: 'lesson', produces: ['out/math.txt'] }]);
  const [killed] = shelf.as('art').killed();
  expect(killed).toEqual({ task: 'lesson?subject=math', produces: ['out/math.txt'] });
  shelf.as('art').failed(killed!.task, run);
  expect(shelf.as('math').killed()).toEqual([]);
  expect(shelf.as('math').unfinished()).toEqual(['lesson']);
});

test('of one stage, the same is told as of all, as far as it concerns the stage', () => {
  const shelf = new Shelf();
  for (const subject of ['math', 'art']) {
    const records = shelf.as(subject);
    for (const task of ['lesson', 'page:in/1.txt', 'page:in/2.txt', 'index'])
      records.commit(record(task, `out/${subject}`));
    records.begin('page:in/3.txt' as TaskId, run);
    records.begin('index' as TaskId, run);
  }
  shelf.plain.commit(record('lesson', 'out/old.txt'));
  shelf.plain.commit(record('removed', 'removed.txt'));
  const records = shelf.as('art');
  for (const stage of ['lesson', 'lesson?', 'page', 'index', 'removed', 'never']) {
    const ofStage = (id: TaskId) => stageOfTask(id) === stage;
    expect(idsOf(records.remembered(stage))).toEqual(idsOf(records.remembered()).filter(ofStage));
    expect(records.unfinished(stage)).toEqual(records.unfinished().filter(ofStage));
  }
  expect(idsOf(records.remembered('page'))).toEqual(['page:in/1.txt', 'page:in/2.txt']);
  expect(records.unfinished('page')).toEqual(['page:in/3.txt']);
});
