import { expect, test } from 'vitest';
import type { BreakerChanged } from '../../src/model/breaker-events.ts';
import type { ServiceChanged } from '../../src/model/service-events.ts';
import { breakerLine, fullLine, serviceLines } from '../../src/render/service-lines.ts';
import { plainLook } from '../cli/plain-look.ts';

const checked = 'GET http://x';

test.each([
  [
    { state: 'awaited', checked, why: 'no\u001b[2J', timeoutMs: 5000 },
    `${checked}: no\\x1b[2J; waiting for 5.0s at most`,
  ],
  [{ state: 'started', command: 'serve', timeoutMs: 5000, log: 'db.log' }, 'started: serve'],
  [{ state: 'healthy', checked, waitedMs: 812 }, 'healthy after 812ms'],
  [{ state: 'ended', why: 'exit code 1' }, 'ended by itself: exit code 1'],
])('a change that is news is a line: %j', (change, words) => {
  const event = { kind: 'service-changed', service: 'db', ...change } as ServiceChanged;
  expect(serviceLines(event, plainLook(), { verbose: false })).toEqual([`service   db  ${words}`]);
  expect(serviceLines(event, plainLook(20), { verbose: false })[0]!.length).toBeLessThanOrEqual(20);
});

test('the others are none, unless more is asked for', () => {
  const lines = (change: object, verbose: boolean) =>
    serviceLines({ kind: 'service-changed', service: 'db', ...change } as ServiceChanged, plainLook(), {
      verbose,
    });
  expect(lines({ state: 'down', checked, why: 'x', waitedMs: 0 }, true)).toEqual([]);
  expect(lines({ state: 'ended', why: null }, false)).toEqual([]);
  expect(lines({ state: 'ended', why: null }, true)).toEqual(['service   db  ended with the run']);
});

test.each([
  [{ state: 'open', failures: 5, pauseMs: 30_000 }, '5 failures: nothing new begins for 30s'],
  [{ state: 'open', failures: 1, pauseMs: 500 }, '1 failure: nothing new begins for 500ms'],
  [{ state: 'trying', task: 'a:1\n' }, 'tries a:1\\n'],
  [{ state: 'closed' }, 'answers again, all go on'],
])('what a breaker does is a line: %j', (change, words) => {
  const event = { kind: 'breaker-changed', of: 'pool', name: 'llm', ...change } as BreakerChanged;
  expect(breakerLine(event, plainLook())).toBe(`pool      llm  ${words}`);
  expect(breakerLine(event, plainLook(20)).length).toBeLessThanOrEqual(20);
});

test('a pool that lets no more begin this minute is a line', () => {
  const full = { kind: 'pool-full', pool: 'api', perMinute: 60, forMs: 42_000 } as const;
  expect(fullLine(full, plainLook())).toBe('pool      api  60 began within a minute: nothing more for 42s');
  expect(fullLine(full, plainLook(20)).length).toBeLessThanOrEqual(20);
});
