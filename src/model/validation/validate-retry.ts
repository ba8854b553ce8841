// Checks `retry`: how often a failed attempt is made again, after how long, and after which failures.

import { didYouMean } from '../../base/did-you-mean.ts';
import type { OutputPattern, RetryCondition, RetryPolicy } from '../retry.ts';
import type { RetryFailure } from '../spec.ts';
import { mismatch, Section } from './config-section.ts';
import { reportUnknownFields } from './known-fields.ts';

const retryFields = ['attempts', 'delay', 'factor', 'maxDelay', 'jitter', 'when'];
const whenFields = ['exitCode', 'signal', 'timeout', 'output'];
export const mostAttempts = 1000;

/** Those of Linux and macOS that end a process. */
const signals = [
  ...['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGKILL'],
  ...['SIGUSR1', 'SIGSEGV', 'SIGUSR2', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGXCPU', 'SIGXFSZ'],
  ...['SIGVTALRM', 'SIGPROF', 'SIGIO', 'SIGPWR', 'SIGSYS', 'SIGSTKFLT', 'SIGEMT'],
];

/** `null`: none, or wrong, which is reported. */
export function readRetry(stage: Section): RetryPolicy | null {
  if (stage.value('retry') === undefined) return null;
  const section = Section.open(stage.placed('retry'), stage.report, {
    expected: "an object such as { attempts: 3, delay: '2s' }",
  });
  if (section === null) return null;
  reportUnknownFields(section, retryFields);
  const attempts = readAttempts(section);
  const policy = {
    delayMs: section.durationMs('delay') ?? 1000,
    factor: readFactor(section),
    maxDelayMs: section.durationMs('maxDelay') ?? 60_000,
    jitter: section.flag('jitter') ?? true,
    when: readWhen(section),
  };
  // A first delay above the cap that nobody chose is meant as it is written.
  const maxDelayMs = section.has('maxDelay')
    ? policy.maxDelayMs
    : Math.max(policy.maxDelayMs, policy.delayMs);
  return attempts === null ? null : { ...policy, attempts, maxDelayMs };
}

function readAttempts(section: Section): number | null {
  const placed = section.placed('attempts');
  if (isWhole(placed.value, 1, mostAttempts)) return placed.value;
  if (placed.value !== undefined) {
    mismatch(section.report, placed, `a whole number of attempts from 1 to ${mostAttempts}`);
  } else if (!section.has('attempts')) {
    const hint = 'write how many attempts there are in all, the first one included: attempts: 3';
    const message = 'the retries have no number of attempts';
    section.report({ code: 'PIPE012', message, at: section.place('attempts'), hint });
  }
  return null;
}

function readFactor(section: Section): number {
  const placed = section.placed('factor');
  if (placed.value === undefined) return 2;
  if (typeof placed.value === 'number' && placed.value >= 1 && placed.value <= 100) return placed.value;
  mismatch(section.report, placed, 'a number from 1 to 100');
  return 2;
}

function readWhen(section: Section): RetryCondition | null {
  const placed = section.placed('when');
  const { value } = placed;
  if (value === undefined) return null;
  if (typeof value === 'function') {
    return { kind: 'predicate', holds: value as (failure: RetryFailure) => unknown };
  }
  const expected = 'a function or an object such as { exitCode: 75, output: /rate limit/ }';
  const when = Section.open(placed, section.report, { expected });
  if (when === null) return null;
  reportUnknownFields(when, whenFields);
  if (when.keys().length === 0) mismatch(section.report, placed, `${expected}, with at least one field`);
  return {
    kind: 'any-of',
    exitCodes: readExitCodes(when),
    signals: readSignals(when),
    timeout: when.flag('timeout') ?? false,
    output: readOutput(when),
  };
}

function readExitCodes(when: Section): readonly number[] {
  return when.list('exitCode', '', 'or one').flatMap((placed) => {
    if (isWhole(placed.value, 1, 255)) return [placed.value];
    mismatch(when.report, placed, 'an exit code from 1 to 255');
    return [];
  });
}

function readSignals(when: Section): readonly string[] {
  return when.texts('signal', '', 'or one').flatMap((placed) => {
    const { text, at } = placed;
    if (signals.includes(text)) return [text];
    const near = didYouMean(text, signals);
    const hint = near === null ? undefined : `did you mean "${near}"?`;
    mismatch(when.report, { value: text, at }, "the name of a signal, such as 'SIGKILL'", hint);
    return [];
  });
}

function readOutput(when: Section): OutputPattern | null {
  const placed = when.placed('output');
  const { value } = placed;
  if (value === undefined) return null;
  if (value instanceof RegExp) return { kind: 'pattern', source: value.source, flags: value.flags };
  const text = typeof value === 'string' ? when.text('output') : null;
  if (text !== null) return { kind: 'text', text };
  if (typeof value !== 'string') mismatch(when.report, placed, 'text or a pattern such as /rate limit/i');
  return null;
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
