// The findings of `pipe doctor`: one line a check, and below it what to do where all is not well.

import type { Diagnostic } from '../model/diagnostic.ts';
import { plural } from '../model/words/amounts.ts';
import { diagnosticLines } from '../render/diagnostics.ts';
import { padEnd, widthOf, wrapWords } from '../render/fit.ts';
import type { Look } from '../render/look.ts';

/** `warn`: builds work, but not as one would wish. `fail`: a build of everything would not work. */
export type CheckStatus = 'ok' | 'warn' | 'fail';

export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint?: string;
  /** What is wrong in the configuration or around its stages; each brings its own hint. */
  readonly problems?: readonly Diagnostic[];
}

/** A check that fails with the problems, if there are any. */
export function checkOf(name: string, problems: readonly Diagnostic[], fine: string): Check {
  if (problems.length === 0) return { name, status: 'ok', detail: fine };
  return { name, status: 'fail', detail: plural(problems.length, 'problem'), problems };
}

export function exitCodeOf(checks: readonly Check[]): number {
  return checks.some((check) => check.status === 'fail') ? 1 : 0;
}

export function reportJson(checks: readonly Check[]) {
  return { v: 1, ok: exitCodeOf(checks) === 0, checks };
}

export function reportLines(checks: readonly Check[], look: Look): readonly string[] {
  const nameWidth = Math.max(0, ...checks.map((check) => widthOf(check.name))) + 2;
  return [
    ...checks.flatMap((check) => checkLines(check, nameWidth, look)),
    '',
    look.style.bold(verdict(checks)),
  ];
}

const statusWidth = 'fail'.length + 2;

function checkLines(check: Check, nameWidth: number, { columns, style }: Look): readonly string[] {
  const paint = { ok: style.good, warn: style.warn, fail: style.bad }[check.status];
  const indent = ' '.repeat(statusWidth);
  const under = columns === null ? null : columns - statusWidth;
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(20, columns - statusWidth - nameWidth);
  const [first = '', ...more] = wrapWords(check.detail, room);
  const hint =
    check.hint === undefined ? [] : wrapWords(`hint: ${check.hint}`, under ?? Number.POSITIVE_INFINITY);
  const problems = (check.problems ?? []).flatMap((one) => diagnosticLines([one], { columns: under, style }));
  return [
    `${paint(padEnd(check.status, statusWidth))}${padEnd(check.name, nameWidth)}${first}`,
    ...more.map((line) => `${indent}${' '.repeat(nameWidth)}${line}`),
    ...problems.map((line) => `${indent}${line}`.trimEnd()),
    ...hint.map((line) => `${indent}${line}`),
  ];
}

function verdict(checks: readonly Check[]): string {
  const count = (status: CheckStatus) => checks.filter((check) => check.status === status).length;
  const parts = [
    ...(count('fail') > 0 ? [`${count('fail')} failed`] : []),
    ...(count('warn') > 0 ? [plural(count('warn'), 'warning')] : []),
  ];
  return parts.length === 0 ? 'all is well' : parts.join(', ');
}
