import { expect, test } from 'vitest';
import { exec, script } from '../../../src/model/value-spec.ts';
import { acceptedStage, faultsOfStage, rejected } from './sample-config.ts';

test.each([
  ['a b', { kind: 'shell', lines: ['a b'] }],
  [['a', 'b'], { kind: 'shell', lines: ['a', 'b'] }],
  [exec('a', '', '-b'), { kind: 'exec', argv: ['a', '', '-b'] }],
  [exec('a'), { kind: 'exec', argv: ['a'] }],
  [script('./x/../y.ts'), { kind: 'script', module: 'y.ts' }],
  [script('../y.ts'), { kind: 'script', module: '/home/ann/y.ts' }],
  [async () => {}, { kind: 'function' }],
])('a stage runs %j', (run, command) => {
  expect(acceptedStage({ run }).command).toEqual(command);
});

test('a stage has to say what to run', () => {
  const found = rejected({ stages: { s: {} } });
  expect(found).toMatchObject([{ code: 'PIPE012', at: 'stages.s.run', hint: expect.any(String) }]);
});

test.each([
  ['', 'stages.s.run'],
  ['  ', 'stages.s.run'],
  ['a\0', 'stages.s.run'],
  [[], 'stages.s.run'],
  [['a', ''], 'stages.s.run[1]'],
  [['a', exec('b')], 'stages.s.run[1]'],
  [7, 'stages.s.run'],
  [null, 'stages.s.run'],
  [{}, 'stages.s.run'],
  [{ kind: 'shell' }, 'stages.s.run'],
  [{ kind: 'exec', file: '', args: [] }, 'stages.s.run.file'],
  [{ kind: 'exec', file: 'a', args: 'b' }, 'stages.s.run.args'],
  [{ kind: 'exec', file: 'a', args: ['b', 1, 'c\0'] }, 'stages.s.run.args[1]'],
  [{ kind: 'script', module: 7 }, 'stages.s.run.module'],
  [{ kind: 'script', module: 'x/' }, 'stages.s.run.module'],
  [{ kind: 'script', module: '.' }, 'stages.s.run.module'],
])('%j cannot be run', (run, at) => {
  expect(faultsOfStage({ run })[0]).toBe(`PIPE011 ${at}`);
});

test('exec and script name a program and a module', () => {
  expect(faultsOfStage({ run: { kind: 'exec' } })).toEqual(['PIPE012 stages.s.run.file']);
  expect(faultsOfStage({ run: { kind: 'script' } })).toEqual(['PIPE012 stages.s.run.module']);
});

test('a placeholder inside quotes would be quoted twice', () => {
  expect(
    faultsOfStage({ run: ['cat {requires}', 'cat "{requires}"', "cat '{produces}'", "a '{x}'"] }),
  ).toEqual(['PIPE024 stages.s.run[1]', 'PIPE024 stages.s.run[2]']);
});

test('the scripts that a command names are inputs, relative to its folder, sorted', () => {
  const implied = (fields: object) => acceptedStage(fields).implied;
  expect(implied({ run: ['python3 z.py', 'node ./a.mjs', 'node a.mjs'] })).toEqual(['a.mjs', 'z.py']);
  expect(implied({ run: exec('node', '../b.mjs', 'c.mjs'), cwd: 'x/y' })).toEqual(['x/b.mjs']);
  expect(implied({ run: 'node /home/ann/project/a.mjs' })).toEqual(['a.mjs']);
  expect(implied({ run: script('a.ts') })).toEqual([]);
});

test('scripts outside the root are not implied', () => {
  expect(acceptedStage({ run: ['node ../a.mjs', 'node /opt/b.mjs'] }).implied).toEqual([]);
});
