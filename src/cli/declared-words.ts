// What a stage declares besides files and commands, in words: a line or two of each.

import type { BreakerPolicy } from '../model/breaker.ts';
import type { StageCheck } from '../model/checks.ts';
import { describeCommand } from '../model/command/command-line.ts';
import type { RetryCondition, RetryPolicy } from '../model/retry.ts';
import { describeCheck } from '../model/service.ts';
import type { PoolShare, Service } from '../model/stage.ts';
import { formatDuration, plural } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';

export function checkText({ outputs, check }: StageCheck): string {
  const of = outputs === null ? '' : `${printable(outputs.source)}: `;
  switch (check.kind) {
    case 'schema-file':
      return `${of}fits ${printable(check.schema)}`;
    case 'schema':
      return `${of}fits a schema in the configuration`;
    case 'non-empty':
      return `${of}is not empty`;
    case 'min-lines':
      return `${of}has at least ${plural(check.lines, 'line')}`;
    case 'matches':
      return `${of}matches ${printable(`/${check.source}/${check.flags}`)}`;
    case 'function':
      return `${of}passes a function in the configuration`;
  }
}

export function poolText({ name, weight, limit, perMinute, breaker }: PoolShare): string {
  const room = [
    ...(limit === null ? [] : [`${weight} of ${limit} at once`]),
    ...(perMinute === null ? [] : [`${perMinute} a minute`]),
    ...(breaker === null ? [] : [breakerText(breaker)]),
  ];
  return `${printable(name)}  (${room.join(', ')})`;
}

function breakerText({ failures, withinMs, pauseMs }: BreakerPolicy): string {
  return `left alone for ${formatDuration(pauseMs)} after ${plural(failures, 'failure')} within ${formatDuration(withinMs)}`;
}

/** `db  port 5432 of localhost, started with docker compose up` */
export function serviceText({ name, check, start, timeoutMs, breaker }: Service): string {
  return [
    `${printable(name)}  ${printable(describeCheck(check))}`,
    ...(start === null ? [] : [`started with ${printable(describeCommand(start))}`]),
    ...(timeoutMs === 0 ? [] : [`waited for ${formatDuration(timeoutMs)}`]),
    ...(breaker === null ? [] : [breakerText(breaker)]),
  ].join(', ');
}

export function retryText(retry: RetryPolicy): readonly string[] {
  const { attempts, delayMs, factor, maxDelayMs, jitter, when } = retry;
  const grows =
    factor === 1 ? '' : `, then ${factor} times as long each, at most ${formatDuration(maxDelayMs)}`;
  return [
    `${plural(attempts, 'attempt')}, ${formatDuration(delayMs)} between them${grows}${jitter ? ', shortened by chance' : ''}`,
    ...(when === null ? [] : [`after ${conditionText(when)}`]),
  ];
}

function conditionText(when: RetryCondition): string {
  if (when.kind === 'predicate') return 'what a function in the configuration says';
  const { exitCodes, signals, timeout, output } = when;
  return [
    ...exitCodes.map((code) => `exit code ${code}`),
    ...signals,
    ...(timeout ? ['a timeout'] : []),
    ...(output === null
      ? []
      : [
          `output with ${printable(output.kind === 'text' ? output.text : `/${output.source}/${output.flags}`)}`,
        ]),
  ].join(' or ');
}
