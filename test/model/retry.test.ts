// Which failures are worth another attempt, and after how long.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Failure } from '../../src/model/failure.ts';
import { delayMsOf, type FailedAttempt, type RetryPolicy, retryDecision } from '../../src/model/retry.ts';
import { acceptedStage } from './validation/sample-config.ts';

const exit = (code: number): Failure => ({ kind: 'exit', code, line: 'x' });
const killed: Failure = { kind: 'signal', signal: 'SIGKILL', line: 'x' };
const late: Failure = { kind: 'timeout', timeoutMs: 5, line: 'x' };
const threw: Failure = { kind: 'threw', message: 'HTTP 503', stack: null };

function policy(retry: object): RetryPolicy {
  return acceptedStage({ retry: { attempts: 3, delay: '1s', jitter: false, ...retry } }).retry!;
}

function decide(retry: object, failed: Partial<FailedAttempt>) {
  return retryDecision(
    policy(retry),
    { failure: exit(1), failures: 1, tail: [], askedMs: null, ...failed },
    '',
  );
}

const isAgain = (retry: object, failed: Partial<FailedAttempt>) => decide(retry, failed).kind === 'again';

test('attempts count the first one', () => {
  expect([1, 2, 3, 4].map((failures) => isAgain({}, { failures }))).toEqual([true, true, false, false]);
  expect(isAgain({ attempts: 1 }, {})).toBe(false);
});

test('each delay is so many times the one before, up to the longest', () => {
  const delays = (retry: object) => [1, 2, 3, 4].map((failures) => delayMsOf(policy(retry), failures, ''));
  expect(delays({})).toEqual([1000, 2000, 4000, 8000]);
  expect(delays({ factor: 1 })).toEqual([1000, 1000, 1000, 1000]);
  expect(delays({ factor: 3, maxDelay: '5s' })).toEqual([1000, 3000, 5000, 5000]);
  // A first delay above the default longest is meant.
  expect(delays({ delay: '5m' })).toEqual([300_000, 300_000, 300_000, 300_000]);
  expect(delayMsOf(policy({ delay: '1h', factor: 100, maxDelay: '1h' }), 999, '')).toBe(3_600_000);
});

test('jitter takes away up to half, each time another part, and the same for the same run', () => {
  const jittery = policy({ jitter: true });
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const delayMs = delayMsOf(jittery, 1, seed);
      expect(delayMs).toBeGreaterThanOrEqual(500);
      expect(delayMs).toBeLessThanOrEqual(1000);
      expect(delayMsOf(jittery, 1, seed)).toBe(delayMs);
    }),
  );
  expect(new Set(['a', 'b', 'c'].map((seed) => delayMsOf(jittery, 1, seed))).size).toBe(3);
});

test('what the command asks for counts as it is', () => {
  expect(decide({ maxDelay: '2s' }, { askedMs: 30_000 })).toEqual({ kind: 'again', delayMs: 30_000 });
});

test('commands that fail, die, take too long or throw are tried again', () => {
  for (const failure of [exit(1), killed, late, threw]) expect(isAgain({}, { failure })).toBe(true);
});

test.each<Failure>([
  { kind: 'output-missing', patterns: ['a'] },
  { kind: 'output-blocked', path: 'a', message: '' },
  { kind: 'check-failed', problems: [], more: 0, kept: null },
  { kind: 'check-broken', at: 'a', message: '' },
  { kind: 'hook-failed', hook: 'before', why: '', line: '' },
  { kind: 'input-unreadable', path: 'a', message: '' },
  { kind: 'items-unclear', message: '', hint: null },
  { kind: 'input-missing', patterns: ['a'] },
  { kind: 'input-changing', paths: ['a'] },
  { kind: 'record-gone', document: 'a', why: null },
  { kind: 'input-overwritten', paths: [], stages: [] },
  { kind: 'protected', paths: [] },
  { kind: 'secret-missing', names: [] },
  { kind: 'service-down', service: 's', checked: 'x', why: 'y', hint: null, log: null },
  { kind: 'spawn', message: '', line: '' },
  { kind: 'io', message: '' },
  { kind: 'internal', message: '', stack: null },
])('$kind is never tried again, whatever the predicate says', (failure) => {
  expect(isAgain({ when: () => true }, { failure })).toBe(false);
});

test('any of the conditions is enough, and no other failure counts', () => {
  const when = { exitCode: [75, 7], signal: 'SIGKILL', timeout: true, output: 'rate (limit)' };
  for (const failure of [exit(75), exit(7), killed, late]) expect(isAgain({ when }, { failure })).toBe(true);
  expect(isAgain({ when }, { failure: exit(1), tail: ['hit a rate (limit)', 'bye'] })).toBe(true);
  expect(isAgain({ when }, { failure: exit(1), tail: ['hit a rate limit'] })).toBe(false);
  expect(isAgain({ when: { exitCode: 75 } }, { failure: late })).toBe(false);
  expect(isAgain({ when: { timeout: false, exitCode: 1 } }, { failure: late })).toBe(false);
  expect(isAgain({ when: { signal: 'SIGTERM' } }, { failure: killed })).toBe(false);
});

test('a signal counts also where a shell survived it, and says so by its exit code', () => {
  expect(isAgain({ when: { signal: ['SIGTERM', 'SIGKILL'] } }, { failure: exit(137) })).toBe(true);
  expect(isAgain({ when: { signal: 'SIGSEGV' } }, { failure: exit(139) })).toBe(true);
  // Of a signal that has another number on another system nothing is concluded.
  for (const [signal, code] of [
    ['SIGTERM', 137],
    ['SIGUSR1', 138],
    ['SIGHUP', 1],
  ] as const)
    expect(isAgain({ when: { signal } }, { failure: exit(code) })).toBe(false);
});

test('a pattern is looked for in the output and in what was thrown, each time from the start', () => {
  const when = { output: /http 5\d\d$/gim };
  const stage = policy({ when });
  const failed = { failure: threw, failures: 1, tail: [], askedMs: null };
  expect([1, 2, 3].map(() => retryDecision(stage, failed, '').kind)).toEqual(['again', 'again', 'again']);
  expect(isAgain({ when }, { tail: ['HTTP 502', 'sorry'] })).toBe(true);
  expect(isAgain({ when }, { tail: ['HTTP 404'] })).toBe(false);
});

test('a predicate sees the failure', () => {
  const seen: unknown[] = [];
  const when = (failure: unknown) => seen.push(failure) > 0;
  expect(isAgain({ when }, { failure: exit(7), tail: ['a', 'b'] })).toBe(true);
  expect(isAgain({ when }, { failure: killed, failures: 2 })).toBe(true);
  expect(seen).toEqual([
    { kind: 'exit', attempt: 1, exitCode: 7, signal: null, message: null, output: 'a\nb' },
    { kind: 'signal', attempt: 2, exitCode: null, signal: 'SIGKILL', message: null, output: '' },
  ]);
  expect(isAgain({ when: () => false }, {})).toBe(false);
});

test.each([
  [() => 1, 'it gave number, not true or false'],
  [() => undefined, 'it gave undefined, not true or false'],
  [() => Promise.reject(new Error('late')), 'it gives a promise: it must answer at once'],
  [
    () => {
      throw new Error('oh');
    },
    'it throws: oh',
  ],
])('a predicate without an answer says why: %s', (when, why) => {
  expect(decide({ when }, {})).toEqual({ kind: 'no-answer', why });
});
