// Items that failed of one cause: some are told in full, the others counted, with where to read of them.

import type { TaskFinished } from '../model/events.ts';
import { likeness } from '../model/words/alike.ts';
import { printable } from '../model/words/printable.ts';
import type { RunView } from '../model/words/run-view.ts';
import { wrapWords } from './fit.ts';
import type { Look } from './look.ts';

/** Enough to see what they have in common. */
const mostAlike = 5;

/** Those of each cause that failed first. */
export function toldInFull(view: RunView): readonly TaskFinished[] {
  return [...view.failures.values()].flatMap((alike) => alike.slice(0, mostAlike));
}

export function isToldInFull(event: TaskFinished, view: RunView): boolean {
  const alike = view.failures.get(likeness(event)) ?? [];
  return alike.length <= mostAlike || alike.slice(0, mostAlike).includes(event);
}

/** `… and 195 more of lessons failed like lessons:7: pipe show lists them, …`, for each cause that has more. */
export function countedLines(view: RunView, look: Look): readonly string[] {
  return [...view.failures.values()].flatMap((alike) => {
    const rest = alike.length - mostAlike;
    return rest > 0 ? countedLine(alike[0]!, rest, look) : [];
  });
}

function countedLine({ stage, task, log }: TaskFinished, rest: number, look: Look): readonly string[] {
  const { style, glyphs, columns } = look;
  const where = `pipe show lists them${log === undefined ? '' : `, pipe logs ${stage} has what they printed`}`;
  const text = `${glyphs.more} and ${rest} more of ${stage} failed like ${printable(task)}: ${where}`;
  const lines = columns === null ? [text] : wrapWords(text, Math.max(20, columns - 2));
  return lines.map((line, i) => style.dim(i === 0 ? line : `  ${line}`));
}
