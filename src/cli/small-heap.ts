// Keeps what a process that lives long has in memory near what it needs: left to itself, V8 lets garbage become three
// times as much as what is in use before it clears up.
import { setV8Flag } from './v8-flags.ts';

/** It clears up when the heap has grown by a fifth since the last time. */
export const smallHeapFlag = '--heap-growing-percent=20';

export function keepHeapSmall(): void {
  setV8Flag(smallHeapFlag);
}
