// The first process of a group, started from this process; and what any first process is like, whoever has started it.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';

export interface LeaderSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Complete; also where `file` is looked up. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: 'closed' | 'inherit';
  /** Sent on descriptor 3 at once; what comes back there is the source `reply`. */
  readonly request?: string;
}

export type Source = 'stdout' | 'stderr' | 'reply';

export interface LeaderNews {
  /** At most once; its number is that of the group. */
  started(pid: number): void;
  printed(source: Source, chunk: Buffer): void;
}

export type LeaderEnd =
  /** `isAlone`: known to have left no process of its group. */
  | { readonly kind: 'exited'; readonly code: number; readonly isAlone: boolean }
  | { readonly kind: 'signalled'; readonly signal: string; readonly isAlone: boolean }
  /** Or nobody can tell any more how it ended. */
  | { readonly kind: 'not-started'; readonly error: unknown };

export interface Leader {
  /** Never rejects. What it printed may still have to be read. */
  readonly ended: Promise<LeaderEnd>;
  /** Nothing more will come from any source, and it has ended. */
  readonly closed: Promise<void>;
  isRunning(): boolean;
  pause(source: Source): void;
  resume(source: Source): void;
  /** Whatever still comes is not wanted. */
  letGo(): void;
}

/** Answers at once; the leader may start a moment later. Never throws. */
export type StartLeader = (spec: LeaderSpec, news: LeaderNews) => Leader;

export const spawnLeader: StartLeader = (spec, news) => {
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
    return neverStarted(Promise.resolve(error));
  }
  if (child.pid === undefined) return neverStarted(new Promise((resolve) => child.once('error', resolve)));
  child.on('error', () => {});
  news.started(child.pid);
  return new SpawnedLeader(child, spec, news);
};

function neverStarted(error: Promise<unknown>): Leader {
  const ended = error.then((why): LeaderEnd => ({ kind: 'not-started', error: why }));
  const nothing = { isRunning: () => false, pause() {}, resume() {}, letGo() {} };
  return { ended, closed: ended.then(() => {}), ...nothing };
}

class SpawnedLeader implements Leader {
  readonly ended: Promise<LeaderEnd>;
  readonly closed: Promise<void>;
  private readonly child: ChildProcess;

  constructor(child: ChildProcess, { request }: LeaderSpec, news: LeaderNews) {
    this.child = child;
    this.closed = new Promise((resolve) => child.once('close', () => resolve()));
    this.ended = new Promise((resolve) =>
      child.once('exit', (code, signal) => {
        const isAlone = false;
        resolve(
          signal === null
            ? { kind: 'exited', code: code ?? 0, isAlone }
            : { kind: 'signalled', signal, isAlone },
        );
      }),
    );
    for (const source of ['stdout', 'stderr', 'reply'] as const) {
      const stream = this.stream(source);
      stream?.on('data', (chunk: Buffer) => news.printed(source, chunk));
      // A reset connection ends the stream like any other end.
      stream?.on('error', () => {});
    }
    if (request !== undefined) (this.stream('reply') as Duplex).end(request);
  }

  isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  pause(source: Source): void {
    this.stream(source)?.pause();
  }

  resume(source: Source): void {
    this.stream(source)?.resume();
  }

  letGo(): void {
    for (const stream of this.child.stdio) stream?.destroy();
  }

  private stream(source: Source): Readable | null {
    if (source !== 'reply') return this.child[source];
    return (this.child.stdio[3] as Duplex | null | undefined) ?? null;
  }
}
