// What lies in a folder that a stage owns under a name that no pattern matches: whose it is, and when it goes.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { expectNothingToDo } from '../rig/untouched.ts';
import { engineId } from './signs.ts';

describe('in a folder that a stage owns, .git is no output; and', () => {
  /** As `git clone`: it takes no folder in which there is something. */
  const clone = `test -z "$(ls -A out)" || exit 128; mkdir out/.git; cp in.txt out/.git/head; echo ref > out/.git/config; cp in.txt out/file.txt; test -e go || kill -9 ${engineId}`;
  const config = (run: string, more = '') =>
    `{ stages: { clone: { requires: ['in.txt'], produces: ['out/'], run: '${run}', ${more} } } }`;

  async function cloned(run = clone): Promise<Rig> {
    const rig = await Rig.compiled({ 'in.txt': 'one', go: '' }, config(run));
    expect((await rig.build()).executed).toEqual(['clone']);
    return rig;
  }
  const rebuilt = async (rig: Rig, text: string) => {
    rig.write('in.txt', text);
    return rig.build();
  };

  test('that which the stage made goes with its old outputs', async () => {
    await using rig = await cloned();
    expect(await rebuilt(rig, 'two')).toMatchObject({ code: 0, executed: ['clone'], warnings: [] });
    expect([rig.read('out/.git/head'), rig.read('out/file.txt')]).toEqual(['two', 'two']);
    await expectNothingToDo(rig);
    // A result from the cache has none.
    expect(await rebuilt(rig, 'one')).toMatchObject({ code: 0, restored: ['clone'], warnings: [] });
    expect(rig.files('out')).toEqual(['file.txt']);
    await expectNothingToDo(rig);
    expect(await rebuilt(rig, 'three')).toMatchObject({ code: 0, executed: ['clone'], warnings: [] });
    await rig.pipe(['clean']);
    expect(rig.exists('out/.git')).toBe(false);
  });

  test('a real clone can be made again', async () => {
    const git = (args: readonly string[]) => {
      const identity = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.org'];
      return spawnSync('git', [...identity, '-C', rig.path('source'), ...args], { stdio: 'ignore' }).status;
    };
    await using rig = await Rig.compiled(
      { 'source/file.txt': 'one', 'in.txt': 'one' },
      config('git clone -q source out 2> said || { grep -q "not found" said && cp -r source/. out; }'),
    );
    const hasGit =
      git(['init', '-q']) === 0 && git(['add', '.']) === 0 && git(['commit', '-qm', 'one']) === 0;
    if (!hasGit) console.warn('NOT TESTED with the real git, which is not here: a copy takes its place');
    expect(await rig.build()).toMatchObject({ code: 0, executed: ['clone'] });
    rig.write('source/file.txt', 'two');
    git(['commit', '-qam', 'two']);
    expect(await rebuilt(rig, 'two')).toMatchObject({ code: 0, executed: ['clone'], warnings: [] });
    expect(rig.read('out/file.txt')).toBe('two');
  });

  test('that in which a person worked since is kept, and told of', async () => {
    await using rig = await cloned();
    rig.write('out/.git/mine', 'my commit');
    expect(JSON.parse((await rig.pipe(['clean', '--dry-run', '--json'])).stdout)).toMatchObject({
      removed: ['out/file.txt'],
      kept: ['out/.git'],
    });
    const built = await rebuilt(rig, 'two');
    expect(built).toMatchObject({ code: 0, executed: ['clone'] });
    const kept = `.pipeline-cache/displaced/${built.events[0]?.runId}/out/.git`;
    expect(built.warnings).toEqual([`out/.git is not as clone last left it; it is kept as ${kept}`]);
    expect(rig.read(`${kept}/mine`)).toBe('my commit');
    expect(await rebuilt(rig, 'three')).toMatchObject({ code: 0, warnings: [] });
  });

  test('that which a person made stays where it is', async () => {
    const copies = 'cp in.txt out/file.txt';
    await using rig = await Rig.compiled({ 'in.txt': 'one', 'out/.git/mine': 'my history' }, config(copies));
    for (const text of ['one', 'two', 'three', 'one']) {
      expect(await rebuilt(rig, text)).toMatchObject({ code: 0, warnings: [] });
      expect([rig.read('out/.git/mine'), rig.read('out/file.txt')]).toEqual(['my history', text]);
    }
    // Also where an attempt fails or is killed.
    for (const end of ['exit 1', `kill -9 ${engineId}`]) {
      await rig.reconfigure(config(`${copies}; ${end}`));
      await rig.pipe(['build']);
      await rig.reconfigure(config(copies));
      expect(await rebuilt(rig, end)).toMatchObject({ code: 0, warnings: [] });
      expect(rig.read('out/.git/mine')).toBe('my history');
    }
    await rig.pipe(['clean']);
    expect(rig.read('out/.git/mine')).toBe('my history');
  });

  test('it is looked at before a result that stands goes, as it does not pass a check any more', async () => {
    const checked = (run: string, lines: number) => `
      import { definePipeline, minLines } from 'pipe-build';
      const run = ${JSON.stringify(run)};
      const check = { 'out/file.txt': minLines(${lines}) };
      export default definePipeline({
        stages: { clone: { requires: ['in.txt'], produces: ['out/'], run, check } },
      });`;
    for (const makes of [false, true]) {
      const run = `cp in.txt out/file.txt${makes ? '; mkdir out/.git; echo ref > out/.git/config' : ''}`;
      await using rig = await Rig.compiled({ 'in.txt': 'one' }, checked(run, 1));
      expect((await rig.build()).executed).toEqual(['clone']);
      rig.write('out/.git/mine', 'my commit');
      await rig.reconfigure(checked(run, 5));
      const built = await rig.build();
      expect(built.end('clone')?.failure?.kind).toBe('check-failed');
      const kept = `.pipeline-cache/displaced/${built.events[0]?.runId}/out/.git`;
      expect(built.warnings).toEqual(
        makes ? [`out/.git is not as clone last left it; it is kept as ${kept}`] : [],
      );
      expect(rig.read(makes ? `${kept}/mine` : 'out/.git/mine')).toBe('my commit');
      expect(rig.exists('out/file.txt')).toBe(false);
    }
  });

  test('that which a failed attempt made goes with what else it made', async () => {
    await using rig = await Rig.compiled({ 'in.txt': 'one', go: '' }, config(`${clone}; exit $(cat in.txt)`));
    expect((await rebuilt(rig, '3')).failed).toEqual(['clone']);
    expect(rig.exists('out/.git')).toBe(false);
    expect(await rebuilt(rig, '0')).toMatchObject({ code: 0, executed: ['clone'], warnings: [] });
  });

  test('that which a killed attempt left is put away, with a warning', async () => {
    await using rig = await Rig.compiled({ 'in.txt': 'one' }, config(clone));
    await rig.pipe(['build']);
    expect(rig.exists('out/.git')).toBe(true);
    rig.write('go', '');
    const next = await rig.build();
    expect(next).toMatchObject({ code: 0, executed: ['clone'] });
    expect(next.warnings).toEqual([
      expect.stringContaining('out/.git is not as clone last left it; it is kept as'),
    ]);
    expect(await rebuilt(rig, 'two')).toMatchObject({ code: 0, executed: ['clone'], warnings: [] });
  });

  test('none of it is touched where a tool updates its outputs', async () => {
    const updates = 'mkdir -p out/.git; cat in.txt >> out/.git/head; cp in.txt out/file.txt';
    await using rig = await Rig.compiled({ 'in.txt': 'one' }, config(updates, 'clean: false'));
    await rig.build();
    expect(await rebuilt(rig, 'two')).toMatchObject({ code: 0, warnings: [] });
    expect(rig.read('out/.git/head')).toBe('onetwo');
  });
});
