// Keeps what a process that lives long has in memory near what it needs: left to itself, V8 lets garbage become three
// times as much as what is in use before it clears up.
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
