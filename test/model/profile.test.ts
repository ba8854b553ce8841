// The tasks that no number of jobs makes faster, and what sticks out of a profile.
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import {
  type CommandTimes,
  longestChain,
  type Profile,
  type Spent,
  type TaskTime,
} from '../../src/model/profile.ts';
import { profileHints } from '../../src/model/words/profile-hints.ts';

const took = (task: string, ms: number): TaskTime => ({ task: task as TaskId, ms });

function chainOf(needs: Readonly<Record<string, readonly string[]>>, times: readonly TaskTime[]) {
  const found = longestChain(
    Object.keys(needs),
    (stage) => needs[stage]!.map((one) => ({ stage: one, oneByOne: false })),
    new Map(times.map((time) => [time.task, [{ ...time, item: null, outputs: [] }]])),
  );
  return found.map(({ task }) => task);
}

describe('the longest chain', () => {
  const diamond = { first: [], left: ['first'], right: ['first'], last: ['left', 'right'], apart: [] };

  test('is the longest in time, not in stages', () => {
    const times = [took('first', 1), took('left', 2), took('right', 3), took('last', 1)];
    expect(chainOf(diamond, times)).toEqual(['first', 'right', 'last']);
    expect(chainOf(diamond, [...times, took('apart', 6)])).toEqual(['apart']);
  });

  test('passes through what took no time', () => {
    expect(chainOf(diamond, [took('first', 1), took('last', 2)])).toEqual(['first', 'last']);
  });

  test('is empty where nothing was done', () => {
    expect(chainOf(diamond, [])).toEqual([]);
    expect(chainOf({}, [])).toEqual([]);
  });

  test('is of one item of each stage, and where items follow one by one, of those that follow', () => {
    const item = (stage: string, name: string, ms: number) => ({
      ...took(`${stage}:${name}`, ms),
      ...{ item: name, outputs: [`${name}${stage}`] },
    });
    // Of stage b, 1a follows from item 1 of stage a; 3a from one that was fresh.
    const work = new Map([
      ['start', [{ ...took('start', 10), item: null, outputs: [] }]],
      ['a', [item('a', '1', 5), item('a', '2', 50), item('a', '3', 0)]],
      ['b', [item('b', '1a', 40), item('b', '2a', 4), item('b', '4a', 41)]],
    ]);
    const chainWith = (oneByOne: boolean) => {
      const needs = { start: [], a: [{ stage: 'start', oneByOne: false }], b: [{ stage: 'a', oneByOne }] };
      return longestChain(Object.keys(needs), (stage) => needs[stage as keyof typeof needs], work);
    };
    expect(chainWith(true).map(({ task }) => task)).toEqual(['start', 'a:2', 'b:2a']);
    expect(chainWith(false).map(({ task }) => task)).toEqual(['start', 'a:2', 'b:4a']);
    work.get('a')!.splice(1, 1);
    expect(chainWith(true).map(({ task }) => task)).toEqual(['start', 'a:1', 'b:1a']);
    work.get('a')!.splice(0);
    expect(chainWith(true).map(({ task }) => task)).toEqual(['start', 'b:4a']);
  });

  test('may be very long', () => {
    const needs = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, i) => [`s${i}`, i === 0 ? [] : [`s${i - 1}`]]),
    );
    const times = Object.keys(needs).map((name) => took(name, 1));
    expect(chainOf(needs, times)).toHaveLength(20_000);
  });
});

function profileOf(
  spent: Readonly<Partial<Record<Spent['work'], number>>>,
  more: Partial<Profile> = {},
): Profile {
  const entries = Object.entries(spent) as [Spent['work'], number][];
  return {
    totalMs: entries.reduce((sum, [, ms]) => sum + ms, 0),
    spent: entries.map(([work, ms]) => ({ work, ms, counts: {} })),
    commands: null,
    slowest: [],
    chain: [],
    ...more,
  };
}

const commands: CommandTimes = { count: 8, sumMs: 4000, busyMs: 2000, most: 2, jobs: 2 };

describe('hints', () => {
  test('there are none where nothing takes long, nor for a small part of much', () => {
    expect(profileHints(profileOf({ start: 40, config: 100, listing: 10 }))).toEqual([]);
    expect(profileHints(profileOf({ start: 40, config: 300, other: 2000 }))).toEqual([]);
  });

  test.each([
    ['config', /script\(\)/],
    ['waiting', /another build/],
    ['listing', /patterns deeper/],
    ['hashing', /reboot/],
    ['storing', /cache: false/],
    ['restoring', /out of the cache/],
  ] as const)('%s has its own', (work, hint) => {
    expect(profileHints(profileOf({ start: 40, [work]: 400 }))).toEqual([expect.stringMatching(hint)]);
  });

  test('the largest comes first', () => {
    const hints = profileHints(profileOf({ config: 400, hashing: 600 }));
    expect(hints).toEqual([expect.stringMatching('reboot'), expect.stringMatching('script')]);
  });

  test('stages that need each other are named, for more jobs would not help', () => {
    const chain = [took('a\u001b', 900), took('b', 800)];
    const [hint] = profileHints(profileOf({ running: 2000 }, { commands, chain }));
    expect(hint).toMatch(/^a.*, b need each other and took 1\.7s: more jobs would not help/);
    expect(hint).not.toContain('\u001b');
  });

  test('one stage that takes nearly all is named', () => {
    const hints = profileHints(profileOf({ running: 2000 }, { commands, chain: [took('a', 1900)] }));
    expect(hints).toEqual(['a alone took 1.9s: the others are done before it']);
  });

  test('jobs that are always at work could be more', () => {
    const chain = [took('a', 500), took('b', 400)];
    expect(profileHints(profileOf({ running: 2000 }, { commands, chain }))).toEqual([
      expect.stringMatching(/^2 jobs were nearly always at work: with more processors/),
    ]);
    const few = { ...commands, sumMs: 2400 };
    expect(profileHints(profileOf({ running: 2000 }, { commands: few, chain }))).toEqual([]);
    const one = { ...commands, sumMs: 2000, most: 1, jobs: 1 };
    expect(profileHints(profileOf({ running: 2000 }, { commands: one, chain }))).toEqual([
      expect.stringMatching(/^one job at a time/),
    ]);
  });

  test('a single command has nobody to wait for', () => {
    const single = { ...commands, count: 1 };
    expect(
      profileHints(profileOf({ running: 2000 }, { commands: single, chain: [took('a', 2000)] })),
    ).toEqual([]);
  });
});
