// Tells pipe about the work: metrics, progress, when to try again; and people why it cannot be done.
import { appendFileSync } from 'node:fs';

/** Without pipe, as when a script is tried by hand, nobody is told. */
export function tell(line) {
  if (process.env.PIPE_OUTPUT) appendFileSync(process.env.PIPE_OUTPUT, `${JSON.stringify(line)}\n`);
}

/** For what a person can mend: says so, without a stack, and ends the stage. */
export function giveUp(message) {
  console.error(message);
  process.exit(1);
}
