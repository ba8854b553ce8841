// Whole lines out of pieces of output, with the task's name in front: `enrichment | 12 sessions read`.

import type { TaskId } from '../base/brand.ts';
import type { TaskOutput } from '../model/events.ts';
import { printable } from '../model/words/printable.ts';
import { capturedLines } from './captured.ts';
import type { Look } from './look.ts';

export interface OutputLines {
  /** The lines that are complete now. Standard output and standard error are assembled apart. */
  feed(event: TaskOutput): readonly string[];
  /** The last line of a task that ended without a line's end. */
  flush(task: TaskId): readonly string[];
}

/** A "line" longer than this is shown in pieces: a tool that never ends its line must not fill the memory. */
const longestLine = 64 * 1024;

export function createOutputLines(look: Look): OutputLines {
  const open = new Map<string, string>();
  const show = (task: string, text: string): readonly string[] =>
    capturedLines(text, look.style.enabled).map((line) =>
      `${look.style.dim(`${printable(task)} |`)} ${line}`.trimEnd(),
    );

  return {
    feed(event) {
      const key = `${event.stream} ${event.task}`;
      const text = (open.get(key) ?? '') + event.text;
      const end = text.length > longestLine ? text.length : text.lastIndexOf('\n') + 1;
      if (end < text.length) open.set(key, text.slice(end));
      else open.delete(key);
      return end === 0 ? [] : show(event.task, text.slice(0, end));
    },
    flush(task) {
      const lines: string[] = [];
      for (const stream of ['stdout', 'stderr']) {
        const key = `${stream} ${task}`;
        const rest = open.get(key);
        if (rest === undefined) continue;
        open.delete(key);
        lines.push(...show(task, rest));
      }
      return lines;
    },
  };
}
