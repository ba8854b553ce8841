// What a console shows of each event, as lines: shared by every display that writes lines for people.

import type { PipeEvent, RunBlocked, TaskFinished, TaskStarted, Warning } from '../model/events.ts';
import type { ItemsGone } from '../model/item-events.ts';
import type { Profile } from '../model/profile.ts';
import { ago } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';
import { explainReason, summariseReasons } from '../model/words/reasons.ts';
import { explainRetry } from '../model/words/retry-words.ts';
import type { RunView } from '../model/words/run-view.ts';
import { isToldInFull, toldInFull } from './alike-failures.ts';
import type { AuditLines } from './audit-block.ts';
import { failureDetails } from './failure-block.ts';
import { wrapWords } from './fit.ts';
import { goneLines } from './gone-lines.ts';
import type { Look } from './look.ts';
import { createOutputLines } from './output-lines.ts';
import { planLines } from './plan-lines.ts';
import type { ProfileLines } from './profile-block.ts';
import { runHookLines } from './run-hook-lines.ts';
import { breakerLine, fullLine, serviceLines } from './service-lines.ts';
import { headerLine, summaryLines } from './summary.ts';
import { hasBegun, wordWidth } from './task-line.ts';

const listedReasons = 50;

/** One way to show a run. The view already contains the event. */
export interface Display {
  show(event: PipeEvent, view: RunView): void;
  /** Where it draws again and again: text that is none of the run's, whole lines. */
  above?(text: string): void;
  /** What it draws goes, and comes again. */
  suspend?(): void;
  resume?(): void;
  /** Leaves the terminal as it should be. More than once does no harm. */
  close(): void;
}

export interface LineOptions {
  readonly verbose: boolean;
  readonly auditLines?: AuditLines | undefined;
  readonly profileLines?: ProfileLines | undefined;
}

export interface Wording {
  /** At the start of a task; none where the display shows running tasks in another way. */
  readonly started: (event: TaskStarted, look: Look) => readonly string[];
  readonly finished: (event: TaskFinished, look: Look, view: RunView) => readonly string[];
}

/** Turns events into permanent lines. The header comes with the first line that needs one: a no-op has none. */
export function createLines(
  look: Look,
  wording: Wording,
  options: LineOptions,
): (event: PipeEvent, view: RunView) => readonly string[] {
  const output = createOutputLines(look);
  let hasHeader = false;
  let profile: Profile | null = null;
  const gone: ItemsGone[] = [];

  const headed = (view: RunView, lines: readonly string[]): readonly string[] => {
    if (hasHeader) return lines;
    hasHeader = true;
    return [headerLine(view, look), ...lines];
  };
  const below = (view: RunView, lines: readonly string[]) =>
    lines.length === 0 ? lines : headed(view, lines);

  return (event, view) => {
    switch (event.kind) {
      case 'run-started':
        hasHeader = false;
        profile = null;
        return view.dryRun ? headed(view, []) : [];
      case 'run-blocked':
        return blockedLines(event, look);
      case 'task-started':
        return headed(view, [
          ...wording.started(event, look),
          ...(options.verbose ? reasonLines(event, look) : []),
        ]);
      case 'task-output':
        return options.verbose ? below(view, output.feed(event)) : [];
      case 'task-retrying':
        return below(view, [
          ...output.flush(event.task),
          ...overLines(`${printable(event.task)}: ${explainRetry(event)}`, look).map(look.style.warn),
        ]);
      case 'task-finished':
        return below(view, [
          ...output.flush(event.task),
          ...finishedLines(event, look, wording, { ...options, view }),
        ]);
      case 'items-gone':
        gone.push(event);
        return below(view, goneLines(event, look));
      case 'service-changed':
        return below(view, serviceLines(event, look, options));
      case 'breaker-changed':
        return below(view, [breakerLine(event, look)]);
      case 'pool-full':
        return below(view, [fullLine(event, look)]);
      case 'run-hook-started':
      case 'run-hook-finished':
        return below(view, runHookLines(event, look, options));
      case 'stage-fanned-out':
        return [];
      case 'warning':
        return below(view, warningLines(event, look));
      case 'run-profiled':
        profile = event;
        return [];
      case 'run-finished':
        return [
          ...(view.dryRun && view.planned.length > 0
            ? planLines(view.planned, look, { ...options, gone })
            : [...(options.auditLines?.(view.audits, look, options) ?? []), ...summaryLines(view, look)]),
          ...((profile &&
            options.profileLines?.(profile, look, { hadFresh: event.fresh > 0 && !view.dryRun })) ??
            []),
        ];
      case 'task-planned':
      case 'task-audited':
      case 'task-progress':
      case 'task-metric':
        return [];
    }
  };
}

export function warningLines(event: Warning, look: Look): readonly string[] {
  const about = event.task === undefined ? '' : `${printable(event.task)}: `;
  const hint = event.hint === undefined ? [] : overLines(`hint: ${printable(event.hint)}`, look, '  ');
  return [...overLines(`warning: ${about}${printable(event.message)}`, look).map(look.style.warn), ...hint];
}

export function blockedLines(
  event: Omit<RunBlocked, 'kind'> & { readonly at: string },
  look: Look,
): readonly string[] {
  const since = ago(event.sinceMs, Date.parse(event.at));
  const what = event.waits
    ? 'waiting for another run in this folder'
    : 'another run is at work in this folder';
  const whose = `process ${event.pid}, started ${since} (pipe ${printable(event.command)})`;
  const way = event.suspended === true ? `, is suspended: fg or kill -CONT ${event.pid} lets it go on` : '';
  return overLines(`${what}: ${whose}${way}`, look).map(look.style.dim);
}

/** Between words, where a terminal has no room for all of it in one line. */
function overLines(text: string, { columns }: Look, first = ''): readonly string[] {
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(20, columns - 2);
  return wrapWords(text, room).map((line, i) => `${i === 0 ? first : '  '}${line}`);
}

function finishedLines(
  event: TaskFinished,
  look: Look,
  wording: Wording,
  options: { readonly verbose: boolean; readonly view: RunView },
): readonly string[] {
  // What did not succeed for another's sake is listed at the end: now it would only be noise.
  if (event.outcome === 'skipped') return [];
  // It had not begun when the run was ended: the last line counts it. What an edit kept from that says over which.
  if (event.outcome === 'cancelled' && event.edited === undefined && !hasBegun(event)) return [];
  if (event.outcome === 'fresh' && !options.verbose && event.item === null) return [];
  // Of a watch, which tells it when all else is done.
  if (event.outcome === 'waiting' && event.failure === undefined && event.edited === undefined) return [];
  const lines = wording.finished(event, look, options.view);
  return event.failure === undefined || !isToldInFull(event, options.view)
    ? lines
    : [...lines, ...failureDetails(event, look, toldInFull(options.view))];
}

/** Each reason on its own line, where the line before could not hold them all. */
function reasonLines(event: TaskStarted, look: Look): readonly string[] {
  const whole = summariseReasons(event.reasons, Number.POSITIVE_INFINITY).join();
  if (summariseReasons(event.reasons).join() === whole) return [];
  const shown = event.reasons.slice(0, listedReasons).map(explainReason);
  const rest = event.reasons.length - shown.length;
  const all = rest > 0 ? [...shown, `and ${rest} more`] : shown;
  return all.map((line) => look.style.dim(`${' '.repeat(wordWidth)}${line}`));
}
