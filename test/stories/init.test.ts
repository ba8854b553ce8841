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

test.each([
  ['--config x/my.config.ts', ['x/texts/first.txt', 'x/texts/second.txt', 'x/my.config.ts']],
  ['--root sub', ['sub/texts/first.txt', 'sub/texts/second.txt', 'sub/pipeline.config.ts']],
  ['--config conf/my.config.ts --root .', ['texts/first.txt', 'texts/second.txt', 'conf/my.config.ts']],
  ['--config ci', ['ci/texts/first.txt', 'ci/texts/second.txt', 'ci/pipeline.config.ts']],
  ['--config ../a.mjs --root ../data', ['../data/texts/first.txt', '../data/texts/second.txt', '../a.mjs']],
])('what is written with %s is built by the command that is told', async (place, written) => {
  await using rig = await Rig.with({ 'here/ci/x': '' });
  const begun = await rig.pipe(['init', ...place.split(' ')], { cwd: 'here' });
  const lines = written.map((file) => `wrote     ${file}\n`).join('');
  expect(begun).toMatchObject({ code: 0, stdout: `${lines}\nnext: pipe build ${place}\n`, stderr: '' });
  const built = await rig.pipe(['build', ...place.split(' ')], { cwd: 'here' });
  expect(built).toMatchObject({ code: 0, stdout: expect.stringContaining('2 ran') });
});

test('that a configuration above is not found any more is told, and of one that is, nothing', async () => {
  await using rig = await Rig.with({ 'sub/deep/x': '', 'there/x': '' }, '{ stages: {} }');
  const told = async (cwd: string, ...place: string[]) =>
    /note {6}(.*)\n/.exec((await rig.pipe(['init', ...place], { cwd })).stdout)?.[1];
  expect(await told('sub/deep')).toBe(
    '../../pipeline.config.ts lies above: from now on, commands here use the new one',
  );
  expect(await told('sub', '--root', '../there')).toBe(
    '../pipeline.config.ts lies above: from now on, commands in ../there use the new one',
  );
  // It is named each time, and nobody finds it unasked.
  expect(await told('sub', '--config', 'other.config.ts')).toBeUndefined();
});

test('its help says where it writes, and not where others look', async () => {
  await using rig = await Rig.with({});
  const { stdout } = await rig.pipe(['init', '--help']);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('(default: pipeline.config.ts in the root folder)');
  expect(stdout).not.toContain('above');
});

test('what is told to type next is quoted for a shell, and also what is taken over has its root', async () => {
  await using rig = await Rig.with({ 'package.json': JSON.stringify({ scripts: { copy: 'true' } }) });
  const begun = await rig.pipe(['init', '--root', "ann's", '--config', 'a b.ts', '--from', 'package.json']);
  expect(begun.stdout).toContain(`next: pipe build --config 'a b.ts' --root 'ann'\\''s'\n`);
  expect(await rig.pipe(['build', '--root', "ann's", '--config', 'a b.ts'])).toMatchObject({ code: 0 });
});

test.each([
  ['--config foo.yaml', 'foo.yaml would be no configuration', 'such as foo.ts,'],
  ['--config conf', 'conf would be no configuration', 'such as conf/pipeline.config.ts,'],
  ['--config conf/', 'conf/ would be no configuration', 'such as conf/pipeline.config.ts,'],
  ['--root file', 'file is no folder', 'name another folder'],
  ['--root file/sub', 'sub cannot be made in it', 'name another folder'],
  ['--config file/my.config.ts', 'file is no folder', 'name another folder'],
  ['--root held', 'held/texts is no folder', 'move away what is there'],
])('what could not be built later is not begun: %s', async (place, said, hint) => {
  await using rig = await Rig.with({ file: '', 'held/texts': '' });
  const refused = await rig.pipe(['init', ...place.split(' ')]);
  expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(said) });
  expect(refused.stderr).toMatch(/^PIPE034 .*\n {2}at .*\n {2}hint: .*\n$/);
  expect(refused.stderr).toContain(hint);
  expect(rig.files()).toEqual(['file', 'held/texts']);
});

test('a folder that has a configuration of another kind has one already', async () => {
  await using rig = await Rig.with({ 'ci/pipeline.config.mjs': '', 'ci/my.ts': '' });
  for (const [config, present] of [
    ['ci', 'pipeline.config.mjs'],
    ['ci/pipeline.config.ts', 'pipeline.config.mjs'],
    ['ci/pipeline.config.js', 'pipeline.config.mjs'],
    ['ci/my.ts', 'my.ts'],
  ] as const)
    expect(await rig.pipe(['init', '--config', config])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(`PIPE007 there is a ${present} in .*/ci already\n.*another --config`),
    });
  expect(rig.files()).toEqual(['ci/my.ts', 'ci/pipeline.config.mjs']);
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
  expect(rig.read('pipeline.config.ts')).toMatch(/^\/\/ Written from stage-graph.json.\n/);

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
  rig.write('no.yaml', 'stages:\n');
  rig.write('empty/package.json', '{}');
  rig.write('same/package.json', '{"scripts":{"a:b":"true","a-b":"true"}}');
  rig.write('twice.json', '{"stages":[],"stages":{}}');
  rig.write('marked.json', '\uFEFF{}');
  for (const [file, said] of [
    ['bad.json', /stages\[0\][\s\S]*stages\[1\]/],
    ['no.json', /PIPE008 no.json is no JSON: .*\n {2}at --from\n {2}hint: mend no.json, /],
    ['no.yaml', /PIPE008 no.yaml is no JSON: .*\n {2}at --from\n {2}hint: name a package.json/],
    ['graph', /PIPE008 graph is a folder\n {2}at --from\n {2}hint: name a package.json/],
    ['empty/package.json', /PIPE008 .*no script.*\n {2}at scripts\n {2}hint: without --from, /],
    ['same/package.json', /PIPE008 .*"a-b"\n {2}at scripts\n {2}hint: rename /],
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

test('scripts are done in the order in which npm does them', async () => {
  const say = (word: string) => `echo ${word} >> said`;
  const build = { prebuild: say('before'), build: 'npm run b && npm run a', postbuild: say('after') };
  await using rig = await Rig.with({
    'package.json': JSON.stringify({
      scripts: { ...build, a: say('a'), b: say('b'), preb: say('before-b'), posta: say('after-a') },
    }),
  });
  expect(await rig.pipe(['init', '--from', 'package.json'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('to do     a: npm runs posta after it'),
  });
  expect(await rig.build(['build', '-j4'])).toMatchObject({ code: 0 });
  expect(rig.read('said')).toBe('before\nbefore-b\nb\na\nafter-a\nafter\n');
});
