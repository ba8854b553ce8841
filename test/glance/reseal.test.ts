// A proof of an earlier one: of those that were looked at again it tells the new, of all others what it told.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aheadOf } from '../../src/glance/ahead.ts';
import type { Vouched } from '../../src/glance/onlooker.ts';
import { decodeProof, stampLength } from '../../src/glance/proof-format.ts';
import { type Anew, reseal } from '../../src/glance/reseal.ts';
import { seal } from '../../src/glance/seal.ts';
import { someOf } from '../../src/glance/sights.ts';

const header = {
  key: '',
  env: [],
  secrets: [],
  config: '',
  pipeline: '',
  targets: [],
  tasks: 0,
  savedMs: 0,
  isWhole: true,
  state: { inode: 1, sizeBytes: 2, mtimeMs: 3, ctimeMs: 4, end: 'x' },
  inState: { boot: 'b', last: '00000000', tools: [] },
  wholeStateBytes: 2,
};

/** Path → stamp, as one task or all of them saw it. */
type Look = Readonly<Record<string, number>>;

function vouchedFor(common: Look, tasks: Readonly<Record<string, Look>>): Vouched {
  const paths: string[] = [];
  const stamps: number[] = [];
  const positions = new Map<string, number>();
  const placed = (look: Look) =>
    Object.entries(look).map(([path, stamp]) => {
      const known = positions.get(path);
      if (known !== undefined) return known;
      positions.set(path, paths.length);
      stamps.push(...Array<number>(stampLength).fill(stamp));
      return paths.push(path) - 1;
    });
  const ofCommon = placed(common);
  const byTask = new Map(Object.entries(tasks).map(([task, look]) => [task, placed(look)]));
  return { paths, stamps: new Float64Array(stamps), common: ofCommon, byTask, junctions: [] };
}

function lookOf(proof: NonNullable<ReturnType<typeof decodeProof>>, runs: readonly number[]): Look {
  const look: Record<string, number> = {};
  someOf(runs, (position) => {
    look[proof.paths()[position]!] = proof.stamps[position * stampLength]!;
    return false;
  });
  return look;
}

function anew(facts: Anew['facts'], ...gone: readonly string[]): Anew {
  return { facts, gone: new Set(gone) };
}

const look = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.constantFrom(1, 2, 3), {
  noNullPrototype: true,
});

test('those that were looked at again are told of anew, the others as before, and of nothing else', () => {
  const names = ['one', 'two', 'three'] as const;
  fc.assert(
    fc.property(
      fc.record({ one: look, two: look, three: look }),
      fc.record({ one: look, two: look, three: look }),
      fc.subarray([...names], { minLength: 1 }),
      // Whether they look at the same paths once more, as after most edits.
      fc.boolean(),
      (before, other, again, isSame) => {
        const after = isSame ? before : other;
        // What two look at has one stamp at one time.
        const oneTime = (tasks: Record<string, Look>, factor: number) =>
          Object.fromEntries(
            Object.entries(tasks).map(([task, seen]) => [
              task,
              Object.fromEntries(Object.keys(seen).map((path) => [path, factor * path.charCodeAt(0)])),
            ]),
          );
        const old = oneTime(before, 1);
        const renewed = oneTime(Object.fromEntries(again.map((task) => [task, after[task]])), 2);
        const first = seal(vouchedFor({ config: 7, running: 8 }, old), header, 'spec', {
          tasks: names.map((task) => ({ task, isFresh: true, savedMs: 1, recordAt: 7 })),
          edges: [],
        });
        const facts = new Map(
          again.map((task) => [task as string, { task, isFresh: true, savedMs: 5, recordAt: 7 }]),
        );
        const second = reseal(
          decodeProof(Buffer.concat(first))!,
          vouchedFor({ running: 9 }, renewed),
          header,
          anew(facts),
        );
        // Made ready for others than were looked at in the end, it is as good as none.
        for (const names of [again, ['one', 'none'], []]) {
          const old = decodeProof(Buffer.concat(first))!;
          const now = vouchedFor({ running: 9 }, renewed);
          expect(reseal(old, now, header, anew(facts), aheadOf(old, names))).toEqual(second);
        }
        const proof = decodeProof(Buffer.concat(second))!;
        const { common, tasks } = proof.sights();
        expect(lookOf(proof, common)).toEqual({ config: 7, running: 9 });
        for (const { task, paths, savedMs } of tasks) {
          const isRenewed = facts.has(task);
          expect(lookOf(proof, paths)).toEqual(isRenewed ? renewed[task] : old[task]);
          expect(savedMs).toBe(isRenewed ? 5 : 1);
        }
        // What nobody looks at would be a change that concerns nobody.
        const seen = new Set<number>();
        for (const runs of [common, ...tasks.map(({ paths }) => paths)])
          someOf(runs, (position) => !seen.add(position));
        expect(seen.size).toBe(proof.paths().length);
        expect(proof.spec.toString()).toBe('spec');
      },
    ),
  );
});

test('two stamps of one path, of an edit between two looks, are one again', () => {
  const task = (name: string) => ({ task: name, isFresh: true, savedMs: 1, recordAt: 7 });
  const facts = (...names: readonly string[]) => new Map(names.map((name) => [name, task(name)]));
  const first = seal(vouchedFor({}, { one: { a: 1 }, two: { a: 1 } }), header, '', {
    tasks: [task('one'), task('two')],
    edges: [],
  });
  const split = reseal(
    decodeProof(Buffer.concat(first))!,
    vouchedFor({}, { two: { a: 2 } }),
    header,
    anew(facts('two')),
  );
  expect(decodeProof(Buffer.concat(split))!.paths()).toEqual(['a', 'a']);
  const both = vouchedFor({}, { one: { a: 3 }, two: { a: 3 } });
  const again = reseal(decodeProof(Buffer.concat(split))!, both, header, anew(facts('one', 'two')));
  const joined = decodeProof(Buffer.concat(again))!;
  expect([joined.paths(), joined.stamps[0]]).toEqual([['a'], 3]);
});

test('a task that is new is told of behind the others, whose positions stand', () => {
  const facts = (task: string, savedMs: number) => ({ task, isFresh: true, savedMs, recordAt: null });
  const first = vouchedFor({ c: 1 }, { 'up:1': { a: 1 }, 'up:': { list: 1 } });
  const proof = decodeProof(
    Buffer.concat(seal(first, header, '{}', { tasks: [facts('up:1', 1), facts('up:', 0)], edges: [[1, 0]] })),
  )!;
  const now = vouchedFor({ c: 1 }, { 'up:2': { b: 2 }, 'up:': { list: 2 } });
  const news = new Map([facts('up:2', 5), facts('up:', 0)].map((one) => [one.task, one]));
  const next = decodeProof(Buffer.concat(reseal(proof, now, header, anew(news))))!;
  const { tasks, edges } = next.sights();
  expect(tasks.map(({ task, savedMs, paths }) => [task, savedMs, lookOf(next, paths)])).toEqual([
    ['up:1', 1, { a: 1 }],
    ['up:', 0, { list: 2 }],
    ['up:2', 5, { b: 2 }],
  ]);
  expect(edges).toEqual([[1, 0]]);
});

test('a task that is gone is told of no more, and the others follow from each other as before', () => {
  const facts = (task: string) => ({ task, isFresh: true, savedMs: 1, recordAt: null });
  const first = vouchedFor(
    { c: 1 },
    { 'up:1': { a: 1 }, 'up:2': { b: 1 }, all: { d: 1 }, 'up:': { list: 1 } },
  );
  const tasks = ['up:1', 'up:2', 'all', 'up:'].map(facts);
  const proof = decodeProof(Buffer.concat(seal(first, header, '{}', { tasks, edges: [[3, 2]] })))!;
  const now = vouchedFor({ c: 1 }, { all: { d: 2 }, 'up:': { list: 2 } });
  const news = new Map(['all', 'up:'].map((task) => [task, facts(task)]));
  const ready = aheadOf(proof, ['up:1', 'all', 'up:']);
  const next = decodeProof(Buffer.concat(reseal(proof, now, header, anew(news, 'up:1'), ready)))!;
  const { tasks: left, edges } = next.sights();
  expect(left.map(({ task, paths }) => [task, lookOf(next, paths)])).toEqual([
    ['up:2', { b: 1 }],
    ['all', { d: 2 }],
    ['up:', { list: 2 }],
  ]);
  expect(edges).toEqual([[2, 1]]);
  expect(next.paths()).toHaveLength(4);
});

test('what a task reports no more is not told of it any longer', () => {
  const task = (name: string, savedMetrics?: { readonly usd: number }) => ({
    ...{ task: name, isFresh: true, savedMs: 1, recordAt: null },
    ...(savedMetrics && { savedMetrics }),
  });
  const look = vouchedFor({}, { one: { a: 1 }, two: { b: 1 } });
  const facts = { tasks: [task('one', { usd: 1 }), task('two', { usd: 2 })], edges: [] };
  const proof = decodeProof(Buffer.concat(seal(look, header, '', facts)))!;
  const { saved } = aheadOf(proof, ['one']);
  expect(saved).toEqual({ savedMs: 1, savedMetrics: { usd: 2 } });
  const now = vouchedFor({}, { one: { a: 2 } });
  const next = decodeProof(Buffer.concat(reseal(proof, now, header, anew(new Map([['one', task('one')]])))))!;
  expect(next.sights().tasks.map(({ savedMetrics }) => savedMetrics)).toEqual([undefined, { usd: 2 }]);
});
