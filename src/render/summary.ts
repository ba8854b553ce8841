// The first and the last lines of a run.

import type { TaskFinished } from '../model/events.ts';
import { plural } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';
import type { RunView } from '../model/words/run-view.ts';
import { countedLines, toldInFull } from './alike-failures.ts';
import { chunk, truncate, widthOf } from './fit.ts';
import { lastLines } from './last-line.ts';
import type { Look } from './look.ts';
import { plainLine, wordWidth } from './task-line.ts';

const listedSkips = 20;

/** `retrospective · analysis, reporting · 4 tasks` */
export function headerLine(view: RunView, look: Look): string {
  const { style, glyphs } = look;
  const parts = [
    style.bold(printable(view.pipeline)),
    ...(view.targets.length > 0 ? [view.targets.map(printable).join(', ')] : []),
    plural(view.total, 'task'),
    ...(view.dryRun ? ['dry run, nothing is touched'] : []),
  ];
  const line = parts.join(style.dim(` ${glyphs.dot} `));
  return look.columns === null ? line : truncate(line, look.columns);
}

/** What failed and what that stopped, then the counts in one line. */
export function summaryLines(view: RunView, look: Look): readonly string[] {
  const { finished } = view;
  if (finished === null) return [];
  const troubles = troubleLines(view, look);
  return [...troubles, ...lastLines(finished, look)];
}

function troubleLines(view: RunView, look: Look): readonly string[] {
  if (view.failures.size === 0 && view.skipped.length === 0) return [];
  const skipped = [...view.skipped].sort(byTask);
  const rest = skipped.length - listedSkips;
  return [
    '',
    ...[...toldInFull(view)].sort(byTask).flatMap((event) => failedLines(event, look)),
    ...countedLines(view, look),
    ...skipped.slice(0, listedSkips).map((event) => plainLine(event, look)),
    ...(rest > 0 ? [look.style.dim(`${look.glyphs.more} and ${rest} more skipped`)] : []),
  ];
}

/** Items may begin alike for longer than a narrow terminal has columns: what failed is told in full. */
function failedLines(event: TaskFinished, look: Look): readonly string[] {
  const { columns } = look;
  if (columns === null || wordWidth + widthOf(printable(event.task)) <= columns)
    return [plainLine(event, look)];
  return chunk(plainLine(event, { ...look, columns: null, nameWidth: 0 }), columns);
}

function byTask(a: TaskFinished, b: TaskFinished): number {
  return a.task < b.task ? -1 : a.task > b.task ? 1 : 0;
}
