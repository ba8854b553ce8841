// A plain build that does something keeps what it finds fresh beside that: the next one looks at the rest alone.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { builtFrom, Rig } from '../rig/rig.ts';
import { hasProof, latestEvents, plain } from './parts.ts';

const files = { 'src/a.txt': 'a\n', 'src/b.txt': 'b\n', 'src/x.txt': 'x\n', 'src/y.txt': 'y\n' };

/** a → b, and two that nothing ties to them. */
const config = (b = 'cat out/a.txt src/b.txt > out/b.txt') => `{ jobs: 1, stages: {
  a: { requires: ['src/a.txt'], produces: ['out/a.txt'], run: 'cp src/a.txt out/a.txt' },
  b: { requires: ['out/a.txt', 'src/b.txt'], produces: ['out/b.txt'], run: ${JSON.stringify(b)} },
  x: { requires: ['src/x.txt'], produces: ['out/x.txt'], run: 'cp src/x.txt out/x.txt' },
  y: { requires: ['src/y.txt'], produces: ['out/y.txt'], run: 'cp src/y.txt out/y.txt' },
} }`;

async function built(text = config()): Promise<Rig> {
  const rig = await Rig.compiled(files, text);
  expect((await rig.pipe(['build'])).code).toBe(0);
  // All of it is as young as that build.
  expect(hasProof(rig)).toBe(false);
  return rig;
}

test('the second edit costs what it concerns and what was done last, without a build in between that had nothing to do', async () => {
  await using rig = await built();
  rig.write('src/b.txt', 'B\n');
  const first = await plain(rig);
  expect([first.known, first.executed, hasProof(rig)]).toEqual([null, ['b'], true]);
  rig.write('src/x.txt', 'X\n');
  const second = await plain(rig);
  expect([second.known, second.executed]).toEqual([2, ['x']]);
  expect(second.finished).toMatchObject({ executed: 1, fresh: 3, outcome: 'succeeded' });
  // By now all is known.
  rig.write('src/y.txt', 'Y\n');
  const third = await plain(rig);
  expect([third.known, third.executed]).toEqual([3, ['y']]);
  expect((await plain(rig)).events).toHaveLength(2);
  expect(['a', 'b', 'x', 'y'].map((name) => rig.read(`out/${name}.txt`))).toEqual([
    'a\n',
    'a\nB\n',
    'X\n',
    'Y\n',
  ]);
});

test('a build after it that finds nothing to do looks at what was done, and the next one sees all at a glance', async () => {
  await using rig = await built();
  rig.write('src/b.txt', 'B\n');
  await plain(rig);
  const next = await plain(rig);
  expect([next.known, next.executed, next.finished?.fresh, hasProof(rig)]).toEqual([3, [], 4, true]);
  expect((await plain(rig)).events).toHaveLength(2);
});

test('what was restored is looked at again as well', async () => {
  await using rig = await built();
  rig.remove('out/b.txt');
  const restored = await plain(rig);
  expect([restored.known, restored.finished?.restored, hasProof(rig)]).toEqual([null, 1, true]);
  rig.remove('out/b.txt');
  const again = await plain(rig);
  expect([again.known, again.finished?.restored, rig.read('out/b.txt')]).toEqual([3, 1, 'a\nb\n']);
});

test('what was done is edited afterwards: it is found as by a build that looks at everything', async () => {
  await using rig = await built();
  rig.write('src/b.txt', 'B\n');
  await plain(rig);
  rig.write('out/b.txt', 'by hand\n');
  const told = await plain(rig);
  expect([told.known, told.finished?.restored, rig.read('out/b.txt')]).toEqual([3, 1, 'a\nB\n']);
  expect(told.warnings.join()).toContain('out/b.txt');
});

test('what follows from what was done is looked at again, also where it was fresh over the same result', async () => {
  await using rig = await built();
  rig.append('src/a.txt', '');
  fs.utimesSync(rig.path('src/a.txt'), 1, 1);
  rig.remove('out/a.txt');
  const first = await plain(rig);
  expect([first.finished?.restored, first.finished?.fresh]).toEqual([1, 3]);
  rig.write('out/a.txt', 'by hand\n');
  const second = await plain(rig);
  expect([second.known, second.finished?.restored, rig.read('out/a.txt')]).toEqual([2, 1, 'a\n']);
});

test('what a command changed of another stage, undeclared, is not taken for what that was found fresh with', async () => {
  await using rig = await built(
    config('cat out/a.txt src/b.txt > out/b.txt; if grep -q B src/b.txt; then echo other > src/x.txt; fi'),
  );
  rig.write('src/b.txt', 'B\n');
  // "x" is found fresh after it, or before it: as it comes.
  expect((await plain(rig)).code).toBe(0);
  const next = await plain(rig);
  expect([next.code, rig.read('out/x.txt')]).toEqual([0, 'other\n']);
});

test('an edit of what was found fresh, while a command runs, is seen by the next build', async () => {
  await using rig = await built(
    config('cat out/a.txt src/b.txt > out/b.txt; if grep -q B src/b.txt; then touch src/y.txt; fi'),
  );
  rig.write('src/b.txt', 'B\n');
  const first = await plain(rig);
  expect([first.executed, hasProof(rig)]).toEqual([['b'], true]);
  // Of "y" nothing is known, as its file has another time by now.
  const next = await plain(rig);
  expect([next.known, next.executed]).toEqual([2, []]);
});

test('a variable of the caller that nobody declares decides nothing, and one that a stage is passed does', async () => {
  await using rig = await Rig.compiled(files, config().replace('b: {', 'b: { env: { WORD: true },'));
  const build = async (env: Readonly<Record<string, string>>) => {
    const ended = await rig.pipe(['build'], { env });
    const told = builtFrom({ ...ended, stdout: latestEvents(rig) });
    const started = told.events.find((event) => event.kind === 'run-started');
    return [started?.fresh ?? null, told.executed];
  };
  const env = { WORD: 'one', OTHER: 'one' };
  await build(env);
  rig.write('src/x.txt', 'X\n');
  expect(await build(env)).toEqual([null, ['x']]);
  rig.write('src/y.txt', 'Y\n');
  expect(await build({ ...env, OTHER: 'two' })).toEqual([2, ['y']]);
  expect(await build({ ...env, WORD: 'two' })).toEqual([null, ['b']]);
});

test('after a failure, and after a warning, everything is looked at again', async () => {
  await using rig = await built(config('grep -q b src/b.txt && cat out/a.txt src/b.txt > out/b.txt'));
  rig.write('src/b.txt', 'no\n');
  expect([(await plain(rig)).code, hasProof(rig)]).toEqual([1, false]);
  rig.write('src/b.txt', 'b2\n');
  expect([(await plain(rig)).executed, hasProof(rig)]).toEqual([['b'], true]);
});

test('items: those beside the one that was edited are not looked at again', async () => {
  await using rig = await Rig.compiled(
    { 'in/1.txt': '1\n', 'in/2.txt': '2\n', 'in/3.txt': '3\n', 'in/4.txt': '4\n' },
    `{ stages: {
      each: { forEach: 'in/{name}.txt', produces: ['out/{name}.txt'], run: 'cat {item} > out/{name}.txt' },
      all: { requires: ['out/*.txt'], produces: ['all.txt'], run: 'cat out/*.txt > all.txt' },
    } }`,
  );
  expect((await rig.pipe(['build'])).code).toBe(0);
  rig.write('in/2.txt', 'two\n');
  const first = await plain(rig);
  expect([first.code, first.executed, hasProof(rig)]).toEqual([0, ['all', 'each:in/2.txt'], true]);
  rig.write('in/3.txt', 'three\n');
  const second = await plain(rig);
  expect([second.executed, second.known]).toEqual([['all', 'each:in/3.txt'], 2]);
  rig.write('in/5.txt', 'five\n');
  fs.rmSync(rig.path('in/1.txt'));
  expect((await plain(rig)).code).toBe(0);
  expect(rig.read('all.txt')).toBe('two\nthree\n4\nfive\n');
  expect(rig.exists('out/1.txt')).toBe(false);
});

test('a link made by what was done decides the order of the next build', async () => {
  await using rig = await Rig.compiled(
    { 'v1/x.txt': 'one\n', 'v2/x.txt': 'two\n', 'which.txt': 'v1\n', 'o.txt': 'o\n', 'p.txt': 'p\n' },
    `{ jobs: 1, stages: {
      a: { requires: ['which.txt'], produces: ['now'], run: 'ln -sfn $(cat which.txt) now' },
      r: { requires: ['now/x.txt'], produces: ['r.txt'], run: 'cp now/x.txt r.txt' },
      o: { requires: ['o.txt'], produces: ['oo.txt'], run: 'cp o.txt oo.txt' },
      p: { requires: ['p.txt'], produces: ['pp.txt'], run: 'cp p.txt pp.txt' },
    } }`,
  );
  await rig.pipe(['build', 'a']);
  expect((await rig.pipe(['build'])).code).toBe(0);
  rig.write('o.txt', 'O\n');
  expect([(await plain(rig)).executed, hasProof(rig)]).toEqual([['o'], true]);
  rig.write('which.txt', 'v2\n');
  expect([(await plain(rig)).executed, rig.read('r.txt')]).toEqual([['a', 'r'], 'two\n']);
  rig.write('p.txt', 'P\n');
  expect((await plain(rig)).executed).toEqual(['p']);
});

test('a tool that hands over to another one is asked for its version in each build, whoever asked for it first', async () => {
  await using rig = await Rig.compiled(
    { 'a.txt': 'a\n', 'b.txt': 'b\n', version: '1.0.0\n' },
    `{ jobs: 1, stages: {
      first: { requires: ['a.txt'], produces: ['first.txt'], run: 'cp a.txt first.txt' },
      second: { requires: ['b.txt'], produces: ['second.txt'], tools: { shout: '>=1' }, run: 'shout > second.txt' },
    } }`,
  );
  rig.write('bin/shout', `#!/bin/sh\nexec cat '${rig.path('version')}'\n`);
  fs.chmodSync(rig.path('bin/shout'), 0o755);
  const env = { PATH: `${rig.path('bin')}:${process.env.PATH}` };
  const build = async () => builtFrom({ ...(await rig.pipe(['build'], { env })), stdout: latestEvents(rig) });
  expect((await rig.pipe(['build'], { env })).code).toBe(0);
  rig.write('a.txt', 'A\n');
  expect([(await build()).executed, hasProof(rig)]).toEqual([['first'], false]);
  rig.write('version', '2.0.0\n');
  expect([(await build()).executed, rig.read('second.txt')]).toEqual([['second'], '2.0.0\n']);
});

test('what a stage that is gone had made is told of when it comes back', async () => {
  const others = `b: { requires: ['data/*.txt'], produces: ['b.out'], run: 'cat data/*.txt > b.out' },
    c: { requires: ['c.txt'], produces: ['c.out'], run: 'cp c.txt c.out' },`;
  const gone = `x: { requires: ['x.src'], produces: ['data/x.txt'], run: 'cp x.src data/x.txt' },`;
  await using rig = await Rig.compiled(
    { 'x.src': 'x\n', 'data/y.txt': 'y\n', 'c.txt': 'c\n' },
    `{ stages: { ${gone} ${others} } }`,
  );
  expect((await rig.pipe(['build'])).code).toBe(0);
  rig.remove('data/x.txt');
  rig.config(`{ stages: { ${others} } }`);
  expect((await rig.pipe(['build'])).code).toBe(0);
  rig.write('c.txt', 'C\n');
  expect([(await plain(rig)).executed, hasProof(rig)]).toEqual([['c'], true]);
  rig.write('data/x.txt', 'x\n');
  expect((await plain(rig)).warnings.join()).toContain('data/x.txt, made by stage "x", which is gone');
});

test('tasks start in the order of a whole build, in whatever order they have ended before', async () => {
  const copy = (name: string, more = '') =>
    `${name}: { requires: ['src/${name}'${more}], produces: ['out/${name}'], run: 'cp src/${name} out/${name}' },`;
  await using rig = await Rig.compiled(
    { 'src/a': 'a', 'src/b': 'b', 'src/c': 'c', 'src/d': 'd', 'out/.keep': '' },
    `{ jobs: 1, stages: { ${['a', 'b', 'c', 'd'].map((name) => copy(name)).join('')} } }`,
  );
  expect((await rig.pipe(['build'])).code).toBe(0);
  rig.write('src/a', 'A');
  expect([(await plain(rig)).executed, hasProof(rig)]).toEqual([['a'], true]);
  for (const name of ['a', 'b', 'c']) rig.write(`src/${name}`, `${name} again`);
  const { known, events } = await plain(rig);
  const started = events.flatMap((event) => (event.kind === 'task-started' ? [event.task] : []));
  expect([known, started]).toEqual([1, ['a', 'b', 'c']]);
});

test('items of a stage for failures: none is counted where nothing fails, and all run where something does', async () => {
  await using rig = await Rig.compiled(
    { 'a.txt': 'a\n', 'b.txt': 'b\n', 'in/1.txt': '1\n', 'in/2.txt': '2\n' },
    `{ jobs: 1, stages: {
      a: { requires: ['a.txt'], produces: ['a.out'], run: 'if grep bad a.txt; then exit 1; fi; cp a.txt a.out' },
      b: { requires: ['b.txt'], produces: ['b.out'], run: 'cp b.txt b.out' },
      f: { forEach: 'in/{n}.txt', after: ['a'], when: 'failure', run: 'cat {item}' },
    } }`,
  );
  expect((await rig.pipe(['build'])).code).toBe(0);
  rig.write('b.txt', 'B\n');
  const worked = await plain(rig);
  expect([worked.executed, worked.finished?.fresh, hasProof(rig)]).toEqual([['b'], 1, true]);
  const next = await plain(rig);
  expect([next.known, next.finished?.fresh, hasProof(rig)]).toEqual([1, 2, true]);
  rig.write('a.txt', 'bad\n');
  const failed = await plain(rig);
  expect([failed.failed, failed.executed]).toEqual([['a'], ['f:in/1.txt', 'f:in/2.txt']]);
});

test('a stage for failures alone stands in no way', async () => {
  await using rig = await Rig.compiled(
    files,
    config().replace(
      'jobs: 1, stages: {',
      "jobs: 1, stages: { f: { after: ['a'], when: 'failure', run: 'true' },",
    ),
  );
  expect((await rig.pipe(['build'])).code).toBe(0);
  rig.write('src/x.txt', 'X\n');
  expect([(await plain(rig)).executed, hasProof(rig)]).toEqual([['x'], true]);
  rig.write('src/y.txt', 'Y\n');
  const next = await plain(rig);
  expect([next.known, next.executed]).toEqual([3, ['y']]);
});
