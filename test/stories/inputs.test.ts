// What counts as an input and what becomes of odd ones; and invariant 5: inputs that are edited while they are read.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import type { PipeEvent } from '../../src/model/events.ts';
import { buildAsForetold } from '../rig/foretold.ts';
import { Gates } from '../rig/gate.ts';
import { type Built, builtFrom, Rig } from '../rig/rig.ts';
import { expectNothingToDo } from '../rig/untouched.ts';

const copy = `{ stages: { copy: { requires: ['in.txt'], produces: ['out.txt'], run: 'cat in.txt > out.txt' } } }`;
const join = (...patterns: readonly string[]) =>
  `{ stages: { join: { requires: ${JSON.stringify(patterns)}, produces: ['all.txt'], run: 'cat {requires} > all.txt' } } }`;

/** Tells twice where it is, and waits twice: before and after it reads its input. The gates bear the attempt's number. */
const waiting = `{ stages: { copy: { requires: ['in.txt'], produces: ['out.txt'], run:
  'echo "at the input $PIPE_ATTEMPT"; cat begin-$PIPE_ATTEMPT > /dev/null; cat in.txt > out.txt; echo "has read $PIPE_ATTEMPT"; cat end-$PIPE_ATTEMPT > /dev/null',
} } }`;

function gatesOf(rig: Rig): Gates {
  return new Gates(rig, ...[1, 2, 3].flatMap((attempt) => [`begin-${attempt}`, `end-${attempt}`]));
}

function retries(built: Built) {
  return built.events.flatMap((event: PipeEvent) =>
    event.kind === 'task-retrying' ? [{ attempt: event.attempt, why: event.why, paths: event.paths }] : [],
  );
}

test('an input that is edited while its stage runs makes it run once more', async () => {
  await using rig = await Rig.with({ 'in.txt': 'first' }, waiting);
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  await gates.open('begin-1');
  await build.printed('has read 1');
  rig.write('in.txt', 'second');
  await gates.open('end-1', 'begin-2', 'end-2');

  const built = builtFrom(await build.ended);
  expect(built.executed).toEqual(['copy']);
  expect(retries(built)).toEqual([{ attempt: 1, why: 'input-changed', paths: ['in.txt'] }]);
  expect(rig.read('out.txt')).toBe('second');
  await expectNothingToDo(rig);
});

test('an edit that is taken back before the stage ends leaves no trace in records and cache', async () => {
  await using rig = await Rig.with({ 'in.txt': 'first' }, waiting);
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  await build.printed('at the input 1');
  rig.write('in.txt', 'torn');
  await gates.open('begin-1');
  await build.printed('has read 1');
  rig.write('in.txt', 'first');
  await gates.open('end-1', 'begin-2', 'end-2');
  const built = builtFrom(await build.ended);
  expect(built.executed).toEqual(['copy']);
  expect(retries(built)).toHaveLength(1);
  expect(rig.read('out.txt')).toBe('first');

  rig.remove('out.txt');
  expect((await rig.build()).restored).toEqual(['copy']);
  expect(rig.read('out.txt')).toBe('first');
  await expectNothingToDo(rig);
});

test('an input that is edited each time ends in a failure that says so', async () => {
  await using rig = await Rig.with({ 'in.txt': 'v0' }, waiting);
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  for (const attempt of [1, 2, 3]) {
    await gates.open(`begin-${attempt}`);
    await build.printed(`has read ${attempt}`);
    rig.write('in.txt', `v${attempt}`);
    await gates.open(`end-${attempt}`);
  }
  const built = builtFrom(await build.ended);
  expect(built.code).toBe(1);
  expect(retries(built).map((one) => one.attempt)).toEqual([1, 2]);
  expect(built.end('copy')?.failure).toEqual({ kind: 'input-changing', paths: ['in.txt'] });
  expect(rig.exists('out.txt')).toBe(false);

  const next = rig.start(['build', '--json']);
  await gates.open('begin-1', 'end-1');
  expect(builtFrom(await next.ended).executed).toEqual(['copy']);
  expect(rig.read('out.txt')).toBe('v3');
  await expectNothingToDo(rig);
});

test('a file that appears under the pattern, or goes, while the stage runs counts as an edit', async () => {
  const config = `{ stages: { join: { requires: ['src/*.txt'], produces: ['all.txt'],
    run: 'echo "joins $PIPE_ATTEMPT"; cat begin-$PIPE_ATTEMPT > /dev/null; cat src/*.txt > all.txt' } } }`;
  await using rig = await Rig.with({ 'src/a.txt': 'a', 'src/b.txt': 'b' }, config);
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  await build.printed('joins 1');
  rig.write('src/c.txt', 'c');
  await gates.open('begin-1');
  await build.printed('joins 2');
  rig.remove('src/a.txt');
  await gates.open('begin-2', 'begin-3');
  const built = builtFrom(await build.ended);
  expect(retries(built).map((one) => one.paths)).toEqual([['src/c.txt'], ['src/a.txt']]);
  expect(rig.read('all.txt')).toBe('bc');
  await expectNothingToDo(rig);
});

test('an input that is deleted while its stage runs ends in a failure that names it', async () => {
  await using rig = await Rig.with({ 'in.txt': 'first' }, waiting);
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  await gates.open('begin-1');
  await build.printed('has read 1');
  rig.remove('in.txt');
  await gates.open('end-1');
  const built = builtFrom(await build.ended);
  expect(built.end('copy')?.failure).toEqual({ kind: 'input-missing', patterns: ['in.txt'] });
});

test('a stage that edits its own input fails and says which', async () => {
  const config = copy.replace('cat in.txt > out.txt', 'cat in.txt > out.txt; echo more >> in.txt');
  await using rig = await Rig.with({ 'in.txt': 'v0\n' }, config);
  const built = await rig.build();
  expect(built.end('copy')?.failure).toEqual({ kind: 'input-changing', paths: ['in.txt'] });
});

test('a link counts with its text and with what it leads to', async () => {
  await using rig = await Rig.with(
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

test('a link whose target changes while the stage runs counts as an edit', async () => {
  await using rig = await Rig.with({ 'target.txt': 'first' }, waiting);
  fs.symlinkSync('target.txt', rig.path('in.txt'));
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  await gates.open('begin-1');
  await build.printed('has read 1');
  rig.write('target.txt', 'second');
  await gates.open('end-1', 'begin-2', 'end-2');
  expect(retries(builtFrom(await build.ended))).toHaveLength(1);
  expect(rig.read('out.txt')).toBe('second');
});

test('a dangling link is an input like others, and is seen when its target comes', async () => {
  const config = copy.replace('cat in.txt', '(cat in.txt || echo none)');
  await using rig = await Rig.with({}, config);
  fs.symlinkSync('later.txt', rig.path('in.txt'));
  await buildAsForetold(rig);
  expect(rig.read('out.txt')).toBe('none\n');
  await expectNothingToDo(rig);
  rig.write('later.txt', 'here');
  expect((await buildAsForetold(rig)).executed).toEqual(['copy']);
  expect(rig.read('out.txt')).toBe('here');
});

test.each(['hash', 'mtime'])('a link that leads to itself fails clearly under %s', async (freshness) => {
  await using rig = await Rig.with({}, copy.replace('copy: {', `copy: { freshness: '${freshness}',`));
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
  await using rig = await Rig.with({ 'src/a.txt': 'a' }, join('src/*'));
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
  await using rig = await Rig.with({ 'src/a.txt': 'a', 'other/deep/b.txt': 'b' }, join('src/**/*.txt'));
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
    rig.config(join(...patterns));
    await rig.build();
    expect([patterns, rig.read('all.txt')]).toEqual([patterns, expected]);
  }
});

test('inputs outside of the workspace count like those inside', async () => {
  await using outside = await Rig.with({ 'a.txt': 'a' });
  await using rig = await Rig.with({}, join(`${outside.root}/*.txt`));
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
  await using rig = await Rig.with(
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
  await using rig = await Rig.with(
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
  await using rig = await Rig.with({ 'src/a.txt': 'a' }, join('src/*'));
  const odd = Buffer.concat([Buffer.from(rig.path('src/odd')), Buffer.from([0xff, 0xfe])]);
  fs.writeFileSync(odd, 'b');
  const built = await rig.build();
  expect(built.end('join')?.failure).toMatchObject({
    kind: 'input-unreadable',
    message: 'has a name that is not valid UTF-8',
  });
  fs.rmSync(odd);
  rig.config(
    `{ stages: { make: { requires: ['src/*'], produces: ['out/'], run: 'touch "out/odd$(printf "\\\\377")"' } } }`,
  );
  const made = await rig.build();
  expect(made.end('make')?.failure).toMatchObject({
    kind: 'output-blocked',
    message: 'has a name that is not valid UTF-8',
  });
});

test('a folder where an input file is expected is no input', async () => {
  await using rig = await Rig.with({ 'in.txt/a': '' }, copy);
  const ended = await rig.pipe(['build']);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain('PIPE050');
});

test('a file where a folder of inputs or outputs was is told, not stumbled over', async () => {
  const config = `{ stages: { copy: { requires: ['src/in.txt'], produces: ['out/a/copy.txt'], run: 'cat src/in.txt > out/a/copy.txt' } } }`;
  await using rig = await Rig.with({ 'src/in.txt': 'a' }, config);
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
