// A failure as a block of text: what failed and how, the end of its output, and how to go on.

import type { TaskId } from '../base/brand.ts';
import type { TaskFinished } from '../model/events.ts';
import { listSome } from '../model/words/amounts.ts';
import { explainFailure } from '../model/words/failures.ts';
import { printable } from '../model/words/printable.ts';
import { capturedLines } from './captured.ts';
import { chunk, padEnd, widthOf, wrapWords } from './fit.ts';
import type { GoOnFlags, Look } from './look.ts';
import { howItFailed } from './task-line.ts';

const labelWidth = 10;
const indent = '  ';
const tailLines = 20;
const namedVariables = 8;

type Failures = readonly TaskFinished[];

/** Head and details. Made for 40 columns and more; without a width nothing is wrapped. `told`: failures of before. */
export function failureBlock(event: TaskFinished, look: Look, told: Failures = []): readonly string[] {
  return [...failureHead(event, look), ...failureDetails(event, look, told)];
}

/** All below the head, indented. */
export function failureDetails(event: TaskFinished, look: Look, told: Failures = []): readonly string[] {
  const { style } = look;
  const details = event.failure === undefined ? [] : explainFailure(event.failure).slice(1);
  const companion = told.find((one) => one.log === event.log && one.task !== event.task);
  return [
    ...details.flatMap((line) => wrapped(line, indent.length, look).map((part) => `${indent}${part}`)),
    ...(event.log === undefined || companion === undefined
      ? processLines(event, look)
      : labelled('more', `with ${printable(companion.task)}, of the same batch`, look)),
    ...waysOn(event, look.goOnFlags).flatMap(([label, line]) => labelled(label, line, look, style.command)),
  ];
}

/** What is the same for all that one process was to do. */
function processLines(event: TaskFinished, look: Look): readonly string[] {
  const command = commandOf(event);
  return [
    ...(command === null ? [] : labelled('command', printable(command), look)),
    ...outputLines(event, look),
    ...(event.log === undefined ? [] : labelled('log', printable(event.log), look)),
    ...hiddenLines(event, look),
  ];
}

/** The command lines that take up the work again, each with what it does in a word. */
function waysOn(event: TaskFinished, flags?: GoOnFlags): readonly (readonly [string, string])[] {
  // Of an item that there may be no more all of its stage is the rest.
  const task = isItemGone(event) ? (event.stage as TaskId) : event.task;
  if (event.failure?.kind === 'protected') return waysFromEdited(task, event.failure.paths, flags);
  return [['continue', `${continueCommand({ task })}${printable(flags?.build ?? '')}`]];
}

function isItemGone({ failure, item }: TaskFinished): boolean {
  if (failure?.kind === 'record-gone') return true;
  return failure?.kind === 'input-missing' && item !== null && failure.patterns.includes(item);
}

/** Of protected outputs, which a person has edited: theirs is the choice. */
export function waysFromEdited(
  task: TaskId,
  paths: readonly string[],
  flags?: GoOnFlags,
): readonly (readonly [string, string])[] {
  const goOn = `${continueCommand({ task })}${printable(flags?.build ?? '')}`;
  const edited = paths.map((path) => shellWord(flags?.path?.(path) ?? path)).join(' ');
  return [
    ['keep it', `pipe accept ${edited}${printable(flags?.accept ?? '')} --reason "…"`],
    ['rebuild', `${goOn} --force`],
  ];
}

/** The command line that takes up the work again. */
export function continueCommand({ task }: Pick<TaskFinished, 'task'>): string {
  return `pipe build ${shellWord(task)}`;
}

function shellWord(text: string): string {
  const plain = /^[A-Za-z0-9_@%+=:,./-]+$/.test(text);
  return plain ? text : `'${printable(text).replaceAll("'", `'\\''`)}'`;
}

/** `✗ analysis failed: exit code 1 after 2.1s` */
export function failureHead(event: TaskFinished, look: Look): readonly string[] {
  const { style, glyphs } = look;
  const name = printable(event.task);
  const how = event.outcome === 'waiting' ? 'stopped' : 'failed';
  const text = `${glyphs.failed} ${name} ${how}: ${howItFailed(event)}`;
  const [first = '', ...more] = wrapped(text, 0, look);
  // Only the name is bold, and only where the first line holds all of it.
  const upTo = `${glyphs.failed} ${name} ${how}`;
  const head = first.startsWith(upTo) ? style.bold(style.bad(upTo)) + first.slice(upTo.length) : first;
  return [head, ...more.map((line) => `${indent}${line}`)];
}

function commandOf(event: TaskFinished): string | null {
  // Of several lines, the one that failed.
  if (event.failure !== undefined && 'line' in event.failure && event.failure.line !== '')
    return event.failure.line;
  return event.command === undefined || event.command === '' ? null : event.command;
}

function outputLines(event: TaskFinished, look: Look): readonly string[] {
  const { style, glyphs } = look;
  const all = (event.tail ?? []).flatMap((line) => (line === '' ? [''] : capturedLines(line, style.enabled)));
  while (all.at(-1)?.trim() === '') all.pop();
  if (all.length === 0) return [];
  const margin = `${indent}${style.dim(glyphs.margin)} `;
  const room =
    look.columns === null ? Number.POSITIVE_INFINITY : Math.max(20, look.columns - indent.length - 2);
  const shown = all.slice(-tailLines).flatMap((line) => chunk(line, room));
  return [
    `${indent}${style.dim('output, its last lines')}`,
    ...shown.map((line) => `${margin}${line}`.trimEnd()),
  ];
}

function hiddenLines(event: TaskFinished, look: Look): readonly string[] {
  const names = event.hiddenEnv ?? [];
  if (names.length === 0) return [];
  return [
    ...labelled('hidden', listSome(likelyFirst(names, event).map(printable), namedVariables), look),
    ...labelled(
      '',
      names.length === 1
        ? 'is set here, but the stage does not see it: declare it in env or secrets if it is needed'
        : 'are set here, but the stage does not see them: declare what it needs in env or secrets',
      look,
      look.style.dim,
    ),
  ];
}

/** A program that misses a variable mostly says its name. */
function likelyFirst(names: readonly string[], event: TaskFinished): readonly string[] {
  const { failure, tail = [], command = '' } = event;
  const thrown = failure?.kind === 'threw' ? failure.message : '';
  const said = new Set([...tail, thrown, command].join('\n').match(/\w+/g));
  const sorted = [...names].sort();
  return [...sorted.filter((name) => said.has(name)), ...sorted.filter((name) => !said.has(name))];
}

function labelled(
  label: string,
  text: string,
  look: Look,
  paint: (text: string) => string = (line) => line,
): readonly string[] {
  const { style } = look;
  const parts = wrapped(text, indent.length + labelWidth, look);
  const room = look.columns === null ? Number.POSITIVE_INFINITY : look.columns - indent.length - labelWidth;
  // A path too long for its place gets a line of its own: it is there to be copied.
  if (parts.length === 1 && widthOf(text) > room) {
    return [`${indent}${style.dim(label)}`, `${indent}  ${paint(text)}`];
  }
  return parts.map(
    (line, i) => `${indent}${style.dim(padEnd(i === 0 ? label : '', labelWidth))}${paint(line)}`,
  );
}

/** Between words; a word that is wider than the room is left whole. */
function wrapped(text: string, before: number, look: Look): readonly string[] {
  if (look.columns === null) return [text];
  return wrapWords(text, Math.max(20, look.columns - before));
}
