// Configurations that are written for a person: from nothing, or from what other tools were told.
import { expect, test } from 'vitest';
import { draftText } from '../../src/model/starting/draft.ts';
import { fromPackage } from '../../src/model/starting/from-package.ts';
import { fromStageGraph } from '../../src/model/starting/from-stage-graph.ts';
import { type Json, Reading, stageName } from '../../src/model/starting/reading.ts';

function taken(read: typeof fromPackage, json: Json) {
  const reading = new Reading('graph.json');
  return { ...read(json, reading), problems: reading.problems.map(({ at, message }) => `${at}: ${message}`) };
}

test('scripts become stages, lines that only call others become named pipelines, and what ends never is left out', () => {
  const { stages, pipelines, notes, problems } = taken(fromPackage, {
    name: 'site',
    scripts: {
      ...{
        'prebuild:css': 'lint',
        'build:css': 'sass',
        html: 'node html.mjs',
        clean: 'rm -rf out',
        start: 'serve',
      },
      ...{
        build: 'npm run clean && npm run build:css && npm run html',
        all: 'npm run build',
        postinstall: 'x',
      },
    },
  });
  expect(problems).toEqual([]);
  expect(stages).toEqual([
    { name: 'prebuild-css', run: ['lint'], after: [] },
    { name: 'build-css', run: ['sass'], after: ['prebuild-css'] },
    { name: 'html', run: ['node html.mjs'], after: ['build-css'] },
  ]);
  const all = ['prebuild-css', 'build-css', 'html'];
  expect(pipelines).toEqual({ build: all, all });
  expect(notes.filter((note) => note.includes('not taken over'))).toHaveLength(3);
});

/** Stages with those that they come after, and named pipelines. */
function orderOf(scripts: Readonly<Record<string, string>>, wireit: Json = {}) {
  const { stages, pipelines, notes } = taken(fromPackage, { scripts, wireit });
  return {
    after: Object.fromEntries(stages.map(({ name, after }) => [name, after])),
    pipelines,
    told: notes.filter((note) => !note.includes('say what it requires')),
  };
}

test('what npm runs before and after a script comes before and after its stage', () => {
  expect(orderOf({ postbuild: 'c', build: 'b', prebuild: 'a', prettier: 'd' })).toEqual({
    after: { postbuild: ['build'], build: ['prebuild'], prebuild: [], prettier: [] },
    pipelines: {},
    told: [
      'build: npm runs postbuild after it, "pipe build build" does not: "pipe build postbuild" does both',
    ],
  });
});

test('what npm runs around a script that only calls others comes before and after all of them', () => {
  const calls = { build: 'npm run a && npm run b', all: 'npm run build && npm run c', prec: 'npm run d' };
  expect(
    orderOf({ ...calls, a: 'a', prea: 'x', b: 'b', c: 'c', d: 'd', prebuild: 'y', postbuild: 'z' }),
  ).toEqual({
    after: {
      ...{ prebuild: [], prea: ['prebuild'], a: ['prea'], b: ['a'], postbuild: ['b'] },
      ...{ d: ['postbuild'], c: ['d'] },
    },
    pipelines: {
      build: ['prebuild', 'prea', 'a', 'b', 'postbuild'],
      all: ['prebuild', 'prea', 'a', 'b', 'postbuild', 'd', 'c'],
      prec: ['d'],
    },
    told: [],
  });
  const dependencies = ['a', 'b'];
  expect(
    orderOf(
      { a: 'wireit', b: 'wireit', both: 'wireit', preboth: 'x', postboth: 'y' },
      { a: { command: 'a' }, b: { command: 'b' }, both: { dependencies } },
    ).after,
  ).toEqual({ a: ['preboth'], b: ['preboth'], preboth: [], postboth: dependencies });
});

test('an order that would be a circle is not taken over, and that is told', () => {
  expect(orderOf({ one: 'npm run a && npm run b', two: 'npm run b && npm run a', a: 'a', b: 'b' })).toEqual({
    after: { a: [], b: ['a'] },
    pipelines: { one: ['a', 'b'], two: ['b', 'a'] },
    told: ['a does not come after b, though it does in the script "two": elsewhere, b comes after a'],
  });
  // Scripts that call each other would never end.
  expect(orderOf({ prea: 'npm run a', a: 'npm run b', b: 'npm run a', posta: 'c' }).after).toEqual({
    posta: [],
  });
});

test('an order that is lost takes no other along', () => {
  const hooked = { lint: 'l', prebuild: 'npm run lint', build: 'b', deploy: 'd' };
  const lost =
    'lint does not come after build, though it does in the script "ci": elsewhere, build comes after lint';
  const ci = 'npm run build && npm run lint';
  for (const calls of [{ ci: `${ci} && npm run deploy` }, { ci, all: 'npm run ci && npm run deploy' }])
    expect(orderOf({ ...hooked, ...calls })).toMatchObject({
      after: { lint: [], build: ['lint'], deploy: ['build'] },
      told: expect.arrayContaining([lost]),
    });
  // What stands first in a script need not be what begins it, nor is what comes before both lost with the circle.
  const two = { one: 'npm run a && npm run b', two: 'npm run x && npm run b && npm run a && npm run c' };
  expect(orderOf({ ...two, a: 'a', b: 'b', c: 'c', x: 'x' })).toMatchObject({
    after: { x: [], a: ['x'], b: ['a', 'x'], c: ['b'] },
    told: ['a does not come after b, though it does in the script "two": elsewhere, b comes after a'],
  });
});

test('dependencies of wireit that would be a circle are not taken over, and that is told', () => {
  const scripts = { build: 'wireit', lint: 'wireit', prebuild: 'p' };
  const [build, lint] = [
    { command: 'tsc', dependencies: ['lint'] },
    { command: 'l', dependencies: ['build'] },
  ];
  expect(orderOf(scripts, { build, lint })).toEqual({
    after: { build: ['lint', 'prebuild'], lint: [], prebuild: [] },
    pipelines: {},
    told: [
      'lint does not come after build, though it does in the dependencies of wireit: elsewhere, build comes after lint',
    ],
  });
  const { after, told } = orderOf(scripts, { build, lint: { dependencies: ['build'] } });
  expect(after).toEqual({ build: ['prebuild'], prebuild: [] });
  expect(told).toContain(
    'build does not come after build, though it does in the dependencies of wireit: it would wait for itself',
  );
});

test('a script that is called as what every object has is a script', () => {
  const { after, told } = orderOf(JSON.parse('{"__proto__": "p", "constructor": "c", "b": "b"}'));
  expect(Object.keys(after)).toEqual([stageName('__proto__'), 'stage-constructor', 'b']);
  expect(told).toEqual([]);
});

test('what wireit knows of files and of order is taken over, and what has no counterpart is named', () => {
  const { stages, notes } = taken(fromPackage, {
    scripts: { ts: 'wireit', css: 'wireit', both: 'wireit', last: 'wireit' },
    wireit: {
      ts: {
        ...{ command: 'tsc', files: ['src/**', '!src/old/**'], output: ['lib/**', '!lib/x'], clean: false },
        ...{ dependencies: ['css', { script: '../other:b' }], env: { A: '1', B: { external: true } } },
      },
      css: { command: 'sass', files: ['a.scss'] },
      both: { dependencies: ['ts', 'css'] },
      last: { command: 'x', dependencies: ['both'] },
    },
  });
  expect(stages).toEqual([
    {
      ...{
        name: 'ts',
        requires: ['src/**', '!src/old/**'],
        produces: ['lib/**'],
        after: ['css'],
        run: ['tsc'],
      },
      env: { A: '1' },
    },
    { name: 'css', requires: ['a.scss'], produces: [], after: [], run: ['sass'], env: {} },
    { name: 'last', requires: [], produces: [], after: ['ts', 'css'], run: ['x'], env: {} },
  ]);
  expect(notes).toEqual([
    'ts: "clean" of wireit is not taken over',
    'ts: it depends on "../other:b", which is in another package',
    'ts: say env: { B: true }',
    'ts: "!lib/x" among its outputs is not taken over',
    'both has no command: it is a name for ts, css',
  ]);
});

test('a graph of stages is taken over with schemas and hooks, as a list or by names', () => {
  const list = {
    ...{ id: 'make list', script: 'list.py', args: ["it's"], inputs: 'in/*.json', sideEffects: [] },
    ...{
      outputs: [{ path: 'list.json', schema: 'list.schema.json' }],
      hooks: { pre: 'a', onFailure: ['b', 'c'] },
    },
  };
  const draft = taken(fromStageGraph, {
    stages: [
      list,
      { id: 'next', command: ['cp', 'a b', 'c'], dependsOn: ['make list'], schema: 's.json', outputs: ['c'] },
    ],
    pipelines: { all: { stages: ['make list', 'next'] } },
  });
  expect(draft.problems).toEqual([]);
  expect(draft.stages).toMatchObject([
    {
      ...{
        name: 'make-list',
        requires: ['in/*.json'],
        produces: ['list.json'],
        run: [`python3 list.py 'it'\\''s'`],
      },
      ...{ schemas: { 'list.json': 'list.schema.json' }, hooks: { before: ['a'], onFailure: ['b', 'c'] } },
    },
    { name: 'next', after: ['make-list'], run: ["cp 'a b' c"], schemas: { c: 's.json' } },
  ]);
  expect([draft.pipelines, draft.notes]).toEqual([
    { all: ['make-list', 'next'] },
    ['make-list: it was called "make list"', 'make-list: "sideEffects" is not taken over'],
  ]);
  expect(taken(fromStageGraph, { stages: { a: { run: 'x' } } }).stages).toMatchObject([
    { name: 'a', run: ['x'] },
  ]);
});

test('retries of a graph come after a first attempt, and what it goes on after is optional', () => {
  const { stages, notes } = taken(fromStageGraph, {
    stages: [
      { id: 'a', run: 'x', retries: 2, continueOnError: true },
      { id: 'b', run: 'x', retries: 0, continueOnError: false, optional: true },
      { id: 'c', run: 'x', retries: 1.5, continueOnError: 'yes' },
      { id: 'd', run: 'x', retries: 1000, continueOnError: false },
    ],
  });
  expect(stages.map(({ attempts, optional }) => [attempts, optional])).toEqual([
    [3, true],
    [undefined, true],
    [undefined, undefined],
    [undefined, undefined],
  ]);
  expect(notes).toEqual([
    'b: "continueOnError" is not taken over, since "optional" says the same',
    'c: 1.5 retries are not taken over',
    'c: whether it may fail is not taken over, since "yes" says neither',
    'd: 1000 retries are not taken over',
  ]);
  expect(draftText({ about: [], stages: stages.slice(0, 1), notes })).toContain(
    "      run: 'x',\n      retry: { attempts: 3 },\n      optional: true,\n",
  );
});

test('what a script is written in tells what runs it, and what could not be built is told', () => {
  const { stages, notes } = taken(fromStageGraph, {
    version: 1,
    $schema: 'graph.json',
    stages: {
      typed: { script: 'scripts/c.ts', cwd: 'work', outputs: ['out/c.json'] },
      named: { script: 'scripts/d', runtime: 'typescript' },
      outside: { script: 'e.sh', runtime: 'bun', outputs: ['../out/e.json', '/abs/x', '..hidden', './../y'] },
    },
  });
  expect(stages.map(({ run, cwd }) => [run, cwd])).toEqual([
    [['node scripts/c.ts'], 'work'],
    [['node scripts/d'], undefined],
    [['bun e.sh'], undefined],
  ]);
  const outside = (file: string) => `outside: ${file} lies outside of the root, where no output may be`;
  expect(notes).toEqual([
    "typed: node runs scripts/c.ts from version 22.18 on; before, have it export a function, for run: script('./scripts/c.ts')",
    ...['../out/e.json', '/abs/x', './../y'].map(outside),
  ]);
});

test('names that no stage can have are made into such, everywhere, and that is told', () => {
  const { stages, pipelines, notes } = taken(fromStageGraph, {
    pipelines: { 'full refresh': ['make list', 7] },
    stages: [
      { id: 'make list', run: 'true' },
      { id: 7, run: 'true', dependsOn: ['make list'], env: ['HOME', 'TOKEN'], tools: 'python3' },
    ],
  });
  expect(stages).toMatchObject([{ name: 'make-list' }, { name: 'stage-7', after: ['make-list'] }]);
  expect(stages[1]?.env).toEqual({ HOME: true, TOKEN: true });
  expect(pipelines).toEqual({ 'full-refresh': ['make-list', 'stage-7'] });
  expect(notes).toEqual([
    'make-list: it was called "make list"',
    'stage-7: it was called "7"',
    'stage-7: tools is not taken over: it is no object',
  ]);
});

test('paths of Windows become such as patterns and shells know', () => {
  const { stages, notes } = taken(fromStageGraph, {
    stages: [
      {
        id: 'a',
        script: 'scripts\\a.py',
        args: ['data', 'data\\in\\*.csv', '--as', 'a\\tb', 'out\\sub'],
        inputs: ['data\\in\\*.csv'],
        outputs: [{ path: 'out\\sub\\o.json', schema: 'schemas\\o.json' }],
      },
      { id: 'b', run: 'printf "a\\tb"', outputs: 'b.txt' },
    ],
  });
  expect(stages).toMatchObject([
    {
      run: ["python3 scripts/a.py data 'data/in/*.csv' --as 'a\\tb' out/sub"],
      requires: ['data/in/*.csv'],
      produces: ['out/sub/o.json'],
      schemas: { 'out/sub/o.json': 'schemas/o.json' },
    },
    { run: ['printf "a\\tb"'] },
  ]);
  expect(notes).toEqual(['a: its paths were written with "\\"']);
});

test('all that is wrong with a graph is told at once', () => {
  expect(taken(fromStageGraph, { stages: [{ id: 'a' }, 3, { run: [true], inputs: [{}] }] }).problems).toEqual(
    [
      'stages[0]: the stage does not say what to run',
      'stages[1]: expected an object, found number',
      'stages[2].run[0]: expected text, found boolean',
      'stages[2].inputs[0]: expected text, found undefined',
    ],
  );
  expect(taken(fromStageGraph, {}).problems).toEqual(['stages: there are no stages']);
  expect(taken(fromPackage, { scripts: { start: 'x' } }).problems).toHaveLength(1);
});

test('what a graph says in vain, twice or of stages that are not there, is told', () => {
  const stage = {
    id: 'a',
    run: 'x',
    script: 'y.py',
    outputs: 'o',
    hooks: { validate: 'v' },
    post: 'p',
    timeout: 'ages',
  };
  const draft = taken(fromStageGraph, {
    stages: [
      { ...stage, env: { A: true, B: [] }, tools: { python3: '>=3' } },
      { id: 'b', run: 'x', hooks: 'h', needs: 'c' },
    ],
    pipelines: { all: ['a', 'd'] },
  });
  expect(draft.stages[0]).toMatchObject({
    ...{ run: ['x'], produces: ['o'], hooks: { after: ['p'] }, env: { A: true }, tools: { python3: '>=3' } },
    timeout: undefined,
  });
  expect(draft.notes).toEqual([
    'a: "script" is not taken over, since "run" says the same',
    'a: env B is not taken over',
    'a: the timeout "ages" is not taken over',
    'a: the hook "validate" is not taken over',
    'b: "hooks" is not taken over: it is no object',
  ]);
  expect(draft.problems).toEqual([
    'stages[1].needs: there is no stage "c"',
    'pipelines.all[1]: there is no stage "d"',
  ]);
});

test('what is wrong is told where it stands, in the words that stand there', () => {
  const said = {
    ...{ outputs: ['o', true], needs: ['make list', 'mak list'] },
    ...{ hooks: { pre: [true] }, post: false },
  };
  const draft = taken(fromStageGraph, {
    stages: { 'make list': { run: 'x', requires: 'i' }, next: { run: 'x', requires: [null], ...said } },
    pipelines: [{ name: 'all', stages: ['nxt'] }],
  });
  expect(draft.problems).toEqual([
    'stages.next.requires[0]: expected text, found object',
    'stages.next.outputs[1]: expected text, found boolean',
    'stages.next.needs[1]: there is no stage "mak list"',
    'stages.next.hooks.pre[0]: expected text, found boolean',
    'stages.next.post: expected text, found boolean',
    'pipelines[0].stages[0]: there is no stage "nxt"',
  ]);
  expect(draft.about).toEqual(['Written from graph.json.']);
});

test('no note leaves its comment', () => {
  const said = { 'k\nconsole.log(1)//': 1, '\u2028alert(1)': 2 };
  const { notes, stages } = taken(fromStageGraph, {
    description: 'd\rd',
    stages: [{ id: 'a', run: 'x', ...said }],
  });
  const text = draftText({ about: ['a\nb'], stages, notes });
  const [head = ''] = text.split('import ');
  expect(head.split(/[\n\r\u2028]/).filter((line) => line !== '' && !line.startsWith('//'))).toEqual([]);
});

test('texts are written so that they are read as they were', () => {
  const run = [`a 'b' "c"`, 'back\\slash', 'line\nbreak', `$${'{x}'}`];
  const text = draftText({ about: [], stages: [{ name: 'a-b', run }], notes: ['n'] });
  const written = /run: (\[[\s\S]*?\]),\n/.exec(text)?.[1] ?? '';
  expect(new Function(`return ${written}`)()).toEqual(run);
  expect(text).toContain(`'a-b': {`);
});

test.each([
  ['build:css', 'build-css'],
  ['@x/y', 'x-y'],
  ['a b', 'a-b'],
  ['::', 'stage'],
  ['7', 'stage-7'],
  ['constructor', 'stage-constructor'],
])('the stage of %s is called %s', (name, called) => {
  expect(stageName(name)).toBe(called);
});
