// Flags of V8 that are set while it is at work.
import { setFlagsFromString } from 'node:v8';

/** Tried with Node 20 to 26. Of a flag that it does not know, V8 complains on standard error. */
const knownV8 = { first: 11, last: 14 };

/** Does nothing where it is not known to do good. */
export function setV8Flag(
  flag: string,
  v8: string = process.versions.v8,
  setFlag = setFlagsFromString,
): void {
  const major = Number.parseInt(v8, 10);
  if (major >= knownV8.first && major <= knownV8.last) setFlag(flag);
}
