// One program under strace: its trace is read while it runs, and the tracer goes when the program has gone.

import { readFileSync } from 'node:fs';
import type { ProgramStart, TracedStart } from '../engine/executor.ts';
import type { TraceReading } from '../model/audit/trace-reading.ts';
import { straceArguments } from './strace.ts';
import { TracePipe } from './trace-pipe.ts';

/** How long the waiting for the end of a trace may take, in milliseconds. */
export interface TracePeriods {
  /** What a process that left the stage's process group is given to end by itself. */
  readonly settleMs: number;
  /** Then the tracer hangs, and waiting longer would hang the build too. */
  readonly abandonMs: number;
}

export const defaultTracePeriods: TracePeriods = { settleMs: 500, abandonMs: 10_000 };

/** `onFlaw` hears why the trace is not complete. Throws where no trace can be kept. */
export function traceProgram(options: {
  readonly strace: string;
  readonly program: ProgramStart;
  readonly reading: TraceReading;
  readonly periods: TracePeriods;
  readonly onFlaw: (why: string) => void;
}): TracedStart {
  const { strace, program, reading, periods, onFlaw } = options;
  const pipe = new TracePipe(reading);
  let over = false;
  void pipe.ended.then(() => {
    over = true;
  });

  return {
    file: strace,
    args: [...straceArguments(pipe.path), program.file, ...program.args],
    async ended() {
      pipe.expectEnd();
      const startedMs = performance.now();
      let stray: number | null = null;
      for (let waitMs = 2; !over; waitMs = Math.min(50, waitMs * 2)) {
        const waitedMs = performance.now() - startedMs;
        if (waitedMs > periods.abandonMs) pipe.close();
        else if (waitedMs > periods.settleMs) stray ??= letGo(reading.processes(), pipe.path);
        await Promise.race([pipe.ended, new Promise((resolve) => setTimeout(resolve, waitMs))]);
      }
      const flaw =
        stray === null ? reading.end() : `process ${stray}, which it started, was still running at its end`;
      if (flaw !== null) onFlaw(flaw);
    },
  };
}

/**
 * The stage is over, and what still runs has left it for good: the tracer is told to leave that alone. Answers which
 * process it was; `null` if all of them have ended and the tracer is only slow.
 */
function letGo(processes: readonly number[], tracePath: string): number | null {
  for (const pid of processes) {
    const tracer = tracerOf(pid);
    // The number may have been given to a process of somebody else since.
    if (tracer === null || !commandOf(tracer).includes(tracePath)) continue;
    try {
      process.kill(tracer, 'SIGTERM');
    } catch {
      // Gone this very moment.
    }
    return pid;
  }
  return null;
}

function tracerOf(pid: number): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    if (/^State:\s+[ZX]/m.test(status)) return null;
    const tracer = Number(/^TracerPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    return tracer === 0 ? null : tracer;
  } catch {
    return null;
  }
}

function commandOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
