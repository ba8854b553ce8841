import { describe, expect, test } from 'vitest';
import {
  afterEnd,
  afterTurn,
  type BreakerPolicy,
  type BreakerState,
  closed,
  opensAtMs,
  type Sign,
  signOf,
} from '../../src/model/breaker.ts';
import type { Failure } from '../../src/model/failure.ts';

const policy: BreakerPolicy = { failures: 3, withinMs: 1000, pauseMs: 500 };

const end = (state: BreakerState, sign: Sign, nowMs: number, isTrial = false) =>
  afterEnd(policy, state, { sign, isTrial, nowMs });

/** Failures at these moments, one after the other. */
const failing = (...atMs: readonly number[]) =>
  atMs.reduce<BreakerState>((state, nowMs) => end(state, 'failed', nowMs), closed);

test('so many failures within the time open it, and until the pause is over nothing begins', () => {
  expect(failing(0, 10)).toEqual({ kind: 'closed', failedAtMs: [0, 10] });
  expect(failing(0, 10, 20)).toEqual({ kind: 'open', untilMs: 520 });
  expect(opensAtMs(failing(0, 10, 20))).toBe(520);
  expect(opensAtMs(failing(0, 10))).toBeLessThan(0);
});

test('failures that lie further apart are none together', () => {
  expect(failing(0, 600, 1000)).toEqual({ kind: 'closed', failedAtMs: [600, 1000] });
  expect(failing(0, 600, 1200, 1599)).toEqual({ kind: 'open', untilMs: 2099 });
});

test('successes between them take nothing back: half of it failing is failing', () => {
  expect(end(end(failing(0, 10), 'answered', 15), 'failed', 20)).toMatchObject({ kind: 'open' });
});

describe('an open one', () => {
  const open = failing(0, 1, 2);
  const trying = afterTurn(open);

  test('tries one, while which nothing else begins', () => {
    expect(trying).toEqual({ kind: 'trying' });
    expect(opensAtMs(trying)).toBe(Number.POSITIVE_INFINITY);
    expect(afterTurn(closed)).toBe(closed);
  });

  test('closes when that one is answered, with nothing against it', () => {
    expect(end(trying, 'answered', 600, true)).toEqual(closed);
  });

  test('opens again for as long when that one fails', () => {
    expect(end(trying, 'failed', 600, true)).toEqual({ kind: 'open', untilMs: 1100 });
  });

  test('tries another at once when that one says nothing', () => {
    expect(end(trying, 'nothing', 600, true)).toEqual({ kind: 'open', untilMs: 600 });
  });

  test('does not hear of what began before', () => {
    for (const sign of ['failed', 'answered', 'nothing'] as const) {
      expect(end(open, sign, 100)).toBe(open);
      expect(end(trying, sign, 600)).toBe(trying);
    }
  });
});

test.each<[Failure, Sign]>([
  [{ kind: 'exit', code: 1, line: '' }, 'failed'],
  [{ kind: 'signal', signal: 'SIGKILL', line: '' }, 'failed'],
  [{ kind: 'timeout', timeoutMs: 1, line: '' }, 'failed'],
  [{ kind: 'threw', message: '', stack: null }, 'failed'],
  // The command has ended well: it was answered.
  [{ kind: 'output-missing', patterns: [] }, 'answered'],
  [{ kind: 'check-failed', problems: [], more: 0, kept: null }, 'answered'],
  [{ kind: 'spawn', message: '', line: '' }, 'nothing'],
  [{ kind: 'input-changing', paths: [] }, 'nothing'],
  [{ kind: 'service-down', service: '', checked: '', why: '', hint: null, log: null }, 'nothing'],
])('$kind is a sign', (failure, sign) => {
  expect(signOf(failure)).toBe(sign);
});
