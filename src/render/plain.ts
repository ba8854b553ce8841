// The display for pipes and CI: one line an event, never a control of the cursor.

import { createLines, type Display, type LineOptions } from './display.ts';
import type { Look } from './look.ts';
import { createRawOutput } from './raw-output.ts';
import { plainLine, startedLine } from './task-line.ts';
import type { Writer } from './writer.ts';

export interface PlainOptions extends LineOptions {
  /** Pass output on as it comes: a person talks to the one stage that runs. */
  readonly raw?: boolean;
}

export function createPlainDisplay(out: Writer, look: Look, options: PlainOptions): Display {
  const output = createRawOutput(look.style.enabled);
  const lines = createLines(
    look,
    {
      started: (event) => [startedLine(event, look)],
      finished: (event) => (event.outcome === 'fresh' && !options.verbose ? [] : [plainLine(event, look)]),
    },
    options,
  );
  return {
    show(event, view) {
      if (options.raw === true && event.kind === 'task-output') {
        out.write(output.feed(event.text));
        return;
      }
      const more = lines(event, view);
      if (more.length > 0) out.write(output.endLine());
      out.lines(more);
    },
    close: () => {},
  };
}
