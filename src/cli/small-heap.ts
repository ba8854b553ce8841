// Keeps what a process that lives long has in memory near what it needs: left to itself, V8 lets garbage become three
// times as much as what is in use before it clears up.
import { setFlagsFromString } from 'node:v8';

/** It clears up when the heap has grown by a fifth since the last time. */
export const smallHeapFlag = '--heap-growing-percent=20';

/** Tried with Node 20 to 26. Of a flag that it does not know, V8 complains on standard error. */
const knownV8 = { first: 11, last: 14 };

/** Does nothing where it is not known to do good. */
export function keepHeapSmall(v8: string = process.versions.v8, setFlag = setFlagsFromString): void {
  const major = Number.parseInt(v8, 10);
  if (major >= knownV8.first && major <= knownV8.last) setFlag(smallHeapFlag);
}
