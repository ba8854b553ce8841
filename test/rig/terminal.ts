// The real command at a terminal of its own, for stories: what is typed, and what is seen.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { nodeUnderTest, pipeCommand, type Rig, Running } from './rig.ts';

/** `script` of util-linux gives a command a terminal of its own. */
export const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes(
  'util-linux',
);
if (!hasTerminal) console.warn('no "script" of util-linux here: keys are tested as values alone');

const sequences = new RegExp(String.raw`${'\u001b'}\[[0-9;?]*[A-Za-z]`, 'g');

/** Text as it is seen, without what moves the cursor or colours. */
export function seen(text: string): string {
  return text.replace(sequences, '').replaceAll('\r', '');
}

export class Terminal implements AsyncDisposable {
  readonly running: Running;
  private at = 0;

  /** `args`: as they are typed in a shell. `line`: of the shell that starts it; by default it gives way. */
  constructor(rig: Rig, args: string, line = (pipe: string) => `exec ${pipe}`) {
    const command = `stty cols 100 rows 40; ${line(`"${nodeUnderTest}" -- "${pipeCommand}" ${args}`)}`;
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm', LANG: 'C.UTF-8' };
    this.running = new Running(
      spawn('script', ['-qefc', command, '/dev/null'], { cwd: rig.root, env, stdio: 'pipe' }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { child, ended } = this.running;
    // A session of its own, which would else end in order, and write to the folder of the story while that is cleared away.
    for (const leader of childrenOf(child.pid)) killGroup(leader);
    child.kill('SIGKILL');
    await ended;
  }

  /** What is seen from the last match on, up to the end of the next. */
  async next(pattern: RegExp): Promise<string> {
    for (;;) {
      const text = seen(this.running.stdout).slice(this.at);
      const found = pattern.exec(text);
      if (found !== null) {
        const end = found.index + found[0].length;
        this.at += end;
        return text.slice(0, end);
      }
      const { child } = this.running;
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`ended without ${pattern}:\n${text}`);
      await more(child);
    }
  }

  type(keys: string): void {
    this.running.child.stdin!.write(keys);
  }
}

function childrenOf(pid: number | undefined): readonly number[] {
  try {
    return fs
      .readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Resolves when something more was printed, or nothing more will be. */
function more(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const on = () => {
      child.stdout!.off('data', on);
      child.off('close', on);
      // After the listener that collects the text.
      setImmediate(resolve);
    };
    child.stdout!.on('data', on);
    child.on('close', on);
  });
}
