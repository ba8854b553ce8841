// The redrawn part of the live view, as lines: what runs, how long it has, and how far all is.

import { formatElapsed } from '../model/words/amounts.ts';
import type { BreakerView } from '../model/words/breaker-view.ts';
import { explainFailure } from '../model/words/failures.ts';
import { doneInFamily, type FamilyView, familyRemainingMs } from '../model/words/family-view.ts';
import { printable } from '../model/words/printable.ts';
import { doneCount, type RunView } from '../model/words/run-view.ts';
import { type RunningTask, remainingMs } from '../model/words/running-task.ts';
import { captured } from './captured.ts';
import { padEnd, padStart, truncate, widthOf } from './fit.ts';
import type { Look } from './look.ts';

const barWidth = 10;
const widestName = 28;
const leastOutput = 12;

export interface Moment {
  /** Milliseconds since 1970, by the clock of the events. */
  readonly nowMs: number;
  /** Counts the redraws: turns the spinner. */
  readonly frame: number;
  readonly rows: number;
}

/** At most `rows - 4` lines of at most `columns - 1`: a full line would wrap on some terminals. */
export function liveLines(view: RunView, look: Look, moment: Moment): readonly string[] {
  const columns = Math.max(1, (look.columns ?? 80) - 1);
  const running = [...view.running.values()].filter((task) => task.item === null);
  const families = [...view.families.values()].filter((family) => family.running.size > 0);
  const breakers = [...view.breakers.values()];
  const room = Math.max(1, moment.rows - 4 - 1 - families.length - breakers.length);
  const shown = running.length <= room ? running : running.slice(0, Math.max(1, room - 1));
  const hidden = running.length - shown.length;
  const nameWidth = Math.min(
    widestName,
    Math.floor(columns / 2),
    shown.reduce((widest, task) => Math.max(widest, widthOf(printable(task.task))), look.nameWidth),
  );
  return [
    ...shown.map((task) => truncate(runningLine(task, look, moment, { nameWidth, columns }), columns)),
    ...(hidden > 0 ? [truncate(look.style.dim(`${look.glyphs.more} and ${hidden} more`), columns)] : []),
    ...families.map((family) => truncate(familyLine(family, look, moment, nameWidth), columns)),
    ...breakers.map((one) => truncate(pauseLine(one, look, moment), columns)),
    truncate(progressLine(view, look, moment), columns),
  ];
}

/** `⠋ analysis     12s  ━━━┄┄┄┄┄┄┄ 3/10  ~40s left  reading 1934` */
function runningLine(
  task: RunningTask,
  look: Look,
  moment: Moment,
  layout: { readonly nameWidth: number; readonly columns: number },
): string {
  const { style, glyphs } = look;
  const sign = glyphs.spinner[moment.frame % glyphs.spinner.length]!;
  const name = padEnd(truncate(printable(task.task), layout.nameWidth), layout.nameWidth);
  const elapsed = padStart(formatElapsed(moment.nowMs - task.sinceMs), 4);
  const remaining = remainingMs(task, moment.nowMs);
  const parts = [
    `${style.restored(sign)} ${style.bold(name)}`,
    elapsed,
    ...(task.progress === null ? [] : [bar(task.progress, look)]),
    ...(remaining === null ? [] : [style.dim(`~${formatElapsed(Math.max(1000, remaining))} left`)]),
    ...(task.attempt > 1 ? [style.warn(attemptOf(task, moment.nowMs))] : []),
  ];
  const line = parts.join('  ');
  const rest = layout.columns - widthOf(line) - 2;
  const output = task.lastLine === null || task.pause !== null ? '' : captured(task.lastLine, false);
  return output === '' || rest < leastOutput ? line : `${line}  ${style.dim(truncate(output, rest))}`;
}

/** `⠋ lessons      12s  ━━━┄┄┄┄┄┄┄ 120/10000  ~4m left  8 at work  3 failed` */
function familyLine(family: FamilyView, look: Look, moment: Moment, nameWidth: number): string {
  const { style, glyphs } = look;
  const sign = glyphs.spinner[moment.frame % glyphs.spinner.length]!;
  const done = doneInFamily(family);
  const remaining = familyRemainingMs(family, moment.nowMs);
  return [
    `${style.restored(sign)} ${style.bold(padEnd(truncate(printable(family.stage), nameWidth), nameWidth))}`,
    padStart(formatElapsed(moment.nowMs - (family.sinceMs ?? moment.nowMs)), 4),
    family.total === null ? `${done} done` : bar({ done, total: family.total }, look),
    ...(remaining === null ? [] : [style.dim(`~${formatElapsed(Math.max(1000, remaining))} left`)]),
    `${family.running.size} at work`,
    ...(family.counts.failed > 0 ? [style.bad(`${family.counts.failed} failed`)] : []),
  ].join('  ');
}

/** `  pool llm is left alone, 12s to go` */
function pauseLine(
  { why, of, name, pausedUntilMs }: BreakerView,
  { style }: Look,
  { nowMs }: Moment,
): string {
  // Rounded up: it counts down to the moment at which one is tried.
  const left = formatElapsed(Math.max(0, pausedUntilMs - nowMs) + 999);
  return why === 'full'
    ? style.dim(`  ${of} ${printable(name)} lets no more begin this minute, ${left} to go`)
    : style.warn(`  ${of} ${printable(name)} is left alone, ${left} to go`);
}

/** `attempt 2`, or `attempt 2 in 4s: exit code 7` */
function attemptOf({ attempt, pause }: RunningTask, nowMs: number): string {
  if (pause === null) return `attempt ${attempt}`;
  // Rounded up: it counts down to the moment at which it begins.
  const left = formatElapsed(pause.untilMs - nowMs + 999);
  return `attempt ${attempt} in ${left}: ${explainFailure(pause.failure)[0]}`;
}

function bar(progress: { readonly done: number; readonly total: number }, look: Look): string {
  const { style, glyphs } = look;
  const share = progress.total > 0 ? Math.min(1, Math.max(0, progress.done / progress.total)) : 0;
  const full = Math.floor(share * barWidth);
  const drawn = style.good(glyphs.barFull.repeat(full)) + style.dim(glyphs.barEmpty.repeat(barWidth - full));
  return `${drawn} ${progress.done}/${progress.total}`;
}

/** `2 of 5 done, 1 failed · 14s` */
function progressLine(view: RunView, look: Look, moment: Moment): string {
  const { counts } = view;
  const done = [
    `${doneCount(view)} of ${Math.max(view.total, view.tasks.size)} done`,
    ...(counts.fresh > 0 ? [`${counts.fresh} fresh`] : []),
    ...(counts.failed > 0 ? [look.style.bad(`${counts.failed} failed`)] : []),
  ].join(', ');
  const elapsed = view.startedAtMs === null ? '' : formatElapsed(moment.nowMs - view.startedAtMs);
  return look.style.dim(`${done} ${look.glyphs.dot} ${elapsed}`);
}
