// What `status`, `why` and a dry run say of stages with items is what the build that follows does.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { TaskPlanned } from '../../src/model/events.ts';
import { buildAsForetold } from '../rig/foretold.ts';
import { Rig } from '../rig/rig.ts';

const gathered = `import { definePipeline, items } from 'pipe-build';
export default definePipeline({ stages: {
  s: { forEach: items('d.json', (doc) => doc, { key: 'k' }), produces: ['out/{key}.o'], run: 'echo {key} > {produces}' },
  g: { requires: ['out/*.o'], produces: ['all.txt'], run: 'cat {requires} > {produces}' },
} });`;

test('what a build would refuse over its items is refused by whatever tells what it would do', async () => {
  await using rig = await Rig.compiled({ 'd.json': '[{"k":"a"},{"k":"b"}]' }, gathered);
  expect((await rig.build()).code).toBe(0);
  rig.write('d.json', '[]');
  const none = `PIPE052 stage "s" is done for each record of d.json, which has none
  at stages.s.forEach
  hint: write items(optional('d.json'), …) if it may have none
`;
  for (const args of [
    ['build'],
    ['build', '-n'],
    ['status'],
    ['status', '--check'],
    ['status', '--json'],
    ['why', 'g'],
  ])
    expect(await rig.pipe(args)).toMatchObject({ code: 2, stdout: '', stderr: none });
  expect((await rig.pipe(['doctor'])).stdout).toMatch(/^fail +files +1 problem\n +PIPE052 stage "s"/m);
  expect(rig.read('all.txt')).toBe('a\nb\n');
  // A picture is no answer that could be refused.
  const { stages } = JSON.parse((await rig.pipe(['graph', '--status', '--json'])).stdout);
  expect(stages).toMatchObject([
    { name: 's', status: 'failed' },
    { name: 'g', status: 'planned' },
  ]);
});

test('why says that no item has to do with a file, and that there are none', async () => {
  const config = `import { definePipeline, optional } from 'pipe-build';
  export default definePipeline({ stages: {
    gen: { requires: ['list.txt'], produces: ['in/*.txt'], run: 'mkdir -p in; for n in $(cat list.txt); do echo $n > in/$n.txt; done' },
    s: { forEach: 'in/{n}.txt', produces: ['out/{n}.o'], run: 'cp {item} {produces}' },
    t: { forEach: optional('opt/{n}.txt'), produces: ['opt-out/{n}.o'], run: 'cp {item} {produces}' },
  } });`;
  await using rig = await Rig.compiled({ 'list.txt': '1' }, config);
  expect((await rig.build()).code).toBe(0);
  const about = async (asked: string) => (await rig.pipe(['why', asked])).stdout.trimEnd().split('\n').at(-1);
  expect(await about('out/2.o')).toBe('s has no item that has to do with it');
  expect(await about('t')).toBe('t has no items');
  expect((await rig.pipe(['why', 's'])).stdout).toContain('s:in/1.txt is fresh');
});

test('items that others are yet to make are not counted before they are known', async () => {
  const config = `{ stages: {
    split: { requires: ['list.txt'], produces: ['in/*.txt'], run: 'mkdir -p in; for n in $(cat list.txt); do echo $n > in/$n.txt; done' },
    up: { forEach: 'in/{n}.txt', produces: ['out/{n}.txt'], run: 'cp {item} {produces}' },
    all: { requires: ['out/*.txt'], produces: ['all.txt'], run: 'cat {requires} > all.txt' },
  } }`;
  await using rig = await Rig.compiled({ 'list.txt': '1 2' }, config);
  const told = async (...args: string[]) => (await rig.pipe(args)).stdout;
  expect(await told('status')).toMatch(/^would run +up +any further items +because split would run$/m);
  expect(await told('status')).toMatch(/\n\nat least 2 would run\n$/);
  await rig.build();
  rig.write('list.txt', '1 2 3');
  for (const plan of [await told('status'), await told('build', '-n')])
    expect(plan).toMatch(/\n\nat least 4 would run; about [\w.]+ of work\n$/);
  expect(await told('describe', 'up')).toMatch(/^items +at least 2: at least 2 would run$/m);
  expect(JSON.parse(await told('describe', 'up', '--json'))).toMatchObject({ items: { run: 2 } });
  const { tasks } = JSON.parse(await told('status', '--json'));
  expect(tasks.filter((one: { furtherItems?: true }) => one.furtherItems)).toMatchObject([{ task: 'up' }]);
  await rig.build();
  expect(await told('status')).toMatch(/\n\nnothing to do: 5 fresh\n$/);
});

test('why says over what a task would wait, and how to go on', async () => {
  const config = `{ stages: { s: { forEach: 'in/{n}.txt', produces: ['out/{n}.o'], run: 'cp {item} {produces}', protect: true } } }`;
  await using rig = await Rig.compiled({ 'in/1.txt': '1', 'in/2.txt': '2' }, config);
  await rig.build();
  rig.write('out/2.o', 'by hand');
  expect((await rig.pipe(['why', 's'])).stdout.split('\n').slice(1)).toEqual([
    's:in/2.txt would wait',
    '  because output out/2.o was changed',
    '  a protected output was edited',
    '  out/2.o',
    '  keep it  pipe accept out/2.o --reason "…"',
    '  rebuild  pipe build s:in/2.txt --force',
    '',
  ]);
  const { causes } = JSON.parse((await rig.pipe(['why', 's', '--json'])).stdout);
  expect(causes).toMatchObject([{ stage: 's:in/2.txt', failure: { kind: 'protected', paths: ['out/2.o'] } }]);
});

test('what stands behind a task that would fail is not told to run, and is skipped', async () => {
  const config = `{ stages: {
    a: { secrets: ['KEY'], produces: 'a', run: 'echo > a' },
    needs: { requires: 'a', produces: 'b', run: 'cp a b' },
    after: { after: 'needs', produces: 'c', run: 'echo > c' },
    may: { secrets: ['KEY'], optional: true, produces: 'm', run: 'echo > m' },
    reads: { requires: 'm', produces: 'r', run: 'cp m r' },
    follows: { after: 'may', produces: 'f', run: 'echo > f' },
    each: { forEach: 'in/{x}', secrets: ['KEY'], produces: ['e/{x}'], run: 'cp {item} e/{x}' },
    next: { forEach: 'e/{x}', produces: ['n/{x}'], run: 'cp {item} n/{x}' },
    all: { requires: ['e/*'], produces: 'all', run: 'cat e/* > all' },
    kept: { requires: 'in/1', produces: 'kept', protect: true, run: 'echo > kept' },
    behind: { requires: 'kept', produces: 'behind', run: 'echo > behind' },
    always: { after: 'needs', when: 'always', produces: 'w', run: 'echo > w' },
    waits: { after: 'kept', when: 'always', produces: 'v', run: 'echo > v' },
    alarm: { after: 'reads', when: 'failure', produces: 'x', run: 'echo > x' },
    other: { produces: 'o', run: 'echo > o' },
  } }`;
  await using rig = await Rig.compiled({ 'in/1': '1', 'in/2': '2', kept: 'by hand' }, config);
  const { tasks } = JSON.parse((await rig.pipe(['status', '--json'])).stdout) as { tasks: TaskPlanned[] };
  const blocked = tasks.flatMap(({ task, action, blockedBy }) =>
    action === 'skip' ? [[task, blockedBy]] : [],
  );
  expect(Object.fromEntries(blocked)).toEqual({
    ...{ needs: ['a'], after: ['a'], reads: ['may'], 'next:e/1': ['each'], 'next:e/2': ['each'] },
    ...{ all: ['each'], behind: ['kept'], waits: ['kept'] },
  });
  const { stdout } = await rig.pipe(['build', '-n']);
  expect(stdout).toMatch(/^would skip +needs +blocked by a +because it was never built\n/m);
  expect(stdout).toContain('4 would fail, 1 would wait, 8 would be skipped, 4 would run\n');
  expect((await rig.pipe(['why', 'after'])).stdout).toContain(
    'after would be skipped\n  because it was never built\n  blocked by a\n',
  );
  const built = await buildAsForetold(rig, ['--keep-going']);
  expect(built.executed).toEqual(['alarm', 'always', 'follows', 'other']);
});

test('a dry run ends as the build does: what may fail fails neither', async () => {
  const config = `{ stages: { may: { secrets: ['KEY'], optional: true, produces: 'm', run: 'echo > m' } } }`;
  await using rig = await Rig.compiled({}, config);
  for (const args of [['-n'], []])
    expect(await rig.build(args)).toMatchObject({ code: 0, finished: { outcome: 'degraded', failed: 1 } });
});

test('an edited output of an item that is gone is foretold to be moved aside, and the way back is one that works', async () => {
  const config = `{ stages: {
    s: { forEach: 'in/{n}.txt', produces: ['out/{n}.o'], run: 'cp {item} {produces}' },
    g: { requires: ['out/*.o'], produces: ['all.txt'], run: 'cat {requires} > {produces}' },
  } }`;
  await using rig = await Rig.compiled({ 'in/1.txt': '1', 'in/2.txt': '2', 'in/3.txt': '3' }, config);
  await rig.build();
  rig.write('out/2.o', 'by hand');
  rig.remove('in/2.txt');
  rig.remove('in/3.txt');
  const told = [
    'would remove   s           2 items are gone: in/2.txt, in/3.txt',
    '  out/3.o',
    '  out/2.o (edited: would be kept in .pipeline-cache/displaced)',
  ].join('\n');
  const totals = '1 file would be removed, 1 edited file would be moved aside, 1 would run, 1 fresh';
  const status = await rig.pipe(['status']);
  expect(status.stdout).toContain(told);
  expect(status.stdout).toContain(totals);
  const { gone } = JSON.parse((await rig.pipe(['status', '--json'])).stdout);
  expect(gone).toEqual([
    { stage: 's', items: ['in/2.txt', 'in/3.txt'], removed: ['out/3.o'], kept: ['out/2.o'] },
  ]);
  const plan = await rig.pipe(['build', '-n']);
  expect(plan.stdout).toContain(told.replace('s           2', 's  2'));
  expect(plan.stdout).toContain(totals);
  const { stdout } = await rig.pipe(['build', '-n', '--json']);
  expect(stdout).toContain('"removed":["out/3.o"],"kept":["out/2.o"],"dryRun":true');

  const built = await rig.build();
  expect(built.events.filter(({ kind }) => kind === 'items-gone')).toMatchObject([
    { removed: ['out/3.o'], kept: ['out/2.o'], dryRun: false },
  ]);
  const warned = built.events.find(({ kind }) => kind === 'warning') as { hint?: string } | undefined;
  const wayBack = /^its item is gone; to have it back as a file of your own: (mv .*)$/.exec(
    warned?.hint ?? '',
  )?.[1];
  execFileSync('sh', ['-c', wayBack!], { cwd: rig.root });
  // A file that no item makes is a file like any other.
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['g'], warnings: [] });
  expect(rig.read('all.txt')).toBe('1by hand');
});

test('what a hint says to type means the same workspace, wherever the person is', async () => {
  const config = `{ params: { level: { type: 'number', default: 1 } }, stages: {
    s: { requires: ['in.txt'], produces: ['out/{params.level}.o'], run: 'cp in.txt {produces}' },
    own: { produces: ['own.o'], run: 'echo > {produces}', protect: true },
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': '1', 'sub/x': '' }, config);
  const flags = ['-p', 'level=4', '--config', '../pipeline.config.ts'];
  const cwd = 'sub';
  expect((await rig.pipe(['build', ...flags], { cwd })).code).toBe(0);
  rig.write('out/4.o', 'by hand');
  rig.write('in.txt', '2');
  const { stderr, stdout } = await rig.pipe(['build', ...flags], { cwd });
  const typed = /to use it as the result: (.*)$/m.exec(stdout + stderr)?.[1];
  expect(typed).toMatch(
    /^mv \.\.\/\.pipeline-cache\/displaced\/.+ \.\.\/out\/4\.o && pipe accept \.\.\/out\/4\.o -p level=4 --config \.\.\/pipeline\.config\.ts --reason "…"$/,
  );
  rig.write('own.o', 'by hand');
  const stopped = await rig.pipe(['build', ...flags], { cwd });
  expect(stopped).toMatchObject({ code: 3 });
  expect(stopped.stdout).toMatch(
    /keep it +pipe accept \.\.\/own\.o -p level=4 --config \.\.\/pipeline\.config\.ts/,
  );
});

test('a schema that was made and is none is foretold for each task over which a build would fail', async () => {
  const config = `import { definePipeline, jsonSchema } from 'pipe-build';
export default definePipeline({ stages: {
  make: { requires: ['schema.src'], produces: ['schema.json'], run: 'cp schema.src schema.json' },
  s: { forEach: 'in/{n}.json', produces: ['out/{n}.json'], run: 'cp {item} {produces}', check: jsonSchema('schema.json') },
  g: { requires: ['out/*.json'], produces: ['all.txt'], run: 'cat {requires} > {produces}' },
} });`;
  await using rig = await Rig.compiled({ 'in/1.json': '1', 'in/2.json': '2', 'schema.src': '{}' }, config);
  expect((await rig.build()).code).toBe(0);
  rig.write('schema.src', '{"type":');
  expect((await rig.build(['make'])).code).toBe(0);
  const words = 'its check cannot be made: schema.json: ';
  for (const args of [['status'], ['build', '-n'], ['build', '-n', '--force', 's', 'g']]) {
    const { stdout } = await rig.pipe(args);
    expect(
      stdout.match(/^would fail +s:in\/[12]\.json .*\n +its check cannot be made: schema\.json: /gm),
    ).toHaveLength(2);
    expect(stdout).toContain('2 would fail, 1 would be skipped');
  }
  expect((await rig.pipe(['why', 's:in/1.json'])).stdout).toContain(words);
  expect((await rig.pipe(['describe', 's'])).stdout).toContain(words);
  const dry = await rig.pipe(['build', '-n', '--json']);
  expect(dry.stdout.match(/"action":"fail".*"kind":"check-broken","at":"stages\.s\.check"/g)).toHaveLength(2);
  const built = await rig.build(['-k']);
  expect(built).toMatchObject({ code: 1, failed: ['s:in/1.json', 's:in/2.json'], skipped: ['g'] });
  expect(built.end('s:in/1.json')).toMatchObject({ failure: { kind: 'check-broken' } });

  // Of what is fresh no check is made.
  rig.write('schema.src', '{}');
  expect(await rig.build()).toMatchObject({ code: 0, executed: [] });
  expect((await rig.pipe(['status'])).stdout).toContain('nothing to do: 4 fresh');
});

test('what a choice of a parameter left that is gone is told in one line, in words, by a build and beforehand', async () => {
  const config = (choices: string) => `{
    params: { p: { type: 'string', choices: [${choices}], default: 'a' } },
    stages: {
      s: { forEach: 'in/{n}.txt', produces: ['out/{params.p}/{n}.o'], run: 'cp {item} {produces}' },
      g: { requires: ['out/*/*.o'], produces: ['all.txt'], run: 'cat {requires} > {produces}' },
    } }`;
  const sources = Object.fromEntries([1, 2, 3, 4].map((n) => [`in/${n}.txt`, `${n}`]));
  await using rig = await Rig.compiled(sources, config(`'a', 'b'`));
  await rig.build(['-p', 'p=b']);
  await rig.build();
  await rig.reconfigure(config(`'a'`));
  const told =
    'stage "g" requires 4 files (out/b/1.o, out/b/2.o, out/b/3.o and 1 more), made by stage "s" with p=b, which it no longer takes: a build from nothing would not have them';
  const hint = 'to delete what nobody makes any more: pipe clean --orphans';
  expect((await rig.pipe(['status'])).stdout).toContain(`warning: ${told}\n  hint: ${hint}\n`);
  const { warnings } = JSON.parse((await rig.pipe(['status', '--json'])).stdout);
  const paths = [1, 2, 3, 4].map((n) => `out/b/${n}.o`);
  expect(warnings).toEqual([{ message: told, hint, paths }]);
  expect((await rig.build(['-n'])).warnings).toEqual([told]);
  const built = await rig.build();
  expect(built.events.filter(({ kind }) => kind === 'warning')).toMatchObject([
    { message: told, hint, paths },
  ]);
  await rig.pipe(['clean', '--orphans']);
  expect(await rig.build()).toMatchObject({ code: 0, warnings: [] });
  expect(rig.read('all.txt')).toBe('1234');
});

test('of files of a stage that got another name and makes others now there is one warning, as foretold', async () => {
  const config = (name: string, ending: string) => `{ stages: {
    ${name}: { forEach: 'in/{n}.txt', produces: ['out/{n}.${ending}'], run: 'cp {item} {produces}' },
    g: { requires: ['out/*'], produces: ['all.txt'], run: 'cat {requires} > {produces}' },
  } }`;
  await using rig = await Rig.compiled({ 'in/1.txt': '1', 'in/2.txt': '2' }, config('s', 'o'));
  await rig.build();
  await rig.reconfigure(config('t', 'o'));
  await rig.build();
  await rig.reconfigure(config('t', 'p'));
  const was =
    '2 files (out/1.o, out/2.o) were made by stage "t", which no longer produces them, and stage "g" requires them by a pattern';
  const foretold = `${was}: they would be kept in .pipeline-cache/displaced`;
  expect((await rig.build(['-n'])).warnings).toEqual([foretold]);
  expect((await rig.pipe(['status'])).stdout).toContain(`warning: ${foretold}\n`);
  expect((await rig.build(['-n', '--only', 'g'])).warnings).toEqual([
    'stage "g" requires 2 files (out/1.o, out/2.o), which stage "t" made and no longer produces: a build from nothing would not have them',
  ]);
  const built = await rig.build();
  const kept = `.pipeline-cache/displaced/${built.events[0]!.runId}`;
  expect(built.warnings).toEqual([`${was}: they are kept in ${kept}`]);
  expect(rig.files(kept)).toEqual(['out/1.o', 'out/2.o']);
  expect(await rig.build()).toMatchObject({ executed: [], warnings: [] });
});
