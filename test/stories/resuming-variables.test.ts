// A run that is gone on with reads the same files of variables, as these are inputs; and keeps nothing that stands in them.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { refused } from '../rig/refused.ts';
import { Rig } from '../rig/rig.ts';
import { everyFile } from './signs.ts';

const key = 'sesame-of-a-file-4711';

const files = {
  'in.txt': 'v0\n',
  'vars/a.env': 'TITLE=of-a-file-alone\nLANGUAGE=en\n',
  'vars/b.env': `LANGUAGE=de\nAPI_KEY=${key}\n`,
};

const pipeline = `{
  stages: {
    title: { requires: 'in.txt', env: { TITLE: true, LANGUAGE: true }, produces: 'title.txt', run: 'echo $TITLE $LANGUAGE > title.txt' },
    report: { requires: 'title.txt', secrets: ['API_KEY'], produces: 'report.txt', run: 'test ! -e broken && cp title.txt report.txt' },
  },
}`;

test('a run is resumed with its files of variables, from any folder, and does only what is left', async () => {
  await using rig = await Rig.compiled(files, pipeline);
  rig.write('broken', '');
  const vars = ['--env-file', 'a.env', '--env-file', rig.path('vars/b.env')];
  const first = await rig.build(vars, { cwd: 'vars' });
  expect(first).toMatchObject({ code: 1, executed: ['title'], failed: ['report'] });
  // One that was given by its whole path is told so.
  const envFiles = ['vars/a.env', rig.path('vars/b.env')];
  expect(first.events[0]).toMatchObject({ envFiles });
  const id = String(first.events[0]!.runId);

  rig.remove('broken');
  expect((await rig.pipe(['build', '--resume', id, '-n'])).stdout).toMatch(/1 would run, 1 fresh/);
  const resumed = await rig.build(['--resume', id]);
  expect(resumed).toMatchObject({ code: 0, executed: ['report'], finished: { fresh: 1 } });
  expect(rig.read('report.txt')).toBe('of-a-file-alone de\n');
  // It can itself be gone on with.
  expect(resumed.events[0]).toMatchObject({ envFiles });
  expect(await rig.build(['--resume', 'last'], { cwd: 'vars' })).toMatchObject({
    ...{ code: 0, executed: [], finished: { fresh: 2 } },
  });

  for (const file of everyFile(rig, '.pipeline-cache')) {
    const text = fs.readFileSync(file, 'latin1');
    expect(text.includes(key), file).toBe(false);
    // What a stage made of it is its own.
    if (file.includes('/runs/')) expect(text.includes('of-a-file-alone'), file).toBe(false);
  }
});

test('files of variables that are given with --resume stand for all that the run was given', async () => {
  await using rig = await Rig.compiled(files, pipeline);
  const vars = ['--env-file', 'vars/a.env', '--env-file', 'vars/b.env'];
  expect(await rig.build(vars)).toMatchObject({ executed: ['report', 'title'] });
  rig.write('c.env', 'TITLE=other\nAPI_KEY=another-key\n');
  const anew = await rig.build(['--resume', 'last', '--env-file', 'c.env']);
  expect(anew).toMatchObject({ executed: ['report', 'title'] });
  expect(anew.events[0]).toMatchObject({ envFiles: ['c.env'] });
  expect(rig.read('report.txt')).toBe('other\n');
});

test('a file of variables that is gone is told before anything is touched, and another may be given', async () => {
  await using rig = await Rig.compiled(files, pipeline);
  const vars = ['--env-file', 'vars/a.env', '--env-file', 'vars/b.env'];
  const id = String((await rig.build(vars)).events[0]!.runId);
  rig.write('c.env', rig.read('vars/b.env'));
  rig.remove('vars/b.env');
  expect(await refused(rig, ['build', '--resume', 'last'])).toBe(
    `PIPE035 the environment file vars/b.env, which run ${id} was given, is not there any more\n` +
      '  at --resume\n' +
      '  hint: put it back, or say with --env-file what is to be read instead of all that the run was given',
  );
  expect(await refused(rig, ['build', '--resume', 'last'], { cwd: 'vars' })).toContain('file b.env,');
  const others = ['--env-file', 'vars/a.env', '--env-file', 'c.env'];
  expect(await rig.build(['--resume', 'last', ...others])).toMatchObject({ code: 0, executed: [] });
});

test('a run of one stage tells its files of variables too, and a run without any has none', async () => {
  await using rig = await Rig.compiled(files, pipeline);
  const ran = await rig.pipe(['run', 'title', '--json', '--env-file', 'vars/a.env']);
  expect(JSON.parse(ran.stdout.split('\n')[0]!)).toMatchObject({ envFiles: ['vars/a.env'] });
  expect(await rig.build(['--resume', 'last'])).toMatchObject({ executed: [], finished: { fresh: 1 } });
  const bare = await rig.build(['title']);
  expect(bare.executed).toEqual(['title']);
  expect(bare.events[0]).not.toHaveProperty('envFiles');
  expect(await rig.build(['--resume', 'last'])).toMatchObject({ executed: [], finished: { fresh: 1 } });
});
