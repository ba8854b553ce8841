// What a program prints: redacted, appended to its log, passed on line by line, its end remembered.
// Writes synchronously, and has the program wait for whom its output is shown to: one that floods its output is slowed
// down instead of filling memory.

import { closeSync, openSync, writeSync } from 'node:fs';
import { type Outlet, openOutlet } from '../engine/outlet.ts';
import { Redactor, redact } from '../model/command/redaction.ts';
import { Tail } from './tail.ts';

type Stream = 'stdout' | 'stderr';

/** A line that is longer goes on in pieces. */
const longestHeldLine = 8192;

export interface CaptureOptions {
  /** `null`: it has none. */
  readonly logPath: string | null;
  readonly secretValues: readonly string[];
  /** With `inherit` a person may be asked something: what is asked must show before its line ends. */
  readonly stdin?: 'closed' | 'inherit';
  /** Where it is shown. Default: where there is always room. */
  readonly outlet?: Outlet;
  readonly onOutput: (stream: Stream, text: string) => void;
}

export class CapturedOutput {
  private readonly options: CaptureOptions;
  private readonly redactors: Readonly<Record<Stream, Redactor>>;
  /** Of each stream: the line that has no end yet. */
  private readonly unfinished: Record<Stream, string> = { stdout: '', stderr: '' };
  private readonly lastLines = new Tail();
  private readonly outlet: Outlet;
  private log: number | null = null;

  constructor(options: CaptureOptions) {
    this.options = options;
    const { secretValues } = options;
    this.outlet = options.outlet ?? openOutlet;
    this.redactors = { stdout: new Redactor(secretValues), stderr: new Redactor(secretValues) };
    try {
      if (options.logPath !== null) this.log = openSync(options.logPath, 'a');
    } catch (error) {
      this.loseLog(error);
    }
  }

  /** Answers until when no more should be read of the program; `null`: more may come at once. */
  write(stream: Stream, chunk: Buffer): Promise<void> | null {
    this.advance(stream, this.redactors[stream].push(chunk));
    return this.room();
  }

  room(): Promise<void> | null {
    return this.outlet.state === 'full' ? this.outlet.room() : null;
  }

  /** The program has ended: everything held back goes out. More may follow, from the stage's next line. */
  flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      this.advance(stream, this.redactors[stream].flush());
      if (this.unfinished[stream] !== '') this.show(stream, this.unfinished[stream]);
      this.unfinished[stream] = '';
    }
  }

  /** A line that the program did not print itself. */
  say(stream: Stream, text: string): void {
    this.show(stream, `${this.clean(text)}\n`);
  }

  /** A line that people are told in another way too. */
  logOnly(text: string): void {
    this.append(`${this.clean(text)}\n`);
  }

  /** The text without the secrets. */
  clean(text: string): string {
    return redact(text, this.options.secretValues);
  }

  /** The last lines of both streams, in the order in which they came. */
  tail(): readonly string[] {
    return this.lastLines.lines();
  }

  close(): void {
    if (this.log !== null) closeSync(this.log);
    this.log = null;
  }

  private advance(stream: Stream, text: string): void {
    const waiting = this.unfinished[stream] + text;
    const end = waiting.lastIndexOf('\n') + 1;
    const goesOut = this.options.stdin === 'inherit' || waiting.length - end > longestHeldLine;
    const cut = goesOut ? waiting.length : end;
    this.unfinished[stream] = waiting.slice(cut);
    if (cut > 0) this.show(stream, waiting.slice(0, cut));
  }

  private show(stream: Stream, text: string): void {
    this.append(text);
    this.lastLines.add(stream, text);
    if (this.outlet.state !== 'given-up') this.options.onOutput(stream, text);
  }

  private append(text: string): void {
    if (this.log === null) return;
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(this.log, bytes, at);
    } catch (error) {
      this.close();
      this.loseLog(error);
    }
  }

  /** A full disk costs the log, not the build; but it must be seen. */
  private loseLog(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.options.onOutput('stderr', `pipe: the log cannot be written: ${why}\n`);
  }
}
