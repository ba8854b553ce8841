// `pipe watch` at work in a workspace, for stories: what it did from one rest to the next.
import type { Ended, Rig, Running, RunOptions } from './rig.ts';

/** What happened between two rests, as the plain lines tell it. */
export interface Pass {
  readonly text: string;
  /** How many runs it took. */
  readonly runs: number;
  /** Tasks in the order in which they ended so. */
  readonly done: readonly string[];
  readonly restored: readonly string[];
  readonly failed: readonly string[];
  readonly cancelled: readonly string[];
  /** Tasks that began anew, their inputs edited while they ran. */
  readonly again: readonly string[];
}

const restLine =
  /^(?:all else is )?up to date, .*\n|^nothing can be built as it is, .*\n|^the configuration is broken: .*\n/m;

export class Watcher implements AsyncDisposable {
  readonly running: Running;
  private at = 0;

  constructor(running: Running) {
    this.running = running;
  }

  /** Started, and all is up to date as far as it can be. */
  static async start(
    rig: Rig,
    args: readonly string[] = [],
    options: RunOptions = {},
  ): Promise<[Watcher, Pass]> {
    const watcher = new Watcher(rig.start(['watch', ...args], options));
    return [watcher, await watcher.rest()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.running.child.kill('SIGKILL');
    await this.running.ended;
  }

  /** Resolves when it has come to rest once more. */
  async rest(): Promise<Pass> {
    const text = await this.until(restLine);
    return passFrom(text);
  }

  /** All that is printed from the last rest on, up to the end of the first match. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const rest = this.running.stdout.slice(this.at);
      const match = pattern.exec(rest);
      if (match !== null) {
        const end = match.index + match[0].length;
        this.at += end;
        return rest.slice(0, end);
      }
      await this.more();
    }
  }

  async quit(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.running.child.kill(signal);
    return this.running.ended;
  }

  private more(): Promise<void> {
    const { child } = this.running;
    return new Promise((resolve, reject) => {
      const over = () =>
        reject(new Error(`ended early:\n${this.running.stdout}\n--\n${this.running.stderr}`));
      const on = () => {
        child.off('close', over);
        // After the listener that collects the text.
        setImmediate(resolve);
      };
      child.stdout!.once('data', on);
      child.once('close', over);
    });
  }
}

function passFrom(text: string): Pass {
  const named = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]!);
  return {
    text,
    runs: named(/^(.+) · .*\d+ tasks?$/gm).length,
    done: named(/^done +(\S+)/gm),
    restored: named(/^restored +(\S+)/gm),
    failed: named(/^failed +(\S+)/gm).filter((name, i, all) => all.indexOf(name) === i),
    cancelled: named(/^cancelled +(\S+)/gm),
    again: named(/^(\S+): its inputs were edited while it ran/gm),
  };
}
