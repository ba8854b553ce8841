import { expect, test } from 'vitest';
import { optional } from '../../../src/model/value-spec.ts';
import { accepted, acceptedStage, faultsOfStage, place, rejected } from './sample-config.ts';

function texts(fields: object, of: 'requires' | 'produces' = 'requires'): readonly string[] {
  const entries = acceptedStage(fields)[of]?.entries ?? [];
  return entries.map((one) => (one.negated ? '!' : '') + one.glob.text + (one.optional ? '?' : ''));
}

test('one pattern, several, optional ones and exclusions become entries in order', () => {
  expect(texts({ requires: './a/*.txt' })).toEqual(['a/*.txt']);
  const requires = ['a/**', '!a/b', optional('c', '!c/d'), 'e/'];
  expect(texts({ requires })).toEqual(['a/**', '!a/b', 'c?', '!c/d?', 'e/**']);
});

test('an entry remembers what was written', () => {
  const { requires } = acceptedStage({ requires: ['./a', '!../b'] });
  expect(requires.entries.map((one) => one.source)).toEqual(['./a', '!../b']);
});

test('the patterns of the pipeline come before those of the stage', () => {
  const stage = acceptedStage({ requires: ['b', '!context/x'] }, { requires: 'context/*' });
  expect(stage.requires.entries.map((one) => one.source)).toEqual(['context/*', 'b', '!context/x']);
});

test('inputs may lie anywhere', () => {
  expect(texts({ requires: ['/etc/hosts', '~/x/*', '../y', '!~/x/z'] })).toEqual([
    '/etc/hosts',
    '/home/ann/x/*',
    '/home/ann/y',
    '!/home/ann/x/z',
  ]);
});

test('wildcards in the path of the root mean themselves', () => {
  const where = { ...place, root: '/data/[x]/p', configPath: '/data/[x]/p/pipeline.config.ts' };
  const pipeline = accepted({ stages: { s: { run: 'x', requires: ['../y', '/data/\\[x\\]/p/z'] } } }, where);
  expect(pipeline.stages[0]!.requires.entries.map((one) => one.glob.literal)).toEqual(['/data/[x]/y', 'z']);
});

test.each([['a/{b'], ['[z-a]'], ['x\\'], ['*/../y'], ['.'], ['a\0b'], ['!'], ['!!a']])(
  '%j is no pattern',
  (pattern) => {
    expect(faultsOfStage({ requires: ['ok', pattern] })).toEqual(['PIPE013 stages.s.requires[1]']);
  },
);

test.each([[''], [7], [null], [{}], [{ kind: 'other' }], [['nested']]])('%j is not even text', (pattern) => {
  expect(faultsOfStage({ requires: ['ok', pattern] })).toEqual(['PIPE011 stages.s.requires[1]']);
});

test('optional needs patterns', () => {
  expect(faultsOfStage({ requires: optional() })).toEqual(['PIPE012 stages.s.requires']);
  expect(faultsOfStage({ requires: { kind: 'optional', patterns: 'x' } })).toContain(
    'PIPE011 stages.s.requires.patterns',
  );
});

test('an input that no pattern can reach is told', () => {
  expect(faultsOfStage({ requires: ['.git/HEAD', '.pipeline-cache/*'] })).toEqual([
    'PIPE013 stages.s.requires[0]',
    'PIPE013 stages.s.requires[1]',
  ]);
});

test('an absolute pattern may not reach into the root, where names are relative', () => {
  expect(faultsOfStage({ requires: ['../**/*.json', '/home/*/project/x', '../*/x', '../{a,b}/x'] })).toEqual([
    'PIPE013 stages.s.requires[0]',
    'PIPE013 stages.s.requires[1]',
    'PIPE013 stages.s.requires[2]',
  ]);
});

test('a list that begins with an exclusion excludes from nothing', () => {
  expect(faultsOfStage({ requires: ['!a', 'b'] })).toEqual(['PIPE013 stages.s.requires']);
  expect(faultsOfStage({ produces: ['!a', 'b'] })).toEqual(['PIPE013 stages.s.produces[0]']);
  expect(faultsOfStage({ produces: '!a' })).toEqual(['PIPE013 stages.s.produces']);
});

test('outputs lie inside the root', () => {
  const produces = ['/tmp/x', '../x', '~/x', 'a/../../x', 'out/x', '/home/ann/project/y', '~/project/z'];
  expect(faultsOfStage({ produces })).toEqual([
    'PIPE017 stages.s.produces[0]',
    'PIPE017 stages.s.produces[1]',
    'PIPE017 stages.s.produces[2]',
    'PIPE017 stages.s.produces[3]',
  ]);
  expect(texts({ produces: produces.slice(4) }, 'produces')).toEqual(['out/x', 'y', 'z']);
});

test.each(['pipeline.config.ts', '*.ts', '**', './', './pipeline.*', '{a,pipeline}.config.ts'])(
  'the output %s may be the configuration',
  (pattern) => {
    const [found, ...others] = rejected({ stages: { s: { run: 'x', produces: ['out/a', pattern] } } });
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      code: 'PIPE016',
      at: 'stages.s.produces[1]',
      hint: expect.stringContaining("'!pipeline.config.ts'"),
    });
  },
);

test('an exclusion takes the configuration away from the outputs', () => {
  expect(texts({ produces: ['*.ts', '!pipeline.config.ts'] }, 'produces')).toHaveLength(2);
});

test('a configuration that lies elsewhere is no output', () => {
  const where = { ...place, configPath: '/elsewhere/pipeline.config.ts' };
  expect(accepted({ stages: { s: { run: 'x', produces: '*.ts' } } }, where).stages).toHaveLength(1);
});

test.each(['.pipeline-cache/x', 'a/.pipeline-cache/*', '.git/hooks/x', '.pipeline-cache/'])(
  'the output %s would be a file of pipe or git',
  (pattern) => {
    expect(faultsOfStage({ produces: pattern })).toEqual(['PIPE016 stages.s.produces']);
  },
);

test('no patterns are the same as no field', () => {
  expect(acceptedStage({ produces: [], requires: [] })).toMatchObject({ produces: null, always: true });
});
