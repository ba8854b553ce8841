// Fresh or stale, and why.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Digest, FilePath, RunId, TaskId } from '../../src/base/brand.ts';
import { judgeByHash, judgeByTimes, type Present, withReason } from '../../src/model/judge.ts';
import { sameManifest } from '../../src/model/manifest.ts';
import type { FingerprintPart, Memory, TaskRecord } from '../../src/model/record.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { entry, manifests } from './manifest-samples.ts';

const parts: readonly FingerprintPart[] = [{ name: 'command', value: 'make it' }];
const nothing: Present = { parts, inputs: [], outputs: [] };

function recordOf(present: Partial<Present>): TaskRecord {
  return {
    task: 'a' as TaskId,
    fingerprint: 'f' as Digest,
    runId: 'run' as RunId,
    finishedAtMs: 0,
    durationMs: 0,
    metrics: {},
    ...nothing,
    ...present,
  };
}

const done = (present: Partial<Present> = {}): Memory => ({ kind: 'done', record: recordOf(present) });
const unfinished = (last: TaskRecord | null, leftovers = true): Memory => ({
  kind: 'unfinished',
  runId: 'run' as RunId,
  leftovers,
  last,
});
const reasons = (verdict: Verdict) => (verdict.kind === 'fresh' ? [] : verdict.reasons);

const presents: fc.Arbitrary<Present> = fc.record({
  parts: fc
    .uniqueArray(fc.constantFrom('command', 'env A', 'code'), { maxLength: 3 })
    .chain((names) =>
      fc.tuple(
        ...names.map((name) => fc.record({ name: fc.constant(name), value: fc.constantFrom('1', '2') })),
      ),
    ),
  inputs: manifests,
  outputs: manifests,
});

test('fresh means: equal parts, equal inputs, exactly the recorded outputs', () => {
  fc.assert(
    fc.property(presents, presents, (was, now) => {
      const same =
        JSON.stringify([...was.parts].sort(byName)) === JSON.stringify([...now.parts].sort(byName)) &&
        sameManifest(was.inputs, now.inputs) &&
        sameManifest(was.outputs, now.outputs);
      expect(judgeByHash(done(was), now).kind).toBe(same ? 'fresh' : 'stale');
      expect(judgeByHash(done(now), now)).toEqual({ kind: 'fresh' });
    }),
  );
});

function byName(a: FingerprintPart, b: FingerprintPart): number {
  return a.name < b.name ? -1 : 1;
}

test('without a record it was never built, whatever lies around', () => {
  expect(reasons(judgeByHash({ kind: 'none' }, nothing))).toEqual([{ code: 'never-built' }]);
});

test('an unfinished attempt is stale though nothing differs, and says what changed since the last success', () => {
  expect(reasons(judgeByHash(unfinished(null), nothing))).toEqual([{ code: 'unfinished' }]);
  expect(reasons(judgeByHash(unfinished(recordOf({})), nothing))).toEqual([{ code: 'unfinished' }]);
  const last = recordOf({ inputs: [entry('in', '1')], outputs: [entry('out')] });
  expect(reasons(judgeByHash(unfinished(last), { ...nothing, inputs: [entry('in', '2')] }))).toEqual([
    { code: 'unfinished' },
    { code: 'input-changed', path: 'in' },
  ]);
});

test('every difference is told, by kind', () => {
  const was = {
    inputs: [entry('a', '1'), entry('b')],
    outputs: [entry('x', '1'), entry('y')],
  };
  const now = {
    parts: [{ name: 'command', value: 'other' }],
    inputs: [entry('a', '2'), entry('c')],
    outputs: [entry('x', '2'), entry('z')],
  };
  expect(reasons(judgeByHash(done(was), now))).toEqual([
    { code: 'definition-changed', name: 'command', was: 'make it', now: 'other' },
    { code: 'input-changed', path: 'a' },
    { code: 'input-added', path: 'c' },
    { code: 'input-removed', path: 'b' },
    { code: 'output-missing', path: 'y' },
    { code: 'output-changed', path: 'x' },
    { code: 'output-extra', path: 'z' },
  ]);
});

test('parts that came or went have no value on the other side', () => {
  const now = { ...nothing, parts: [{ name: 'env A', value: '1' }] };
  expect(reasons(judgeByHash(done(), now))).toEqual([
    { code: 'definition-changed', name: 'env A', was: null, now: '1' },
    { code: 'definition-changed', name: 'command', was: 'make it', now: null },
  ]);
});

test('a changed module says more than changed code, but code alone still counts', () => {
  const code = (value: string) => [...parts, { name: 'code', value }];
  const was = { parts: code('1'), inputs: [entry('stage.ts', '1')] };
  expect(reasons(judgeByHash(done(was), { ...nothing, ...was, parts: code('2') }))).toEqual([
    { code: 'definition-changed', name: 'code', was: '1', now: '2' },
  ]);
  const edited = { ...nothing, parts: code('2'), inputs: [entry('stage.ts', '2')] };
  expect(reasons(judgeByHash(done(was), edited))).toEqual([{ code: 'input-changed', path: 'stage.ts' }]);
});

test('what a person asked for stands before what the files say', () => {
  expect(withReason({ kind: 'fresh' }, { code: 'forced' })).toEqual({
    kind: 'stale',
    reasons: [{ code: 'forced' }],
  });
  const stale = judgeByHash({ kind: 'none' }, nothing);
  expect(reasons(withReason(stale, { code: 'forced' }))).toEqual([
    { code: 'forced' },
    { code: 'never-built' },
  ]);
});

const timed = (...times: readonly (readonly [string, number])[]) =>
  times.map(([path, ns]) => ({ path: path as FilePath, mtimeNs: BigInt(ns) }));

function byTimes(
  inputs: ReturnType<typeof timed>,
  outputs: ReturnType<typeof timed>,
  more: { memory?: Memory; unmatched?: readonly string[]; of?: Record<string, string>; timeNs?: bigint } = {},
) {
  const { memory = { kind: 'none' }, unmatched = [], of = {}, timeNs = 2n ** 62n } = more;
  const ofOthers = Object.entries(of).map(([path, by]) => ({ path: path as FilePath, by }));
  return reasons(judgeByTimes(memory, { parts, inputs, outputs, unmatched, ofOthers, timeNs }));
}

test('by times: fresh without a record when no input is newer than the oldest output', () => {
  expect(byTimes(timed(['in', 5]), timed(['x', 6], ['y', 7]))).toEqual([]);
  // As make has it: equal is fresh.
  expect(byTimes(timed(['in', 5]), timed(['x', 5]))).toEqual([]);
  expect(byTimes(timed(), timed(['x', 0]))).toEqual([]);
});

test('by times: what was made for another task is no output of this one', () => {
  const of = { x: 's:in/1' };
  expect(byTimes(timed(['in', 5]), timed(['x', 6], ['y', 7]), { of })).toEqual([
    { code: 'made-for-another', path: 'x', by: 's:in/1' },
  ]);
});

test('by times: an input whose time is still to come is told as that', () => {
  expect(byTimes(timed(['a', 9], ['b', 8]), timed(['x', 7]), { timeNs: 8n })).toEqual([
    { code: 'input-newer', path: 'a', than: 'x', isAhead: true },
    { code: 'input-newer', path: 'b', than: 'x' },
  ]);
});

test('by times: each newer input is told against the oldest output, and one nanosecond is enough', () => {
  const year = 1_700_000_000_000_000_000;
  expect(byTimes(timed(['a', 9], ['b', 5], ['c', 7]), timed(['x', 8], ['y', 6]))).toEqual([
    { code: 'input-newer', path: 'a', than: 'y' },
    { code: 'input-newer', path: 'c', than: 'y' },
  ]);
  const one = { path: 'in' as FilePath, mtimeNs: BigInt(year) + 1n };
  expect(byTimes([one], [{ path: 'x' as FilePath, mtimeNs: BigInt(year) }])).toHaveLength(1);
});

test('by times: missing outputs, an unfinished attempt and a changed definition are stale', () => {
  expect(byTimes(timed(['in', 5]), timed(), { unmatched: ['out/*'] })).toEqual([
    { code: 'output-missing', path: 'out/*' },
  ]);
  expect(byTimes(timed(), timed(['x', 9]), { memory: unfinished(null) })).toEqual([{ code: 'unfinished' }]);
  expect(byTimes(timed(), timed(['x', 9]), { memory: done() })).toEqual([]);
  const other = done({ parts: [{ name: 'command', value: 'other' }] });
  expect(byTimes(timed(), timed(['x', 9]), { memory: other })).toMatchObject([
    { code: 'definition-changed' },
  ]);
});

test('by times: the contents on record do not matter', () => {
  const record = done({ inputs: [entry('in', '1')], outputs: [entry('x', '1')] });
  expect(byTimes(timed(['in', 5]), timed(['x', 9]), { memory: record })).toEqual([]);
});
