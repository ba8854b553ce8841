// What a short build does so that its heap is not looked through while its command ends.
import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { lateMarkingFlags, putOffMarking } from '../../src/cli/late-marking.ts';
import { nodeUnderTest } from '../rig/rig.ts';

const { off, on } = lateMarkingFlags;

/** A process that was told to put it off, with what it told V8 since. */
function puttingOff() {
  const told: string[] = [];
  const process = new EventEmitter();
  process.once('exit', () => told.push('the code is kept'));
  const timers: (() => void)[] = [];
  putOffMarking({ setFlag: (flag) => told.push(flag), later: (act) => timers.push(act), process });
  return { told, timers, process };
}

test('all is as before when the process ends, before anybody else hears of that end', () => {
  const { told, process } = puttingOff();
  expect(told).toEqual([off]);
  process.emit('exit');
  expect(told).toEqual([off, on, 'the code is kept']);
});

test('a build that takes longer clears up as any other, and is not told so twice', () => {
  const { told, timers, process } = puttingOff();
  for (const ring of timers) ring();
  expect(told).toEqual([off, on]);
  process.emit('exit');
  expect(told).toEqual([off, on, 'the code is kept']);
});

/** Lets V8 clear up once, and prints whether it had begun to while there was nothing else to do. */
const wasteful = `
  const { PerformanceObserver, constants } = require('node:perf_hooks');
  const { setFlagsFromString } = require('node:v8');
  if (process.argv[1]) setFlagsFromString(process.argv[1]);
  let began = false;
  new PerformanceObserver((list) => {
    const kinds = list.getEntries().map(({ detail }) => detail.kind);
    if (kinds.includes(constants.NODE_PERFORMANCE_GC_INCREMENTAL)) began = true;
    if (!kinds.includes(constants.NODE_PERFORMANCE_GC_MAJOR)) return;
    console.log(began);
    process.exit();
  }).observe({ entryTypes: ['gc'] });
  const kept = [];
  const turn = () => {
    kept.push(Array.from({ length: 20_000 }, (_, i) => ({ i })));
    if (kept.length > 8) kept.splice(0, 4);
    setImmediate(turn);
  };
  turn();`;

test('with the flag, this Node does not begin to clear up in between', () => {
  const beganWith = (...args: readonly string[]) => {
    const small = ['--max-old-space-size=24', '--max-semi-space-size=1'];
    const { stdout, stderr } = spawnSync(nodeUnderTest, [...small, '-e', wasteful, '--', ...args], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout.trim();
  };
  expect(beganWith()).toBe('true');
  expect(beganWith(off)).toBe('false');
});

test('what other threads mark is left alone: to switch that off while they are at it crashes V8', () => {
  expect(lateMarkingFlags).toEqual({
    off: '--no-incremental-marking-task',
    on: '--incremental-marking-task',
  });
});
