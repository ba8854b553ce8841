// A program with all its descendants: started as one process group, ended as one.
// What is special about the operating system's processes stays in this file and process-table.ts.

import { once } from '../base/once.ts';
import type { Leader, LeaderSpec, Source, StartLeader } from './leader.ts';
import type { Periods } from './periods.ts';
import { isGroupAlive, MarkedProcesses, marksIn, type Process } from './process-table.ts';
import { startLeader } from './starter.ts';
import { whyNotStarted } from './why-not-started.ts';

export interface GroupSpec extends LeaderSpec {
  /** Heard once, as soon as the group is there. */
  readonly onStart?: (groupId: number) => void;
  /** No more is read until what it answers resolves; `null`: at once. */
  readonly onData: (stream: 'stdout' | 'stderr', chunk: Buffer) => Promise<void> | null;
  /** What comes back of a `request`; answers as `onData` does. */
  readonly onReply?: (chunk: Buffer) => Promise<void> | null;
  readonly periods: Periods;
}

export type GroupEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly message: string };

export interface ProcessGroup {
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

/** `start`: who starts its first process. */
export function startGroup(spec: GroupSpec, start: StartLeader = startLeader): ProcessGroup {
  return new StartedGroup(spec, start);
}

type Phase = 'running' | 'interrupted' | 'terminated' | 'killed' | 'gone';

const signalOf = { interrupted: 'SIGINT', terminated: 'SIGTERM', killed: 'SIGKILL' } as const;

// running → interrupted → terminated → killed → gone; any step may be skipped, none goes back.
//
// A process that went out of the group (setsid) is told by its environment. Where a program ends by itself,
// such a process stays: a daemon that others may use by now. Where a program is ended, it is ended too.
class StartedGroup implements ProcessGroup {
  readonly ended: Promise<GroupEnd>;
  private readonly spec: GroupSpec;
  private readonly leader: Leader;
  private readonly marked: () => MarkedProcesses;
  /** Of the leader, and so of the group; `null`: not known yet, or nothing was started. */
  private id: number | null = null;
  private phase: Phase = 'running';
  private isAskedToEnd = false;
  private next: NodeJS.Timeout | undefined;
  private sawOutput = false;
  /** Until when some of the output is not read. */
  private held: Promise<unknown> = Promise.resolve();

  constructor(spec: GroupSpec, start: StartLeader) {
    this.spec = spec;
    // Only what is asked to end is looked for.
    this.marked = once(() => new MarkedProcesses(marksIn(spec.env)));
    this.leader = start(spec, {
      started: (pid) => this.began(pid),
      printed: (source, chunk) => this.read(source, chunk),
    });
    this.ended = this.follow();
  }

  isRunning(): boolean {
    return this.leader.isRunning();
  }

  interrupt(): void {
    this.isAskedToEnd = true;
    if (this.phase !== 'running') return;
    this.enter('interrupted');
    this.after(this.spec.periods.interruptMs, () => this.beginTermination());
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
    this.enter('terminated');
    this.after(this.spec.periods.terminateMs, () => this.beginKilling());
  }

  private beginKilling(): void {
    if (this.phase === 'killed' || this.phase === 'gone') return;
    this.enter('killed');
    this.after(this.spec.periods.abandonMs, () => this.leave());
  }

  private began(pid: number): void {
    this.id = pid;
    this.spec.onStart?.(pid);
    // It was asked to end before there was anything to send a signal to.
    if (this.phase !== 'running' && this.phase !== 'gone') this.signal(signalOf[this.phase]);
  }

  private async follow(): Promise<GroupEnd> {
    const end = await this.leader.ended;
    if (end.kind !== 'not-started' && end.isAlone && !this.isAskedToEnd) this.leave();
    else await this.endRemainder();
    await this.drain();
    switch (end.kind) {
      case 'exited':
        return { kind: 'exited', code: end.code };
      case 'signalled':
        return { kind: 'signalled', signal: end.signal };
      case 'not-started':
        return { kind: 'not-started', message: whyNotStarted(end.error, this.spec) };
    }
  }

  /** The leader is gone; children that it left must not go on writing behind our back. */
  private async endRemainder(): Promise<void> {
    let left = this.isAnyLeft();
    if (left && (this.phase === 'running' || this.phase === 'interrupted')) {
      this.after(this.spec.periods.settleMs, () => this.beginTermination());
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
  private async drain(): Promise<void> {
    const { closed } = this.leader;
    const { drainMs } = this.spec.periods;
    let open = true;
    let pause: NodeJS.Timeout | undefined;
    void closed.then(() => {
      open = false;
      // Else all that the group is about, such as thousands of items, stayed in memory for as long.
      clearTimeout(pause);
    });
    const quiet = async () => {
      for (let waitedMs = 0; open && waitedMs < 8 * drainMs; waitedMs += drainMs) {
        // What is not read for want of room has not paused by itself.
        await this.held;
        if (!open) break;
        this.sawOutput = false;
        // Not a reason to stay: as long as output may come, the open streams are one.
        await new Promise((resolve) => {
          pause = setTimeout(resolve, drainMs).unref();
        });
        // Timers come before reading: when the engine was busy, output may be waiting to be read.
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        if (!this.sawOutput) break;
      }
    };
    await Promise.race([closed, quiet()]);
    this.leader.letGo();
  }

  private read(source: Source, chunk: Buffer): void {
    this.sawOutput = true;
    const { onData, onReply } = this.spec;
    const room = source === 'reply' ? (onReply?.(chunk) ?? null) : onData(source, chunk);
    if (room === null) return;
    this.leader.pause(source);
    this.held = Promise.all([this.held, room.then(() => this.leader.resume(source))]);
  }

  private isAnyLeft(): boolean {
    return (this.id !== null && isGroupAlive(this.id)) || this.outsiders().length > 0;
  }

  /** What has to end with the group, though it went out of it. */
  private outsiders(): readonly Process[] {
    if (!this.isAskedToEnd) return [];
    return this.marked()
      .now()
      .filter((one) => one.groupId !== this.id);
  }

  private isGone(): boolean {
    return this.phase === 'gone';
  }

  private leave(): void {
    clearTimeout(this.next);
    this.phase = 'gone';
  }

  private enter(phase: Exclude<Phase, 'running' | 'gone'>): void {
    this.phase = phase;
    this.signal(signalOf[phase]);
  }

  private signal(signal: NodeJS.Signals): void {
    // First those outside: that the group ends would be the sign for their parents to start them anew.
    const group = this.id === null ? [] : [-this.id];
    for (const target of [...this.outsiders().map((one) => one.id), ...group]) {
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
