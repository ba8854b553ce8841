// What a person or a program sees of a watch: each run as `pipe build` shows it, and in between how all stands.
import type { Sink } from '../engine/ports.ts';
import type { Found } from '../engine/whats-to-do.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Console } from '../render/console.ts';
import { lookOf } from '../render/console-mode.ts';
import { warningLines } from '../render/display.ts';
import type { Look } from '../render/look.ts';
import { brokenLine, changedLine, type Pending, restLines } from '../render/watch-lines.ts';
import { createWriter } from '../render/writer.ts';
import { modeOf, openConsole } from './build.ts';
import type { Flags } from './flags.ts';
import { printDiagnostics } from './print.ts';
import { standardError, standardOutput } from './standard-streams.ts';
import type { WatchedRunEnd } from './watched-run.ts';
import type { WatchedWorkspace } from './watched-workspace.ts';

export class WatchView {
  private readonly flags: Flags;
  private readonly hasKeys: boolean;
  private readonly onClosed: () => void;
  private readonly mode: ReturnType<typeof modeOf>;
  private console: Console | null = null;
  private toldRest = '';
  private toldProblems = '';

  /** `onClosed`: nobody reads any more. */
  constructor(options: { readonly flags: Flags; readonly hasKeys: boolean; readonly onClosed: () => void }) {
    this.flags = options.flags;
    this.hasKeys = options.hasKeys;
    this.onClosed = options.onClosed;
    this.mode = modeOf(options.flags);
  }

  loaded(): void {
    this.toldProblems = '';
  }

  /** What is broken in the same way as before is not told again. */
  broken(problems: readonly Diagnostic[]): void {
    this.tellProblems(problems);
  }

  beginRun(watched: WatchedWorkspace, changed: readonly string[]): Sink {
    this.say((look) => changedLine(changed, look));
    const names = watched.selection.stages.map((stage) => stage.name);
    this.console = openConsole(this.flags, this.mode, { names, onClosed: this.onClosed });
    this.toldRest = '';
    return this.console;
  }

  endRun(end: WatchedRunEnd): void {
    this.console?.close();
    this.console = null;
    if (end.kind === 'refused') this.tellProblems(end.problems);
    else this.toldProblems = '';
  }

  /** `found`: `null` where the configuration is broken. */
  rest(found: Found | null, folders: number | null): void {
    const lines = (look: Look) =>
      found === null
        ? brokenLine(look)
        : restLines({ pending: pendingOf(found), folders, hasKeys: this.hasKeys }, look);
    // How many folders are watched is no news.
    const told = found === null ? 'broken' : JSON.stringify([...pendingOf(found)]);
    if (told === this.toldRest) return;
    this.toldRest = told;
    this.say(lines);
  }

  note(message: string, hint?: string): void {
    const event = { v: 1, seq: 0, runId: '', at: '', kind: 'warning', message, ...(hint && { hint }) };
    this.say((look) => warningLines(event as unknown as Parameters<typeof warningLines>[0], look));
  }

  private tellProblems(problems: readonly Diagnostic[]): void {
    const told = JSON.stringify(problems);
    if (told === this.toldProblems) return;
    this.toldProblems = told;
    this.toldRest = '';
    printDiagnostics(problems);
  }

  /** Standard output belongs to the events where these are asked for. */
  private say(lines: (look: Look) => readonly string[]): void {
    if (this.mode === 'quiet') return;
    const stream = this.mode === 'json' ? standardError() : standardOutput();
    const look = lookOf(stream, process.env);
    const shown = this.mode === 'plain' ? { ...look, columns: null } : look;
    createWriter(stream, this.onClosed).lines(lines(shown));
  }
}

function pendingOf(found: Found): ReadonlyMap<Parameters<Found['tasks']['get']>[0], Pending> {
  const pending = new Map<Parameters<Found['tasks']['get']>[0], Pending>();
  for (const [id, state] of found.tasks) {
    if (state.kind === 'blocked') pending.set(id, state);
    if (state.kind === 'held' && state.hold.kind === 'until-asked')
      pending.set(id, { kind: 'until-asked', estimateMs: state.estimateMs });
    if (state.kind === 'held' && state.hold.kind === 'until-changed')
      pending.set(id, { kind: 'until-changed' });
  }
  return pending;
}
