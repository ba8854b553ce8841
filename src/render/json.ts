// The display for programs: one JSON object a line; what a person must know goes elsewhere.

import { eventLine } from '../model/words/event-line.ts';
import type { Display } from './display.ts';
import type { Writer } from './writer.ts';

/** `problems` tells people what is wrong, on another stream. */
export function createJsonDisplay(out: Writer, problems: Display): Display {
  return {
    show(event, view) {
      out.lines([eventLine(event)]);
      problems.show(event, view);
    },
    close: () => problems.close(),
  };
}
