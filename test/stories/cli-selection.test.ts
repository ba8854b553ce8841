// Which stages a command is about: targets, --from, --to, --only, --skip, --force.
import { describe, expect, test } from 'vitest';
import { Rig, type RunOptions } from '../rig/rig.ts';
import { text, words } from './words.ts';

/** What a build with these words on its command line would look at, in order. */
async function selected(rig: Rig, args: readonly string[], options: RunOptions = {}) {
  const { events } = await rig.build(['--dry-run', ...args], options);
  return events.flatMap((event) => (event.kind === 'task-planned' ? [String(event.task)] : []));
}

test.each([
  // What is asked for, and what is built for it.
  [[], ['upper', 'lower', 'join', 'count']],
  [['join'], ['upper', 'lower', 'join']],
  [
    ['upper', 'lower'],
    ['upper', 'lower'],
  ],
  [['cases'], ['upper', 'lower']],
  [['out/joined.txt'], ['upper', 'lower', 'join']],
  [['./out/upper.txt'], ['upper']],
  [
    ['--to', 'join'],
    ['upper', 'lower', 'join'],
  ],
  [
    ['--to', 'upper', '--to', 'lower'],
    ['upper', 'lower'],
  ],
  [
    ['--to', 'upper,lower'],
    ['upper', 'lower'],
  ],
  [['--only', 'join'], ['join']],
  [
    ['--only', 'upper,count'],
    ['upper', 'count'],
  ],
  [
    ['--only', 'upper', '--only', 'count'],
    ['upper', 'count'],
  ],
  [
    ['--skip', 'count'],
    ['upper', 'lower', 'join'],
  ],
  [
    ['--skip', 'count,upper'],
    ['lower', 'join'],
  ],
  [
    ['join', '--skip', 'upper'],
    ['lower', 'join'],
  ],
  [['join', '--to', 'lower'], ['lower']],
  [['--only', 'upper,count', '--skip', 'upper', '--skip', 'lower'], null],
] as const)('build %j is about %j', async (args, expected) => {
  await using rig = await Rig.compiled({ ...text, 'out/upper.txt': 'A', 'out/lower.txt': 'a' }, words);
  rig.write('out/joined.txt', 'Aa');
  if (expected === null) expect((await rig.build(args)).code).toBe(2);
  else expect(await selected(rig, args)).toEqual(expected);
});

test('--from takes a stage and all downstream, several unite, --to and targets cut', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  expect(await selected(rig, ['--from', 'join'])).toEqual(['join', 'count']);
  expect(await selected(rig, ['--from', 'upper'])).toEqual(['upper', 'join', 'count']);
  expect(await selected(rig, ['--from', 'upper', '--from', 'lower'])).toEqual([
    'upper',
    'lower',
    'join',
    'count',
  ]);
  expect(await selected(rig, ['--from', 'upper,lower', '--to', 'join'])).toEqual(['upper', 'lower', 'join']);
  expect(await selected(rig, ['join', '--from', 'upper'])).toEqual(['upper', 'join']);
  expect(await selected(rig, ['--from', 'upper', '--skip', 'join'])).toEqual(['upper', 'count']);
});

test('--from runs nothing before it, and names the files that are then missing', async () => {
  await using rig = await Rig.compiled(text, words);
  const built = await rig.build(['--from', 'join']);
  expect(built).toMatchObject({ code: 2, stdout: '' });
  expect(built.stderr).toContain('PIPE033');
  expect(built.stderr).toContain('out/upper.txt');
  expect(built.stderr).toContain('out/lower.txt');
  expect(rig.files()).toEqual(['in.txt', 'pipeline.config.ts']);
});

test('a path is meant from the folder in which it is typed', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  expect(await selected(rig, ['upper.txt'], { cwd: 'out' })).toEqual(['upper']);
  expect(await selected(rig, ['../out/lower.txt'], { cwd: 'out' })).toEqual(['lower']);
  expect(await selected(rig, [rig.path('out/lower.txt')], { cwd: 'out' })).toEqual(['lower']);
});

test('a stage comes before a file of the same name', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { a: { produces: ['b'], run: 'echo > b' }, b: { run: 'true' } } }`,
  );
  expect(await selected(rig, ['b'])).toEqual(['b']);
  expect(await selected(rig, ['./b'])).toEqual(['a']);
});

test('--force reruns the named targets, not what they need', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  const built = await rig.build(['--force', 'join']);
  expect(built).toMatchObject({ executed: ['join'], fresh: ['lower', 'upper'] });
  expect(built.reasonsOf('join')).toContainEqual({ code: 'forced' });
});

test('--force without targets reruns all that is selected', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  expect((await rig.build(['--force'])).executed).toEqual(['count', 'join', 'lower', 'upper']);
  expect((await rig.build(['--force', '--from', 'join'])).executed).toEqual(['count', 'join']);
});

test.each([
  [['--only', 'join', '--from', 'upper'], 'PIPE031'],
  [['--only', 'join', '--to', 'upper'], 'PIPE031'],
  [['join', '--only', 'join'], 'PIPE031'],
  [['join', '--skip', 'join'], 'PIPE031'],
  [['upper', '--from', 'count'], 'PIPE032'],
  [['--skip', 'upper,lower,join,count'], 'PIPE032'],
  [['jion'], 'PIPE030'],
  [['--from', 'jion'], 'PIPE030'],
  [['--to', 'jion'], 'PIPE030'],
  [['--only', 'jion'], 'PIPE030'],
  [['--skip', 'jion'], 'PIPE030'],
] as const)('build %j is exit code 2 with %s, and nothing runs', async (args, code) => {
  await using rig = await Rig.compiled(text, words);
  const built = await rig.build(args);
  expect(built).toMatchObject({ code: 2, stdout: '' });
  expect(built.stderr).toContain(code);
  expect(rig.files()).toEqual(['in.txt', 'pipeline.config.ts']);
});

test('status and graph select as build does', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  const flags = ['cases', '--from', 'upper'];
  const status = JSON.parse((await rig.pipe(['status', '--json', ...flags])).stdout);
  expect(status.tasks.map((task: { task: string }) => task.task)).toEqual(['upper']);
  const graph = JSON.parse((await rig.pipe(['graph', '--json', ...flags])).stdout);
  expect(graph.stages.map((stage: { name: string }) => stage.name)).toEqual(['upper']);
  for (const command of ['status', 'graph']) {
    const cut = await rig.pipe([command, '--json', '--to', 'join', '--skip', 'upper']);
    expect(cut.stdout).not.toMatch(/"(?:name|task)": "(?:upper|count)"/);
    const only = await rig.pipe([command, '--json', '--only', 'count']);
    expect(only.stdout).toMatch(/"(?:name|task)": "count"/);
    expect(only.stdout).not.toMatch(/"(?:name|task)": "join"/);
  }
});

describe('a file that a pattern matches and that nothing makes', () => {
  const parts = `{ stages: {
    parts: { requires: ['in.txt'], produces: ['parts/*.txt', 'whole/'], run: 'mkdir -p parts whole/sub; for n in $(cat in.txt); do echo $n > parts/$n.txt; done; ln -s /nowhere parts/link.txt; cp in.txt whole/sub/' },
    each: { forEach: 'src/{n}', produces: ['each/{n}.*'], run: 'cp {item} each/{n}.o' },
    bad: { produces: ['bad/*.txt'], run: 'exit 1' },
  } }`;
  const files = { 'in.txt': 'one two', 'src/a': 'a' };
  const warning = (path: string, stage: string, pattern: string) =>
    `there is no ${path}: stage "${stage}" is up to date without having made this file, which matches its "${pattern}"`;

  test('is told of after a build that ran, after one with nothing to do, and before either', async () => {
    await using rig = await Rig.compiled(files, parts);
    const onne = warning('parts/onne.txt', 'parts', 'parts/*.txt');
    // Nobody knows yet what it will make.
    expect((await rig.pipe(['build', '-n', 'parts/onne.txt'])).stdout).not.toContain('warning');
    for (let i = 0; i < 3; i++)
      expect(await rig.build(['parts/onne.txt'])).toMatchObject({ code: 0, warnings: [onne] });
    for (const args of [
      ['status', 'onne.txt'],
      ['build', '-n', 'onne.txt'],
      ['build', '--only', 'onne.txt'],
      ['build', '--to', 'onne.txt'],
      ['status', '--to', 'onne.txt'],
    ]) {
      const { code, stdout, stderr } = await rig.pipe(args, { cwd: 'parts' });
      expect([args, code, stdout + stderr]).toEqual([
        args,
        0,
        expect.stringContaining(`${onne}\n  hint: did you mean "parts/one.txt"?\n`),
      ]);
    }
    const { warnings } = JSON.parse((await rig.pipe(['status', '--json', 'parts/onne.txt'])).stdout);
    expect(warnings).toMatchObject([{ message: onne, paths: ['parts/onne.txt'] }]);
    // Where what follows is asked for, it is only a name for its stage.
    expect((await rig.build(['--from', 'parts/onne.txt'])).warnings).toEqual([]);
  });

  test('is no such file where it is a link, a folder of outputs, or an item has made it', async () => {
    await using rig = await Rig.compiled(files, parts);
    for (let i = 0; i < 2; i++) {
      const targets = ['parts/link.txt', 'whole/sub', 'parts/one.txt', 'each/a.o'];
      expect((await rig.build(targets)).warnings).toEqual([]);
    }
    expect((await rig.build(['each/a.c'])).warnings).toEqual([warning('each/a.c', 'each', 'each/{n}.*')]);
  });

  test('and one that is made no more is told of by a plain build as well, of all or of a part', async () => {
    await using rig = await Rig.compiled(files, parts);
    const build = () => rig.pipe(['build', 'parts/two.txt', 'parts/one.txt', 'each']);
    const told = (text: string) => text.match(/there is no \S+/g);
    expect(told((await build()).stdout)).toBeNull();
    expect(told((await build()).stdout)).toBeNull();
    rig.write('in.txt', 'one');
    for (let i = 0; i < 3; i++) expect(told((await build()).stdout)).toEqual(['there is no parts/two.txt:']);
    rig.write('in.txt', 'one two');
    for (let i = 0; i < 3; i++) expect(told((await build()).stdout)).toBeNull();
  });

  test('is not told of where its stage has failed', async () => {
    await using rig = await Rig.compiled(files, parts);
    expect(await rig.build(['bad/x.txt'])).toMatchObject({ code: 1, warnings: [] });
  });
});
