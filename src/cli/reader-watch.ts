// Hears that the reader of standard output has gone while nothing is written, as `head` does when it has its lines.
// Node tells of that only when something is written, and a watch at rest may have nothing to say for hours.

import fs from 'node:fs';
import { Socket } from 'node:net';
import { outputAsOpened } from './standard-streams.ts';

const output = 1;
/** How often that is where the system does not tell by itself. */
const askMs = 1000;

/** From now on 'error' of standard output tells of that. What cannot be known is found out by the next thing written. */
export function heedReader(): void {
  const { kind, lost } = outputAsOpened();
  if (kind === 'pipe' && process.platform === 'linux') listenToPipe(lost);
  else if (kind === 'pipe' || kind === 'socket') askAgainAndAgain(lost);
}

/**
 * The end of a pipe that is written to reports an error as soon as the other one is closed, to whoever asks the system
 * for news of it. Node asks only of what it may read from, and looks whether it may, but for a TCP handle, which is
 * always both. Such a one is given the pipe, opened once more: reading from it fails, which is the news.
 */
function listenToPipe(onGone: () => void): void {
  const socket: Socket & { readonly _handle?: Partial<ReadableHandle> | null } = new Socket();
  socket.on('error', onGone);
  // To have a handle; no address is ever found.
  socket.connect({ host: 'nowhere', port: 1, lookup: () => {} });
  const handle = socket._handle;
  if (typeof handle?.open !== 'function' || typeof handle.readStart !== 'function') return;
  const again = openedAgain();
  if (again === null) return;
  handle.open(again);
  handle.readStart();
  socket.unref();
}

interface ReadableHandle {
  open(descriptor: number): number;
  readStart(): number;
}

function openedAgain(): number | null {
  const { O_WRONLY, O_NONBLOCK } = fs.constants;
  try {
    return fs.openSync(`/proc/self/fd/${output}`, O_WRONLY | O_NONBLOCK);
  } catch {
    return null;
  }
}

/**
 * To write nothing fails where nobody reads. So it is on a pipe elsewhere than on Linux, and on a socket, as another
 * program of Node gives it: that cannot be listened to, for Node's own stream, which a configuration may print to, could
 * not be opened beside what listens.
 */
function askAgainAndAgain(onGone: () => void): void {
  const timer = setInterval(() => {
    if (takesNothingMore()) {
      clearInterval(timer);
      onGone();
    }
  }, askMs).unref();
}

function takesNothingMore(): boolean {
  try {
    fs.writeSync(output, '');
    return false;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'EPIPE';
  }
}
