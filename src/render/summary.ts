// The first and the last lines of a run.

import type { RunFinished, TaskFinished } from '../model/events.ts';
import { formatDuration, plural } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';
import type { RunView } from '../model/words/run-view.ts';
import { truncate, wrapWords } from './fit.ts';
import type { Look } from './look.ts';
import { plainLine } from './task-line.ts';

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
  const last = summaryText(finished);
  const paint =
    finished.outcome === 'succeeded'
      ? look.style.good
      : finished.outcome === 'failed'
        ? look.style.bad
        : look.style.warn;
  const lines = look.columns === null ? [last] : wrapWords(last, look.columns);
  return [...troubles, ...lines.map((line) => look.style.bold(paint(line)))];
}

/** `3 ran, 1 restored, 1 fresh in 2.0s, saved 45s` */
export function summaryText(run: RunFinished): string {
  const took = formatDuration(run.durationMs);
  if (run.outcome === 'succeeded' && run.executed + run.restored === 0) {
    const saved = run.savedMs > 0 ? ` (saved ${formatDuration(run.savedMs)})` : '';
    return `nothing to do: ${run.fresh} fresh in ${took}${saved}`;
  }
  const counts = [
    [run.failed, 'failed'],
    [run.cancelled, 'cancelled'],
    [run.waiting, 'waiting'],
    [run.skipped, 'skipped'],
    [run.executed, 'ran'],
    [run.restored, 'restored'],
    [run.fresh, 'fresh'],
  ] as const;
  const told = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const saved = run.savedMs > 0 ? `, saved ${formatDuration(run.savedMs)}` : '';
  const lead =
    run.outcome === 'cancelled' ? 'interrupted: ' : run.outcome === 'waiting' ? 'stopped to wait: ' : '';
  return `${lead}${told.length === 0 ? 'nothing ran' : told.join(', ')} in ${took}${saved}`;
}

function troubleLines(view: RunView, look: Look): readonly string[] {
  if (view.failures.length === 0 && view.skipped.length === 0) return [];
  const skipped = [...view.skipped].sort(byTask);
  const rest = skipped.length - listedSkips;
  return [
    '',
    ...[...view.failures].sort(byTask).map((event) => plainLine(event, look)),
    ...skipped.slice(0, listedSkips).map((event) => plainLine(event, look)),
    ...(rest > 0 ? [look.style.dim(`${look.glyphs.more} and ${rest} more skipped`)] : []),
  ];
}

function byTask(a: TaskFinished, b: TaskFinished): number {
  return a.task < b.task ? -1 : a.task > b.task ? 1 : 0;
}
