// Parameters: as they are declared, as they are given, and what stages make of them.
import { expect, test } from 'vitest';
import type { Stage } from '../../../src/model/stage.ts';
import { validate } from '../../../src/model/validation/validate.ts';
import { missingParams } from '../../../src/model/validation/validate-params.ts';
import { faults, place } from './sample-config.ts';

const params = {
  subject: { type: 'string', choices: ['math', 'art'], description: 'what to teach' },
  level: { type: 'number', default: 3 },
  draft: { type: 'boolean', default: false },
};

function given(typed: readonly string[], stage: object = {}, more: object = {}) {
  const spec = { params, ...more, stages: { s: { run: 'make it', ...stage } } };
  return validate(spec, place, { params: { typed, open: false } });
}

function stageOf(stage: object, typed: readonly string[] = ['subject=math'], more: object = {}): Stage {
  const result = given(typed, stage, more);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value.stages[0]!;
}

function problems(typed: readonly string[], stage: object = {}, more: object = {}): readonly string[] {
  const result = given(typed, stage, more);
  return result.ok ? [] : result.error.map(({ code, message, at }) => `${code} ${message} (${at})`);
}

const usesOf = (stage: Stage) => stage.params.map(({ name, value }) => `${name}=${value}`);

test('values are of the declared types, those not given are the defaults', () => {
  const result = given(['subject=art', 'level=2.50', 'draft=true']);
  expect(result.ok && result.value.params.map(({ value }) => value)).toEqual(['art', 2.5, true]);
  const fewer = given(['subject=art']);
  expect(fewer.ok && fewer.value.params.map(({ value, isGiven }) => [value, isGiven])).toEqual([
    ['art', true],
    [3, false],
    [false, false],
  ]);
});

test.each([
  [[], 'PIPE053 the parameter "subject" (what to teach) has no default and is not given (params.subject)'],
  [['subject=biology'], 'PIPE055 expected one of math, art, found "biology" (--param subject)'],
  [['subject=math', 'level=high'], 'PIPE055 expected a number, found "high" (--param level)'],
  [['subject=math', 'level='], 'PIPE055 expected a number, found "" (--param level)'],
  [
    ['subject=math', 'level=9007199254740993'],
    'PIPE055 expected a number that can be had exactly, found "9007199254740993" (--param level)',
  ],
  [['subject=math', 'draft=yes'], 'PIPE055 expected true or false, found "yes" (--param draft)'],
  [['subject=math', 'levle=3'], 'PIPE054 there is no parameter "levle" (--param levle)'],
  [['subject=math', 'subject=art'], 'PIPE055 "subject" is given twice: math and art (--param subject)'],
  [['subject'], 'PIPE055 "subject" gives no value (--param)'],
  [['=math', 'subject=math'], 'PIPE055 "=math" names no parameter (--param)'],
])('what is given as %j is refused in so many words', (typed, problem) => {
  expect(problems(typed)).toEqual([problem]);
});

test('what to write is said with a parameter that there is, and not where -p would be refused', () => {
  const params = { level: { type: 'number' }, place: { type: 'string' } };
  const hints = (spec: object, given: { typed: string[]; open: boolean; resumed?: boolean }) => {
    const result = validate({ stages: { s: { run: 'make it' } }, ...spec }, place, { params: given });
    return result.ok ? [] : result.error.map(({ hint }) => hint);
  };
  expect(hints({ params }, { typed: ['place'], open: true })).toEqual(['write name=value, as in -p place=…']);
  expect(hints({ params }, { typed: ['=3'], open: true })).toEqual(['write name=value, as in -p level=…']);
  expect(hints({}, { typed: ['x'], open: true })).toEqual(['the pipeline declares no parameters']);
  expect(hints({ params }, { typed: ['place=x'], open: false, resumed: true })).toEqual([
    'that run had none: name the stages instead of --resume, and say which with -p level=…: a number',
  ]);
});

test('all that are missing are named at once, and none where nothing is to be built', () => {
  const stages = { s: { run: 'make it' } };
  const spec = {
    params: { a: { type: 'string' }, b: { type: 'number' }, c: { type: 'number', default: 1 } },
    stages,
  };
  expect(faults(spec)).toEqual(['PIPE053 params.a', 'PIPE053 params.b']);
  expect(validate(spec, place, { params: { typed: [], open: true } }).ok).toBe(true);
  expect(missingParams(spec, ['a=x']).map(({ name }) => name)).toEqual(['b']);
});

test.each([
  [{ 'bad name': { type: 'string' } }, 'PIPE028 params["bad name"]'],
  [{ KEY: { type: 'string', default: '' } }, 'PIPE028 params.KEY'],
  [{ a: { type: 'text' } }, 'PIPE011 params.a.type'],
  [{ a: { default: 'x' } }, 'PIPE012 params.a'],
  [{ a: { type: 'string', default: 'x', chioces: [] } }, 'PIPE010 params.a.chioces'],
  [{ a: { type: 'string', default: 'x', choices: [] } }, 'PIPE011 params.a.choices'],
  [{ a: { type: 'number', default: 1, choices: [1, '2'] } }, 'PIPE011 params.a.choices[1]'],
  [{ a: { type: 'string', default: 'c', choices: ['a', 'b'] } }, 'PIPE028 params.a.default'],
  [['a'], 'PIPE011 params'],
])('declared as %j, a parameter is refused', (declared, fault) => {
  expect(faults({ params: declared, stages: { s: { run: 'make it', secrets: ['KEY'] } } })).toContain(fault);
});

test('a value stands for itself in patterns, whatever is in it', () => {
  const wild = { params: { p: { type: 'string', default: 'a*[{b}]' } } };
  const stage = stageOf({ requires: 'in/{params.p}/*.txt', produces: 'out/{params.p}/' }, [], wild);
  expect(stage.requires.entries[0]!.glob.base).toBe('in/a*[{b}]');
  expect(stage.produces!.entries[0]!.glob.base).toBe('out/a*[{b}]');
});

test('a stage has the parameters that it uses, wherever they stand; of code all count', () => {
  expect(usesOf(stageOf({}))).toEqual([]);
  for (const fields of [
    { requires: 'in/{params.subject}.txt' },
    { requires: 'in.txt', produces: 'out/{params.subject}.txt' },
    { forEach: 'in/{params.subject}/{name}.txt', produces: 'out/{name}.txt' },
    { run: 'make {params.subject}' },
    { run: ['true', 'make {params.subject}'] },
    { run: { kind: 'exec', file: 'make', args: ['-{params.subject}'] } },
    { env: { SUBJECT: 'of {params.subject}' } },
    { cwd: 'of-{params.subject}' },
    { hooks: { before: 'fetch {params.subject}' } },
  ])
    expect(usesOf(stageOf(fields)), JSON.stringify(fields)).toEqual(['subject=math']);
  expect(usesOf(stageOf({ run: () => {} }))).toEqual(['draft=false', 'level=3', 'subject=math']);
  expect(usesOf(stageOf({}, ['subject=math'], { env: { LEVEL: '{params.level}' } }))).toEqual(['level=3']);
  expect(usesOf(stageOf({}, ['subject=math'], { requires: '{params.level}.txt' }))).toEqual(['level=3']);
});

test('filled in are the working folder, the variables, and what commands imply', () => {
  const stage = stageOf({
    cwd: 'of-{params.subject}',
    env: { A: '{params.level}!' },
    run: 'node {params.subject}.mjs',
  });
  expect(stage).toMatchObject({
    cwd: 'of-math',
    env: [{ name: 'A', value: '3!' }],
    implied: ['of-math/math.mjs'],
    command: { lines: ['node {params.subject}.mjs'] },
  });
});

test('results lie side by side by those parameters that are in each pattern of the outputs', () => {
  const combination = (fields: object) => stageOf({ requires: 'in.txt', ...fields }).combination;
  expect(combination({ produces: 'out.txt', run: 'make {params.subject}' })).toBe('');
  expect(combination({ produces: ['a/{params.subject}.txt', 'index.txt'] })).toBe('');
  expect(combination({ produces: ['a/{params.subject}.txt', '!index.txt'] })).toBe('?subject=math');
  expect(combination({ produces: ['{params.subject}/{params.level}', 'x{params.subject}'] })).toBe(
    '?subject=math',
  );
  // Without outputs nothing is in the way of another result.
  expect(combination({ run: 'lint {params.subject} {params.level}' })).toBe('?level=3&subject=math');
});

test('a placeholder for a parameter that is not there, or in quotes, is told', () => {
  expect(problems(['subject=math'], { requires: 'in/{params.subjcet}.txt' })).toEqual([
    'PIPE028 there is no parameter "subjcet" (stages.s.requires)',
  ]);
  expect(problems(['subject=math'], { run: 'make {params.other}', env: { A: '{params.x}' } })).toHaveLength(
    2,
  );
  expect(problems(['subject=math'], { run: 'echo "{params.subject}"' })[0]).toContain('PIPE024');
  // Without parameters it is text in braces like any other.
  expect(problems([], { run: 'make {params.other}' }, { params: {} })).toEqual([]);
});

test('a declaration that is wrong is one mistake, whoever uses it and whoever gives it no value', () => {
  const wrong = {
    a: { type: 'strin' },
    b: 5,
    c: { type: 'number', default: 'x' },
    'd e': { type: 'string' },
    f: { type: 'string' },
  };
  const use = { run: 'echo {params.a} {params.b} {params.c} {params.g}' };
  expect(problems(['a=1', 'b=2'], use, { params: wrong })).toEqual([
    'PIPE011 expected "string" or "number" or "boolean", found "strin" (params.a.type)',
    "PIPE011 expected a parameter such as { type: 'string' }, found 5 (params.b)",
    'PIPE011 expected a number, found "x" (params.c.default)',
    'PIPE028 "d e" is no name of a parameter (params["d e"])',
    'PIPE053 the parameter "f" has no default and is not given (params.f)',
    'PIPE028 there is no parameter "g" (stages.s.run)',
  ]);
  expect(problems(['a=1'], use, { params: 5 })).toEqual([
    "PIPE011 expected an object such as { subject: { type: 'string' } }, found 5 (params)",
  ]);
});
