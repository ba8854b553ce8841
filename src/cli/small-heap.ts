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

/** Of many tasks with V8 as in Node 24, which keeps more beside the heap: when it has grown by a fourteenth. */
export const smallestHeapFlag = '--heap-growing-percent=7';

/** What is young has no more room from then on than it has come to. */
export const youngHeapFlag = '--semi-space-growth-factor=1';

const usualYoungFlag = '--semi-space-growth-factor=2';

/** Of V8, as in Node 24: what is young may come to have 128 MB, and before 32. */
const firstOfMuchRoom = 13;

/** The room for what is young is bound by the way a watch is started, and a build is started before its tasks are known. */
function keepHeapOfManySmall(): void {
  keepHeapSmall();
  if (Number.parseInt(process.versions.v8, 10) < firstOfMuchRoom) return;
  setV8Flag(smallestHeapFlag);
  setV8Flag(youngHeapFlag);
  process.prependOnceListener('exit', () => setV8Flag(usualYoungFlag));
}

/** Of a run: fewer leave little behind, and are done before it would be cleared up. */
const manyTasks = 5_000;
const manyStarted = 2_000;

/** For a build, which has most of its time to itself: as soon as it turns out to be a large one. */
export function keepHeapSmallOfMany(keepSmall = keepHeapOfManySmall): Sink {
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
