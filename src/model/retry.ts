// Whether a failed attempt is worth another one, and after how long.
import { createHash } from 'node:crypto';
import { callForeign } from '../base/foreign-call.ts';
import type { Failure } from './failure.ts';
import type { RetryFailure } from './spec.ts';

export interface RetryPolicy {
  /** In all, the first one included. */
  readonly attempts: number;
  readonly delayMs: number;
  /** What each delay is multiplied by for the next one. */
  readonly factor: number;
  readonly maxDelayMs: number;
  readonly jitter: boolean;
  /** `null`: after every failure that can be retried. */
  readonly when: RetryCondition | null;
}

export type RetryCondition =
  /** Any of them is enough. */
  | {
      readonly kind: 'any-of';
      readonly exitCodes: readonly number[];
      readonly signals: readonly string[];
      readonly timeout: boolean;
      /** Among the last lines of output, or in what a function threw. */
      readonly output: OutputPattern | null;
    }
  /** Only the process that loaded the configuration can ask it. */
  | { readonly kind: 'predicate'; readonly holds: (failure: RetryFailure) => unknown };

/** All of it as text, so that it can be told without secrets. */
export type OutputPattern =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pattern'; readonly source: string; readonly flags: string };

/** One failed attempt. */
export interface FailedAttempt {
  readonly failure: Failure;
  /** How many have failed by now, this one included. */
  readonly failures: number;
  /** The last lines of its output. */
  readonly tail: readonly string[];
  /** What the command itself asked for. */
  readonly askedMs: number | null;
}

export type RetryDecision =
  | { readonly kind: 'give-up' }
  | { readonly kind: 'again'; readonly delayMs: number }
  /** The predicate, or the search for the pattern, gave no answer. */
  | { readonly kind: 'no-answer'; readonly why: string };

/**
 * `seed`: equal ones give equal jitter. Never throws, whatever the predicate does. What a command asks for is kept to
 * as it is: it may know when a service is back.
 */
export function retryDecision(policy: RetryPolicy, failed: FailedAttempt, seed: string): RetryDecision {
  if (failed.failures >= policy.attempts) return { kind: 'give-up' };
  const known = retryableOf(failed);
  if (known === null) return { kind: 'give-up' };
  const answer = holds(policy.when, known);
  if (typeof answer !== 'boolean') return { kind: 'no-answer', why: answer.why };
  if (!answer) return { kind: 'give-up' };
  return { kind: 'again', delayMs: failed.askedMs ?? delayMsOf(policy, failed.failures, seed) };
}

/** Before the attempt that follows `failures` failed ones. With jitter between half of it and all. */
export function delayMsOf(policy: RetryPolicy, failures: number, seed: string): number {
  const whole = Math.min(policy.delayMs * policy.factor ** (failures - 1), policy.maxDelayMs);
  if (!policy.jitter) return Math.round(whole);
  const share = createHash('sha256').update(`${failures} ${seed}`).digest().readUInt32BE(0) / 2 ** 32;
  return Math.round(whole * (0.5 + share / 2));
}

/** As the predicate sees it; `null`: another attempt would fail as well, or breaks its contract as this one did. */
function retryableOf({ failure, failures, tail }: FailedAttempt): RetryFailure | null {
  const about = { attempt: failures, exitCode: null, signal: null, message: null, output: tail.join('\n') };
  switch (failure.kind) {
    case 'exit':
      return { ...about, kind: 'exit', exitCode: failure.code };
    case 'signal':
      return { ...about, kind: 'signal', signal: failure.signal };
    case 'timeout':
      return { ...about, kind: 'timeout' };
    case 'threw':
    case 'reported':
      return { ...about, kind: failure.kind, message: failure.message };
    case 'spawn':
    case 'hook-failed':
    case 'words-lost':
    case 'output-missing':
    case 'check-failed':
    case 'check-broken':
    case 'output-blocked':
    case 'input-missing':
    case 'input-unreadable':
    case 'input-aliased':
    case 'input-changing':
    case 'record-gone':
    case 'items-unclear':
    case 'input-overwritten':
    case 'protected':
    case 'secret-missing':
    case 'service-down':
    case 'io':
    case 'internal':
      return null;
  }
}

interface NoAnswer {
  readonly why: string;
}

function holds(condition: RetryCondition | null, failure: RetryFailure): boolean | NoAnswer {
  switch (condition?.kind) {
    case undefined:
      return true;
    case 'any-of':
      if (
        (failure.exitCode !== null && condition.exitCodes.includes(failure.exitCode)) ||
        condition.signals.some((signal) => wasEndedBy(signal, failure)) ||
        (failure.kind === 'timeout' && condition.timeout)
      )
        return true;
      return condition.output !== null && found(condition.output, failure);
    case 'predicate':
      return answerOf(condition.holds, failure);
  }
}

/** Those that have the same number everywhere. */
const signalNumbers: Readonly<Record<string, number>> = {
  ...{ SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGFPE: 8, SIGKILL: 9 },
  ...{ SIGSEGV: 11, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15 },
};

/** A shell that survives its child, as nearly all do, tells the signal as an exit code. */
function wasEndedBy(signal: string, failure: RetryFailure): boolean {
  return failure.signal === signal || failure.exitCode === 128 + (signalNumbers[signal] ?? Number.NaN);
}

function found(pattern: OutputPattern, { output, message }: RetryFailure): boolean | NoAnswer {
  const said = message === null ? output : `${output}\n${message}`;
  if (pattern.kind === 'text') return said.includes(pattern.text);
  // A pattern that can match in very many ways may take as long as a loop without end.
  const answer = callForeign(searchFor(pattern), said);
  return answer.kind === 'gave'
    ? answer.value === true
    : { why: `/${pattern.source}/${pattern.flags} ${answer.why}` };
}

type Search = (text: string) => boolean;

/** The same function for the same pattern: one that was ended is known by it. */
const searches = new WeakMap<OutputPattern, Search>();

function searchFor(pattern: Extract<OutputPattern, { readonly kind: 'pattern' }>): Search {
  // Without what a `g` or `y` remembers from one search to the next.
  const sought = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  const search = searches.get(pattern) ?? ((text) => sought.test(text));
  searches.set(pattern, search);
  return search;
}

function answerOf(predicate: (failure: RetryFailure) => unknown, failure: RetryFailure): boolean | NoAnswer {
  const answer = callForeign(predicate, failure);
  if (answer.kind === 'none') return { why: `it ${answer.why}` };
  const { value } = answer;
  return typeof value === 'boolean' ? value : { why: `it gave ${typeof value}, not true or false` };
}
