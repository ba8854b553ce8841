// One finished task as one line: with a sign on a terminal, with a word on a pipe.

import type { TaskFinished, TaskOutcome, TaskStarted } from '../model/events.ts';
import { formatDuration, listSome } from '../model/words/amounts.ts';
import { explainFailure } from '../model/words/failures.ts';
import { printable, skippedText } from '../model/words/printable.ts';
import { summariseReasons } from '../model/words/reasons.ts';
import { padEnd, truncate } from './fit.ts';
import type { Look } from './look.ts';

/** The first word of every plain line has this width: that of the longest, and a gap. */
export const wordWidth = 10;

const words: Readonly<Record<TaskOutcome, string>> = {
  executed: 'done',
  restored: 'restored',
  fresh: 'fresh',
  failed: 'failed',
  skipped: 'skipped',
  waiting: 'waiting',
  cancelled: 'cancelled',
};

/** `run       enrichment  because data/full.json changed` */
export function startedLine(event: TaskStarted, look: Look): string {
  const again = event.attempt > 1 ? ` (attempt ${event.attempt})` : '';
  const reasons = summariseReasons(event.reasons);
  const because = reasons.length === 0 ? '' : look.style.dim(`because ${reasons.join('; ')}`);
  return fitted([padEnd('run', wordWidth), nameOf(event.task, look), '  ', because, again], look);
}

/** `done      enrichment  1.2s` */
export function plainLine(event: TaskFinished, look: Look): string {
  const word = padEnd(words[event.outcome], wordWidth);
  return fitted(
    [paintOutcome(event.outcome, look)(word), nameOf(event.task, look), '  ', detailOf(event)],
    look,
  );
}

/** `✓ enrichment  1.2s  data/full.json changed` */
export function signLine(event: TaskFinished, look: Look): string {
  const sign = paintOutcome(event.outcome, look)(look.glyphs[event.outcome]);
  const reasons = event.outcome === 'executed' ? summariseReasons(event.reasons).join('; ') : '';
  const detail = event.outcome === 'executed' ? padEnd(detailOf(event), 6) : detailWithWord(event);
  return fitted([sign, ' ', nameOf(event.task, look), '  ', detail, '  ', look.style.dim(reasons)], look);
}

export function nameOf(task: string, look: Look): string {
  return padEnd(printable(task), look.nameWidth);
}

/** `exit code 1 after 2.1s` */
export function howItFailed(event: TaskFinished): string {
  const what = event.failure === undefined ? 'failed' : explainFailure(event.failure)[0];
  const optional = event.optional === true ? ' (optional)' : '';
  // A failure before anything ran, such as a missing file, took no time worth telling; a timeout tells its own, be it of
  // the command, a hook or a check.
  return event.durationMs === 0 ||
    /timed out after [\w. ]+$/.test(what) ||
    event.failure?.kind === 'protected'
    ? `${what}${attemptsOf(event)}${optional}`
    : `${what} after ${formatDuration(event.durationMs)}${attemptsOf(event)}${optional}`;
}

export function paintOutcome(outcome: TaskOutcome, look: Look): (text: string) => string {
  const { style } = look;
  switch (outcome) {
    case 'executed':
      return style.good;
    case 'restored':
      return style.restored;
    case 'failed':
      return style.bad;
    case 'waiting':
    case 'cancelled':
      return style.warn;
    case 'fresh':
    case 'skipped':
      return style.dim;
  }
}

function attemptsOf({ attempts }: TaskFinished): string {
  return attempts === undefined ? '' : `, ${attempts} attempts`;
}

/** `as a.in was edited meanwhile, after 2.1s` */
function leftText(event: TaskFinished, edited: readonly string[]): string {
  const what = `as ${listSome(edited.map(printable), 3)} ${edited.length === 1 ? 'was' : 'were'}`;
  if (!hasBegun(event)) return `${what} edited before it began`;
  const how = event.asBefore === true ? 'touched meanwhile, or edited and put back' : 'edited meanwhile';
  return `${what} ${how}, after ${formatDuration(event.durationMs)}`;
}

/** What has begun says why it did. */
export function hasBegun({ durationMs, reasons }: TaskFinished): boolean {
  return durationMs > 0 || reasons.length > 0;
}

function detailOf(event: TaskFinished): string {
  switch (event.outcome) {
    case 'executed':
      return `${formatDuration(event.durationMs)}${attemptsOf(event)}`;
    case 'restored':
      return event.savedMs > 0 ? `saved ${formatDuration(event.savedMs)}` : '';
    case 'failed':
      return howItFailed(event);
    case 'skipped':
      // What a watch does not run again before something is different.
      if (event.failure !== undefined) return `failed before: ${explainFailure(event.failure)[0]}`;
      return skippedText(event);
    case 'cancelled':
      if (event.edited !== undefined) return `${leftText(event, event.edited)}: the next run sees to it`;
      return event.durationMs > 0 ? `after ${formatDuration(event.durationMs)}` : '';
    case 'waiting':
      if (event.edited !== undefined)
        return `${leftText(event, event.edited)}: it waits to be asked for again`;
      return event.failure === undefined ? 'runs when it is asked for' : explainFailure(event.failure)[0];
    case 'fresh':
      return event.unneeded === true ? 'as nothing before it failed' : '';
  }
}

function detailWithWord(event: TaskFinished): string {
  const detail = detailOf(event);
  switch (event.outcome) {
    case 'restored':
      return detail === '' ? 'restored' : `restored, ${detail}`;
    case 'cancelled':
      return detail === '' ? 'cancelled' : `cancelled ${detail}`;
    case 'failed':
      return detail;
    default:
      return detail === '' ? words[event.outcome] : `${words[event.outcome]}, ${detail}`;
  }
}

function fitted(parts: readonly string[], look: Look): string {
  const line = parts.join('').trimEnd();
  return look.columns === null ? line : truncate(line, look.columns);
}
