// One program at a time under watch: its output captured, its time limited, ended when asked.

import type { ProgramStart, Tracer } from '../engine/executor.ts';
import type { CapturedOutput } from './captured-output.ts';
import type { StartLeader } from './leader.ts';
import type { Periods } from './periods.ts';
import { type GroupSpec, type ProcessGroup, startGroup } from './process-group.ts';

/** What `setTimeout` can count; a longer limit is none. */
const longestTimeoutMs = 2 ** 31 - 1;

export type ProgramEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly message: string }
  | { readonly kind: 'timed-out'; readonly timeoutMs: number }
  | { readonly kind: 'cancelled' };

export interface Program extends Omit<GroupSpec, 'periods' | 'onData'> {
  readonly timeoutMs: number | null;
  readonly nice: number;
  readonly tracer: Tracer | null;
}

/** Hears of every program before it is started. */
export interface Watcher {
  begins(): { started(groupId: number): void; ended(): void };
}

/** All programs of one execution: after `cancel` no further one starts. */
export class Supervision {
  private readonly output: CapturedOutput;
  private readonly periods: Periods;
  private readonly startLeader: StartLeader | undefined;
  private readonly watcher: Watcher | null;
  private group: ProcessGroup | null = null;
  private cancelled = false;

  constructor(
    output: CapturedOutput,
    periods: Periods,
    start: StartLeader | undefined,
    watcher: Watcher | null,
  ) {
    this.output = output;
    this.periods = periods;
    this.startLeader = start;
    this.watcher = watcher;
  }

  /** Resolves when no process of the program is left. A cancelled program counts as cancelled however it ended. */
  async run(program: Program): Promise<ProgramEnd> {
    if (this.cancelled) return { kind: 'cancelled' };
    const { timeoutMs, nice, tracer } = program;
    const spec = withPriority(program, nice);
    const traced = tracer?.trace(spec) ?? null;
    let timedOut = false;
    const watched = this.watcher?.begins();
    const asStarted: GroupSpec = {
      periods: this.periods,
      onStart: (groupId) => watched?.started(groupId),
      onData: (stream, chunk) => this.output.write(stream, chunk),
      ...spec,
      ...(traced !== null && { file: traced.file, args: traced.args }),
    };
    const group = startGroup(asStarted, this.startLeader);
    this.group = group;
    const timer = after(timeoutMs, () => {
      if (!group.isRunning()) return;
      timedOut = true;
      group.terminate();
    });

    const end = await group.ended;
    clearTimeout(timer);
    await traced?.ended();
    watched?.ended();
    this.group = null;
    this.output.flush();
    if (this.cancelled) return { kind: 'cancelled' };
    // What it was called by may come from anywhere.
    if (end.kind === 'not-started') return { ...end, message: this.output.clean(end.message) };
    return timedOut && timeoutMs !== null ? { kind: 'timed-out', timeoutMs } : end;
  }

  cancel(how: 'gently' | 'now'): void {
    this.cancelled = true;
    if (how === 'now') this.group?.kill();
    else this.group?.interrupt();
  }
}

/**
 * By the program of that name, which becomes the other one: set from here, what it starts at once would escape. Where
 * more is asked for than is permitted, it says so and goes on.
 */
function withPriority<T extends ProgramStart>(start: T, nice: number): T {
  if (nice === 0) return start;
  return { ...start, file: 'nice', args: ['-n', String(nice), start.file, ...start.args] };
}

function after(ms: number | null, act: () => void): NodeJS.Timeout | undefined {
  if (ms === null || ms > longestTimeoutMs) return undefined;
  // Timers come before the news of ended children: when the engine was busy, the program may have been in time.
  return setTimeout(() => setImmediate(() => setImmediate(act)), ms);
}
