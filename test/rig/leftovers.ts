// What a failed test leaves behind: commands at work, and readers that wait at a pipe of theirs. Others share the
// process, and would hang in turn. What its commands had printed is told with the failure: of a hang nothing else is.
import fs from 'node:fs';
import type { TestContext } from 'vitest';
import type { Running } from './rig.ts';

const atWork = new Set<Running>();
const pipes = new Set<string>();

/** Until it has ended. */
export function noteAtWork(running: Running): void {
  atWork.add(running);
  const forget = () => atWork.delete(running);
  running.ended.then(forget, forget);
}

/** A named pipe that the test may wait at. */
export function notePipe(file: string): void {
  pipes.add(file);
}

/** After each test: where it has failed, ends what it left at work and lets go whoever waits; else leaves all as it is. */
export function seeToLeftovers({ task }: Pick<TestContext, 'task'>): void {
  const [failure] = task.result?.state === 'fail' ? (task.result.errors ?? []) : [];
  if (failure !== undefined) {
    if (atWork.size > 0) tellOf(failure);
    for (const { child } of atWork) child.kill('SIGKILL');
    for (const file of pipes) letThrough(file);
  }
  atWork.clear();
  pipes.clear();
}

function tellOf(failure: Pick<Error, 'message' | 'stack'>): void {
  const printed = [...atWork].map(({ stdout, stderr }) => `${lastOf(stdout)}${lastOf(stderr)}`).join('--\n');
  const told = `\nStill at work, having printed:\n${printed}`;
  // Before the message: it is put together when it is first read.
  const { stack = 'STACK_TRACE_ERROR' } = failure;
  failure.message += told;
  // Of a test that took too long the stack holds neither its message nor where it was.
  failure.stack = stack.includes('STACK_TRACE_ERROR') ? failure.message : `${stack}${told}`;
}

function lastOf(text: string): string {
  return text.split('\n').slice(-20).join('\n');
}

/** Whoever waits for another end of it finds one, and that it is closed again. */
function letThrough(file: string): void {
  try {
    fs.closeSync(fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_NONBLOCK));
  } catch {
    // Gone with its workspace: nobody waits there.
  }
}
