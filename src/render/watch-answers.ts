// What a watch answers to keys: help, the stages in their order, the log of what ran last.
import type { Request } from '../model/watch/watch-orders.ts';
import { printable } from '../model/words/printable.ts';
import { captured } from './captured.ts';
import { padEnd, truncate, widthOf, wrapWords } from './fit.ts';
import type { Look } from './look.ts';

const esc = String.fromCharCode(27);

/** An empty screen, with nothing to scroll back to. */
export const emptyScreen = `${esc}[H${esc}[2J${esc}[3J`;

const keys = [
  ['Enter', 'run all that is stale now, also what is pending or has failed'],
  ['1-9', 'run this one of those that are pending'],
  ['r', 'run again what has failed'],
  ['f', 'run one stage even if it is fresh: type its name'],
  ['l', 'the end of the log of what ran last'],
  ['g', 'the stages, and which need which'],
  ['c', 'clear the screen'],
  ['q', 'quit; Ctrl-D does so too, and Ctrl-C with exit code 130'],
] as const;

const keyWidth = 6;

export function helpLines(look: Look): readonly string[] {
  const room = (look.columns ?? Number.POSITIVE_INFINITY) - keyWidth - 3;
  return keys.flatMap(([key, what]) =>
    wrapWords(what, room).map((line, i) =>
      fitted(`  ${look.style.bold(padEnd(i === 0 ? key : '', keyWidth))} ${line}`, look),
    ),
  );
}

/** In their order, each with those whose files or end it needs. */
export function graphLines(
  stages: readonly { readonly name: string; readonly before: readonly string[] }[],
  look: Look,
): readonly string[] {
  const width = stages.reduce((widest, { name }) => Math.max(widest, widthOf(printable(name))), 0);
  return stages.map(({ name, before }) => {
    if (before.length === 0) return fitted(`  ${printable(name)}`, look);
    const needs = look.style.dim(` after ${before.map(printable).join(', ')}`);
    return fitted(`  ${padEnd(printable(name), width)}${needs}`, look);
  });
}

/** As much of its end as the screen holds. */
export function logLines(
  log: { readonly path: string; readonly text: string } | null,
  look: Look,
  rows: number,
): readonly string[] {
  if (log === null) return [look.style.dim('nothing has been logged yet')];
  const all = log.text.split('\n');
  if (all.at(-1) === '') all.pop();
  const shown = all.slice(-Math.max(5, rows - 4));
  const lines = shown.map((line) =>
    fitted(`${look.style.dim(look.glyphs.margin)} ${captured(line, look.style.enabled)}`, look),
  );
  return [look.style.dim(printable(log.path)), ...(lines.length === 0 ? [look.style.dim('(empty)')] : lines)];
}

/** To somebody who asks for something while a run is at work. */
export function nextLine(request: Request, look: Look): readonly string[] {
  return [fitted(look.style.dim(`next: ${whatIsAsked(request)}`), look)];
}

function whatIsAsked(request: Request): string {
  switch (request.kind) {
    case 'begin':
    case 'all':
      return 'all that is stale by then';
    case 'failed':
      return 'what has failed';
    case 'stage':
      return printable(request.stage);
    case 'force':
      return `${printable(request.task)}, even if it is fresh`;
  }
}

/** What the program beside the watch prints. */
export function serverLines(line: string, look: Look): readonly string[] {
  return [`${look.style.dim(`exec ${look.glyphs.margin}`)} ${captured(line, look.style.enabled)}`];
}

/** What a person is asked, and has typed so far. */
export function promptLine(text: string): string {
  return `which stage? ${printable(text)}`;
}

function fitted(line: string, look: Look): string {
  return look.columns === null ? line : truncate(line, look.columns);
}
