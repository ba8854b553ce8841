// Holds a stage at a point of its command until the case lets it go on: two named pipes, and no time that passes.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
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
    const words = fs.promises.readFile(this.at, 'utf8');
    // A reader in vain would keep this process for ever: an open and close on the other side ends it.
    const never = running.ended.then(() => {
      nudge(this.at);
      return null;
    });
    return Promise.race([words, never]);
  }

  /** Lets the stage go on that is, or will be, at the gate. */
  async open(running) {
    const told = fs.promises.writeFile(this.go, 'go\n').catch(() => {});
    await Promise.race([told, running.ended.then(() => drainPipe(this.go))]);
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

function drainPipe(file) {
  fs.closeSync(fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK));
}
