// Holds a stage at a point of its command until the case lets it go on: two named pipes, and no time that passes.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export class Gate {
  /** @param {string} folder where the pipes are, beside the workspace */
  constructor(folder, name) {
    this.at = path.join(folder, `${name}.at`);
    this.go = path.join(folder, `${name}.go`);
    execFileSync('mkfifo', [this.at, this.go]);
  }

  /** Resolves when a stage has come to the gate, with what it says there; `null` when the tool ended before. */
  async reached(running) {
    const socket = new net.Socket({ fd: openBothWays(this.at), readable: true, writable: false });
    const words = new Promise((resolve) => {
      socket.once('data', (bytes) => resolve(bytes.toString()));
    });
    return Promise.race([words, running.ended.then(() => null)]).finally(() => socket.destroy());
  }

  /** Lets the stage go on that is, or will be, at the gate. */
  async open(running) {
    const pipe = openBothWays(this.go);
    fs.writeSync(pipe, 'go\n');
    // What is in it is lost when nobody has it open.
    running.ended.then(() => fs.closeSync(pipe));
  }

  /** The same, without waiting for one; `false` when nobody is at the gate. */
  openIfAwaited() {
    return nudge(this.go);
  }
}

/** Whether there was a reader, who can now go on. */
function nudge(file) {
  try {
    const pipe = fs.openSync(file, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
    fs.writeSync(pipe, 'go\n');
    fs.closeSync(pipe);
    return true;
  } catch {
    return false;
  }
}

/**
 * Shell text that waits at the gate, in the first execution only: a second one passes, so that a later build ends.
 * @param {string} words what the stage says there, such as its process number
 */
export function pauseAt(name, words = 'here') {
  const gate = `../gates/${name}`;
  return `if mkdir ${gate} 2> /dev/null; then echo "${words}" > ${gate}.at; read _ < ${gate}.go; fi`;
}

/** So that opening never waits for the other side: it would hold this process for ever if nobody came. */
function openBothWays(file) {
  return fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
}
