// Files that a stage made under patterns that it no longer has: no build takes them for inputs unnoticed, and none is lost.
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildAsForetold } from '../rig/foretold.ts';
import { type Built, Rig } from '../rig/rig.ts';
import { expectNothingToDo, withoutTouching } from '../rig/untouched.ts';
import { engineId } from './signs.ts';

const config = (makes: string, requires: string) => `{ stages: {
  a: { requires: ['in.txt'], produces: ['${makes}'], run: 'cat in.txt > ${makes}' },
  c: { requires: ['${requires}'], produces: ['all.txt'], run: 'cat {requires} > all.txt' },
} }`;

/** `a` made `made`, which `c` requires so; and makes `other/a.txt` from now on. */
async function changed(
  requires: string,
  more: Record<string, string> = {},
  made = 'out/a.txt',
): Promise<Rig> {
  const rig = await Rig.compiled({ 'in.txt': 'made\n', ...more }, config(made, requires));
  expect((await rig.build()).code).toBe(0);
  await rig.reconfigure(config('other/a.txt', requires));
  return rig;
}

function keptAt(rig: Rig, built: Built, file: string): string {
  return rig.read(`.pipeline-cache/displaced/${built.events[0]?.runId}/${file}`);
}

test('of a stage that is not selected they stay, and a warning says who made them and what to do', async () => {
  await using rig = await changed('out/*.txt', { 'out/0.txt': 'mine\n' });
  const told = expect.stringContaining('"c" requires out/a.txt, which stage "a" made and no longer produces');
  for (const args of [['-n'], []])
    expect(await rig.build([...args, 'c'])).toMatchObject({ code: 0, warnings: [told] });
  const shown = await rig.pipe(['build', 'c']);
  expect(shown.stdout + shown.stderr).toContain('pipe build a');
  expect(rig.read('out/a.txt')).toBe('made\n');

  await rig.pipe(['build', 'a']);
  expect(rig.exists('out/a.txt')).toBe(false);
  expect(await rig.build(['c'])).toMatchObject({ executed: ['c'], warnings: [] });
  expect(rig.read('all.txt')).toBe('mine\n');
  await expectNothingToDo(rig);
});

test('where a pattern finds them they go with a warning, and are kept where it says', async () => {
  await using rig = await changed('out/*.txt', { 'out/0.txt': 'mine\n' });
  const built = await buildAsForetold(rig);
  expect([...built.executed].sort()).toEqual(['a', 'c']);
  expect(built.reasonsOf('c')).toContainEqual({ code: 'input-removed', path: 'out/a.txt' });
  expect(built.warnings).toHaveLength(1);
  expect(built.warnings[0]).toContain('out/a.txt was made by stage "a", which no longer produces it');
  expect(built.warnings[0]).toContain(`.pipeline-cache/displaced/${built.events[0]?.runId}/out/a.txt`);
  expect(keptAt(rig, built, 'out/a.txt')).toBe('made\n');
  await expectNothingToDo(rig);
});

test('where the state folder refuses them they are kept among temporary files; where these do too, the warning says that they are gone', async () => {
  await using rig = await changed('out/*.txt', { 'out/0.txt': 'mine\n' });
  rig.write('.pipeline-cache/displaced', 'no folder');
  const kept = await rig.build();
  expect(kept).toMatchObject({ code: 0, executed: expect.arrayContaining(['c']) });
  const [, place] = /it is kept as (\/.*out\/a\.txt)$/.exec(kept.warnings[0]!)!;
  expect(fs.readFileSync(place!, 'utf8')).toBe('made\n');

  await rig.reconfigure(config('out/a.txt', 'out/*.txt'));
  await rig.build();
  await rig.reconfigure(config('other/a.txt', 'out/*.txt'));
  const built = await rig.build([], { env: { TMPDIR: rig.path('nowhere') } });
  expect(built).toMatchObject({ code: 0, restored: expect.arrayContaining(['c']) });
  expect(built.warnings).toEqual([expect.stringContaining('it is deleted, as it cannot be kept: ')]);
  expect(rig.read('all.txt')).toBe('mine\n');
});

test('where nothing requires them they go without a word', async () => {
  await using rig = await changed('in.txt');
  expect(await buildAsForetold(rig)).toMatchObject({ executed: ['a'], fresh: ['c'], warnings: [] });
  expect(rig.exists('out')).toBe(false);
  expect(rig.exists('.pipeline-cache/displaced')).toBe(false);
  await expectNothingToDo(rig);
});

test('a pattern that finds nothing else is refused before anything runs', async () => {
  await using rig = await changed('out/*.txt');
  await withoutTouching(rig, async () => {
    for (const args of [['build'], ['build', '-n'], ['status']]) {
      const refused = await rig.pipe(args);
      expect([args, refused.code]).toEqual([args, 2]);
      expect(refused.stderr).toContain('PIPE050');
      expect(refused.stderr).toContain('out/a.txt goes, which stage "a" made and no longer produces');
    }
  });
  expect(rig.read('out/a.txt')).toBe('made\n');
});

test('why tells what status tells, also of a stage that nothing ties to their maker any more', async () => {
  await using rig = await changed('out/*.txt', { 'out/0.txt': 'mine\n' });
  const status = JSON.parse((await rig.pipe(['status', '--json'])).stdout) as {
    tasks: { stage: string; action: string; reasons: unknown[] }[];
  };
  const why = JSON.parse((await rig.pipe(['why', 'c', '--json'])).stdout) as { causes: unknown[] };
  const { action, reasons } = status.tasks.find(({ stage }) => stage === 'c')!;
  expect(action).toBe('run');
  expect(why.causes).toEqual([expect.objectContaining({ stage: 'c', action, reasons })]);
});

test.each([
  [
    'hash',
    'another stage',
    "c: { requires: ['snap.json'], produces: ['c.txt'], run: 'cp snap.json c.txt' },",
    '',
  ],
  ['hash', 'the same stage', '', "'snap.json',"],
  [
    'mtime',
    'another stage',
    "c: { requires: ['snap.json'], produces: ['c.txt'], run: 'cp snap.json c.txt' },",
    '',
  ],
])(
  'by %s, one that %s requires by its name stays, and is a source from now on',
  async (freshness, _who, more, own) => {
    const stages = (
      produces: string,
      requires: string,
    ) => `{ freshness: '${freshness}', cache: false, stages: { ${more}
    a: { requires: [${requires} 'in.txt'], produces: [${produces}], run: 'cp in.txt a.txt; test -e snap.json || cp in.txt snap.json' },
  } }`;
    await using rig = await Rig.compiled({ 'in.txt': 'one' }, stages("'a.txt', 'snap.json'", ''));
    await rig.build();
    await rig.reconfigure(stages("'a.txt'", own));
    const told =
      'snap.json was made by stage "a", which no longer produces it; it is taken as a source file from now on';
    expect(await buildAsForetold(rig)).toMatchObject({ code: 0, warnings: [told] });
    expect(rig.read('snap.json')).toBe('one');
    rig.write('in.txt', 'two');
    expect(await rig.build()).toMatchObject({ code: 0, warnings: [] });
    expect(rig.read('snap.json')).toBe('one');
    await rig.pipe(['clean']);
    expect(rig.read('snap.json')).toBe('one');
  },
);

test('clean leaves one that another stage makes by now, or names as its source', async () => {
  const stages = (a: string, more: string) => `{ stages: {
    a: { requires: ['in.txt'], produces: [${a}], run: 'touch ${a.replaceAll(/[',]/g, ' ')}' }, ${more}
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, stages("'x.txt', 'snap.json'", ''));
  await rig.build();
  await rig.reconfigure(
    stages("'y.txt'", "d: { requires: ['snap.json'], produces: ['x.txt'], run: 'cp snap.json x.txt' },"),
  );
  await rig.build(['d']);
  const cleaned = await rig.pipe(['clean', 'a', '--json']);
  expect(JSON.parse(cleaned.stdout)).toMatchObject({ removed: [], kept: [] });
  expect([rig.exists('x.txt'), rig.exists('snap.json')]).toEqual([true, true]);
});

describe('pipe accept', () => {
  const accept = ['accept', 'a', '--reason', 'as it should be'];

  test('takes them away as a build does, and tells the same', async () => {
    await using rig = await changed('out/*.txt', { 'out/0.txt': 'mine\n' });
    rig.write('other/a.txt', 'by hand\n');
    const accepted = await rig.pipe(accept);
    expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining('accepted 1 output of a') });
    const told =
      /^warning: out\/a\.txt was made by stage "a", which no longer produces it, .*: it is kept as (\S+)$/m;
    expect(rig.read(told.exec(accepted.stderr)![1]!)).toBe('made\n');
    expect(await rig.build()).toMatchObject({ code: 0, fresh: ['a'], executed: ['c'], warnings: [] });
    expect([rig.read('all.txt'), rig.read('other/a.txt')]).toEqual(['mine\n', 'by hand\n']);
  });

  test('leaves those that a stage names, and tells that they are sources', async () => {
    await using rig = await changed('out/a.txt');
    rig.write('other/a.txt', 'by hand\n');
    const { code, stderr } = await rig.pipe(accept);
    expect([code, stderr]).toEqual([0, expect.stringContaining('it is taken as a source file from now on')]);
    expect(rig.read('out/a.txt')).toBe('made\n');
  });

  test('takes away nothing where there is nothing to accept', async () => {
    await using rig = await changed('out/*.txt', { 'out/0.txt': 'mine\n' });
    expect((await rig.pipe(accept)).code).toBe(2);
    expect(rig.read('out/a.txt')).toBe('made\n');
  });

  test('does not take a half-written file under an old pattern for an input, of an attempt that was killed', async () => {
    const halfway = (makes: string) => `{ stages: {
      a: { requires: ['in.txt'], produces: ['${makes}'], run: 'echo half > ${makes}; kill -9 ${engineId}' },
      c: { requires: ['out/*.txt'], produces: ['all.txt'], run: 'cat {requires} > all.txt' },
    } }`;
    await using rig = await Rig.compiled({ 'in.txt': '1\n', 'out/0.txt': 'mine\n' }, halfway('out/a.txt'));
    await rig.pipe(['build', 'a']);
    expect(rig.read('out/a.txt')).toBe('half\n');
    await rig.reconfigure(halfway('other/a.txt'));
    rig.write('other/a.txt', 'by hand\n');
    expect((await rig.pipe(accept)).code).toBe(0);
    expect(await rig.build()).toMatchObject({ code: 0, fresh: ['a'], executed: ['c'] });
    expect(rig.read('all.txt')).toBe('mine\n');
  });
});
