// Holds the stages of a running build where they begin and where they end, so that something can happen in between.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Running } from '../rig/rig.ts';
import { gates } from './tree.ts';

/** Stages wait at a gate as long as its named pipe is there (`shellLineOf`). For builds of one job. */
export class Gates {
  private readonly folder: string;

  /** Opens before a build; every stage of it will stop where it begins. */
  constructor(root: string) {
    this.folder = path.join(root, gates);
    fs.mkdirSync(this.folder, { recursive: true });
    this.put('begin');
  }

  /** Nobody will come there any more; who waits there goes on waiting, and is let go by `release`. */
  dispose(): void {
    for (const gate of fs.readdirSync(this.folder).filter((name) => !isLeft(name))) {
      const from = path.join(this.folder, gate);
      fs.renameSync(from, path.join(this.folder, `left-${fs.statSync(from).ino}`));
    }
  }

  /** For the end of a story: what a killed build left waiting must not wait for ever, if no build has ended it. */
  static release(root: string): void {
    const folder = path.join(root, gates);
    const left = fs.existsSync(folder) ? fs.readdirSync(folder).filter(isLeft) : [];
    // Open for both, it waits for nobody, and who waits finds a partner that is gone at once.
    const how = fs.constants.O_RDWR | fs.constants.O_NONBLOCK;
    for (const gate of left) fs.closeSync(fs.openSync(path.join(folder, gate), how));
  }

  /** Lets stages pass up to the `nth`, which waits where it begins. Answers its name; `null`: there were fewer. */
  async hold(running: Running, nth: number): Promise<string | null> {
    for (let passing = 0; ; passing++) {
      const stage = await beginning(running, passing);
      if (stage === null || passing === nth) return stage;
      await this.open('begin');
    }
  }

  /**
   * Lets the stage that waits do its work, and those after it pass. Answers whether it waits where it ends: one that
   * fails does not come so far.
   */
  async letWork(running: Running, stage: string): Promise<boolean> {
    this.put(`${stage}-end`);
    await this.open('begin', true);
    const arrived = arrival(running, stage, 'end');
    await running.printed(new RegExp(`${arrived}|"kind":"task-finished","task":"${stage}"`));
    return new RegExp(arrived).test(running.stdout);
  }

  /** Lets who waits where it begins go on, and those after it. */
  async letGo(): Promise<void> {
    await this.open('begin', true);
  }

  async letEnd(stage: string): Promise<void> {
    await this.open(`${stage}-end`, true);
  }

  /** Waits for who comes there. Then it is away before they go on, so that nobody else stops there. */
  private async open(gate: string, forGood = false): Promise<void> {
    const pipe = await fs.promises.open(path.join(this.folder, gate), 'w');
    if (forGood) fs.rmSync(path.join(this.folder, gate));
    await pipe.close();
  }

  private put(gate: string): void {
    execFileSync('mkfifo', [path.join(this.folder, gate)]);
  }
}

function isLeft(gate: string): boolean {
  return gate.startsWith('left-');
}

/** The name of the `nth` stage that began; `null`: the build ended without it. */
async function beginning(running: Running, nth: number): Promise<string | null> {
  try {
    await running.printed('"runId":"');
    await running.printed(new RegExp(`(?:${arrival(running, '[^\\]]*', 'begin')}[^]*){${nth + 1}}`));
  } catch {
    return null;
  }
  return [...running.stdout.matchAll(new RegExp(arrival(running, '[^\\]]*', 'begin'), 'g'))][nth]![1]!;
}

/** Once the run has begun. */
function arrival(running: Running, stage: string, gate: 'begin' | 'end'): string {
  const run = /"runId":"([^"]*)"/.exec(running.stdout)![1]!;
  // What it printed before may come along.
  return `"kind":"task-output"[^\\n]*\\[(${stage})\\] at ${gate} in ${run}`;
}
