import { expect, test } from 'vitest';
import { jsonSchema, matches, minLines, nonEmpty } from '../../../src/model/check-spec.ts';
import { acceptedStage, faultsOfStage, rejected } from './sample-config.ts';

const checks = (check: unknown) => acceptedStage({ produces: 'out/*.json', check }).checks;
const faultsOf = (check: unknown) => faultsOfStage({ produces: 'out/*.json', check });

test('checks are one, several, or several by patterns of outputs', () => {
  const empty = { kind: 'non-empty' };
  expect(checks(undefined)).toEqual([]);
  expect(checks(nonEmpty())).toEqual([{ outputs: null, check: empty, at: 'stages.s.check' }]);
  expect(checks([nonEmpty(), minLines(3), matches(/^a/m)])).toEqual([
    { outputs: null, check: empty, at: 'stages.s.check[0]' },
    { outputs: null, check: { kind: 'min-lines', lines: 3 }, at: 'stages.s.check[1]' },
    { outputs: null, check: { kind: 'matches', source: '^a', flags: 'm' }, at: 'stages.s.check[2]' },
  ]);
  const outputs = { pattern: 'out/a.json', source: './out/a.json' };
  expect(checks({ './out/a.json': [nonEmpty()], 'out/*': nonEmpty() })).toEqual([
    { outputs, check: empty, at: 'stages.s.check["./out/a.json"][0]' },
    { outputs: { pattern: 'out/*', source: 'out/*' }, check: empty, at: 'stages.s.check["out/*"]' },
  ]);
});

test('a schema is a file, whose path is made canonical, or stands in the configuration', () => {
  const [file, inline] = checks([jsonSchema('./schemas/../a.schema.json'), jsonSchema({ type: 'array' })]);
  expect(file?.check).toEqual({ kind: 'schema-file', schema: 'a.schema.json' });
  expect(inline?.check).toEqual({ kind: 'schema', schema: '{"type":"array"}' });
});

test('of a function it is known where it stands', () => {
  const keys = (check: unknown) => checks(check).map((one) => 'keys' in one.check && one.check.keys);
  const passes = () => true;
  expect(keys(passes)).toEqual([['check']]);
  expect(keys([nonEmpty(), passes])).toEqual([false, ['check', 1]]);
  expect(keys({ 'out/*': passes, 'out/a.json': [passes] })).toEqual([
    ['check', 'out/*'],
    ['check', 'out/a.json', 0],
  ]);
});

const circle: { self?: unknown } = {};
circle.self = circle;

test.each([
  ['soon', ['PIPE011 stages.s.check']],
  [[], ['PIPE011 stages.s.check']],
  [{}, ['PIPE011 stages.s.check']],
  [[7], ['PIPE011 stages.s.check[0]']],
  [{ kind: 'odd' }, ['PIPE011 stages.s.check']],
  [{ ...nonEmpty(), more: 1 }, ['PIPE010 stages.s.check.more']],
  [minLines(0), ['PIPE011 stages.s.check.lines']],
  [matches('a' as never), ['PIPE011 stages.s.check.pattern']],
  [jsonSchema(''), ['PIPE011 stages.s.check.schema']],
  [jsonSchema('schemas/'), ['PIPE011 stages.s.check.schema']],
  [jsonSchema([]), ['PIPE011 stages.s.check.schema']],
  [jsonSchema(circle), ['PIPE011 stages.s.check.schema']],
  [{ 'other/*.json': nonEmpty() }, ['PIPE013 stages.s.check["other/*.json"]']],
  [{ '!out/a.json': nonEmpty() }, ['PIPE013 stages.s.check["!out/a.json"]']],
  [{ '../out/a.json': nonEmpty() }, ['PIPE013 stages.s.check["../out/a.json"]']],
])('%j is refused', (check, faults) => {
  expect(faultsOf(check).slice(0, 1)).toEqual(faults);
});

test('a stage without outputs has nothing to check', () => {
  const [fault, ...others] = rejected({ stages: { s: { run: 'x', check: nonEmpty() } } });
  expect(fault).toMatchObject({ code: 'PIPE012', at: 'stages.s.check' });
  expect(others).toEqual([]);
});
