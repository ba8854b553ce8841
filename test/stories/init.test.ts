// `pipe init`: a configuration to start from, that builds at once, and never over one that is there.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

test('what is written where there is nothing builds at once, and is not written twice', async () => {
  await using rig = await Rig.with({ 'texts/first.txt': 'mine' });
  const begun = await rig.pipe(['init']);
  expect(begun).toMatchObject({ code: 0, stdout: expect.stringContaining('next: pipe build') });
  expect(rig.read('texts/first.txt')).toBe('mine');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['longest', 'words'] });
  expect(rig.read('build/longest.txt')).toContain('texts/second.txt');
  rig.write('texts/second.txt', 'one two');
  expect(await rig.build()).toMatchObject({ executed: ['longest', 'words'] });
  const config = rig.read('pipeline.config.ts');
  expect(await rig.pipe(['init'])).toMatchObject({ code: 2, stderr: expect.stringContaining('PIPE007') });
  expect(rig.read('pipeline.config.ts')).toBe(config);
});

test('what other tools were told is taken over as far as it goes, and the rest is named', async () => {
  await using rig = await Rig.with({
    'package.json': JSON.stringify({ scripts: { copy: 'cp in.txt out.txt', start: 'serve' } }),
    'graph/stage-graph.json': JSON.stringify({
      stages: [
        {
          id: 'copy',
          command: 'cp in.txt out.json',
          inputs: ['in.txt'],
          outputs: ['out.json'],
          schema: 's.json',
          retries: 1,
        },
        {
          id: 'extra',
          command: 'echo $PIPE_ATTEMPT >> tries; exit 1',
          inputs: ['out.json'],
          retries: 1,
          continueOnError: true,
          'x\u001b[31m': 1,
        },
      ],
    }),
    ...{ 'in.txt': '7', 's.json': '{"type":"number"}', 'bad.json': '{"stages":[{},{}]}', 'no.json': '[' },
  });
  const graph = await rig.pipe(['init', '--from', 'graph/stage-graph.json']);
  expect(graph).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('to do     extra: "x\\x1b[31m" is not taken over'),
  });
  // The run is degraded, as with a runner that goes on after an error.
  const built = await rig.build();
  expect(built).toMatchObject({
    code: 0,
    executed: ['copy'],
    failed: ['extra'],
    finished: { outcome: 'degraded' },
  });
  expect(rig.read('tries')).toBe('1\n2\n');
  expect(await rig.build()).toMatchObject({ executed: [] });

  const scripts = await rig.pipe(['init', '--from', 'package.json', '--config', 'other/my.config.ts']);
  expect(scripts).toMatchObject({ code: 0, stdout: expect.stringContaining('wrote     other/my.config.ts') });
  expect((await rig.pipe(['list', '--config', 'other/my.config.ts'])).stdout).toMatch(/copy +.*always runs/);

  rig.remove('pipeline.config.ts');
  rig.write('latin.json', Buffer.from('{"name":"\xe9"}', 'latin1'));
  rig.write('twice.json', '{"stages":[],"stages":{}}');
  rig.write('marked.json', '\uFEFF{}');
  for (const [file, said] of [
    ['bad.json', /stages\[0\][\s\S]*stages\[1\]/],
    ['no.json', /PIPE008 no.json is no JSON/],
    ['none.json', /PIPE008 there is no file none.json/],
    ['latin.json', /PIPE008 latin.json is not UTF-8: byte 0xe9 at offset 9, in line 1; .*iconv -f latin1/],
    ['twice.json', /PIPE008 twice.json: it has "stages" twice, in line 1: nobody/],
    ['marked.json', /PIPE008 .*\n {2}at stages\n/],
  ] as const)
    expect(await rig.pipe(['init', '--from', file])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(said),
    });
  expect(rig.exists('pipeline.config.ts')).toBe(false);
});
