// Reads the trace of one program with all that it started, line by line, and tells what it did to files.
// Whatever is missing or not understood makes the trace incomplete: what was not seen must not count as not done.

import { effectsOf, plainPath, unseen } from './system-call.ts';
import type { TouchedFiles } from './touched-files.ts';
import { readCall, readTraceLine, type TracedCall, type TraceLine } from './trace-line.ts';

/** Threads share one. */
interface WorkingFolder {
  path: string;
}

export class TraceReading {
  private readonly touched: TouchedFiles;
  private readonly realFolder: (absolute: string) => string;
  private readonly startFolder: string;
  private readonly isNode: (absolute: string) => boolean;
  /** What each of them is, as far as it is not what the first one was. */
  private readonly programs = new Map<number, string>();
  /** Processes and threads that have not ended. */
  private readonly folders = new Map<number, WorkingFolder>();
  private readonly unfinished = new Map<number, string>();
  /** What a process did before the call returned that started it. */
  private readonly early = new Map<number, TraceLine[]>();
  private hasBegun = false;
  private flaw: string | null = null;

  /** `folder`: absolute, where the program starts. `realFolder` follows links. `isNode`: whether a program is Node. */
  constructor(options: {
    readonly folder: string;
    readonly touched: TouchedFiles;
    readonly realFolder: (absolute: string) => string;
    readonly isNode: (absolute: string) => boolean;
  }) {
    this.startFolder = options.folder;
    this.touched = options.touched;
    this.realFolder = options.realFolder;
    this.isNode = options.isNode;
  }

  take(text: string): void {
    if (this.flaw !== null) return;
    const line = readTraceLine(text);
    if (line === null) {
      this.flaw = `a line of its trace cannot be read: ${text.slice(0, 120)}`;
      return;
    }
    if (!this.hasBegun) this.folders.set(line.pid, { path: this.startFolder });
    this.hasBegun = true;
    this.follow(line);
  }

  /** The last line is cut short. */
  breakOff(): void {
    this.flaw ??= 'its trace breaks off';
  }

  /** Why the trace is not complete; `null` if it is. */
  end(): string | null {
    if (this.flaw !== null) return this.flaw;
    if (!this.hasBegun) return 'nothing was traced';
    const [left] = [...this.folders.keys(), ...this.early.keys()];
    return left === undefined ? null : `the end of its process ${left} is not in the trace`;
  }

  /** Those whose end was not seen yet. */
  processes(): readonly number[] {
    return [...this.folders.keys(), ...this.early.keys()];
  }

  private follow(line: TraceLine): void {
    const folder = this.folders.get(line.pid);
    if (folder === undefined) {
      const waiting = this.early.get(line.pid);
      if (waiting === undefined) this.early.set(line.pid, [line]);
      else waiting.push(line);
      return;
    }
    switch (line.kind) {
      case 'call':
        this.perform(line.pid, folder, line.call);
        return;
      case 'unfinished':
        this.unfinished.set(line.pid, line.text);
        return;
      case 'resumed':
        this.resume(line.pid, folder, line);
        return;
      case 'ended':
        this.endInTheMiddle(line.pid, folder);
        this.folders.delete(line.pid);
        this.programs.delete(line.pid);
        return;
      case 'superseded':
        this.supersede(line.pid, line.by);
        return;
    }
  }

  private resume(
    pid: number,
    folder: WorkingFolder,
    line: { readonly name: string; readonly text: string },
  ): void {
    // Ended in the middle of a call, it is shown as going on with it.
    if (/\) *= \?/.test(line.text)) {
      this.endInTheMiddle(pid, folder);
      return;
    }
    const begun = this.unfinished.get(pid);
    this.unfinished.delete(pid);
    const call = begun?.startsWith(`${line.name}(`) ? readCall(joined(begun, line.text)) : null;
    if (call === null) this.flaw = `a call to ${line.name} cannot be read`;
    else this.perform(pid, folder, call);
  }

  /** Nobody knows whether a call that was cut off had its effect, so it counts as if it had. */
  private endInTheMiddle(pid: number, folder: WorkingFolder): void {
    const begun = this.unfinished.get(pid);
    this.unfinished.delete(pid);
    if (begun === undefined || /^(?:v?fork|clone3?)\(/.test(begun)) return;
    const call = readCall(joined(begun, ') = 0'));
    if (call === null) this.flaw = 'a call that was cut off cannot be read';
    else this.perform(pid, folder, call);
  }

  /** A thread started another program: the process goes on under its own number, and the thread is no more. */
  private supersede(pid: number, by: number): void {
    const begun = this.unfinished.get(by);
    if (begun !== undefined) this.unfinished.set(pid, begun);
    this.unfinished.delete(by);
    const folder = this.folders.get(by);
    if (folder !== undefined) this.folders.set(pid, folder);
    this.folders.delete(by);
    this.programs.delete(by);
  }

  private perform(pid: number, folder: WorkingFolder, call: TracedCall): void {
    for (const effect of effectsOf(call, folder.path)) {
      switch (effect.kind) {
        case 'spawn':
          this.inherit(pid, effect.pid);
          this.begin(effect.pid, effect.sharesFolder ? folder : { path: folder.path });
          break;
        case 'enter':
          folder.path = this.realFolder(plainPath(effect.folder.used) ?? effect.folder.used);
          break;
        case 'become':
          this.programs.set(pid, effect.program.used);
          break;
        case 'ring':
          if (!this.isNode(this.programs.get(pid) ?? '')) this.flaw ??= unseen;
          break;
        case 'blind':
          this.flaw ??= effect.why;
          break;
        default:
          this.touched.apply(effect);
      }
    }
  }

  private inherit(from: number, to: number): void {
    const program = this.programs.get(from);
    if (program === undefined) this.programs.delete(to);
    else this.programs.set(to, program);
  }

  private begin(pid: number, folder: WorkingFolder): void {
    this.folders.set(pid, folder);
    const early = this.early.get(pid) ?? [];
    this.early.delete(pid);
    for (const line of early) this.follow(line);
  }
}

/** The two halves of a call; a comma between them may stand in either or in none. */
function joined(begun: string, rest: string): string {
  const first = begun.trimEnd();
  const second = rest.trimStart();
  if (second.startsWith(')') || first.endsWith('(') || first.endsWith(',')) return first + second;
  return `${first}, ${second.replace(/^, */, '')}`;
}
