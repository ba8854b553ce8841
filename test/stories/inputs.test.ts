// What counts as an input, and what becomes of odd ones.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildAsForetold } from '../rig/foretold.ts';
import { Rig } from '../rig/rig.ts';
import { expectNothingToDo } from '../rig/untouched.ts';

const copy = `{ stages: { copy: { requires: ['in.txt'], produces: ['out.txt'], run: 'cat in.txt > out.txt' } } }`;
const join = (...patterns: readonly string[]) =>
  `{ stages: { join: { requires: ${JSON.stringify(patterns)}, produces: ['all.txt'], run: 'cat {requires} > all.txt' } } }`;

test('a link counts with its text and with what it leads to', async () => {
  await using rig = await Rig.compiled(
    { 'a/one.txt': 'same', 'a/two.txt': 'same', 'a/three.txt': 'other' },
    copy,
  );
  const link = (target: string) => {
    rig.remove('in.txt');
    fs.symlinkSync(target, rig.path('in.txt'));
  };
  const changed = [{ code: 'input-changed', path: 'in.txt' }];
  link('a/one.txt');
  await rig.build();
  await expectNothingToDo(rig);

  link('a/two.txt');
  expect((await buildAsForetold(rig)).reasonsOf('copy')).toEqual(changed);
  link('a/three.txt');
  expect((await buildAsForetold(rig)).reasonsOf('copy')).toEqual(changed);
  expect(rig.read('out.txt')).toBe('other');
  rig.write('a/three.txt', 'edited');
  expect((await buildAsForetold(rig)).reasonsOf('copy')).toEqual(changed);
  expect(rig.read('out.txt')).toBe('edited');
  fs.chmodSync(rig.path('a/three.txt'), 0o755);
  expect((await buildAsForetold(rig)).reasonsOf('copy')).toEqual(changed);
  // A file in place of the link, with the same content, is another input.
  rig.remove('in.txt');
  rig.write('in.txt', 'edited');
  expect((await buildAsForetold(rig)).reasonsOf('copy')).toEqual(changed);
  await expectNothingToDo(rig);
});

test('a dangling link is an input like others, and is seen when its target comes', async () => {
  const config = copy.replace('cat in.txt', '(cat in.txt || echo none)');
  await using rig = await Rig.compiled({}, config);
  fs.symlinkSync('later.txt', rig.path('in.txt'));
  await buildAsForetold(rig);
  expect(rig.read('out.txt')).toBe('none\n');
  await expectNothingToDo(rig);
  rig.write('later.txt', 'here');
  expect((await buildAsForetold(rig)).executed).toEqual(['copy']);
  expect(rig.read('out.txt')).toBe('here');
});

test.each(['hash', 'mtime'])('a link that leads to itself fails clearly under %s', async (freshness) => {
  await using rig = await Rig.compiled({}, copy.replace('copy: {', `copy: { freshness: '${freshness}',`));
  fs.symlinkSync('in.txt', rig.path('in.txt'));
  const built = await buildAsForetold(rig);
  expect(built.code).toBe(1);
  expect(built.end('copy')?.failure).toEqual({
    kind: 'input-unreadable',
    path: 'in.txt',
    message: 'is a link that leads to itself',
  });
});

test('a pipe, and a link to a device, fail at once instead of being read', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a' }, join('src/*'));
  execFileSync('mkfifo', [rig.path('src/fifo')]);
  const fifo = await buildAsForetold(rig);
  expect(fifo.end('join')?.failure).toMatchObject({ kind: 'input-unreadable', path: 'src/fifo' });
  rig.remove('src/fifo');
  fs.symlinkSync('/dev/zero', rig.path('src/zero'));
  const device = await buildAsForetold(rig);
  expect(device.end('join')?.failure).toMatchObject({ kind: 'input-unreadable', path: 'src/zero' });
  rig.remove('src/zero');
  expect((await buildAsForetold(rig)).executed).toEqual(['join']);
});

test('linked folders are followed, once, and circles end', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a', 'other/deep/b.txt': 'b' }, join('src/**/*.txt'));
  fs.symlinkSync('../other', rig.path('src/linked'));
  fs.symlinkSync('..', rig.path('src/circle'));
  fs.symlinkSync('../../src', rig.path('other/deep/back'));
  await buildAsForetold(rig);
  expect(rig.read('all.txt')).toBe('ab');
  await expectNothingToDo(rig);
  rig.write('other/deep/b.txt', 'B');
  expect((await buildAsForetold(rig)).reasonsOf('join')).toEqual([
    { code: 'input-changed', path: 'src/linked/deep/b.txt' },
  ]);
  rig.remove('src/linked');
  expect((await buildAsForetold(rig)).reasonsOf('join')).toEqual([
    { code: 'input-removed', path: 'src/linked/deep/b.txt' },
  ]);
});

test('patterns mean what they say: dotfiles, folders, case, braces, classes, escapes, exclusions', async () => {
  await using rig = await Rig.with({
    'src/a.txt': 'a',
    'src/B.TXT': 'B',
    'src/.dot.txt': '.',
    'src/sub/c.txt': 'c',
    'src/sub/.git/d.txt': 'd',
    'src/[x].txt': '[',
    'src/star*.txt': '*',
  });
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['src/*.txt'], '[a*'],
    [['src/**/*.txt'], '[a*c'],
    [['src/'], '.B[a*c'],
    [['src/*.{txt,TXT}', '!src/[[]*'], 'Ba*'],
    [['src/[a-b].txt'], 'a'],
    [['src/\\[x\\].txt', 'src/star\\*.txt'], '[*'],
    [['src/.*'], '.'],
    [['src/**', '!src/sub/**', 'src/sub/c.*'], 'B[a*c'],
  ];
  for (const [patterns, expected] of cases) {
    await rig.reconfigure(join(...patterns));
    await rig.build();
    expect([patterns, rig.read('all.txt')]).toEqual([patterns, expected]);
  }
});

test('inputs outside of the workspace count like those inside', async () => {
  await using outside = await Rig.with({ 'a.txt': 'a' });
  await using rig = await Rig.compiled({}, join(`${outside.root}/*.txt`));
  await buildAsForetold(rig);
  outside.write('b.txt', 'b');
  expect((await buildAsForetold(rig)).reasonsOf('join')).toEqual([
    { code: 'input-added', path: outside.path('b.txt') },
  ]);
  expect(rig.read('all.txt')).toBe('ab');
  await expectNothingToDo(rig);
});

const oddNames = [
  'with space.txt',
  'new\nline.txt',
  'return\r\u2028\uE0001.txt',
  `quo"te's.txt`,
  '🎈 é.txt',
  '-rf',
  '$(touch pwned);`touch pwned`.txt',
  '*?[a]{b}.txt',
  '#&|<>!~',
  `${'é'.repeat(127)}x`,
];

test('files of any name come through patterns, placeholders and the cache', async () => {
  await using rig = await Rig.compiled(
    Object.fromEntries(oddNames.map((name) => [`src/${name}`, `content of ${name}\n`])),
    `{ stages: {
      shell: { requires: ['src/*'], produces: ['copies/'], cwd: 'src', run: 'cp {requires} ../copies' },
      plain: { requires: ['copies/'], produces: ['exec/*'], cwd: 'copies', run: exec('cp', '{requires}', '../exec') },
      inline: { requires: ['exec/*'], produces: ['names.json'], run: async (ctx) => {
        const fs = await import('node:fs');
        fs.writeFileSync('names.json', JSON.stringify(ctx.requires));
      } },
    } }`,
  );
  const built = await buildAsForetold(rig);
  expect(built.failed).toEqual([]);
  const names = [...oddNames].sort();
  expect(rig.files('copies')).toEqual(names);
  expect(JSON.parse(rig.read('names.json'))).toEqual(names.map((name) => `exec/${name}`));
  expect(rig.exists('src/pwned') || rig.exists('pwned')).toBe(false);
  await expectNothingToDo(rig);

  rig.remove('copies');
  rig.remove('exec');
  expect((await buildAsForetold(rig)).restored).toEqual(['plain', 'shell']);
  for (const name of oddNames) expect(rig.read(`exec/${name}`)).toBe(`content of ${name}\n`);
  await expectNothingToDo(rig);
});

test('{requires} and ctx.requires name what was declared, not the code that works on it', async () => {
  await using rig = await Rig.compiled(
    {
      'a.txt': 'a',
      'tools/show.mjs': 'console.log(process.argv.slice(2).join())',
      'stage.ts': `import fs from 'node:fs';
        export default (ctx) => fs.writeFileSync('script.txt', ctx.requires.join());`,
    },
    `{ stages: {
      shell: { requires: ['*a.txt'], produces: ['shell.txt'], run: 'node tools/show.mjs {requires} > shell.txt' },
      script: { requires: ['a.txt', 'tools/*'], produces: ['script.txt'], run: script('./stage.ts') },
    } }`,
  );
  await buildAsForetold(rig);
  expect([rig.read('shell.txt'), rig.read('script.txt')]).toEqual(['a.txt\n', 'a.txt,tools/show.mjs']);
});

test('a name that is no text fails clearly, as an input and as an output', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a' }, join('src/*'));
  const odd = Buffer.concat([Buffer.from(rig.path('src/odd')), Buffer.from([0xff, 0xfe])]);
  fs.writeFileSync(odd, 'b');
  const built = await rig.build();
  expect(built.end('join')?.failure).toMatchObject({
    kind: 'input-unreadable',
    message: 'has a name that is not valid UTF-8',
  });
  fs.rmSync(odd);
  await rig.reconfigure(
    `{ stages: { make: { requires: ['src/*'], produces: ['out/'], run: 'touch "out/odd$(printf "\\\\377")"' } } }`,
  );
  const made = await rig.build();
  expect(made.end('make')?.failure).toMatchObject({
    kind: 'output-blocked',
    message: 'has a name that is not valid UTF-8',
  });
});

test('a link whose text is no text fails clearly, as an input and as an output: it could not be made again', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a' }, join('src/*'));
  fs.symlinkSync(Buffer.from([0x61, 0xff]), rig.path('src/link'));
  const message = 'is a link whose text is not valid UTF-8';
  const built = await rig.build();
  expect(built.end('join')?.failure).toMatchObject({ kind: 'input-unreadable', path: 'src/link', message });
  rig.remove('src/link');
  await rig.reconfigure(
    `{ stages: { make: { requires: ['src/*'], produces: ['out/'], run: 'mkdir -p out; ln -s "$(printf "a\\\\377")" out/link' } } }`,
  );
  const made = await rig.build();
  expect(made.end('make')?.failure).toMatchObject({ kind: 'output-blocked', path: 'out/link', message });
});

test('a folder where an input file is expected is no input', async () => {
  await using rig = await Rig.compiled({ 'in.txt/a': '' }, copy);
  const ended = await rig.pipe(['build']);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain('PIPE050');
});

test('a file where a folder of inputs or outputs was is told, not stumbled over', async () => {
  const config = `{ stages: { copy: { requires: ['src/in.txt'], produces: ['out/a/copy.txt'], run: 'cat src/in.txt > out/a/copy.txt' } } }`;
  await using rig = await Rig.compiled({ 'src/in.txt': 'a' }, config);
  await rig.build();
  rig.remove('out');
  rig.write('out', 'in the way');
  const blocked = await buildAsForetold(rig);
  expect(blocked.end('copy')?.failure).toMatchObject({ kind: 'output-blocked', path: 'out' });
  expect(rig.read('out')).toBe('in the way');
  expect((await rig.pipe(['clean'])).code).toBe(0);

  rig.remove('src');
  rig.write('src', 'a file');
  const missing = await rig.pipe(['build']);
  expect([missing.code, missing.stderr.includes('PIPE050')]).toEqual([2, true]);
});

describe('an output by another name, behind a link', () => {
  const stages = (more = '') => `{ stages: {
    make: { requires: ['in.txt'], produces: ['out/made.txt'], run: 'cat in.txt > out/made.txt' },
    use: { requires: ['by/made.txt'], produces: ['used.txt'], run: 'cat by/made.txt > used.txt', ${more} },
  } }`;

  test.each([
    ['a linked folder', 'by', 'out'],
    ['a linked file', 'by/made.txt', '../out/made.txt'],
  ])('%s is refused, for nothing would order the two stages', async (_, link, target) => {
    await using rig = await Rig.compiled({ 'in.txt': 'v0', 'out/made.txt': 'older' }, stages());
    fs.mkdirSync(path.dirname(rig.path(link)), { recursive: true });
    fs.symlinkSync(target, rig.path(link));
    for (const words of [['build'], ['status']]) {
      const { code, stderr } = await rig.pipe(words);
      expect(code).toBe(2);
      expect(stderr).toContain(
        'PIPE051 stage "use" requires by/made.txt, which leads to out/made.txt, and stage "make" makes that',
      );
    }
    expect(rig.read('out/made.txt')).toBe('older');
  });

  test('it is refused also where nothing lies there yet', async () => {
    await using rig = await Rig.compiled({ 'in.txt': 'v0' }, stages());
    fs.mkdirSync(rig.path('by'));
    fs.symlinkSync('../out/made.txt', rig.path('by/made.txt'));
    const { code, stderr } = await rig.pipe(['build']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('PIPE051')]);
    expect(rig.exists('out')).toBe(false);
  });

  test('with an order of its own it is as good as any', async () => {
    await using rig = await Rig.compiled(
      { 'in.txt': 'v0', 'out/made.txt': 'older' },
      stages("after: ['make']"),
    );
    fs.symlinkSync('out', rig.path('by'));
    for (const text of ['v1', 'v2']) {
      rig.write('in.txt', text);
      expect(await rig.build()).toMatchObject({ code: 0, executed: ['make', 'use'] });
      expect(rig.read('used.txt')).toBe(text);
    }
    expect((await rig.build()).fresh).toEqual(['make', 'use']);
  });

  test('so is what a stage of another build makes', async () => {
    await using rig = await Rig.compiled({ 'in.txt': 'v0', 'out/made.txt': 'older' }, stages());
    fs.symlinkSync('out', rig.path('by'));
    expect(await rig.build(['--only', 'use'])).toMatchObject({ code: 0, executed: ['use'] });
    expect(rig.read('used.txt')).toBe('older');
  });

  describe('where a stage of the same build makes the link', () => {
    const linked = (more = '') => `{ stages: {
      link: { requires: ['where'], produces: ['by/made.txt'], run: 'ln -s "$(cat where)" by/made.txt' },
      use: { requires: ['by/made.txt'], produces: ['used.txt'], run: 'cat by/made.txt > used.txt', ${more} },
      a: { requires: ['in.txt'], produces: ['a.txt'], run: 'cat in.txt > a.txt' },
      make: { requires: ['a.txt'], produces: ['out/made.txt'], run: 'cat a.txt > out/made.txt' },
    } }`;
    const inputs = { where: '../out/made.txt', 'in.txt': 'v0', 'out/made.txt': 'older' };
    const aliased = {
      ...{ kind: 'input-aliased', path: 'by/made.txt', leadsTo: 'out/made.txt', producer: 'make' },
    };

    test('it is refused when the turn of the other has come, and before anything by the next build', async () => {
      await using rig = await Rig.compiled(inputs, linked());
      const built = await rig.build(['-j1']);
      expect(built).toMatchObject({ code: 1, executed: ['a', 'link'], failed: ['use'] });
      expect(built.end('use')?.failure).toEqual(aliased);
      expect((await rig.pipe(['build'])).code).toBe(2);
      rig.remove('by');
      const told = await rig.pipe(['build']);
      expect(told.stdout + told.stderr).toContain(
        'by/made.txt leads to out/made.txt, which stage "make" makes, and nothing orders the two',
      );
      await rig.reconfigure(linked("after: ['make']"));
      expect(await rig.build()).toMatchObject({ code: 0, executed: expect.arrayContaining(['use']) });
      expect(rig.read('used.txt')).toBe('v0');
    });

    test('also where it leads to what was there when the other was built', async () => {
      await using rig = await Rig.compiled(inputs, linked("after: ['make']"));
      expect((await rig.build()).code).toBe(0);
      await rig.reconfigure(linked());
      rig.write('in.txt', 'v1');
      rig.remove('by');
      const built = await rig.build(['-j1']);
      expect(built).toMatchObject({ code: 1, executed: ['a'], restored: ['link'], failed: ['use'] });
      expect(built.end('use')?.failure).toEqual(aliased);
    });
  });

  test('a stage that finds its own output behind a link is refused, too', async () => {
    const own = `{ stages: { s: { requires: ['link.txt'], produces: ['out.txt'], run: 'cat link.txt > out.txt' } } }`;
    await using rig = await Rig.compiled({ 'out.txt': 'older' }, own);
    fs.symlinkSync('out.txt', rig.path('link.txt'));
    const { code, stderr } = await rig.pipe(['build']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('which leads to out.txt, and it makes that')]);
  });
});
