// What a profile is put together from: counts, commands beside each other, tasks by how long they took.
import { expect, test } from 'vitest';
import { buildGraph } from '../../src/model/graph/graph.ts';
import { atOnce } from '../../src/model/profile.ts';
import { Profiler } from '../../src/profile/profiler.ts';
import { accepted } from '../model/validation/sample-config.ts';
import { at, finished } from '../render/event-feed.ts';

const run = 'true';
const built = buildGraph(
  accepted({
    stages: {
      a: { produces: 'a.txt', run },
      b: { requires: 'a.txt', produces: 'b.txt', run },
      c: { requires: 'b.txt', produces: 'c.txt', run },
      d: { requires: 'a.txt', produces: 'd.txt', run },
    },
  }),
);
if (!built.ok) throw new Error('the sample has a graph');
const graph = built.value;

/** Time is what the test says it is. */
function profilerAt() {
  const time = { nowMs: 0 };
  return { time, profiler: new Profiler({ nowMs: () => time.nowMs, idleMs: () => 0 }, 0) };
}

test('the parts are in their order, to a tenth, and their sum is the whole', () => {
  const { time, profiler } = profilerAt();
  profiler.watch.within('listing', () => {
    time.nowMs += 1.26;
  });
  profiler.watch.within('config', () => {
    time.nowMs += 2.04;
  });
  profiler.count('listing', 'files', 3);
  profiler.count('listing', 'files', 4);
  profiler.count('recording', 'records', 1);
  expect(profiler.profile(graph, 2)).toEqual({
    totalMs: 3.3,
    spent: [
      { work: 'config', ms: 2, counts: {} },
      { work: 'listing', ms: 1.3, counts: { files: 7 } },
      { work: 'recording', ms: 0, counts: { records: 1 } },
    ],
    commands: null,
    slowest: [],
    stages: [],
    chain: [],
  });
});

test('commands are summed up, also where one is refused, and time in which none runs does not count', async () => {
  const { time, profiler } = profilerAt();
  const ends: (() => void)[] = [];
  const start = () => profiler.follow(new Promise<void>((resolve) => ends.push(resolve)));
  const endNext = async () => {
    ends.shift()?.();
    await new Promise(setImmediate);
  };
  start();
  time.nowMs = 10;
  start();
  time.nowMs = 30;
  await endNext();
  time.nowMs = 40;
  await endNext();
  time.nowMs = 100;
  profiler.follow(Promise.reject(new Error('not started')));
  time.nowMs = 105;
  await endNext();
  const { commands } = profiler.profile(graph, 4);
  expect(commands).toEqual({ count: 3, sumMs: 65, busyMs: 45, most: 2, jobs: 4 });
  expect(atOnce(commands!)).toBeCloseTo(1.44);
});

test('the slowest come first, fresh ones not at all; the chain goes by what needs what', () => {
  const { profiler } = profilerAt();
  for (const [task, durationMs] of [
    ['a', 10],
    ['d', 50],
    ['c', 45],
  ] as const)
    profiler.handle(at(0, finished(task, 'executed', { durationMs })));
  profiler.handle(at(0, finished('b', 'fresh', { durationMs: 0 })));
  // Of a stage with items each counts, the last no more than the others.
  profiler.handle(at(0, finished('a:1', 'executed', { stage: 'a', item: '1', durationMs: 5 })));
  profiler.handle(at(0, finished('a:2', 'executed', { stage: 'a', item: '2', durationMs: 3 })));
  const { slowest, chain, stages } = profiler.profile(graph, 2);
  expect(stages).toEqual([{ stage: 'a', items: 2, sumMs: 8, slowest: { task: 'a:1', ms: 5 } }]);
  expect(slowest.map(({ task }) => task)).toEqual(['d', 'c', 'a', 'a:1', 'a:2']);
  expect(chain).toEqual([
    { task: 'a', ms: 10 },
    { task: 'd', ms: 50 },
  ]);
});
