// Keeps what a process that lives long, or has many tasks, has in memory near what it needs: left to itself, V8 lets
// garbage become three times as much as what is in use before it clears up.
import type { Sink } from '../engine/ports.ts';
import { setV8Flag } from './v8-flags.ts';

/** It clears up when the heap has grown by a fifth since the last time. */
export const smallHeapFlag = '--heap-growing-percent=20';

/** As V8 has it by itself. */
const usualHeapFlag = '--heap-growing-percent=0';

export function keepHeapSmall(): void {
  setV8Flag(smallHeapFlag);
  // What V8 compiles under other flags than those of the next start it would refuse then. Before the launcher keeps it.
  process.prependOnceListener('exit', () => setV8Flag(usualHeapFlag));
}

/** Of a run: fewer leave little behind, and are done before it would be cleared up. */
const manyTasks = 5_000;
const manyStarted = 2_000;

/** For a build, which has most of its time to itself: as soon as it turns out to be a large one. */
export function keepHeapSmallOfMany(keepSmall = keepHeapSmall): Sink {
  let started = 0;
  let isKept = false;
  return {
    handle(event) {
      if (event.kind === 'task-started') started++;
      else if (event.kind !== 'run-started') return;
      const isLarge = event.kind === 'run-started' ? event.tasks >= manyTasks : started >= manyStarted;
      if (isKept || !isLarge) return;
      isKept = true;
      keepSmall();
    },
  };
}
