// `pipe watch`: after the last change all is as a fresh build would have it; one save is one run.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';

/** Two stages in a row. */
const chain = `{ stages: {
  join: { requires: ['in/**/*.txt'], produces: ['out/all.txt'], run: 'cat $(find -L in -type f -name "*.txt" | sort) > out/all.txt' },
  count: { requires: ['out/all.txt'], produces: ['out/count.txt'], run: 'wc -l < out/all.txt > out/count.txt' },
} }`;

test("what is saved is built, once, however it is saved; what is not required is nobody's business", async () => {
  await using rig = await Rig.compiled({ 'in/a.txt': '1\n' }, chain);
  const [watcher, first] = await Watcher.start(rig);
  await using _ = watcher;
  expect(first).toMatchObject({ runs: 1, done: ['join', 'count'] });

  // By way of another file, as most editors do, with their own files about.
  rig.write('in/.a.txt.swp', 'x');
  rig.write('in/a.txt.tmp', '1\n2\n');
  fs.renameSync(rig.path('in/a.txt.tmp'), rig.path('in/a.txt'));
  rig.remove('in/.a.txt.swp');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join', 'count'] });

  // In place: first it is empty.
  fs.truncateSync(rig.path('in/a.txt'));
  fs.writeFileSync(rig.path('in/a.txt'), '3\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join', 'count'] });
  expect(rig.read('out/all.txt')).toBe('3\n');

  // The first file under a new folder, several levels down; and a file that is none of ours, whose run would show here.
  rig.write('unrelated.txt', 'x');
  rig.write('in/deep/er/still/b.txt', '4\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join', 'count'] });
  rig.write('in/deep/er/still/b.txt', '5\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join', 'count'] });
  expect(rig.read('out/all.txt')).toBe('3\n5\n');

  // A rename, and a folder that is taken away.
  fs.renameSync(rig.path('in/a.txt'), rig.path('in/z.txt'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join', 'count'] });
  rig.remove('in/deep');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join'], restored: ['count'] });
  expect(rig.read('out/all.txt')).toBe('3\n');

  expect(await watcher.quit()).toMatchObject({ code: 130 });
  expect(await rig.build()).toMatchObject({ code: 0, executed: [], fresh: ['count', 'join'] });
});

test('what a person does to outputs is undone, and what stages do to them is not heard of', async () => {
  await using rig = await Rig.compiled({ 'in/a.txt': '1\n' }, chain);
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  rig.append('out/all.txt', 'by hand\n');
  const edited = await watcher.rest();
  expect(edited).toMatchObject({ runs: 1, restored: ['join'] });
  expect(edited.text).toContain('kept as');
  expect(rig.read('out/all.txt')).toBe('1\n');
  rig.remove('out');
  expect(await watcher.rest()).toMatchObject({ runs: 1, restored: ['join', 'count'] });
});

test('many files at once are one save: a checkout, a folder that is taken away and restored', async () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`in/${i % 20}/${i}.txt`, `${i}\n`]));
  await using rig = await Rig.compiled({ ...many, '.gitignore': 'out\n.pipeline-cache\n' }, chain);
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t', '-c', 'gc.auto=0', ...args], {
      cwd: rig.root,
      stdio: 'ignore',
    });
  git('init', '-b', 'one');
  git('add', '.');
  git('commit', '-m', 'one');
  git('checkout', '-b', 'two');
  for (const file of Object.keys(many)) rig.append(file, 'two\n');
  rig.write('in/new/file.txt', 'new\n');
  git('add', '.');
  git('commit', '-m', 'two');

  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  git('checkout', 'one');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join', 'count'] });
  git('checkout', 'two');
  expect(await watcher.rest()).toMatchObject({ runs: 1, restored: ['join', 'count'] });

  // Taken away and brought back, all is as it was. The next save is the first of which there is anything to say.
  fs.renameSync(rig.path('in'), rig.path('aside'));
  fs.renameSync(rig.path('aside'), rig.path('in'));
  rig.append('in/3/3.txt', 'more\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join', 'count'] });
  expect(rig.read('out/all.txt')).toContain('more\n');
});

test('as long as git says that it is at work nothing is built; a lock that nobody takes away is waited for in vain only for a while', async () => {
  await using rig = await Rig.compiled({ 'in/a.txt': '1\n' }, chain);
  execFileSync('git', ['init', '-q'], { cwd: rig.root });
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  const lock = rig.path('.git/index.lock');
  fs.writeFileSync(lock, '');
  const startMs = performance.now();
  rig.write('in/a.txt', '2\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join', 'count'] });
  expect(performance.now() - startMs).toBeGreaterThan(2900);
  expect(fs.existsSync(lock)).toBe(true);
});

test('what lies behind links is watched, and where they lead; a file may become a folder, a folder another one', async () => {
  await using rig = await Rig.compiled(
    {
      'in/a.txt': 'a\n',
      'far/one/b.txt': 'b1\n',
      'far/two/b.txt': 'b2\n',
      'far/c.txt': 'c1\n',
      'far/d.txt': 'd1\n',
    },
    chain,
  );
  fs.symlinkSync('../far/one', rig.path('in/linked'));
  fs.symlinkSync('../far/c.txt', rig.path('in/c.txt'));
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  expect(rig.read('out/all.txt')).toBe('a\nc1\nb1\n');

  const after = async (edit: () => void) => {
    edit();
    const pass = await watcher.rest();
    expect(pass.runs).toBe(1);
    return rig.read('out/all.txt');
  };
  expect(await after(() => rig.write('far/c.txt', 'c2\n'))).toBe('a\nc2\nb1\n');
  expect(await after(() => rig.write('far/one/b.txt', 'b3\n'))).toBe('a\nc2\nb3\n');
  const relink = (target: string, link: string) => () => {
    fs.symlinkSync(target, rig.path('in/next'));
    fs.renameSync(rig.path('in/next'), rig.path(link));
  };
  expect(await after(relink('../far/two', 'in/linked'))).toBe('a\nc2\nb2\n');
  expect(await after(() => rig.write('far/two/b.txt', 'b4\n'))).toBe('a\nc2\nb4\n');
  expect(await after(relink('../far/d.txt', 'in/c.txt'))).toBe('a\nd1\nb4\n');
  expect(await after(() => rig.write('far/d.txt', 'd2\n'))).toBe('a\nd2\nb4\n');

  const toFolder = () => {
    rig.remove('in/a.txt');
    rig.write('in/a.txt/x.txt', 'x\n');
  };
  expect(await after(toFolder)).toBe('x\nd2\nb4\n');
  // Another folder by the name of the watched one.
  const another = () => {
    rig.write('next/y.txt', 'y\n');
    fs.renameSync(rig.path('in/a.txt'), rig.path('away'));
    fs.renameSync(rig.path('next'), rig.path('in/a.txt'));
  };
  expect(await after(another)).toBe('y\nd2\nb4\n');
  expect(await after(() => rig.write('in/a.txt/y.txt', 'y2\n'))).toBe('y2\nd2\nb4\n');
});

test('a linked folder that is made anew, and then another one by its name, is watched all along', async () => {
  await using rig = await Rig.compiled({ 'far/v/sub/f.txt': 'a\n', 'far/v2/sub/f.txt': 'b\n' }, chain);
  fs.mkdirSync(rig.path('in'));
  fs.symlinkSync('../far/v', rig.path('in/linked'));
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  const makes = async (text: string) => {
    // In between it may see that there is nothing.
    do await watcher.rest();
    while (rig.read('out/all.txt') !== text);
  };
  // From the inside, as `rm -rf` does.
  rig.remove('far/v');
  rig.write('far/v/sub/f.txt', 'a2\n');
  await makes('a2\n');
  fs.renameSync(rig.path('far/v'), rig.path('far/old'));
  fs.renameSync(rig.path('far/v2'), rig.path('far/v'));
  await makes('b\n');
  rig.write('far/v/sub/f.txt', 'edited\n');
  await makes('edited\n');
});

test('links that lead up through other links are followed as the system does, file and folder alike', async () => {
  await using rig = await Rig.compiled(
    { 'far/deep/x': '', 'far/z/f.txt': 'f1\n', 'other/deep/x': '' },
    chain,
  );
  rig.write('other/z/f.txt', 'o1\n');
  // By name it would be this one.
  rig.write('in/z/f.txt', 'in\n');
  fs.symlinkSync('../far/deep', rig.path('in/current'));
  fs.symlinkSync('current/../z/f.txt', rig.path('in/f.txt'));
  fs.symlinkSync('current/../z', rig.path('in/folder'));
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  expect(rig.read('out/all.txt')).toBe('f1\nf1\nin\n');
  const makes = async (text: string) => {
    // In between it may see that there is nothing.
    do await watcher.rest();
    while (rig.read('out/all.txt') !== text);
  };
  rig.write('far/z/f.txt', 'f2\n');
  await makes('f2\nf2\nin\n');
  // Another folder in its place.
  rig.write('far/zz/f.txt', 'f3\n');
  fs.renameSync(rig.path('far/z'), rig.path('far/was'));
  fs.renameSync(rig.path('far/zz'), rig.path('far/z'));
  await makes('f3\nf3\nin\n');
  rig.write('far/z/f.txt', 'f4\n');
  await makes('f4\nf4\nin\n');
  fs.symlinkSync('../other/deep', rig.path('in/next'));
  fs.renameSync(rig.path('in/next'), rig.path('in/current'));
  await makes('o1\no1\nin\n');
  rig.write('other/z/f.txt', 'o2\n');
  await makes('o2\no2\nin\n');
});

test('what lies outside of the root, files of variables, and the modules of stages and hooks are watched as well', async () => {
  await using outside = await Rig.with({ 'far/a.txt': 'a0\n' });
  await using vars = await Rig.with({ 'one.env': 'WORD=w0\n' });
  const module = (text: string) =>
    `import { text } from './${text}.ts'; export default ({ root }) => text(root);`;
  const writing = (text: string, file: string) =>
    `import fs from 'node:fs'; export const text = (root: string) => fs.writeFileSync(root + '/${file}', '${text}\\n');`;
  await using rig = await Rig.compiled(
    {
      'job.ts': module('lib'),
      'lib.ts': writing('j0', 'out/job.txt'),
      'tell.ts': module('words'),
      'words.ts': writing('t0', 'told.txt'),
    },
    `{
      hooks: { after: script('./tell.ts') },
      stages: {
        far: { requires: ['${outside.root}/*/*.txt'], produces: ['out/far.txt'], run: 'cat ${outside.root}/*/*.txt > out/far.txt' },
        word: { produces: ['out/word.txt'], env: { WORD: true }, run: 'echo $WORD > out/word.txt' },
        job: { produces: ['out/job.txt'], run: script('./job.ts') },
      },
    }`,
  );
  const [watcher, first] = await Watcher.start(rig, ['-j', '1', '--env-file', vars.path('one.env')]);
  await using _ = watcher;
  expect(first).toMatchObject({ runs: 1, done: ['far', 'word', 'job'] });
  // A build that goes on with it finds all of it done.
  expect(await rig.build(['--resume', 'last'])).toMatchObject({ executed: [], finished: { fresh: 3 } });

  outside.write('far/a.txt', 'a1\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['far'] });
  outside.write('new/b.txt', 'b\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['far'] });
  expect(rig.read('out/far.txt')).toBe('a1\nb\n');
  vars.write('one.env', 'WORD=w1\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['word'] });
  expect(rig.read('out/word.txt')).toBe('w1\n');
  rig.write('lib.ts', writing('j1', 'out/job.txt'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['job'] });
  expect([rig.read('out/job.txt'), rig.read('told.txt')]).toEqual(['j1\n', 't0\n']);
  // What a hook of the pipeline does is no input: the next run does it as it is then.
  rig.write('words.ts', writing('t1', 'told.txt'));
  outside.write('far/a.txt', 'a2\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['far'] });
  expect(rig.read('told.txt')).toBe('t1\n');
});
