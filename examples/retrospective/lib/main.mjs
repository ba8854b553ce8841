// How every Node stage starts, says how far it is and ends: with one sentence on stderr and exit code 1 on bad data.

import { appendFileSync } from 'node:fs';
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

/** Tells pipe how far the stage is. Without pipe, as when a script is tried by hand, nobody is told. */
export function reportProgress(done, total) {
  const report = `${JSON.stringify({ progress: { done, total } })}\n`;
  if (process.env.PIPE_OUTPUT) appendFileSync(process.env.PIPE_OUTPUT, report);
}

/** `3 words`, `1 word`. */
export function counted(count, noun) {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : noun.endsWith('s') ? 'es' : 's'}`;
}
