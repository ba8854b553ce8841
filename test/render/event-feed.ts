// Events for displays, with the dull fields filled in.
import type { RunId, TaskId } from '../../src/base/brand.ts';
import type {
  Envelope,
  EventBody,
  RunFinished,
  TaskFinished,
  TaskPlanned,
  TaskStarted,
} from '../../src/model/events.ts';
import type { Failure } from '../../src/model/failure.ts';

export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

/** An event `afterMs` after the start. */
export function at<Body extends EventBody>(afterMs: number, body: Body): Envelope & Body {
  return { v: 1, seq: 0, runId: 'r1' as RunId, at: new Date(startMs + afterMs).toISOString(), ...body };
}

function of(task: string): { task: TaskId; stage: string; item: null } {
  return { task: task as TaskId, stage: task, item: null };
}

export function runStarted(tasks = 5, more: { dryRun?: boolean; targets?: string[] } = {}): EventBody {
  return {
    kind: 'run-started',
    pipeline: 'retrospective',
    targets: [],
    tasks,
    dryRun: false,
    command: [],
    ...more,
  };
}

export function started(task: string, more: Partial<TaskStarted> = {}): TaskStarted {
  return {
    kind: 'task-started',
    ...of(task),
    attempt: 1,
    reasons: [{ code: 'never-built' }],
    command: `node ${task}.mjs`,
    estimateMs: null,
    ...more,
  };
}

export function finished(
  task: string,
  outcome: TaskFinished['outcome'],
  more: Partial<TaskFinished> = {},
): TaskFinished {
  return {
    kind: 'task-finished',
    ...of(task),
    outcome,
    durationMs: 1200,
    savedMs: 0,
    metrics: {},
    outputs: [],
    reasons: [],
    ...more,
  };
}

export function retrying(
  task: string,
  more: { readonly failure: Failure; readonly delayMs: number },
): EventBody {
  return { kind: 'task-retrying', ...of(task), attempt: 1, why: 'failed', left: 1, ...more };
}

export function output(task: string, text: string, stream: 'stdout' | 'stderr' = 'stdout'): EventBody {
  return { kind: 'task-output', ...of(task), stream, text };
}

export function progress(task: string, done: number, total: number): EventBody {
  return { kind: 'task-progress', ...of(task), done, total };
}

export function planned(
  task: string,
  action: TaskPlanned['action'],
  more: Partial<TaskPlanned> = {},
): TaskPlanned {
  return {
    kind: 'task-planned',
    ...of(task),
    action,
    reasons: [],
    command: `node ${task}.mjs`,
    estimateMs: null,
    ...more,
  };
}

export function runFinished(more: Partial<RunFinished> = {}): RunFinished {
  return {
    kind: 'run-finished',
    outcome: 'succeeded',
    exitCode: 0,
    executed: 0,
    restored: 0,
    fresh: 0,
    failed: 0,
    skipped: 0,
    waiting: 0,
    cancelled: 0,
    durationMs: 2000,
    savedMs: 0,
    ...more,
  };
}

/** A stream that remembers what was written to it. */
export class FakeStream {
  written = '';
  /** The number of writes: each may be seen on its own. */
  writes = 0;
  isBehind = false;
  isTTY: boolean;
  columns: number | undefined;
  rows: number | undefined;
  private readonly listeners = new Map<string, Set<() => void>>();

  constructor(terminal: { columns: number; rows: number } | null = null) {
    this.isTTY = terminal !== null;
    this.columns = terminal?.columns;
    this.rows = terminal?.rows;
  }

  write(text: string): boolean {
    this.written += text;
    this.writes++;
    return true;
  }

  on(event: string, listener: () => void): this {
    const heard = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, heard.add(listener));
    return this;
  }

  off(event: string, listener: () => void): this {
    this.listeners.get(event)?.delete(listener);
    return this;
  }

  tell(event: string): void {
    for (const listener of this.listeners.get(event) ?? []) listener();
  }

  heard(event: string): number {
    return this.listeners.get(event)?.size ?? 0;
  }

  lines(): string[] {
    return this.written.split('\n').slice(0, -1);
  }
}
