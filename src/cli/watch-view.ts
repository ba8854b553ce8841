// What a person or a program sees of a watch: each run as `pipe build` shows it, and in between how all stands.
import path from 'node:path';
import type { RunCause } from '../engine/holds.ts';
import type { Sink } from '../engine/ports.ts';
import type { Found } from '../engine/whats-to-do.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { stageOfTask } from '../model/task.ts';
import type { Console } from '../render/console.ts';
import { lookOf } from '../render/console-mode.ts';
import { warningLines } from '../render/display.ts';
import type { GoOnFlags, Look } from '../render/look.ts';
import { emptyScreen, serverLines } from '../render/watch-answers.ts';
import { brokenLine, changedLine, type Rest, restLines } from '../render/watch-lines.ts';
import { createWriter, type Writer } from '../render/writer.ts';
import type { Flags } from './flags.ts';
import { flagsToGoOn } from './going-on.ts';
import { freshOf, newsIn, pendingOf } from './pending.ts';
import { printDiagnostics } from './print.ts';
import { modeOf, openConsole } from './showing.ts';
import { standardError, standardOutput } from './standard-streams.ts';
import { openPrompt } from './watch-prompt.ts';
import type { WatchedRunEnd } from './watched-run.ts';
import type { WatchedWorkspace } from './watched-workspace.ts';

const packageWords = (lockFile: string): [message: string, hint: string] => [
  `${path.basename(lockFile)} has changed: what the configuration takes from packages is as it was when this watch began`,
  'start the watch again, which then has those that are installed now',
];

export class WatchView {
  private readonly flags: Flags;
  readonly hasKeys: boolean;
  private readonly onClosed: () => void;
  private readonly mode: ReturnType<typeof modeOf>;
  private readonly writers = new Map<string, Writer>();
  private console: Console | null = null;
  private toldRest = '';
  private toldProblems = '';
  private toldRefusal = '';
  /** Of the last run, if it could not even begin; `about`: what had been found before it. */
  private refusal: { readonly about: Found | undefined; readonly problems: readonly Diagnostic[] } | null =
    null;
  private lastRest: (look: Look) => readonly string[] = () => [];
  private watched: WatchedWorkspace | null = null;
  /** Behind `pipe build <stage>`, to do it as this watch would. */
  private goOnFlags: GoOnFlags | undefined;
  private pendingNow: readonly string[] = [];
  private isToldNow = false;
  /** What a person is typing, where there are keys. */
  private readonly prompt: ((text: string | null) => void) | null;
  private log: { readonly root: string; readonly path: string } | null = null;

  /** `onClosed`: nobody reads any more. */
  constructor(options: { readonly flags: Flags; readonly hasKeys: boolean; readonly onClosed: () => void }) {
    this.flags = options.flags;
    this.hasKeys = options.hasKeys;
    this.onClosed = options.onClosed;
    this.mode = modeOf(options.flags);
    this.prompt = options.hasKeys ? openPrompt() : null;
  }

  loaded(watched: WatchedWorkspace): void {
    this.watched = watched;
    this.goOnFlags = flagsToGoOn(watched.workspace, this.flags);
    this.toldProblems = '';
    const { newLockFile } = watched.workspace;
    if (newLockFile !== null) this.note(...packageWords(newLockFile));
  }

  /** Whether a run is shown. */
  get isBusy(): boolean {
    return this.console !== null;
  }

  /** In topological order, with those before each. */
  get stages(): readonly { readonly name: string; readonly before: readonly string[] }[] {
    if (this.watched === null) return [];
    const { selection, workspace } = this.watched;
    return selection.stages.map(({ name }) => ({
      name,
      before: workspace.graph.edgesInto(name).map((edge) => edge.from),
    }));
  }

  /** Of all stages, as they were found last. */
  get items(): readonly string[] {
    return [...(this.watched?.lastLook?.found.tasks.keys() ?? [])].filter((id) => stageOfTask(id) !== id);
  }

  /** The stages that wait to be asked for, in the order in which they are shown. */
  get pending(): readonly string[] {
    return this.pendingNow;
  }

  /** Of what ran last and had something to say or failed. */
  get lastLog(): { readonly root: string; readonly path: string } | null {
    return this.log;
  }

  get rows(): number {
    return standardOutput().rows ?? 24;
  }

  /** What is broken in the same way as before is not told again. */
  broken(problems: readonly Diagnostic[]): void {
    this.tellProblems(problems);
  }

  /** A run that comes to nothing, and that nobody has asked for, is not told of: how all stands neither, as before. */
  beginRun(watched: WatchedWorkspace, changed: readonly string[], cause: RunCause): Sink {
    this.say((look) => changedLine(changed, look));
    const isAskedFor = cause.kind !== 'change' && cause.kind !== 'begin';
    if (changed.length > 0 || isAskedFor) this.toldRest = '';
    const names = watched.selection.stages.map((stage) => stage.name);
    const console = openConsole(this.flags, this.mode, {
      ...{ names, onClosed: this.onClosed },
      ...(this.goOnFlags === undefined ? {} : { goOnFlags: this.goOnFlags }),
    });
    this.console = console;
    return {
      handle: (event) => {
        this.toldRest = '';
        this.toldRefusal = '';
        if (event.kind === 'task-finished' && event.log !== undefined)
          this.log = { root: watched.workspace.root, path: event.log };
        console.handle(event);
      },
    };
  }

  endRun(end: WatchedRunEnd): void {
    this.console?.close();
    this.console = null;
    this.refusal = null;
    if (end.kind === 'refused') {
      this.refusal = { about: this.watched?.lastLook?.found, problems: end.problems };
      this.isToldNow = this.tellProblems(end.problems);
    } else this.toldProblems = '';
  }

  /** `found`: `null` where the configuration is broken. */
  rest(found: Found | null, folders: number | null): void {
    // Whoever has looked since has found nothing to do, or tried again.
    const refused =
      this.refusal?.about === found ? this.refusal!.problems.map(({ message }) => message) : null;
    if (found !== null && refused === null) this.toldRefusal = '';
    const linesWith = (reasons: Rest['refused']) => (look: Look) =>
      found === null
        ? brokenLine(look)
        : restLines(
            {
              ...{ pending: pendingOf(found), fresh: freshOf(found) },
              ...{ folders, refused: reasons, hasKeys: this.hasKeys },
            },
            look,
          );
    const lines = linesWith(refused);
    this.lastRest = lines;
    this.pendingNow =
      found === null
        ? []
        : [...pendingOf(found)].filter(([, { kind }]) => kind === 'until-asked').map(([id]) => id);
    // How many folders are watched is no news.
    const told = found === null ? 'broken' : JSON.stringify([refused, newsIn(pendingOf(found))]);
    if (told === this.toldRest) return;
    this.toldRest = told;
    // Just above it stands more of that.
    this.say(refused !== null && this.isToldNow ? linesWith([]) : lines);
    this.isToldNow = false;
  }

  /** Of the program beside. */
  serverLine(line: string): void {
    this.say((look) => serverLines(line, look));
  }

  /** Clears the screen, but for how all stands or what runs. */
  clear(): void {
    this.put(emptyScreen);
    if (!this.isBusy) this.say(this.lastRest);
  }

  /** What stays the lowest line while it is typed; `null`: it is over. */
  ask(question: string | null): void {
    this.prompt?.(question);
  }

  /** By the file system. What it refuses at each look is told once. */
  refused({ message }: Error): void {
    if (message === this.toldRefusal) return;
    this.toldRefusal = message;
    this.note(`the file system refused: ${message}`);
  }

  note(message: string, hint?: string): void {
    const event = { v: 1, seq: 0, runId: '', at: '', kind: 'warning', message, ...(hint && { hint }) };
    this.say((look) => warningLines(event as unknown as Parameters<typeof warningLines>[0], look));
  }

  /** Once. Answers whether this was the time. */
  private tellProblems(problems: readonly Diagnostic[]): boolean {
    const told = JSON.stringify(problems);
    if (told === this.toldProblems || problems.length === 0) return false;
    this.toldProblems = told;
    this.toldRest = '';
    printDiagnostics(problems);
    return true;
  }

  /** One for all that is ever said: each listens to its stream for good. */
  private writerOf(name: 'stdout' | 'stderr'): Writer {
    const known = this.writers.get(name);
    if (known !== undefined) return known;
    const made = createWriter(name === 'stdout' ? standardOutput() : standardError(), this.onClosed);
    this.writers.set(name, made);
    return made;
  }

  /** Standard output belongs to the events where these are asked for. */
  say(lines: (look: Look) => readonly string[]): void {
    if (this.mode === 'quiet') return;
    const stream = this.mode === 'json' ? standardError() : standardOutput();
    const look = lookOf(stream, process.env, [], this.goOnFlags);
    const shown = this.mode === 'plain' ? { ...look, columns: null } : look;
    this.put(
      lines(shown)
        .map((line) => `${line}\n`)
        .join(''),
    );
  }

  /** Whole lines. While a run redraws the end of the terminal, it alone knows where they belong. */
  private put(text: string): void {
    if (this.console !== null && this.mode === 'live') this.console.above(text);
    else this.writerOf(this.mode === 'json' ? 'stderr' : 'stdout').write(text);
  }
}
