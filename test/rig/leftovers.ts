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

export function seeToLeftovers({ task }: Pick<TestContext, 'task'>): void {
  const failures = task.result?.state === 'fail' ? (task.result.errors ?? []) : [];
  const printed = [...atWork].map(({ stdout, stderr }) => `${lastOf(stdout)}${lastOf(stderr)}`).join('--\n');
  if (failures.length > 0 && atWork.size > 0) {
    // The test's own stack is that of its file's first lines where it took too long.
    const [first] = failures;
    first!.message += `\nStill at work, having printed:\n${printed}`;
    first!.stack = first!.message;
  }
  if (failures.length > 0) {
    for (const { child } of atWork) child.kill('SIGKILL');
    for (const file of pipes) letThrough(file);
  }
  atWork.clear();
  pipes.clear();
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
