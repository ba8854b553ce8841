// What hooks may say, and which parameters and modules they make part of a result.
import { expect, test } from 'vitest';
import { allModulesOf, codeOf, modulesOf } from '../../../src/model/hooks.ts';
import { exec, script } from '../../../src/model/value-spec.ts';
import { acceptedStage, faultsOfStage } from './sample-config.ts';

test('a hook is written as the command of a stage is', () => {
  const hooks = { before: ['a', 'b'], after: exec('c', 'd'), onFailure: script('./tell.ts') };
  expect(acceptedStage({ hooks }).hooks).toEqual({
    before: { kind: 'shell', lines: ['a', 'b'] },
    after: { kind: 'exec', argv: ['c', 'd'] },
    onFailure: { kind: 'script', module: 'tell.ts' },
  });
  expect(acceptedStage({ hooks: { after: () => {} } }).hooks.after).toEqual({ kind: 'function' });
  expect(faultsOfStage({ hooks: { before: 7 } })).toEqual(['PIPE011 stages.s.hooks.before']);
  expect(faultsOfStage({ hooks: { before: script('stages/') } })).toEqual([
    'PIPE011 stages.s.hooks.before.module',
  ]);
});

test('modules of hooks are inputs as that of the command is, but for what only a failure calls', () => {
  const stage = acceptedStage({
    run: script('run.ts'),
    hooks: { before: script('b.ts'), after: script('run.ts'), onFailure: script('tell.ts') },
  });
  expect(codeOf(stage)).toEqual(['run.ts', 'b.ts']);
  expect(modulesOf(stage)).toEqual(['run.ts', 'b.ts']);
  expect(allModulesOf(stage)).toEqual(['run.ts', 'b.ts', 'tell.ts']);
});

test('a parameter that only a failure hears of is no input, and can be used there all the same', () => {
  const params = { one: { type: 'string', default: '1' }, two: { type: 'string', default: '2' } };
  const of = (hooks: object) => {
    const stage = acceptedStage({ run: 'x {params.one}', hooks }, { params });
    return [stage.params, stage.paramsOnFailure].map((uses) => uses.map(({ name }) => name));
  };
  expect(of({ onFailure: 'tell {params.two}' })).toEqual([['one'], ['one', 'two']]);
  expect(of({ onFailure: script('tell.ts') })).toEqual([['one'], ['one', 'two']]);
  expect(of({ after: 'tell {params.two}' })).toEqual([
    ['one', 'two'],
    ['one', 'two'],
  ]);
});
