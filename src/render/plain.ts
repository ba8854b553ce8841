// The display for pipes and CI: one line an event, never a control of the cursor.

import { createLines, type Display } from './display.ts';
import type { Look } from './look.ts';
import { plainLine, startedLine } from './task-line.ts';
import type { Writer } from './writer.ts';

export function createPlainDisplay(out: Writer, look: Look, options: { readonly verbose: boolean }): Display {
  const lines = createLines(
    look,
    {
      started: (event) => [startedLine(event, look)],
      finished: (event) => [plainLine(event, look)],
    },
    options,
  );
  return {
    show: (event, view) => out.lines(lines(event, view)),
    close: () => {},
  };
}
