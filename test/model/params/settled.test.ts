// What hangs on parameters that nobody has given.
import { expect, test } from 'vitest';
import { type Settled, settled } from '../../../src/model/params/settled.ts';
import { validate } from '../../../src/model/validation/validate.ts';

function settledOf(
  stages: object,
  services: object = {},
  open: readonly string[] = ['a'],
): readonly Settled[] {
  const spec = { params: { a: { type: 'string' }, b: { type: 'string', default: 'B' } }, services, stages };
  const place = { root: '/ws', home: '/home', configPath: '/ws/pipeline.config.ts', folderName: 'ws' };
  const pipeline = validate(spec, place, { params: { typed: [], open: true } });
  if (!pipeline.ok) throw new Error(JSON.stringify(pipeline.error));
  return settled(pipeline.value.stages, open);
}

test('patterns, files that commands name, and tools whose folder or PATH hang on it are left out', () => {
  const [one] = settledOf({
    one: {
      requires: ['x/{params.a}/*.txt', 'x/{params.b}.txt', '!x/{params.a}.tmp'],
      run: 'node {params.a}.mjs && node b/{params.b}.mjs',
      tools: { node: '*' },
      env: { PATH: '/opt/{params.a}/bin' },
    },
  });
  expect(one!.unsettled).toEqual(['x/{params.a}/*.txt', 'the tool node']);
  expect(one!.stage.requires.entries.map(({ source }) => source)).toEqual(['x/B.txt']);
  expect(one!.stage.implied).toEqual(['b/B.mjs']);
  expect(one!.stage.tools).toEqual([]);
});

test('what a stage may make under a value that nobody has given need not be there', () => {
  const [, two, three] = settledOf({
    one: { produces: ['out/{params.a}/x.txt', '{p/{params.a},q}/y.txt'], run: 'true' },
    two: { requires: ['out/math/x.txt', 'out/*/x.txt', 'in/z.txt'], run: 'true' },
    three: { requires: ['in/y.txt', 'math-1.txt', 'p/b/y.txt', 'p/c', 'z.txt'], run: 'true' },
    four: { produces: ['{params.a}/z.txt', '{params.a}-1.txt', 'p/{params.a}'], run: 'true' },
  });
  expect(two!.unsettled).toEqual(['out/math/x.txt', 'in/z.txt']);
  expect(three!.unsettled).toEqual(['math-1.txt', 'p/b/y.txt', 'p/c']);
});

test('a service hangs on it by its check, by its variables, or as a function may ask for it', () => {
  const [one] = settledOf(
    { one: { services: ['url', 'env', 'fn', 'free'], run: 'true' } },
    {
      url: { check: 'http://localhost/{params.a}' },
      env: { check: 'true', env: { A: '{params.a}' } },
      fn: { check: () => {} },
      free: { check: { tcp: 80 } },
    },
  );
  expect(one!.unsettled).toEqual(['the service env', 'the service fn', 'the service url']);
  expect(one!.stage.services.map(({ name }) => name)).toEqual(['free']);
});

test('where nothing is missing nothing is left out, whatever a function may ask for', () => {
  const [one] = settledOf(
    { one: { services: ['fn'], run: 'true' } },
    { fn: { check: () => {}, start: 'true' } },
    [],
  );
  expect(one!.unsettled).toEqual([]);
  expect(one!.stage.services.map(({ name }) => name)).toEqual(['fn']);
});
