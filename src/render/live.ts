// The display for terminals: permanent lines as tasks finish, and below them a block that shows what runs.

import type { PipeEvent } from '../model/events.ts';
import { isFamilyDone } from '../model/words/family-view.ts';
import type { RunView } from '../model/words/run-view.ts';
import { isToldInFull } from './alike-failures.ts';
import { createLines, type Display, type LineOptions } from './display.ts';
import { failureHead } from './failure-block.ts';
import { familyLines } from './family-lines.ts';
import type { LiveBlock } from './live-block.ts';
import { liveLines } from './live-lines.ts';
import type { Look } from './look.ts';
import { signLine, startedLine } from './task-line.ts';
import type { OutStream, Writer } from './writer.ts';

/** Ten redraws a second: more would flicker on slow connections, fewer would look stuck. */
const frameMs = 100;

export interface LiveOptions extends LineOptions {
  readonly terminal: OutStream;
  readonly nowMs: () => number;
  /** Calls back again and again until the returned function is called. */
  readonly every: (ms: number, tick: () => void) => () => void;
}

export interface LiveDisplay extends Display {
  /** Text that is none of the run's, whole lines, among the permanent ones. */
  above(text: string): void;
  /** Takes what it draws away, and is still; later it draws again. */
  suspend(): void;
  resume(): void;
  /** Resolves when the block that redraws is there; `null` while nothing has run. */
  readonly opening: Promise<void> | null;
}

export function createLiveDisplay(out: Writer, look: Look, options: LiveOptions): LiveDisplay {
  const permanent = createLines(
    look,
    {
      started: (event) => (options.verbose ? [startedLine(event, look)] : []),
      finished: (event, _look, view) => {
        if (event.outcome === 'failed' && isToldInFull(event, view)) return failureHead(event, look);
        if (event.item === null || options.verbose) return [signLine(event, look)];
        // Of thousands of items the failures, and all of them in one line when the last is done.
        const family = view.families.get(event.stage);
        return family !== undefined && isFamilyDone(family) ? familyLines(family, look) : [];
      },
    },
    options,
  );
  let opening: Promise<void> | null = null;
  let block: LiveBlock | null = null;
  let stopTicking: (() => void) | null = null;
  let latest: RunView | null = null;
  let frame = 0;

  const linesNow = (view: RunView): readonly string[] =>
    liveLines(view, look, { nowMs: options.nowMs(), frame, rows: options.terminal.rows ?? 24 });
  const redraw = () => {
    // On a terminal that was stopped (Ctrl-S) frames would only pile up.
    if (options.terminal.isBehind === true) return;
    if (block !== null && latest !== null) block.draw(linesNow(latest));
  };
  const tick = () => {
    frame++;
    redraw();
    if (latest !== null && !isAtWork(latest)) rest();
  };
  const rest = () => {
    stopTicking?.();
    stopTicking = null;
  };
  const wake = () => {
    if (block !== null) stopTicking ??= options.every(frameMs, tick);
  };
  const open = () => {
    opening ??= import('./live-block.ts').then(({ openLiveBlock }) => {
      // All may be over by now: then there is nothing to redraw.
      if (block !== null) return;
      if (latest === null || !isAtWork(latest)) {
        opening = null;
        return;
      }
      block = openLiveBlock(options.terminal, out);
      options.terminal.on('resize', redraw);
      redraw();
      wake();
    });
  };
  const shut = () => {
    rest();
    options.terminal.off('resize', redraw);
    block?.close();
    block = null;
    opening = null;
  };

  const print = (lines: readonly string[], view: RunView) => {
    if (lines.length === 0) return;
    write(lines.map((line) => `${line}\n`).join(''), view);
  };
  const write = (text: string, view: RunView | null) => {
    if (block === null || view === null) out.write(text);
    else block.above(text, linesNow(view));
  };

  return {
    get opening() {
      return opening;
    },
    show(event: PipeEvent, view: RunView) {
      latest = view;
      if (event.kind === 'run-finished') shut();
      print(permanent(event, view), view);
      if (event.kind === 'task-started' || event.kind === 'breaker-changed' || event.kind === 'pool-full') {
        open();
        wake();
      }
    },
    above: (text) => write(text, latest),
    suspend: shut,
    resume() {
      if (latest !== null && isAtWork(latest)) open();
    },
    close() {
      latest = null;
      shut();
    },
  };
}

/** Whether there is something that moves. */
function isAtWork({ running, breakers }: RunView): boolean {
  return running.size > 0 || breakers.size > 0;
}
