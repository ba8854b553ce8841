// What a program prints: redacted, appended to its log, passed on line by line, its end remembered.
// Writes synchronously: a program that floods its output is slowed down instead of filling memory.

import { closeSync, openSync, writeSync } from 'node:fs';
import { Redactor, redact } from '../model/command/redaction.ts';
import { Tail } from './tail.ts';

type Stream = 'stdout' | 'stderr';

/** A line that is longer goes on in pieces. */
const longestHeldLine = 8192;

export interface CaptureOptions {
  readonly logPath: string;
  readonly secretValues: readonly string[];
  /** With `inherit` a person may be asked something: what is asked must show before its line ends. */
  readonly stdin?: 'closed' | 'inherit';
  readonly onOutput: (stream: Stream, text: string) => void;
}

export class CapturedOutput {
  private readonly options: CaptureOptions;
  private readonly redactors: Readonly<Record<Stream, Redactor>>;
  /** Of each stream: the line that has no end yet. */
  private readonly unfinished: Record<Stream, string> = { stdout: '', stderr: '' };
  private readonly lastLines = new Tail();
  private log: number | null = null;

  constructor(options: CaptureOptions) {
    this.options = options;
    const { secretValues } = options;
    this.redactors = { stdout: new Redactor(secretValues), stderr: new Redactor(secretValues) };
    try {
      this.log = openSync(options.logPath, 'a');
    } catch (error) {
      this.loseLog(error);
    }
  }

  write(stream: Stream, chunk: Buffer): void {
    this.advance(stream, this.redactors[stream].push(chunk));
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
    this.options.onOutput(stream, text);
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
