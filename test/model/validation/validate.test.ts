import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definePipeline } from '../../../src/model/spec.ts';
import { validate } from '../../../src/model/validation/validate.ts';
import { exec, optional, script } from '../../../src/model/value-spec.ts';
import { accepted, faults, place, rejected } from './sample-config.ts';

const good = { run: 'make it' };

test('a pipeline with nothing but stages has all defaults', () => {
  expect(accepted({ stages: { a: good } })).toMatchObject({
    name: 'project',
    jobs: null,
    cacheMaxBytes: 10_000_000_000,
    pipelines: new Map(),
    stages: [{ name: 'a', index: 0 }],
  });
});

test('everything that the types allow is accepted', () => {
  const spec = definePipeline({
    name: 'full',
    freshness: 'mtime',
    jobs: 3,
    cache: { maxSize: '1GiB' },
    requires: 'context/*',
    env: { LANG: 'C' },
    secrets: ['KEY'],
    tools: { python3: '>=3.9' },
    pipelines: { all: ['one', 'two'] },
    stages: {
      one: { produces: ['out/'], run: ['echo 1', 'echo 2'], timeout: '10m', cwd: 'src', shell: 'bash' },
      two: { requires: optional('a', 'b'), run: exec('node', 'x.mjs'), after: 'one', cache: false },
      three: {
        run: script('./stages/x.ts'),
        nice: 5,
        clean: false,
        protect: true,
        watch: 'manual',
        version: '2',
      },
      four: { description: 'last', run: async () => {}, optional: true, freshness: 'hash', after: ['one'] },
    },
  });
  const pipeline = accepted(spec);
  expect(pipeline).toMatchObject({ name: 'full', jobs: 3, cacheMaxBytes: 1_073_741_824 });
  expect(pipeline.pipelines).toEqual(new Map([['all', ['one', 'two']]]));
  expect(pipeline.stages.map((stage) => stage.freshness)).toEqual(['mtime', 'mtime', 'mtime', 'hash']);
});

test('stages keep the order of their keys', () => {
  const { stages } = accepted({ stages: { z: good, a: good, m: good } });
  expect(stages.map(({ name, index }) => `${index}${name}`)).toEqual(['0z', '1a', '2m']);
});

test.each([undefined, null, 7, 'text', [], new Map(), Promise.resolve(), () => 0])(
  'what is no object is no pipeline',
  (spec) => {
    expect(rejected(spec)).toMatchObject([
      { code: 'PIPE006', hint: expect.stringContaining('export default') },
    ]);
  },
);

test('all problems are reported: those of the pipeline itself, then stage by stage', () => {
  const spec = {
    jbos: 2,
    jobs: 0,
    stages: { a: { run: '', timeout: 'soon', colour: 1 }, 'b c': { run: 7 }, c: { after: 'd' } },
    pipelines: { x: ['e'] },
  };
  expect(faults(spec)).toEqual([
    'PIPE010 jbos',
    'PIPE011 jobs',
    'PIPE010 stages.a.colour',
    'PIPE011 stages.a.run',
    'PIPE021 stages.a.timeout',
    'PIPE020 stages["b c"]',
    'PIPE011 stages["b c"].run',
    'PIPE019 stages.c.after',
    'PIPE012 stages.c.run',
    'PIPE019 pipelines.x[0]',
  ]);
});

test('an unknown field is met with the one that was meant', () => {
  expect(rejected({ stages: { merge: { ...good, requries: 'x' } } })).toEqual([
    {
      code: 'PIPE010',
      message: 'unknown field "requries"',
      at: 'stages.merge.requries',
      hint: 'did you mean "requires"?',
    },
  ]);
});

test('the words of other tools are understood', () => {
  const hints = rejected({ stages: { a: { ...good, inputs: 'x', outs: 'y', needs: 'z' } } });
  expect(hints.map((one) => one.hint)).toEqual([
    'did you mean "requires"?',
    'did you mean "produces"?',
    'did you mean "after"?',
  ]);
});

test('a field in the wrong place is told where it belongs', () => {
  const found = rejected({ stages: { a: { ...good, jobs: 2 } }, produces: 'x' });
  expect(found.map((one) => one.hint)).toEqual([
    '"produces" is a field of a stage, not of the pipeline',
    '"jobs" is a field of the pipeline, not of a stage',
  ]);
});

test('a field that is called a little differently in its own place is told by that name', () => {
  const found = rejected({ stages: { a: { ...good, pools: { llm: 1 } } }, pool: 'llm' });
  expect(found.map((one) => one.hint)).toEqual([
    '"pool" is a field of a stage, not of the pipeline, where it is "pools"',
    '"pools" is a field of the pipeline, not of a stage, where it is "pool"',
  ]);
});

test.each(['approval'])('the stage field %s is for a later version', (field) => {
  expect(rejected({ stages: { a: { ...good, [field]: 1 } } })).toEqual([
    {
      code: 'PIPE010',
      message: `"${field}" is not supported by this version of pipe`,
      at: `stages.a.${field}`,
    },
  ]);
});

test.each(['rateLimit'])('the pipeline field %s is for a later version', (field) => {
  expect(rejected({ stages: { a: good }, [field]: {} })[0]!.message).toContain(
    'not supported by this version',
  );
});

test('unknown fields of nested objects are found', () => {
  const spec = {
    cache: { maxsize: 1 },
    stages: {
      a: { run: { ...exec('x'), env: {} } },
      b: { run: { ...script('x'), args: [] } },
      c: { ...good, requires: { ...optional('x'), pattern: 1 } },
    },
  };
  expect(faults(spec)).toEqual([
    'PIPE010 cache.maxsize',
    'PIPE010 stages.a.run.env',
    'PIPE010 stages.b.run.args',
    'PIPE010 stages.c.requires.pattern',
  ]);
});

test('a pipeline needs at least one stage', () => {
  expect(rejected({ stages: {} })).toMatchObject([
    { code: 'PIPE012', at: 'stages', hint: expect.any(String) },
  ]);
  expect(rejected({})).toMatchObject([{ code: 'PIPE012', at: 'stages', hint: expect.any(String) }]);
});

test.each([new Map([['a', good]]), [good], 'a', null])('stages are an object and nothing else', (stages) => {
  expect(faults({ stages })).toEqual(['PIPE011 stages']);
});

test('a stage is an object and nothing else', () => {
  expect(faults({ stages: { a: 'make', b: [], c: null, d: () => 0 } })).toEqual([
    'PIPE011 stages.a',
    'PIPE011 stages.b',
    'PIPE011 stages.c',
    'PIPE011 stages.d',
  ]);
});

test('bad names of stages and pipelines are reported with their place', () => {
  const stages = { 1: good, 'a:b': good, ['__proto__']: good, ok: good };
  expect(faults({ stages, pipelines: { '-x': ['ok'] } })).toEqual([
    'PIPE020 stages.1',
    'PIPE020 stages["a:b"]',
    'PIPE020 stages.__proto__',
    'PIPE020 pipelines.-x',
  ]);
});

test('a number as a name of a stage is met with the cure', () => {
  expect(rejected({ stages: { 10: good } })[0]!.hint).toBe('put a letter in front: s10');
});

test('a pipeline may not have the name of a stage', () => {
  expect(faults({ stages: { a: good }, pipelines: { a: ['a'] } })).toEqual(['PIPE020 pipelines.a']);
});

test('the members of a pipeline are stages, each once', () => {
  const spec = { stages: { extract: good, b: good }, pipelines: { p: ['b', 'extract', 'b'] } };
  expect(accepted(spec).pipelines.get('p')).toEqual(['b', 'extract']);
  expect(rejected({ ...spec, pipelines: { p: ['extrct'] } })).toMatchObject([
    { code: 'PIPE019', at: 'pipelines.p[0]', hint: 'did you mean "extract"?' },
  ]);
});

test.each([[[]], ['a'], [null], [{ a: 1 }]])('a pipeline without a list of stages is none: %j', (members) => {
  expect(faults({ stages: { a: good }, pipelines: { p: members } })).toEqual(['PIPE011 pipelines.p']);
});

test.each([0, -1, 1.5, '4', Number.NaN, Number.POSITIVE_INFINITY])('%j is no number of jobs', (jobs) => {
  expect(faults({ stages: { a: good }, jobs })).toEqual(['PIPE011 jobs']);
});

test('the name of a pipeline is text without control characters', () => {
  const stages = { a: good };
  expect(accepted({ stages, name: 'My talks, 2024' }).name).toBe('My talks, 2024');
  expect(faults({ stages, name: 'a\u001b[2J' })).toEqual(['PIPE020 name']);
  expect(faults({ stages, name: '' })).toEqual(['PIPE011 name']);
  expect(faults({ stages, name: 7 })).toEqual(['PIPE011 name']);
});

test('a folder without a name still gives a pipeline one', () => {
  expect(accepted({ stages: { a: good } }, { ...place, folderName: '' }).name).toBe('pipeline');
});

test('freshness is by hash or by mtime', () => {
  expect(rejected({ stages: { a: { ...good, freshness: 'time' } }, freshness: 1 })).toMatchObject([
    { code: 'PIPE011', at: 'freshness', message: 'expected "hash" or "mtime", found 1' },
    { code: 'PIPE011', at: 'stages.a.freshness', message: 'expected "hash" or "mtime", found "time"' },
  ]);
});

test('the cache has a size, or there is none', () => {
  const stages = { a: good };
  expect(accepted({ stages, cache: true }).cacheMaxBytes).toBe(10_000_000_000);
  expect(accepted({ stages, cache: {} }).cacheMaxBytes).toBe(10_000_000_000);
  expect(accepted({ stages, cache: { maxSize: '500MB' } }).cacheMaxBytes).toBe(500_000_000);
  expect(accepted({ stages, cache: false })).toMatchObject({
    cacheMaxBytes: null,
    stages: [{ cache: false }],
  });
  expect(faults({ stages, cache: { maxSize: '10 GB' } })).toEqual(['PIPE021 cache.maxSize']);
  expect(faults({ stages, cache: { maxSize: 0 } })).toEqual(['PIPE021 cache.maxSize']);
  expect(faults({ stages, cache: '10GB' })).toEqual(['PIPE011 cache']);
});

test('a stage that asks for the cache has one, though the others have none', () => {
  const pipeline = accepted({ stages: { a: { ...good, cache: true }, b: good }, cache: false });
  expect(pipeline.cacheMaxBytes).toBe(10_000_000_000);
  expect(pipeline.stages.map((stage) => stage.cache)).toEqual([true, false]);
});

test('fields that are undefined count as absent, null does not', () => {
  expect(accepted({ stages: { a: { ...good, timeout: undefined } }, jobs: undefined }).jobs).toBeNull();
  expect(faults({ stages: { a: { ...good, timeout: null } } })).toEqual(['PIPE021 stages.a.timeout']);
});

test('getters that throw are told, once', () => {
  const stage = {
    get run(): string {
      throw new Error('boom');
    },
  };
  expect(rejected({ stages: { a: stage } })).toEqual([
    { code: 'PIPE011', message: 'reading it throws: boom', at: 'stages.a.run' },
  ]);
  const stages = {
    get a(): object {
      throw 'no';
    },
  };
  expect(faults({ stages })).toEqual(['PIPE011 stages.a']);
});

test('objects that cannot be read are told', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const broken = { run: proxy, requires: proxy, env: proxy, secrets: proxy, after: proxy, timeout: proxy };
  expect(faults({ stages: { a: broken }, cache: proxy, pipelines: { p: proxy } }).length).toBe(8);
  expect(faults({ stages: proxy })).toEqual(['PIPE011 stages']);
  expect(faults(proxy)).toEqual(['PIPE006']);
});

test('circles of objects are no trap', () => {
  const circle: Record<string, unknown> = {};
  circle.stages = circle;
  circle.run = circle;
  circle.requires = [circle];
  expect(faults(circle).length).toBeGreaterThan(0);
});

test('objects without a prototype are as good as others', () => {
  const bare = (fields: object): object => Object.assign(Object.create(null), fields);
  expect(accepted(bare({ stages: bare({ a: bare(good) }) })).stages).toHaveLength(1);
});

test('whatever is exported, the answer is a pipeline or diagnostics with places', () => {
  const value = fc.anything({ withNullPrototype: true, withMap: true, withSparseArray: true, maxDepth: 2 });
  const field = fc.constantFrom(
    ...[
      'requires',
      'produces',
      'after',
      'run',
      'env',
      'secrets',
      'tools',
      'cwd',
      'shell',
      'timeout',
      'cache',
    ],
    ...['optional', 'freshness', 'version', 'watch', 'description', 'stages', 'jobs', 'name', 'pipelines'],
  );
  const stage = fc.oneof(value, fc.dictionary(field, fc.oneof(value, fc.string(), fc.array(fc.string()))));
  const stages = fc.dictionary(fc.string({ maxLength: 5 }), stage, { maxKeys: 4 });
  const spec = fc.oneof(
    value,
    fc.tuple(fc.dictionary(field, value), stages).map(([fields, all]) => ({ ...fields, stages: all })),
  );
  fc.assert(
    fc.property(spec, (exported) => {
      const result = validate(exported, place);
      if (result.ok) {
        expect(result.value.stages.length).toBeGreaterThan(0);
        return;
      }
      expect(result.error.length).toBeGreaterThan(0);
      for (const one of result.error) expect(one.code === 'PIPE006' || one.at !== undefined).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
