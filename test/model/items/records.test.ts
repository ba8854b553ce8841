// Records as items: only what is a record with a key of its own is one.
import { expect, test } from 'vitest';
import type { TaskId } from '../../../src/base/brand.ts';
import { definitionParts } from '../../../src/model/fingerprint.ts';
import { items } from '../../../src/model/item-spec.ts';
import { itemProblems, taskForRecord, taskOfStage } from '../../../src/model/items/item-tasks.ts';
import { itemsIn } from '../../../src/model/items/records.ts';
import type { Stage } from '../../../src/model/stage.ts';
import { acceptedStage, faultsOfStage, rejected } from '../validation/sample-config.ts';

const entries = (doc: { entries: unknown }) => doc.entries;

function stageOf(select: (doc: never) => unknown = entries, more: object = {}): Stage {
  return acceptedStage({
    forEach: items('sow.json', select, { key: 'order' }),
    produces: ['out/{key}'],
    ...more,
  });
}

function found(stage: Stage, document: unknown) {
  if (stage.forEach?.kind !== 'records') throw new Error('no records');
  return itemsIn(stage.forEach, { value: document });
}

function tasksOf(stage: Stage, records: readonly object[]) {
  const result = found(stage, { entries: records });
  if (!result.ok) throw new Error(result.error.join());
  return result.value.map((item) => {
    const task = taskForRecord(stage, item);
    if (!task.ok) throw new Error(task.error);
    return task.value;
  });
}

test('each record is an item with its key as its name, and what it requires is not the document', () => {
  const stage = stageOf(entries, { requires: ['notes/{key}.md'] });
  expect(stage.requires.entries.map(({ glob }) => glob.text)).toEqual(['sow.json', 'notes/*.md']);
  const [one] = tasksOf(stage, [{ order: 7, title: 'x' }]);
  expect(one).toMatchObject({ id: 's:7', item: '7' });
  expect(one!.stage.requires.entries.map(({ glob }) => glob.text)).toEqual(['notes/7.md']);
  expect(one!.stage.produces!.entries.map(({ glob }) => glob.text)).toEqual(['out/7']);
  expect(one!.stage.item).toMatchObject({ value: { order: 7, title: 'x' }, captures: { key: '7' } });
});

test.each([
  [
    { id: 2 ** 53 },
    /^record 2 has at \/id the number 9007199254740993 \(line 5\), which would be passed on as 9007199254740992: /,
  ],
  [
    { 'a/b~': [0, { c: Number.NaN }] },
    /^record 2 has at \/a~1b~0\/1\/c the number \.nan \(line 6\), which JSON has no number for: /,
  ],
  // Of the function's own making.
  [{ x: 1 / 0 }, /^record 2 has at \/x the number Infinity, which JSON/],
])('a record with a number that stands for others as well is told: %j', (record, why) => {
  const { forEach } = stageOf();
  if (forEach?.kind !== 'records') throw new Error('no records');
  const value = {
    entries: [
      { order: 1, no: null },
      { order: 2, ...record },
    ],
  };
  const misread = [
    { value: 2 ** 53, written: '9007199254740993', line: 5 },
    { value: Number.NaN, written: '.nan', line: 6 },
  ];
  const result = itemsIn(forEach, { value, misread });
  expect(result).toEqual({ ok: false, error: [expect.stringMatching(why)] });
  // Elsewhere in the document it does no harm.
  expect(itemsIn(forEach, { value: { entries: [{ order: 2 ** 54, no: null }] }, misread }).ok).toBe(true);
});

test('a record with a collection that JSON has nothing for is told, and not passed on without what is in it', () => {
  const { forEach } = stageOf();
  if (forEach?.kind !== 'records') throw new Error('no records');
  const told = (record: object) =>
    itemsIn(forEach, { value: { entries: [{ order: 1, empty: {}, ...record }] } });
  expect(told({ a: [{ tags: new Set(['x']) }] })).toEqual({
    ok: false,
    error: ['record 1 has at /a/0/tags a Set, which JSON has nothing for: make it an array or an object'],
  });
  expect(told({ a: new Map([['x', 1]]) })).toMatchObject({
    error: [expect.stringMatching(/^record 1 has at \/a a Map/)],
  });
  expect(told({})).toMatchObject({ ok: true, value: [{ value: { order: 1, empty: {} } }] });
});

test('a task is the same as long as its record says the same, wherever it stands', () => {
  const stage = stageOf();
  const [a, b] = tasksOf(stage, [
    { order: 1, t: 'a' },
    { order: 2, t: 'b' },
  ]);
  const [b2, a2, c] = tasksOf(stage, [{ order: 2, t: 'b!' }, { order: 1, t: 'a' }, { order: 3 }]);
  expect(a2).toBe(a);
  expect(b2!.id).toBe(b!.id);
  const recordIn = ({ stage }: typeof b2 & object) =>
    definitionParts(stage, { passed: () => undefined, toolIdentities: [], code: null, platform: 'p' }).find(
      ({ name }) => name === 'record',
    )?.value;
  expect(recordIn(b2!)).not.toBe(recordIn(b!));
  expect(c!.id).toBe('s:3');
});

test.each([
  [() => 7, 'gives no array'],
  [
    () => {
      throw new Error('oh');
    },
    'throws: oh',
  ],
  [() => [7], 'record 1 is no object'],
  [() => [{ order: 1n }], 'record 1 is no object'],
  [() => [{ order: 1 }, { title: 'x' }], 'record 2 has no key "order"'],
  [() => [{ order: true }], 'the key "order" of record 1 is neither text nor a number'],
  [() => [{ order: 'a/b' }], 'is no name of a file'],
  [() => [{ order: 1 }, { order: 2 }, { order: '1' }], 'records 1 and 3 have the same key'],
])('what %s gives is refused: %s', (select, why) => {
  expect(found(stageOf(select), {})).toMatchObject({ ok: false, error: [expect.stringContaining(why)] });
});

test.each(['../x', '..', '', 'x'.repeat(256)])('no record has the key %j, so no task is named so', (key) => {
  expect(taskOfStage(stageOf(), `s:${key}` as TaskId)).toBe(null);
});

test('records may meet in what they make as files may', () => {
  const stage = stageOf(entries, { produces: ['out/all'] });
  expect(itemProblems(stage, tasksOf(stage, [{ order: 1 }, { order: 2 }]))).toMatchObject([
    { code: 'PIPE052' },
  ]);
});

test('items() needs a file within the root, a function and a key', () => {
  const wrong = (spec: object) =>
    faultsOfStage({ forEach: { kind: 'items', file: 'a.json', select: entries, key: 'k', ...spec } });
  expect(wrong({ file: '/etc/a.json' })).toEqual(['PIPE027 stages.s.forEach.file']);
  expect(wrong({ file: undefined })).toEqual(['PIPE012 stages.s.forEach.file']);
  expect(wrong({ key: undefined })).toEqual(['PIPE012 stages.s.forEach.key']);
  const keyless = (items as (file: string, select: unknown) => object)('a.json', entries);
  expect(faultsOfStage({ forEach: keyless })).toEqual(['PIPE012 stages.s.forEach.key']);
  expect(wrong({ select: 'x' })).toEqual(['PIPE011 stages.s.forEach.select']);
  expect(wrong({ more: 1 })).toEqual(['PIPE010 stages.s.forEach.more']);
  expect(faultsOfStage({ forEach: items('a.json', entries, { key: 'k' }), produces: ['{course}'] })).toEqual([
    'PIPE027 stages.s.produces[0]',
  ]);
});

test('what forEach can be is told where it is something else', () => {
  for (const forEach of [5, null, { file: 'sow.json' }])
    expect(rejected({ stages: { s: { run: 'make it', forEach } } })).toEqual([
      {
        code: 'PIPE011',
        message: expect.stringMatching(
          /^expected a pattern such as 'sow\/\{course\}\/\{order\}\.json', or items\(/,
        ),
        at: 'stages.s.forEach',
      },
    ]);
});

test('a function that takes records out of a document answers at once', () => {
  expect(
    found(
      stageOf(async () => []),
      {},
    ),
  ).toEqual({
    ok: false,
    error: ['the function that takes the records out of it gives a promise: it must answer at once'],
  });
});

test('all records that are wrong are told, up to ten', () => {
  const records = [{ order: 1 }, { order: 'a/b' }, {}, { order: 1 }, 7];
  expect(found(stageOf(), { entries: records })).toEqual({
    ok: false,
    error: [
      'the key "order" of record 2 is no name of a file',
      'record 3 has no key "order"',
      'records 1 and 4 have the same key, "order": 1',
      'record 5 is no object of plain data',
    ],
  });
  const many = found(stageOf(), { entries: Array.from({ length: 100 }, () => ({})) });
  expect(many.ok ? [] : many.error).toHaveLength(10);
});
