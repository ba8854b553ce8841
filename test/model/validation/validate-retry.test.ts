import { expect, test } from 'vitest';
import { acceptedStage, faultsOfStage, rejected } from './sample-config.ts';

const ofRetry = (retry: unknown) => faultsOfStage({ retry });

test('all but the number of attempts has a default', () => {
  expect(acceptedStage({ retry: { attempts: 3 } }).retry).toEqual({
    attempts: 3,
    delayMs: 1000,
    factor: 2,
    maxDelayMs: 60_000,
    jitter: true,
    when: null,
  });
});

test('conditions are given one by one or as lists, patterns as text or as patterns', () => {
  const when = (fields: object) => acceptedStage({ retry: { attempts: 2, when: fields } }).retry?.when;
  expect(when({ exitCode: 75, signal: ['SIGKILL', 'SIGBUS'], output: /a+/i })).toEqual({
    kind: 'any-of',
    exitCodes: [75],
    signals: ['SIGKILL', 'SIGBUS'],
    timeout: false,
    output: { kind: 'pattern', source: 'a+', flags: 'i' },
  });
  expect(when({ timeout: true, output: 'a+(b)' })).toMatchObject({
    timeout: true,
    output: { kind: 'text', text: 'a+(b)' },
  });
});

test.each([
  [3, ['PIPE011 stages.s.retry']],
  [{}, ['PIPE012 stages.s.retry.attempts']],
  [{ attempts: 0 }, ['PIPE011 stages.s.retry.attempts']],
  [{ attempts: 1.5 }, ['PIPE011 stages.s.retry.attempts']],
  [{ attempts: '3' }, ['PIPE011 stages.s.retry.attempts']],
  [{ attempts: 2, delay: 'soon' }, ['PIPE021 stages.s.retry.delay']],
  [{ attempts: 2, maxDelay: '25d' }, ['PIPE021 stages.s.retry.maxDelay']],
  [{ attempts: 2, factor: 0.5 }, ['PIPE011 stages.s.retry.factor']],
  [{ attempts: 2, jitter: 1 }, ['PIPE011 stages.s.retry.jitter']],
  [{ attempts: 2, tries: 1 }, ['PIPE010 stages.s.retry.tries']],
  [{ attempts: 2, when: true }, ['PIPE011 stages.s.retry.when']],
  [{ attempts: 2, when: {} }, ['PIPE011 stages.s.retry.when']],
  [
    { attempts: 2, when: { exitCode: [1, 0, 256] } },
    ['PIPE011 stages.s.retry.when.exitCode[1]', 'PIPE011 stages.s.retry.when.exitCode[2]'],
  ],
  [{ attempts: 2, when: { signal: 'KILL' } }, ['PIPE011 stages.s.retry.when.signal']],
  [{ attempts: 2, when: { output: '' } }, ['PIPE011 stages.s.retry.when.output']],
  [{ attempts: 2, when: { output: 7 } }, ['PIPE011 stages.s.retry.when.output']],
  [{ attempts: 2, when: { timeout: '5s' } }, ['PIPE011 stages.s.retry.when.timeout']],
  [{ attempts: 2, when: { code: 1 } }, ['PIPE010 stages.s.retry.when.code']],
])('%j is refused', (retry, faults) => {
  expect(ofRetry(retry)).toEqual(faults);
});

test('a signal that was nearly named is named', () => {
  const [fault] = rejected({
    stages: { s: { run: 'x', retry: { attempts: 2, when: { signal: 'SIGKIL' } } } },
  });
  expect(fault?.hint).toBe('did you mean "SIGKILL"?');
});
