// The block of lines at the bottom of the terminal that is drawn again and again. Knows nothing of runs.
// Loaded only when something runs: what redraws costs more to load than a no-op build takes.

import { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';
import { widthOf } from './fit.ts';
import { hideCursor, showCursor } from './lowest-line.ts';
import type { OutStream, Writer } from './writer.ts';

const esc = String.fromCharCode(27);
// Terminals that know this show all that stands between at once; the others ignore it.
const beginFrame = `${esc}[?2026h`;
const endFrame = `${esc}[?2026l`;

export interface LiveBlock {
  /** Draws `lines` in place of those drawn before. */
  draw(lines: readonly string[]): void;
  /** Writes permanent text, whole lines, above the block, which is then drawn as `lines`. */
  above(text: string, lines: readonly string[]): void;
  /** Takes the block away. */
  close(): void;
}

/** One write for each frame, so that no half-drawn frame is ever seen. */
export function openLiveBlock(terminal: OutStream, out: Writer): LiveBlock {
  let pending = '';
  let drawn: readonly string[] = [];
  let drawnColumns = columnsOf(terminal);
  let closed = false;
  const collector = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        pending += chunk;
        done();
      },
    }),
    { isTTY: false },
  );
  Object.defineProperties(collector, {
    columns: { get: () => columnsOf(terminal) },
    rows: { get: () => terminal.rows ?? 24 },
  });
  // The cursor is ours: the library would hide that of standard error.
  const update = createLogUpdate(collector, { showCursor: true });

  const flush = () => {
    const frame = pending;
    pending = '';
    if (frame !== '') out.write(beginFrame + frame + endFrame);
  };

  /** A narrower terminal has wrapped the lines that stand there; the library counts them as it drew them. */
  const followResize = () => {
    const columns = columnsOf(terminal);
    if (columns !== drawnColumns && drawn.length > 0) {
      pending += eraseUp(
        drawn.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / columns)), 0),
      );
      update.done();
    }
    drawnColumns = columns;
  };

  const restoreCursor = () => out.write(showCursor);
  // A crash or an exit in the middle must not leave a terminal without a cursor.
  process.once('exit', restoreCursor);
  out.write(hideCursor);

  const draw = (lines: readonly string[]) => {
    followResize();
    drawn = lines;
    if (lines.length === 0) update.clear();
    else update(lines.join('\n'));
  };

  return {
    draw(lines) {
      if (closed) return;
      draw(lines);
      flush();
    },
    above(text, lines) {
      if (closed) return;
      followResize();
      update.clear();
      pending += text;
      draw(lines);
      flush();
    },
    close() {
      if (closed) return;
      followResize();
      update.clear();
      flush();
      closed = true;
      restoreCursor();
      process.off('exit', restoreCursor);
    },
  };
}

function columnsOf(terminal: OutStream): number {
  return Math.max(1, terminal.columns ?? 80);
}

/** Erases the line of the cursor and `rows` above it; ends at the start of the topmost. */
function eraseUp(rows: number): string {
  return `${`${esc}[2K${esc}[1A`.repeat(rows)}${esc}[2K${esc}[G`;
}
