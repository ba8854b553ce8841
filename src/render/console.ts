// The console: shows the events of a run to a person or a program, in one of four ways.

import type { PipeEvent } from '../model/events.ts';
import { foldEvent, initialView, type RunView } from '../model/words/run-view.ts';
import type { AuditLines } from './audit-block.ts';
import { type ConsoleMode, type Env, lookOf } from './console-mode.ts';
import type { Display } from './display.ts';
import { createJsonDisplay } from './json.ts';
import { createLiveDisplay } from './live.ts';
import type { GoOnFlags } from './look.ts';
import { createPlainDisplay } from './plain.ts';
import type { ProfileLines } from './profile-block.ts';
import { createQuietDisplay } from './quiet.ts';
import { createWriter, type OutStream } from './writer.ts';

export interface ConsoleOptions {
  readonly mode: ConsoleMode;
  readonly verbose: boolean;
  /** In `plain` mode: pass output on as it comes, for the one stage that a person talks to. */
  readonly raw?: boolean;
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  /** For `NO_COLOR`, `FORCE_COLOR`, `TERM` and the locale. */
  readonly env: Env;
  /** How an audit is told, where there is one. */
  readonly auditLines?: AuditLines;
  /** How the time is told, where it was taken. */
  readonly profileLines?: ProfileLines;
  /** Names of the tasks to come, so that lines align from the first one on. */
  readonly names?: readonly string[];
  /** What a command line that goes on with a task needs besides its name. */
  readonly goOnFlags?: GoOnFlags;
  /** Standard output lost its reader (`| head`). Nothing more is written to it; what to do is up to the caller. */
  readonly onClosed?: () => void;
  /** Milliseconds since 1970. */
  readonly nowMs?: () => number;
  readonly every?: (ms: number, tick: () => void) => () => void;
}

/** A sink of the engine's events. `close` gives the terminal back, also in the middle of a run. */
export interface Console {
  handle(event: PipeEvent): void;
  /** On a terminal, where it alone knows what is drawn: text that is none of the run's, whole lines. */
  above(text: string): void;
  /** Around a time in which the terminal is somebody else's: what is drawn goes, and comes again. */
  suspend(): void;
  resume(): void;
  close(): void;
}

export function createConsole(options: ConsoleOptions): Console {
  const display = createDisplay(options);
  let view: RunView = initialView();
  return {
    handle(event) {
      view = foldEvent(view, event);
      display.show(event, view);
    },
    above: (text) => display.above?.(text),
    suspend: () => display.suspend?.(),
    resume: () => display.resume?.(),
    close: () => display.close(),
  };
}

function createDisplay(options: ConsoleOptions): Display {
  const { stdout, stderr, env, names, verbose, auditLines, profileLines } = options;
  const out = createWriter(stdout, options.onClosed);
  const look = lookOf(stdout, env, names, options.goOnFlags);
  const quiet = () =>
    createQuietDisplay(createWriter(stderr), lookOf(stderr, env, names, options.goOnFlags), {
      ...{ verbose, auditLines },
    });
  switch (options.mode) {
    case 'json':
      return createJsonDisplay(out, quiet());
    case 'quiet':
      return quiet();
    case 'plain':
      // The same lines everywhere: the width of a terminal that happens to be there does not count.
      return createPlainDisplay(
        out,
        { ...look, columns: null },
        { verbose, raw: options.raw === true, auditLines, profileLines },
      );
    case 'live':
      return createLiveDisplay(out, look, {
        terminal: stdout,
        verbose,
        auditLines,
        profileLines,
        nowMs: options.nowMs ?? Date.now,
        every: options.every ?? repeat,
      });
  }
}

/** Does not keep the process alive: what runs does. */
function repeat(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms);
  timer.unref();
  return () => clearInterval(timer);
}
