// Holds a stage where it says `cat <gate>`, until the test opens that gate.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs/promises';
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
  }

  /** Lets the reader pass: waits for it to come, if it is not there yet. */
  async open(...names: readonly string[]): Promise<void> {
    for (const name of names) await fs.writeFile(this.rig.path(name), 'go\n');
  }
}
