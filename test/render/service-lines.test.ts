import { expect, test } from 'vitest';
import type { ServiceChanged } from '../../src/model/service-events.ts';
import { serviceLines } from '../../src/render/service-lines.ts';
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
