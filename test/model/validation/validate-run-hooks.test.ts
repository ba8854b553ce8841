// What `hooks` of the pipeline may say.
import { expect, test } from 'vitest';
import { script } from '../../../src/model/value-spec.ts';
import { accepted, faults } from './sample-config.ts';

const stages = { a: { run: 'make it' } };
const params = { subject: { type: 'string', default: 'fine arts' } };

test('hooks of the pipeline are commands with its variables, filled in; and no input of any stage', () => {
  const shared = { env: { FOR: '{params.subject}', A: true }, secrets: ['TOKEN'] };
  const hooks = { before: 'warm {params.subject}', onFailure: script('./tell.ts'), timeout: '5s' };
  const pipeline = accepted({ ...shared, params, hooks, stages });
  expect(pipeline.hooks).toMatchObject({
    before: { kind: 'shell', lines: ["warm 'fine arts'"] },
    after: null,
    onFailure: { kind: 'script', module: 'tell.ts' },
    secrets: ['TOKEN'],
    timeoutMs: 5000,
    env: [
      { kind: 'pass', name: 'A' },
      { kind: 'set', name: 'FOR', value: 'fine arts' },
    ],
  });
  expect(accepted({ params, hooks, stages }).stages[0]?.params).toEqual([]);
  expect(accepted({ stages }).hooks).toBeNull();
  expect(accepted({ stages, hooks: { after: () => {} } }).hooks).toMatchObject({
    ...{ after: { kind: 'function' }, timeoutMs: 600_000 },
  });
});

test.each([
  ['tell', ['PIPE011 hooks']],
  [{}, ['PIPE011 hooks']],
  [{ timeout: '1s' }, ['PIPE011 hooks']],
  [{ after: 7 }, ['PIPE011 hooks.after']],
  [{ after: [] }, ['PIPE011 hooks.after']],
  [{ onSuccess: 'x', after: 'x' }, ['PIPE010 hooks.onSuccess']],
  [{ after: 'x', timeout: 'soon' }, ['PIPE021 hooks.timeout']],
  [{ after: 'x {params.nobody}' }, ['PIPE028 hooks.after']],
])('hooks %j of the pipeline are refused', (hooks, expected) => {
  expect(faults({ params, hooks, stages })).toEqual(expected);
});

test('a hook that is called otherwise is told of once, and hooks without any are none', () => {
  const stages = { s: { run: 'make it' } };
  expect(faults({ hooks: { befor: 'x' }, stages })).toEqual(['PIPE010 hooks.befor']);
  expect(faults({ hooks: { timeout: '1s' }, stages })).toEqual(['PIPE011 hooks']);
});
