// A program with all its descendants: started as one process group, ended as one.
// What is special about the operating system's processes stays in this file and process-table.ts.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import type { Periods } from './periods.ts';
import { isGroupAlive, type Marks, marksIn, type Process, processesMarked } from './process-table.ts';
import { whyNotStarted } from './why-not-started.ts';

export interface GroupSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Complete; also where `file` is looked up. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: 'closed' | 'inherit';
  /** No more is read until what it answers resolves; `null`: at once. */
  readonly onData: (stream: 'stdout' | 'stderr', chunk: Buffer) => Promise<void> | null;
  /** Sent on descriptor 3 at once; what comes back there goes to `onReply`, which answers as `onData` does. */
  readonly request?: string;
  readonly onReply?: (chunk: Buffer) => Promise<void> | null;
  readonly periods: Periods;
}

export type GroupEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly message: string };

export interface ProcessGroup {
  /** Of the leader, and so of the group; `null` where nothing was started. */
  readonly pid: number | null;
  /**
   * How the leader ended. Resolves when no process of the group is left and its output is read; where it was
   * asked to end, also when none is left that went out of the group. Never rejects.
   */
  readonly ended: Promise<GroupEnd>;
  /** Whether the leader has not ended yet. */
  isRunning(): boolean;
  /** INT, later TERM, later KILL. Ineffective once a harder way has begun. */
  interrupt(): void;
  /** TERM, later KILL. */
  terminate(): void;
  kill(): void;
}

export function startGroup(spec: GroupSpec): ProcessGroup {
  let child: ChildProcess;
  try {
    child = spawn(spec.file, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: [
        spec.stdin === 'inherit' ? 'inherit' : 'ignore',
        'pipe',
        'pipe',
        ...(spec.request === undefined ? [] : (['pipe'] as const)),
      ],
    });
  } catch (error) {
    return notStarted(Promise.resolve(error), spec);
  }
  if (child.pid === undefined)
    return notStarted(new Promise((resolve) => child.once('error', resolve)), spec);
  child.on('error', () => {});
  return new StartedGroup(child, child.pid, spec);
}

function notStarted(error: Promise<unknown>, spec: GroupSpec): ProcessGroup {
  const ended = error.then((why): GroupEnd => ({ kind: 'not-started', message: whyNotStarted(why, spec) }));
  return { pid: null, ended, isRunning: () => false, interrupt() {}, terminate() {}, kill() {} };
}

type Phase = 'running' | 'interrupted' | 'terminated' | 'killed' | 'gone';

// running → interrupted → terminated → killed → gone; any step may be skipped, none goes back.
//
// A process that went out of the group (setsid) is told by its environment. Where a program ends by itself,
// such a process stays: a daemon that others may use by now. Where a program is ended, it is ended too.
class StartedGroup implements ProcessGroup {
  readonly pid: number;
  readonly ended: Promise<GroupEnd>;
  private readonly child: ChildProcess;
  private readonly periods: Periods;
  private readonly marks: Marks;
  private phase: Phase = 'running';
  private isAskedToEnd = false;
  private next: NodeJS.Timeout | undefined;
  private sawOutput = false;
  /** Until when some of the output is not read. */
  private held: Promise<unknown> = Promise.resolve();

  constructor(child: ChildProcess, pid: number, spec: GroupSpec) {
    this.child = child;
    this.pid = pid;
    this.periods = spec.periods;
    this.marks = marksIn(spec.env);
    this.read(child.stdout, (chunk) => spec.onData('stdout', chunk));
    this.read(child.stderr, (chunk) => spec.onData('stderr', chunk));
    const channel = child.stdio[3] as Duplex | null | undefined;
    if (channel && spec.request !== undefined) {
      this.read(channel, (chunk) => spec.onReply?.(chunk) ?? null);
      channel.end(spec.request);
    }
    this.ended = this.follow();
  }

  isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  interrupt(): void {
    this.isAskedToEnd = true;
    if (this.phase !== 'running') return;
    this.enter('interrupted', 'SIGINT');
    this.after(this.periods.interruptMs, () => this.beginTermination());
  }

  terminate(): void {
    this.isAskedToEnd = true;
    this.beginTermination();
  }

  kill(): void {
    this.isAskedToEnd = true;
    this.beginKilling();
  }

  private beginTermination(): void {
    if (this.phase !== 'running' && this.phase !== 'interrupted') return;
    this.enter('terminated', 'SIGTERM');
    this.after(this.periods.terminateMs, () => this.beginKilling());
  }

  private beginKilling(): void {
    if (this.phase === 'killed' || this.phase === 'gone') return;
    this.enter('killed', 'SIGKILL');
    this.after(this.periods.abandonMs, () => this.leave());
  }

  private async follow(): Promise<GroupEnd> {
    const closed = new Promise<void>((resolve) => this.child.once('close', () => resolve()));
    const end = await new Promise<GroupEnd>((resolve) =>
      this.child.once('exit', (code, signal) =>
        resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal }),
      ),
    );
    await this.endRemainder();
    await this.drain(closed);
    return end;
  }

  /** The leader is gone; children that it left must not go on writing behind our back. */
  private async endRemainder(): Promise<void> {
    let left = this.isAnyLeft();
    if (left && (this.phase === 'running' || this.phase === 'interrupted')) {
      this.after(this.periods.settleMs, () => this.beginTermination());
    }
    for (let waitMs = 2; left && !this.isGone(); waitMs = Math.min(50, waitMs * 2)) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      // Again, for what was started while the others were being killed.
      if (this.phase === 'killed') this.signal('SIGKILL');
      left = this.isAnyLeft();
    }
    this.leave();
  }

  /** A process that left the group may hold the output open for ever: then a pause ends it. */
  private async drain(closed: Promise<void>): Promise<void> {
    let open = true;
    void closed.then(() => {
      open = false;
    });
    const quiet = async () => {
      for (let waitedMs = 0; open && waitedMs < 8 * this.periods.drainMs; waitedMs += this.periods.drainMs) {
        // What is not read for want of room has not paused by itself.
        await this.held;
        this.sawOutput = false;
        // Not a reason to stay: as long as output may come, the open streams are one.
        await new Promise((resolve) => setTimeout(resolve, this.periods.drainMs).unref());
        // Timers come before reading: when the engine was busy, output may be waiting to be read.
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        if (!this.sawOutput) break;
      }
    };
    await Promise.race([closed, quiet()]);
    for (const stream of this.child.stdio) stream?.destroy();
  }

  private read(stream: Readable | null, onChunk: (chunk: Buffer) => Promise<void> | null): void {
    stream?.on('data', (chunk: Buffer) => {
      this.sawOutput = true;
      const room = onChunk(chunk);
      if (room !== null) this.hold(stream, room);
    });
    // A reset connection ends the stream like any other end.
    stream?.on('error', () => {});
  }

  private hold(stream: Readable, room: Promise<void>): void {
    stream.pause();
    this.held = Promise.all([this.held, room.then(() => stream.resume())]);
  }

  private isAnyLeft(): boolean {
    return isGroupAlive(this.pid) || this.outsiders().length > 0;
  }

  /** What has to end with the group, though it went out of it. */
  private outsiders(): readonly Process[] {
    if (!this.isAskedToEnd) return [];
    return processesMarked(this.marks).filter((one) => one.groupId !== this.pid);
  }

  private isGone(): boolean {
    return this.phase === 'gone';
  }

  private leave(): void {
    clearTimeout(this.next);
    this.phase = 'gone';
  }

  private enter(phase: Phase, signal: NodeJS.Signals): void {
    this.phase = phase;
    this.signal(signal);
  }

  private signal(signal: NodeJS.Signals): void {
    // First those outside: that the group ends would be the sign for their parents to start them anew.
    for (const target of [...this.outsiders().map((one) => one.id), -this.pid]) {
      try {
        process.kill(target, signal);
      } catch {
        // Already gone, or not ours to signal.
      }
    }
  }

  private after(ms: number, act: () => void): void {
    clearTimeout(this.next);
    this.next = setTimeout(act, ms);
  }
}
