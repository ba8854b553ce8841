// Which ends of the stages before it let a stage run.
import { expect, test } from 'vitest';
import { callFor, type EndBefore } from '../../src/model/when.ts';

function end(stage: string, outcome: EndBefore['outcome'], more: Partial<EndBefore> = {}): EndBefore {
  return { stage, outcome, optional: false, isNext: true, blockedBy: [], ...more };
}

const good = (['executed', 'restored', 'fresh'] as const).map((outcome) => end(outcome, outcome));

test('for a failure nothing is needed where all went well', () => {
  expect(callFor('failure', good)).toEqual({ kind: 'unneeded' });
  expect(callFor('failure', [])).toEqual({ kind: 'unneeded' });
  expect(callFor('always', good)).toEqual({ kind: 'called', failed: [] });
});

test('a failure calls both, near or far, and is named once', () => {
  const ends = [...good, end('a', 'failed', { isNext: false }), end('b', 'skipped', { blockedBy: ['a'] })];
  for (const when of ['failure', 'always'] as const)
    expect(callFor(when, [...ends, end('a', 'failed')])).toEqual({ kind: 'called', failed: ['a'] });
});

test('an optional stage that failed counts for those right after it, and where these could not run over it', () => {
  const far = end('a', 'failed', { optional: true, isNext: false });
  expect(callFor('failure', [far, end('b', 'executed')])).toEqual({ kind: 'unneeded' });
  expect(callFor('failure', [{ ...far, isNext: true }])).toMatchObject({ failed: ['a'] });
  const over = end('b', 'skipped', { blockedBy: ['a'] });
  expect(callFor('failure', [far, over])).toMatchObject({ failed: ['a'] });
  expect(callFor('failure', [far, { ...over, isNext: false }])).toEqual({ kind: 'unneeded' });
});

test('what was left out over a failure elsewhere has not failed', () => {
  const left = end('b', 'skipped', { blockedBy: ['elsewhere'] });
  expect(callFor('failure', [left])).toEqual({ kind: 'unneeded' });
  expect(callFor('always', [left])).toEqual({ kind: 'called', failed: [] });
});

test('what waits for a person has not ended: it is no failure, and nothing follows on any end of it', () => {
  const ends = [end('a', 'waiting'), end('b', 'failed')];
  expect(callFor('failure', ends)).toEqual({ kind: 'called', failed: ['b'] });
  expect(callFor('failure', ends.slice(0, 1))).toEqual({ kind: 'unneeded' });
  expect(callFor('always', ends)).toEqual({ kind: 'blocked', outcome: 'skipped', by: ['a'] });
});

test('what was cancelled ends both', () => {
  for (const when of ['failure', 'always'] as const)
    expect(callFor(when, [end('a', 'failed'), end('b', 'cancelled')])).toEqual({
      ...{ kind: 'blocked', outcome: 'cancelled', by: ['b'] },
    });
});
