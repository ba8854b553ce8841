// A program that runs beside a watch and is started anew after each run that went well: a server, as a rule.

import { spawnLeader } from './leader.ts';
import { defaultPeriods, type Periods } from './periods.ts';
import { type GroupEnd, type ProcessGroup, startGroup } from './process-group.ts';

export interface ServerOptions {
  /** A shell line. */
  readonly line: string;
  /** Absolute. */
  readonly cwd: string;
  /** Complete, but for `PIPE_EXEC`. */
  readonly env: Readonly<Record<string, string>>;
  /** Whole lines, without their ends. */
  readonly onLine: (line: string) => void;
  /** It ended, and nobody had asked it to. */
  readonly onEnd: (end: GroupEnd) => void;
  readonly periods?: Periods;
}

/**
 * ```text
 * off ──restart──► on ──restart──► ending ──gone──► on
 *                  └──ends by itself──► off
 * ```
 */
export class Server {
  private readonly options: ServerOptions;
  /** By this what has left its group is told from other programs. */
  private readonly mark = `${process.pid}-${process.hrtime.bigint()}`;
  private group: ProcessGroup | null = null;
  /** Whether it is to be started when the one before is gone. */
  private isWanted = false;
  private isAskedToEnd = false;

  constructor(options: ServerOptions) {
    this.options = options;
  }

  restart(): void {
    this.isWanted = true;
    if (this.group === null) this.start();
    else this.end();
  }

  /** Resolves when no process of it is left: INT, after 5 s TERM, after 5 s KILL. Called again, KILL at once. */
  async stop(): Promise<void> {
    const isSecond = this.isAskedToEnd && !this.isWanted;
    this.isWanted = false;
    if (this.group === null) return;
    if (isSecond) this.group.kill();
    else this.end();
    await this.group.ended;
  }

  private end(): void {
    this.isAskedToEnd = true;
    this.group?.interrupt();
  }

  private start(): void {
    const { line, cwd, onLine, onEnd, periods = defaultPeriods } = this.options;
    const env = { ...this.options.env, PIPE_EXEC: this.mark };
    this.isAskedToEnd = false;
    this.isWanted = false;
    const lines = { stdout: new Lines(onLine), stderr: new Lines(onLine) };
    const group = startGroup(
      {
        ...{ file: '/bin/sh', args: ['-c', line], cwd, env, stdin: 'closed', periods },
        onData: (stream, chunk) => {
          lines[stream].take(chunk);
          return null;
        },
      },
      // It may outlive many a starter.
      spawnLeader,
    );
    this.group = group;
    void group.ended.then((end) => {
      lines.stdout.finish();
      lines.stderr.finish();
      this.group = null;
      if (this.isWanted) this.start();
      else if (!this.isAskedToEnd) onEnd(end);
    });
  }
}

/** More without a line's end is a line. */
const longestLine = 64 * 1024;

class Lines {
  private readonly onLine: (line: string) => void;
  private readonly decoder = new TextDecoder();
  private rest = '';

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  take(chunk: Buffer): void {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.onLine(line);
    if (this.rest.length > longestLine) this.finish();
  }

  finish(): void {
    if (this.rest !== '') this.onLine(this.rest);
    this.rest = '';
  }
}
