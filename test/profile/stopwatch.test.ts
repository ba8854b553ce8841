// Each moment belongs to one kind of work, and all of them together are the whole.
import { expect, test } from 'vitest';
import { Stopwatch } from '../../src/profile/stopwatch.ts';

/** A thread whose time passes when the test says so: at work, or at rest. */
function thread() {
  let nowMs = 1000;
  let idleMs = 400;
  return {
    clock: { nowMs: () => nowMs, idleMs: () => idleMs },
    works: (ms: number) => {
      nowMs += ms;
    },
    rests: (ms: number) => {
      nowMs += ms;
      idleMs += ms;
    },
  };
}

const told = (watch: Stopwatch) => Object.fromEntries(watch.read());

test('what had passed before is the start', () => {
  expect(told(new Stopwatch(thread().clock, 40))).toEqual({ start: 40 });
});

test('of work within work the innermost counts, and the outer goes on after it, also after an error', () => {
  const { clock, works } = thread();
  const watch = new Stopwatch(clock, 0);
  watch.within('stamping', () => {
    works(1);
    expect(() =>
      watch.within('hashing', () => {
        works(10);
        throw new Error('cannot be read');
      }),
    ).toThrow('cannot be read');
    works(100);
  });
  works(1000);
  expect(told(watch)).toEqual({ stamping: 101, hashing: 10, other: 1000 });
});

test('a thread at rest waits for commands where any run, else for something else; at work it does other things', () => {
  const { clock, works, rests } = thread();
  const watch = new Stopwatch(clock, 0);
  rests(1);
  works(2);
  watch.commandStarted();
  rests(10);
  watch.commandStarted();
  works(20);
  watch.commandEnded();
  rests(40);
  watch.commandEnded();
  rests(100);
  expect(told(watch)).toEqual({ waiting: 101, other: 22, running: 50 });
  watch.pauseStarted();
  rests(5);
  watch.commandStarted();
  rests(1);
  watch.commandEnded();
  watch.pauseEnded();
  expect(told(watch)).toMatchObject({ waiting: 101, pausing: 5, running: 51 });
  // Beside both, other threads may read.
  watch.commandStarted();
  watch.readingStarted();
  rests(1000);
  watch.readingEnded();
  rests(200);
  expect(told(watch)).toEqual({ waiting: 101, other: 22, pausing: 5, running: 251, hashing: 1000 });
});

test('a phase has its own waits, but not the work within it', async () => {
  const { clock, works, rests } = thread();
  const watch = new Stopwatch(clock, 0);
  await watch.phase('config', async () => {
    rests(5);
    await null;
    works(6);
    watch.within('telling', () => works(7));
    rests(8);
  });
  works(9);
  expect(told(watch)).toEqual({ config: 19, telling: 7, other: 9 });
});

test('rest within work that was asked for is not counted twice', () => {
  const { clock, works, rests } = thread();
  const watch = new Stopwatch(clock, 0);
  watch.commandStarted();
  rests(10);
  // Some of it may be told late.
  watch.within('listing', () => rests(3));
  works(5);
  const sum = [...watch.read().values()].reduce((a, b) => a + b);
  expect(sum).toBe(18);
});
