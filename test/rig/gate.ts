// Holds a stage where it says `cat <gate>`, until the test opens that gate.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { notePipe } from './leftovers.ts';
import type { Rig } from './rig.ts';

export class Gates {
  private readonly rig: Rig;

  /** Each is for one passage in a build: a second opening might reach the reader of the first. */
  constructor(rig: Rig, ...names: readonly string[]) {
    this.rig = rig;
    execFileSync(
      'mkfifo',
      names.map((name) => rig.path(name)),
    );
    for (const name of names) notePipe(rig.path(name));
  }

  /** Lets the reader pass: waits for it to come, if it is not there yet. */
  async open(...names: readonly string[]): Promise<void> {
    for (const name of names) await letOneThrough(this.rig.path(name));
  }
}

/**
 * Resolves when a reader has come to the named pipe and been told to go on. Closed at once: to the next reader it would
 * be open with nothing to read, and not shut.
 */
export async function letOneThrough(file: string): Promise<void> {
  const pipe = await promisify(fs.open)(file, 'w');
  fs.writeSync(pipe, 'go\n');
  fs.closeSync(pipe);
}
