// Descriptors on which a write that finds no room says so (EAGAIN) instead of waiting for the reader.
// The flag for that belongs to the open file and not to the descriptor: whoever shares it, the shell or the next
// command of a script, would meet it as well. So the file is opened once more wherever the system allows that.

import fs from 'node:fs';
import { Socket } from 'node:net';

export type Descriptor = 1 | 2;
export type Kind = 'file' | 'pipe' | 'socket' | 'terminal';

/** Never the controlling terminal of this process, whatever it is opened as. */
const how = fs.constants.O_WRONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY;

/**
 * Another descriptor of the same file. Where there can be none, the descriptor itself, and all who share it do not
 * wait until this process ends (Node then puts that back); only a terminal that cannot be opened goes on to wait.
 */
export function unwaiting(descriptor: Descriptor, kind: Kind): number {
  if (kind === 'file') return descriptor;
  for (const path of pathsOf(descriptor, kind)) {
    try {
      return fs.openSync(path, how);
    } catch {
      // Of another user, as after `su`; or it has no reader any more, which the first write will tell.
    }
  }
  // Node's own way, and its only one, to set the flag. The socket is never written to.
  if (kind !== 'terminal')
    new Socket({ fd: descriptor, readable: false, writable: true }).on('error', () => {});
  return descriptor;
}

/** By which names the very file of the descriptor can be opened. */
function pathsOf(descriptor: Descriptor, kind: Kind): readonly string[] {
  if (kind === 'socket') return [];
  const { rdev } = fs.fstatSync(descriptor);
  if (process.platform === 'linux') {
    const own = `/proc/self/fd/${descriptor}`;
    // The controlling terminal may be opened by everyone who has it, also by those who may not open it by its name.
    return kind === 'terminal' && controllingTerminal() === rdev ? [own, '/dev/tty'] : [own];
  }
  // To open /dev/fd is only to duplicate elsewhere, and flags with it.
  if (kind !== 'terminal') return [];
  const path = `/dev/ttys${String(rdev & 0xff_ff_ff).padStart(3, '0')}`;
  return isDevice(path, rdev) ? [path] : [];
}

function isDevice(path: string, rdev: number): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.rdev === rdev;
}

/** Its device number; `null` where it is not known. */
function controllingTerminal(): number | null {
  try {
    const stat = fs.readFileSync('/proc/self/stat', 'latin1');
    // After the name, which may hold anything: state, parent, group, session, terminal.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4]);
  } catch {
    return null;
  }
}
