import { expect, test } from 'vitest';
import { acceptedStage, faultsOfStage, rejected } from './sample-config.ts';

test('variables are set or passed on, sorted by name', () => {
  expect(acceptedStage({ env: { b: '', B: 'x', A: true } }).env).toEqual([
    { kind: 'pass', name: 'A' },
    { kind: 'set', name: 'B', value: 'x' },
    { kind: 'set', name: 'b', value: '' },
  ]);
});

test('what a stage declares wins over what the pipeline declares', () => {
  const pipeline = { env: { A: '1', B: '1' }, secrets: ['K'], tools: { node: '20', git: '*' } };
  const stage = acceptedStage({ env: { B: '2' }, secrets: ['J', 'K'], tools: { node: '22' } }, pipeline);
  expect(stage.env).toEqual([
    { kind: 'set', name: 'A', value: '1' },
    { kind: 'set', name: 'B', value: '2' },
  ]);
  expect(stage.secrets).toEqual(['J', 'K']);
  expect(stage.tools).toEqual([
    { program: 'git', range: '*' },
    { program: 'node', range: '22' },
  ]);
});

test('a name is a variable or a secret, never both', () => {
  const at = (fields: object, pipeline?: object) => faultsOfStage(fields, pipeline);
  expect(at({ env: { K: true }, secrets: ['K'] })).toEqual(['PIPE011 stages.s.secrets[0]']);
  expect(at({ secrets: ['K'] }, { env: { K: 'x' } })).toEqual(['PIPE011 stages.s.secrets[0]']);
  expect(at({ env: { K: 'x' } }, { secrets: ['K'] })).toEqual(['PIPE011 stages.s.env.K']);
  expect(at({}, { env: { K: 'x' }, secrets: ['K'] })).toEqual(['PIPE011 secrets[0]']);
});

test.each(['1A', 'A-B', 'A B', '', 'Ä', 'A='])('%j is no name of a variable', (name) => {
  expect(faultsOfStage({ env: { [name]: 'x' } })).toHaveLength(1);
  expect(faultsOfStage({ secrets: [name] })).toEqual(['PIPE011 stages.s.secrets[0]']);
});

test('variables of pipe itself cannot be declared', () => {
  expect(faultsOfStage({ env: { PIPE_ROOT: 'x', PIPE_X: true }, secrets: ['PIPE_RUN_ID'] })).toEqual([
    'PIPE011 stages.s.env.PIPE_ROOT',
    'PIPE011 stages.s.env.PIPE_X',
    'PIPE011 stages.s.secrets[0]',
  ]);
});

test('the value of a variable is text or true', () => {
  expect(rejected({ stages: { s: { run: 'x', env: { A: 1, B: false, C: null, D: 'a\0' } } } })).toMatchObject(
    [
      { code: 'PIPE011', at: 'stages.s.env.A', hint: "put it in quotes: '1'" },
      { code: 'PIPE011', at: 'stages.s.env.B' },
      { code: 'PIPE011', at: 'stages.s.env.C' },
      { code: 'PIPE011', at: 'stages.s.env.D' },
    ],
  );
});

test('env and tools are objects, secrets an array', () => {
  expect(faultsOfStage({ env: ['A'], tools: new Map(), secrets: 'K' })).toEqual([
    'PIPE011 stages.s.env',
    'PIPE011 stages.s.secrets',
    'PIPE011 stages.s.tools',
  ]);
});

test('tools have ranges of versions', () => {
  expect(faultsOfStage({ tools: { node: 'new', python3: '', git: 2, 'a b': '*' } })).toEqual([
    'PIPE022 stages.s.tools.node',
    'PIPE011 stages.s.tools.python3',
    'PIPE011 stages.s.tools.git',
    'PIPE022 stages.s.tools["a b"]',
  ]);
});

test('a secret that may be unset is required as soon as anybody requires it', () => {
  const may = (...patterns: string[]) => ({ kind: 'optional', patterns });
  const stage = acceptedStage({ secrets: [may('A', 'B', 'C'), 'B', 'D'] }, { secrets: ['C', may('D', 'E')] });
  expect(stage.secrets).toEqual(['A', 'B', 'C', 'D', 'E']);
  expect(stage.optionalSecrets).toEqual(['A', 'E']);
  expect(acceptedStage({ secrets: ['A', may('A')] }).optionalSecrets).toEqual([]);
});

test('an optional secret is a name like any other', () => {
  const faults = (secret: unknown) => faultsOfStage({ secrets: [secret] });
  expect(faults({ kind: 'optional', patterns: ['not-a-name'] })).toEqual([
    'PIPE011 stages.s.secrets[0].patterns[0]',
  ]);
  expect(faults({ kind: 'optional', patterns: [] })).toEqual(['PIPE012 stages.s.secrets[0]']);
  expect(faults({ kind: 'exec', file: 'A' })).toEqual(['PIPE011 stages.s.secrets[0]']);
  expect(faults(1)).toEqual(['PIPE011 stages.s.secrets[0]']);
});

test('what the pipeline requires and a stage excludes, that stage does not require', () => {
  const sources = (requires: readonly string[]) =>
    acceptedStage({ requires }, { requires: ['show.json', 'style/*.md'] }).requires.entries.map(
      ({ source }) => source,
    );
  expect(sources(['!show.json', 'a'])).toEqual(['style/*.md', '!show.json', 'a']);
  expect(sources(['!style/**', 'style/a.md'])).toEqual(['show.json', '!style/**', 'style/a.md']);
  // Of these some may be left.
  expect(sources(['!style/a.md'])).toEqual(['show.json', 'style/*.md', '!style/a.md']);
});
