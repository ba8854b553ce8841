// What a stage makes: all of it is there, comes back from the cache as it was, and never through a link.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { buildAsForetold } from '../rig/foretold.ts';
import { Rig } from '../rig/rig.ts';
import { expectNothingToDo } from '../rig/untouched.ts';

/** One stage that reads `in.txt`. */
function stage(produces: string, run: string, more = ''): string {
  return `{ stages: { make: { requires: ['in.txt'], produces: [${produces}], run: ${JSON.stringify(run)}, ${more} } } }`;
}

/** The files that were put away under this heading, without the run's name. */
function kept(rig: Rig, what: 'rejected' | 'displaced' | 'aside'): readonly string[] {
  if (!rig.exists(`.pipeline-cache/${what}`)) return [];
  return fs
    .readdirSync(rig.path(`.pipeline-cache/${what}`), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      path.relative(rig.path(`.pipeline-cache/${what}`), path.join(entry.parentPath, entry.name)),
    )
    .map((file) => file.split('/').slice(1).join('/'))
    .sort();
}

test('exit 0 without one of the outputs is a failure that names the pattern', async () => {
  await using rig = await Rig.compiled({ 'in.txt': '1' }, stage("'a.txt', 'b/*.txt'", 'cat in.txt > a.txt'));
  const built = await rig.build();
  expect(built.code).toBe(1);
  expect(built.end('make')?.failure).toEqual({ kind: 'output-missing', patterns: ['b/*.txt'] });
  expect(rig.exists('a.txt')).toBe(false);
  expect((await rig.build()).failed).toEqual(['make']);
});

test('what a failed attempt wrote is out of the way, and the next run starts anew', async () => {
  await using rig = await Rig.compiled({ 'in.txt': '1' }, stage("'out/'", 'cat in.txt > out/a.txt'));
  await rig.build();
  rig.write('in.txt', '2');
  await rig.reconfigure(stage("'out/'", 'ls out > out/seen.txt; cat in.txt > out/half.txt; exit 7'));
  const failed = await rig.build();
  expect(failed.end('make')?.failure).toMatchObject({ kind: 'exit', code: 7 });
  expect(rig.exists('out/half.txt')).toBe(false);
  expect(kept(rig, 'rejected').map((file) => path.basename(file))).toEqual(['half.txt', 'seen.txt']);

  await rig.reconfigure(stage("'out/'", 'ls out > listing; cat listing in.txt > out/a.txt; rm listing'));
  expect((await buildAsForetold(rig)).executed).toEqual(['make']);
  expect(rig.read('out/a.txt')).toBe('2');
  await expectNothingToDo(rig);
});

test('an attempt starts without old outputs, unless the stage wants to update them', async () => {
  const config = (more: string) =>
    stage("'log.txt'", 'if [ -e log.txt ]; then cat in.txt >> log.txt; else cat in.txt > log.txt; fi', more);
  await using rig = await Rig.compiled({ 'in.txt': 'a' }, config(''));
  await rig.build();
  rig.write('in.txt', 'b');
  await rig.build();
  expect(rig.read('log.txt')).toBe('b');
  await rig.reconfigure(config('clean: false'));
  rig.write('in.txt', 'c');
  await buildAsForetold(rig);
  expect(rig.read('log.txt')).toBe('bc');
  await expectNothingToDo(rig);
});

test('a stage that updates its own outputs still gets back exactly what the cache has', async () => {
  const config = stage("'out/*'", 'cat in.txt > out/$(cat in.txt).txt', 'clean: false');
  await using rig = await Rig.compiled({ 'in.txt': 'a' }, config);
  await rig.build();
  rig.write('in.txt', 'b');
  await rig.build();
  expect(rig.files('out')).toEqual(['a.txt', 'b.txt']);
  rig.write('out/a.txt', 'edited');
  rig.write('in.txt', 'a');
  expect((await buildAsForetold(rig)).restored).toEqual(['make']);
  expect(rig.files('out')).toEqual(['a.txt']);
  expect(kept(rig, 'displaced')).toEqual(['out/a.txt']);
  await expectNothingToDo(rig);
});

test('a folder where an output file belongs is refused before anything runs', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '1', 'out.txt/mine.txt': 'x' },
    stage("'out.txt'", 'touch ran; cat in.txt > out.txt'),
  );
  const built = await buildAsForetold(rig);
  expect(built.code).toBe(1);
  expect(built.end('make')?.failure).toMatchObject({ kind: 'output-blocked', path: 'out.txt' });
  expect(rig.files()).toEqual(['in.txt', 'out.txt/mine.txt', 'pipeline.config.ts']);
  rig.remove('out.txt');
  expect((await buildAsForetold(rig)).executed).toEqual(['make']);
});

test.each([
  ["'out/a.txt'", 'literal'],
  ["'out/*.txt'", 'one level'],
  ["'out/'", 'folder'],
  ["'out/sub/*.txt'", 'deeper'],
])(
  'a linked folder above an output is refused before anything is run, moved or deleted: %s',
  async (produces) => {
    const run = 'mkdir -p out/sub; cat in.txt | tee out/a.txt > out/sub/b.txt';
    await using outside = await Rig.with({ 'a.txt': 'precious', 'sub/b.txt': 'precious' });
    await using rig = await Rig.compiled({ 'in.txt': '1' }, stage(produces, run));
    const precious = () => [...outside.files()].map((file) => outside.read(file));
    fs.symlinkSync(outside.root, rig.path('out'));
    const first = await buildAsForetold(rig);
    expect(first.end('make')?.failure).toMatchObject({ kind: 'output-blocked', path: 'out' });
    expect(precious()).toEqual(['precious', 'precious']);

    rig.remove('out');
    expect((await rig.build()).executed).toEqual(['make']);
    rig.remove('out');
    fs.symlinkSync(outside.root, rig.path('out'));
    expect((await buildAsForetold(rig)).failed).toEqual(['make']);
    await rig.pipe(['clean']);
    expect(precious()).toEqual(['precious', 'precious']);
  },
);

test('a folder of outputs that was moved and linked is not emptied by clean', async () => {
  await using outside = await Rig.with({});
  await using rig = await Rig.compiled({ 'in.txt': '1' }, stage("'out/a.txt'", 'cat in.txt > out/a.txt'));
  await rig.build();
  fs.renameSync(rig.path('out'), outside.path('moved'));
  fs.symlinkSync(outside.path('moved'), rig.path('out'));
  expect((await rig.pipe(['clean'])).code).toBe(0);
  expect(outside.read('moved/a.txt')).toBe('1');
});

test('executable bits, links and empty folders come back as they were', async () => {
  const run = [
    'mkdir -p out/empty/deep out/.hidden',
    'printf "#!/bin/sh\\necho hi\\n" > out/tool.sh && chmod +x out/tool.sh',
    'cat in.txt > out/.hidden/data',
    'ln -s .hidden/data out/link && ln -s nowhere out/dangling && ln -s empty out/folder-link',
  ].join('; ');
  await using rig = await Rig.compiled({ 'in.txt': '1' }, stage("'out/'", run));
  await rig.build();
  const state = () =>
    fs
      .readdirSync(rig.path('out'), { recursive: true, withFileTypes: true })
      // Node 26 lists what is behind a link as well.
      .filter((entry) => path.basename(entry.parentPath) !== 'folder-link')
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const what = entry.isSymbolicLink()
          ? `-> ${fs.readlinkSync(file)}`
          : entry.isFile()
            ? `${(fs.statSync(file).mode & 0o100) !== 0 ? 'x' : '-'} ${fs.readFileSync(file, 'utf8')}`
            : '/';
        return `${path.relative(rig.root, file)} ${what}`;
      })
      .sort();
  const before = state();
  expect(before).toHaveLength(8);
  await expectNothingToDo(rig);

  rig.remove('out');
  expect((await buildAsForetold(rig)).restored).toEqual(['make']);
  expect(state()).toEqual(before);
  await expectNothingToDo(rig);

  fs.chmodSync(rig.path('out/tool.sh'), 0o644);
  rig.remove('out/link');
  fs.symlinkSync('elsewhere', rig.path('out/link'));
  fs.rmdirSync(rig.path('out/empty/deep'));
  fs.mkdirSync(rig.path('out/new'));
  const built = await buildAsForetold(rig);
  expect(built.reasonsOf('make')).toEqual([
    { code: 'output-missing', path: 'out/empty/deep' },
    { code: 'output-changed', path: 'out/link' },
    { code: 'output-changed', path: 'out/tool.sh' },
    { code: 'output-extra', path: 'out/empty' },
    { code: 'output-extra', path: 'out/new' },
  ]);
  expect(built.restored).toEqual(['make']);
  expect(state()).toEqual(before);
  await expectNothingToDo(rig);
});

test('restored files share nothing with the cache, so editing them in place spoils nothing', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'good' }, stage("'out.txt'", 'cat in.txt > out.txt'));
  await rig.build();
  const builtStat = fs.statSync(rig.path('out.txt'));
  rig.remove('out.txt');
  await rig.build();
  const stat = fs.statSync(rig.path('out.txt'));
  expect([builtStat.nlink, stat.nlink]).toEqual([1, 1]);
  expect(stat.mode & 0o200).toBe(0o200);
  for (const text of ['bad!', 'worse']) {
    fs.writeFileSync(rig.path('out.txt'), text, { flag: 'r+' });
    expect((await rig.build()).restored).toEqual(['make']);
    expect(rig.read('out.txt')).toBe('good');
  }
  await expectNothingToDo(rig);
});

test('outputs that a stage links to each other or to its input stay apart from the cache', async () => {
  const run = 'cat in.txt > out/a.txt; ln out/a.txt out/b.txt';
  await using rig = await Rig.compiled({ 'in.txt': '1' }, stage("'out/*'", run));
  await rig.build();
  await expectNothingToDo(rig);
  rig.remove('out');
  expect((await rig.build()).restored).toEqual(['make']);
  expect([rig.read('out/a.txt'), rig.read('out/b.txt')]).toEqual(['1', '1']);
  await expectNothingToDo(rig);
});

test('an output that is a pipe or a link through which others were written is refused', async () => {
  await using rig = await Rig.compiled({ 'in.txt': '1' }, stage("'out/'", 'mkfifo out/fifo'));
  const built = await rig.build();
  expect(built.end('make')?.failure).toMatchObject({ kind: 'output-blocked', path: 'out/fifo' });
  expect(rig.exists('out/fifo')).toBe(false);

  await using outside = await Rig.with({});
  await rig.reconfigure(stage("'out/*.txt'", `rmdir out; ln -s ${outside.root} out; cat in.txt > out/a.txt`));
  const linked = await rig.build();
  expect(linked.end('make')?.failure).toMatchObject({ kind: 'output-blocked', path: 'out' });
  // What the command itself did outside of the workspace is left alone.
  expect(outside.files()).toEqual(['a.txt']);
});

test('a folder is an output even if it holds nothing but folders and links', async () => {
  await using rig = await Rig.compiled({ 'in.txt': '1' }, stage("'out/'", 'mkdir -p out/a/b'));
  expect((await rig.build()).executed).toEqual(['make']);
  await expectNothingToDo(rig);
  rig.remove('out');
  expect((await buildAsForetold(rig)).restored).toEqual(['make']);
  expect(fs.statSync(rig.path('out/a/b')).isDirectory()).toBe(true);
  await expectNothingToDo(rig);
});
