// How every Node stage starts and ends: progress on stdout, one sentence on stderr and exit code 1 on bad data.

import { BadData } from './repository.mjs';

/** Runs a stage script's work. A problem with the data is told in a sentence; anything else is a bug with a stack. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof BadData ? error.message : error);
    process.exitCode = 1;
  }
}

/** `3 words`, `1 word`. */
export function counted(count, noun) {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : noun.endsWith('s') ? 'es' : 's'}`;
}
