// What a watch and a large build do so that garbage does not fill the memory.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import {
  keepHeapSmallOfMany,
  smallestHeapFlag,
  smallHeapFlag,
  youngHeapFlag,
} from '../../src/cli/small-heap.ts';
import type { PipeEvent } from '../../src/model/events.ts';
import { nodeUnderTest } from '../rig/rig.ts';

/** Keeps 16 MB, replaces them again and again, and prints how much was in the heap at most, in MB. */
const wasteful = `
  const { getHeapStatistics, setFlagsFromString } = require('node:v8');
  if (process.argv[1]) setFlagsFromString(process.argv[1]);
  const some = () => new Array(20_000).fill(0.5);
  const kept = Array.from({ length: 100 }, some);
  let most = 0;
  for (let i = 0; i < 1500; i++) {
    kept[i % 100] = some();
    most = Math.max(most, getHeapStatistics().used_heap_size);
  }
  console.log(Math.round(most / 1e6));`;

test('with the flag, this Node clears up long before it would without', () => {
  const mostMb = (...args: readonly string[]) => {
    const { stdout, stderr } = spawnSync(nodeUnderTest, ['-e', wasteful, '--', ...args], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return Number.parseInt(stdout, 10);
  };
  const usually = mostMb();
  expect(mostMb(smallHeapFlag)).toBeLessThan(usually * 0.9);
  expect(mostMb(smallestHeapFlag)).toBeLessThan(usually * 0.9);
});

/** Keeps what it makes for long enough that it is young and in use, and prints how much room there was for such at most, in MB. */
const youthful = `
  const { getHeapSpaceStatistics, setFlagsFromString } = require('node:v8');
  if (process.argv[1]) setFlagsFromString(process.argv[1]);
  const kept = [];
  let most = 0;
  for (let i = 0; i < 1_000_000; i++) {
    kept[i % 200_000] = { i, of: [i] };
    if (i % 10_000 > 0) continue;
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    most = Math.max(most, young.space_size);
  }
  console.log(Math.round(most / 1e6));`;

test('with the other flag, what is young gets no more room', () => {
  const roomMb = (...args: readonly string[]) => {
    const { stdout, stderr } = spawnSync(nodeUnderTest, ['-e', youthful, '--', ...args], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return Number.parseInt(stdout, 10);
  };
  const usually = roomMb();
  expect(roomMb(youngHeapFlag)).toBeLessThan(usually * 0.6);
});

test('a build is large by the tasks that it has, or those of them that it starts; then it is said once', () => {
  const saidOf = (tasks: number, started: number) => {
    const said: number[] = [];
    let heard = 0;
    const sink = keepHeapSmallOfMany(() => said.push(heard));
    const events = [{ kind: 'run-started', tasks }, ...new Array(started).fill({ kind: 'task-started' })];
    for (const event of events) {
      heard++;
      sink.handle(event as PipeEvent);
    }
    return said;
  };
  expect(saidOf(5_000, 3_000)).toEqual([1]);
  expect(saidOf(2, 3_000)).toEqual([2_001]);
  expect(saidOf(4_999, 1_999)).toEqual([]);
});
