// The cache saves work and never changes a result: on, off, cold, full, damaged or hostile, the bytes are the same.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { everyFile } from './signs.ts';

const copying = (more = '', stageMore = '') => `{
  ${more}
  stages: { work: { requires: ['in.txt'], produces: ['out/work.txt'], run: 'cp in.txt out/work.txt; echo ran', ${stageMore} } },
}`;

/** Builds v0, then v1: from here, `in.txt` set back to v0 is a hit. */
async function withTwoVersions(config = copying()): Promise<Rig> {
  const rig = await Rig.compiled({ 'in.txt': 'v0\n' }, config);
  await rig.build();
  rig.write('in.txt', 'v1\n');
  await rig.build();
  rig.write('in.txt', 'v0\n');
  return rig;
}

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

function blobPath(rig: Rig, text: string): string {
  const digest = sha256(text);
  return rig.path(`.pipeline-cache/cas/${digest.slice(0, 2)}/${digest.slice(2)}`);
}

interface Entry {
  format: number;
  checksum: string;
  action: { fingerprint: string; outputs: Record<string, unknown>[] };
}

/** The action results in the cache, each with its file. */
function entriesOf(rig: Rig): readonly { readonly file: string; readonly entry: Entry }[] {
  return everyFile(rig, '.pipeline-cache/ac')
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ file, entry: JSON.parse(fs.readFileSync(file, 'utf8')) as Entry }));
}

/** Changes what entries say, with checksums as an attacker would make them. */
function forge(rig: Rig, change: (output: Record<string, unknown>) => void): void {
  for (const { file, entry } of entriesOf(rig)) {
    for (const output of entry.action.outputs) change(output);
    entry.checksum = sha256(JSON.stringify(entry.action));
    fs.writeFileSync(file, `${JSON.stringify(entry)}\n`);
  }
}

test('the forged entries of these stories are believed where they are harmless', async () => {
  await using rig = await withTwoVersions();
  forge(rig, () => {});
  expect(await rig.build()).toMatchObject({ code: 0, restored: ['work'] });
});

test.each<[string, (blob: string) => void]>([
  ['flipped', (blob) => overwrite(blob, 'w0\n')],
  ['truncated', (blob) => overwrite(blob, 'v')],
  ['grown', (blob) => overwrite(blob, 'v0\nv0\n')],
  ['emptied', (blob) => overwrite(blob, '')],
  ['missing', (blob) => fs.rmSync(blob)],
  [
    'replaced by a folder',
    (blob) => {
      fs.rmSync(blob);
      fs.mkdirSync(blob);
    },
  ],
  [
    'replaced by a link to the right bytes',
    (blob) => {
      fs.renameSync(blob, `${blob}-moved`);
      fs.symlinkSync(`${blob}-moved`, blob);
    },
  ],
])('a blob that is %s is a miss: the stage executes and gives the same bytes', async (_, damage) => {
  await using rig = await withTwoVersions();
  damage(blobPath(rig, 'v0\n'));
  const built = await rig.build();
  expect(built.code).toBe(0);
  expect(rig.read('out/work.txt')).toBe('v0\n');
  expect(fs.lstatSync(rig.path('out/work.txt')).isFile()).toBe(true);
  expect((await rig.build()).fresh).toEqual(['work']);

  // And the cache has recovered.
  rig.remove('out');
  expect(await rig.build()).toMatchObject({ code: 0, restored: ['work'] });
});

test.each<[string, (text: string) => string]>([
  ['empty', () => ''],
  ['cut off', (text) => text.slice(0, text.length / 2)],
  ['of another format', (text) => text.replace('"format":1', '"format":99')],
  ['changed without its checksum', (text) => text.replace('work.txt', 'work.TXT')],
  ['something else', () => '[]'],
])('an entry that is %s is a miss', async (_, damage) => {
  await using rig = await withTwoVersions();
  for (const { file } of entriesOf(rig)) fs.writeFileSync(file, damage(fs.readFileSync(file, 'utf8')));
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
  expect(rig.read('out/work.txt')).toBe('v0\n');
  expect(rig.files('out')).toEqual(['work.txt']);
});

test.each([
  '../escaped.txt',
  'out/../../escaped.txt',
  '/tmp/escaped.txt',
  'out/esc\0aped.txt',
  'pipeline.config.ts',
  '.git/hooks/post-commit',
  '.pipeline-cache/state',
  '~/escaped.txt',
  'other/escaped.txt',
])('an entry for the path %j is refused and nothing is written there', async (hostile) => {
  await using outer = await Rig.with({});
  outer.write('inner/in.txt', '');
  await using rig = await withTwoVersions(copying('', "shell: '/bin/sh'"));
  const config = rig.read('pipeline.config.ts');
  forge(rig, (output) => {
    output.path = hostile;
  });
  const built = await rig.build();
  expect(built).toMatchObject({ code: 0, executed: ['work'], restored: [] });
  expect(rig.read('out/work.txt')).toBe('v0\n');
  expect(rig.read('pipeline.config.ts')).toBe(config);
  for (const folder of [rig.root, path.dirname(rig.root), os.tmpdir(), os.homedir()]) {
    expect(fs.readdirSync(folder).filter((name) => name.includes('escaped'))).toEqual([]);
  }
  expect(rig.files()).toEqual(['in.txt', 'out/work.txt', 'pipeline.config.ts']);
});

test.each<[string, Record<string, unknown>]>([
  ['lies about a size', { sizeBytes: 4 }],
  ['names another blob', { digest: sha256('v1\n') }],
  ['names a blob that nobody has', { digest: sha256('never') }],
  ['has a name that no disk takes', { path: `out/${'x'.repeat(300)}` }],
])('an entry that %s does no harm, and what comes out is fresh for good', async (what, lie) => {
  await using rig = await withTwoVersions(copying().replace("['out/work.txt']", "['out/']"));
  forge(rig, (output) => void Object.assign(output, lie));
  const built = await rig.build();
  if (what === 'names another blob') {
    // It cannot be told from a true one: entries are verified against damage, not signed.
    expect(built.restored).toEqual(['work']);
    return;
  }
  expect(built).toMatchObject({ code: 0, executed: ['work'], restored: [] });
  expect(rig.files('out')).toEqual(['work.txt']);
  expect(rig.read('out/work.txt')).toBe('v0\n');
  expect((await rig.build()).fresh).toEqual(['work']);
});

test('a link in an entry may lead out of the workspace, as links do, and nothing is written through it', async () => {
  await using elsewhere = await Rig.with({ 'theirs.txt': 'mine\n' });
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0\n' },
    `{ stages: { work: { requires: ['in.txt'], produces: ['out/'], run: 'ln -s ${elsewhere.root}/theirs.txt out/link' } } }`,
  );
  await rig.build();
  rig.remove('out');
  expect(await rig.build()).toMatchObject({ code: 0, restored: ['work'] });
  expect(fs.readlinkSync(rig.path('out/link'))).toBe(`${elsewhere.root}/theirs.txt`);
  // Replaced, not followed.
  await rig.reconfigure(
    rig.read('pipeline.config.ts').replace(/ln -s \S+ out.link/, 'echo other > out/link'),
  );
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
  expect([rig.read('out/link'), elsewhere.read('theirs.txt')]).toEqual(['other\n', 'mine\n']);
});

test('an output is never a hard link to the cache, neither as it is stored nor as it is restored', async () => {
  await using rig = await withTwoVersions();
  const own = () => {
    const [output, blob] = [rig.path('out/work.txt'), blobPath(rig, rig.read('out/work.txt'))].map((file) =>
      fs.statSync(file),
    );
    expect([output!.nlink, blob!.nlink]).toEqual([1, 1]);
    expect(output!.ino).not.toBe(blob!.ino);
  };
  own();
  expect((await rig.build()).restored).toEqual(['work']);
  own();
});

test('outputs with odd names are restored like others', async () => {
  await using rig = await Rig.compiled(
    {
      'in.txt': 'v0\n',
      'make.cjs': `for (const name of ['back\\\\slash', '~x', '-rf', 'new\\nline', '...', '__proto__', 'A', 'a', '$(x)', '\\u{1F3AC}']) require('node:fs').writeFileSync('out/' + name, name);`,
    },
    `{ stages: { work: { requires: ['in.txt'], produces: ['out/'], run: 'node make.cjs' } } }`,
  );
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
  const made = rig.files('out');
  expect(made).toContain('back\\slash');
  rig.remove('out');
  expect(await rig.build()).toMatchObject({ code: 0, restored: ['work'] });
  expect(rig.files('out')).toEqual(made);
  for (const name of made)
    if (name !== 'A') expect(rig.read(`out/${name}`).toLowerCase()).toBe(name.toLowerCase());
  expect((await rig.build()).fresh).toEqual(['work']);
});

test('nothing is restored or written through a linked folder', async () => {
  await using elsewhere = await Rig.with({ 'work.txt': 'mine\n' });
  await using rig = await withTwoVersions();
  rig.remove('out');
  fs.symlinkSync(elsewhere.root, rig.path('out'));
  const built = await rig.build();
  expect(built).toMatchObject({ code: 1, failed: ['work'] });
  expect(built.end('work')).toMatchObject({ failure: { kind: 'output-blocked' } });
  expect(elsewhere.read('work.txt')).toBe('mine\n');
  expect(elsewhere.files()).toEqual(['work.txt']);
});

test('an entry that makes a link and then writes below it is refused', async () => {
  await using elsewhere = await Rig.with({});
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0\n' },
    `{ stages: { work: { requires: ['in.txt'], produces: ['out/'], run: 'mkdir out/sub; cp in.txt out/sub/work.txt' } } }`,
  );
  await rig.build();
  rig.write('in.txt', 'v1\n');
  await rig.build();
  rig.write('in.txt', 'v0\n');
  for (const { file, entry } of entriesOf(rig)) {
    const link = {
      path: 'out/sub',
      kind: 'link',
      executable: false,
      digest: sha256(elsewhere.root),
      sizeBytes: elsewhere.root.length,
      target: elsewhere.root,
    };
    entry.action.outputs.unshift(link);
    entry.checksum = sha256(JSON.stringify(entry.action));
    fs.writeFileSync(file, JSON.stringify(entry));
  }
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
  expect(elsewhere.files()).toEqual([]);
  expect(rig.read('out/sub/work.txt')).toBe('v0\n');
});

test('executable bits, links and empty folders survive a restore', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0\n' },
    `{ stages: { work: { requires: ['in.txt'], produces: ['out/'], run: ${JSON.stringify(
      'mkdir -p out/empty out/deep/er; cp in.txt out/tool; chmod +x out/tool; ln -s ../tool out/deep/link; ln -s nowhere out/dangling; cp in.txt out/deep/er/plain',
    )} } } }`,
  );
  const shape = () =>
    fs
      .readdirSync(rig.path('out'), { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => {
        const stat = fs.lstatSync(rig.path(`out/${name}`));
        if (stat.isSymbolicLink()) return `${name} -> ${fs.readlinkSync(rig.path(`out/${name}`))}`;
        return stat.isDirectory()
          ? `${name}/`
          : `${name} ${stat.mode & 0o111 ? 'x' : '-'} ${rig.read(`out/${name}`)}`;
      });
  await rig.build();
  const built = shape();
  expect(built).toContain('empty/');
  rig.remove('out');
  expect(await rig.build()).toMatchObject({ code: 0, restored: ['work'] });
  expect(shape()).toEqual(built);
  expect((await rig.build()).fresh).toEqual(['work']);
});

test('an edit of a restored file does not reach the cache', async () => {
  await using rig = await withTwoVersions();
  await rig.build();
  rig.append('out/work.txt', 'edited in place\n');
  expect(await rig.build()).toMatchObject({ code: 0, restored: ['work'] });
  expect(rig.read('out/work.txt')).toBe('v0\n');
});

test('a stage that only checks is restored too: its success is in the cache', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0\n' },
    `{ stages: { lint: { requires: ['in.txt'], run: 'grep -q v in.txt' } } }`,
  );
  await rig.build();
  rig.write('in.txt', 'v1\n');
  await rig.build();
  rig.write('in.txt', 'v0\n');
  expect(await rig.build()).toMatchObject({ code: 0, restored: ['lint'] });
});

test('a restored task keeps the log of its execution, and -v replays it', async () => {
  await using rig = await withTwoVersions();
  const built = await rig.pipe(['build', '-v']);
  expect(built.stdout).toMatch(/restored/);
  expect(built.stdout).toMatch(/\bran\b/);
  expect((await rig.pipe(['logs', 'work'])).stdout).toContain('ran');
});

test('a failed attempt is never in the cache', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0\n' },
    copying().replace('echo ran', 'test -e allowed'),
  );
  expect((await rig.build()).failed).toEqual(['work']);
  rig.write('allowed', '');
  expect((await rig.build()).executed).toEqual(['work']);
});

test.each([
  ['--no-cache', copying(), ['--no-cache']],
  ['cache: false of the stage', copying('', 'cache: false'), []],
  ['cache: false of the pipeline', copying('cache: false,'), []],
])('with %s nothing is stored and nothing restored', async (_, config, args) => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, config);
  expect((await rig.build(args)).executed).toEqual(['work']);
  expect(rig.exists('.pipeline-cache/cas')).toBe(false);
  expect(rig.exists('.pipeline-cache/ac')).toBe(false);
  expect((await rig.build(args)).fresh).toEqual(['work']);
  rig.remove('out');
  expect(await rig.build(args)).toMatchObject({ code: 0, executed: ['work'] });
  expect(rig.read('out/work.txt')).toBe('v0\n');
});

test('--no-cache does not read what an earlier build has stored', async () => {
  await using rig = await withTwoVersions();
  expect(await rig.build(['--no-cache'])).toMatchObject({ executed: ['work'], restored: [] });
});

test('--force executes what the cache could give', async () => {
  await using rig = await withTwoVersions();
  expect(await rig.build(['--force'])).toMatchObject({ executed: ['work'], restored: [] });
});

test('a cache at its limit goes on working: what it lost is executed', async () => {
  const noisy = `{
    cache: { maxSize: '60KB' },
    stages: { work: { requires: ['in.txt'], produces: ['out.txt'], run: 'head -c 20000 /dev/zero | tr "\\\\0" "$(cat in.txt)" > out.txt' } },
  }`;
  await using rig = await Rig.compiled({ 'in.txt': 'a' }, noisy);
  const letters = [...'abcdefghij'];
  for (const letter of letters) {
    rig.write('in.txt', letter);
    await rig.build();
    expect(rig.read('out.txt')).toBe(letter.repeat(20_000));
    // An hour passes, so that nothing in the cache is spared for being young.
    for (const file of everyFile(rig, '.pipeline-cache')) {
      if (/\/(ac|cas)\//.test(file))
        fs.utimesSync(file, new Date(Date.now() - 7.2e6), new Date(Date.now() - 7.2e6));
    }
  }
  expect((await rig.pipe(['cache', 'gc'])).code).toBe(0);
  const stats = JSON.parse((await rig.pipe(['cache', 'stats', '--json'])).stdout) as { sizeBytes: number };
  expect(stats.sizeBytes).toBeLessThanOrEqual(60_000);
  expect(stats.sizeBytes).toBeGreaterThan(0);
  for (const letter of letters) {
    rig.write('in.txt', letter);
    expect((await rig.build()).code).toBe(0);
    expect(rig.read('out.txt')).toBe(letter.repeat(20_000));
  }
});

test('pipe cache tells its size, finds what is bad, and clears itself', async () => {
  await using rig = await withTwoVersions();
  const stats = async () =>
    JSON.parse((await rig.pipe(['cache', 'stats', '--json'])).stdout) as Record<string, number>;
  // Two contents and the log.
  expect(await stats()).toMatchObject({ actions: 2, blobs: 3 });
  expect((await rig.pipe(['cache', 'stats'])).stdout).toMatch(/2 entries, 3 blobs/);
  expect((await rig.pipe(['cache', 'verify'])).stdout).toContain('all sound');

  overwrite(blobPath(rig, 'v0\n'), 'bad');
  expect((await rig.pipe(['cache', 'verify'])).stdout).toMatch(/bad/);
  expect((await rig.pipe(['cache', 'verify'])).stdout).toContain('all sound');
  expect((await stats()).actions).toBe(1);

  expect((await rig.pipe(['cache', 'clear'])).code).toBe(0);
  expect(await stats()).toMatchObject({ actions: 0, blobs: 0, sizeBytes: 0 });
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
  expect(await rig.pipe(['cache', 'shrink'])).toMatchObject({ code: 2 });
});

test.each([
  ['a file stands in place of .pipeline-cache', '.pipeline-cache'],
  ['a file stands in place of its cas folder', '.pipeline-cache/cas'],
  ['a file stands in place of its ac folder', '.pipeline-cache/ac'],
  ['a folder stands in place of its state file', '.pipeline-cache/state/x'],
  ['a file stands in place of its runs folder', '.pipeline-cache/runs'],
  ['a file stands in place of its lock folder', '.pipeline-cache/lock'],
  ['a file stands in place of its config folder', '.pipeline-cache/config'],
  ['a file stands in place of its scratch folder', '.pipeline-cache/scratch'],
])('where %s, a build still gives the same bytes, and says what is wrong', async (_, obstacle) => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n', [obstacle]: 'in the way' }, copying());
  const built = await rig.build();
  expect(built).toMatchObject({ code: 0, executed: ['work'] });
  expect(rig.read('out/work.txt')).toBe('v0\n');
  rig.write('in.txt', 'v1\n');
  const again = await rig.build();
  expect(again).toMatchObject({ code: 0, executed: ['work'] });
  expect(rig.read('out/work.txt')).toBe('v1\n');
  // The lock has a substitute elsewhere, and a compiled configuration is only a convenience.
  const isMissed = !/lock|config/.test(obstacle);
  expect([...built.warnings, ...again.warnings].length > 0).toBe(isMissed);
});

function overwrite(file: string, text: string): void {
  fs.chmodSync(file, 0o644);
  fs.writeFileSync(file, text);
}

test('a cache above its limit lets the oldest results go and keeps the newest', async () => {
  const big = `{
    cache: { maxSize: '3MB' },
    stages: { work: { requires: ['in.txt'], produces: ['out.bin'], run: 'head -c 1000000 /dev/zero | tr "\\\\0" "$(cat in.txt)" > out.bin' } },
  }`;
  await using rig = await Rig.compiled({ 'in.txt': 'a' }, big);
  for (const version of ['a', 'b', 'c', 'd', 'e', 'f']) {
    rig.write('in.txt', version);
    expect((await rig.build()).executed).toEqual(['work']);
  }
  const stats = JSON.parse((await rig.pipe(['cache', 'stats', '--json'])).stdout);
  expect(stats.sizeBytes).toBeLessThanOrEqual(3_000_000);
  expect(stats.actions).toBeGreaterThanOrEqual(1);

  rig.remove('out.bin');
  expect((await rig.build()).restored).toEqual(['work']);
  rig.write('in.txt', 'a');
  expect((await rig.build()).executed).toEqual(['work']);
});
