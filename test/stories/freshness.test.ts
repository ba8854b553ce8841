// Invariants 1 to 4 and 14 over what can happen to files between two builds: stale exactly when something counts.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { buildAsForetold } from '../rig/foretold.ts';
import { Rig } from '../rig/rig.ts';
import { expectNothingToDo } from '../rig/untouched.ts';

const upper = `{
  stages: {
    upper: { requires: ['in.txt'], produces: ['out/upper.txt'], run: 'tr a-z A-Z < in.txt > out/upper.txt' },
    count: { requires: ['out/upper.txt'], produces: ['out/count.txt'], run: 'wc -c < out/upper.txt > out/count.txt' },
  },
}`;

const listing = `{
  stages: {
    list: { requires: ['src/*.txt'], produces: ['list.txt'], run: 'cat {requires} > list.txt' },
  },
}`;

/** One stage over `in.txt`, with further fields. */
function oneStage(fields = '', run = 'cat in.txt > out.txt'): string {
  return `{ stages: { copy: { requires: ['in.txt'], produces: ['out.txt'], run: ${JSON.stringify(run)}, ${fields} } } }`;
}

async function built(files: Readonly<Record<string, string>>, config: string): Promise<Rig> {
  const rig = await Rig.compiled(files, config);
  const first = await buildAsForetold(rig);
  expect(first.code).toBe(0);
  await expectNothingToDo(rig);
  return rig;
}

test('a file that is touched without a change reruns nothing', async () => {
  await using rig = await built({ 'in.txt': 'one' }, upper);
  const past = new Date('2001-01-01');
  fs.utimesSync(rig.path('in.txt'), past, past);
  fs.utimesSync(rig.path('out/upper.txt'), past, past);
  expect((await buildAsForetold(rig)).fresh).toEqual(['count', 'upper']);
  await expectNothingToDo(rig);
});

test('an older file moved over an input is seen', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'one', 'older.txt': 'two' }, upper);
  fs.utimesSync(rig.path('older.txt'), new Date('2001-01-01'), new Date('2001-01-01'));
  await rig.build();
  fs.renameSync(rig.path('older.txt'), rig.path('in.txt'));
  const again = await buildAsForetold(rig);
  expect(again.executed).toContain('upper');
  expect(again.reasonsOf('upper')).toEqual([{ code: 'input-changed', path: 'in.txt' }]);
  expect(rig.read('out/upper.txt')).toBe('TWO');
  await expectNothingToDo(rig);
});

test('an edit of the same size with its old time put back is seen', async () => {
  await using rig = await built({ 'in.txt': 'one' }, upper);
  // A whole second: a time in nanoseconds cannot be put back to the last digit.
  fs.utimesSync(rig.path('in.txt'), 1e9, 1e9);
  expect((await rig.build()).executed).toEqual([]);
  rig.write('in.txt', 'two');
  fs.utimesSync(rig.path('in.txt'), 1e9, 1e9);
  expect((await buildAsForetold(rig)).executed).toContain('upper');
  expect(rig.read('out/upper.txt')).toBe('TWO');
});

test('edits in quick succession before and after a build are all seen', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'a' }, upper);
  for (const text of ['bcd', 'efg', 'hij', 'klm']) {
    rig.write('in.txt', 'xyz');
    rig.write('in.txt', text);
    expect((await rig.build()).executed).toContain('upper');
    expect(rig.read('out/upper.txt')).toBe(text.toUpperCase());
  }
  await expectNothingToDo(rig);
});

test('times at the very beginning, before it and in the far future are times like others', async () => {
  await using rig = await built({ 'in.txt': 'one' }, upper);
  for (const seconds of [0, -86_400, 4_102_444_800]) {
    fs.utimesSync(rig.path('in.txt'), seconds, seconds);
    expect((await rig.build()).fresh).toEqual(['count', 'upper']);
    await expectNothingToDo(rig);
    rig.write('in.txt', `text of ${seconds}`);
    fs.utimesSync(rig.path('in.txt'), seconds, seconds);
    expect((await buildAsForetold(rig)).executed).toContain('upper');
    expect(rig.read('out/upper.txt')).toBe(`TEXT OF ${seconds}`);
  }
});

test('an output that was deleted comes back from the cache, and nothing after it runs', async () => {
  await using rig = await built({ 'in.txt': 'one' }, upper);
  rig.remove('out/upper.txt');
  const again = await buildAsForetold(rig);
  expect(again.restored).toEqual(['upper']);
  expect(again.fresh).toEqual(['count']);
  expect(again.reasonsOf('upper')).toEqual([{ code: 'output-missing', path: 'out/upper.txt' }]);
  await expectNothingToDo(rig);
});

test('an output that was edited is put right before anything reads it', async () => {
  await using rig = await built({ 'in.txt': 'one' }, upper);
  rig.write('out/upper.txt', 'edited');
  const again = await buildAsForetold(rig);
  expect(again.reasonsOf('upper')).toEqual([{ code: 'output-changed', path: 'out/upper.txt' }]);
  expect(again.executed).toEqual([]);
  expect(rig.read('out/upper.txt')).toBe('ONE');
  expect(rig.read('out/count.txt').trim()).toBe('3');
  await expectNothingToDo(rig);
});

test('an input whose executable bit changes is a changed input', async () => {
  await using rig = await built({ 'in.txt': 'one' }, upper);
  fs.chmodSync(rig.path('in.txt'), 0o755);
  expect((await buildAsForetold(rig)).reasonsOf('upper')).toEqual([
    { code: 'input-changed', path: 'in.txt' },
  ]);
  // Who else may read it is nobody's input.
  fs.chmodSync(rig.path('in.txt'), 0o700);
  expect((await rig.build()).fresh).toEqual(['count', 'upper']);
});

test('a file added, removed or renamed under a pattern makes the stage stale', async () => {
  await using rig = await built({ 'src/a.txt': 'a', 'src/b.txt': 'b' }, listing);

  rig.write('src/c.txt', 'c');
  expect((await buildAsForetold(rig)).reasonsOf('list')).toEqual([
    { code: 'input-added', path: 'src/c.txt' },
  ]);
  expect(rig.read('list.txt')).toBe('abc');

  fs.renameSync(rig.path('src/a.txt'), rig.path('src/z.txt'));
  expect((await buildAsForetold(rig)).reasonsOf('list')).toEqual([
    { code: 'input-added', path: 'src/z.txt' },
    { code: 'input-removed', path: 'src/a.txt' },
  ]);
  expect(rig.read('list.txt')).toBe('bca');

  rig.remove('src/z.txt');
  expect((await buildAsForetold(rig)).reasonsOf('list')).toEqual([
    { code: 'input-removed', path: 'src/z.txt' },
  ]);
  expect(rig.read('list.txt')).toBe('bc');
  // Hidden files are only meant where they are named.
  rig.write('src/.hidden.txt', 'h');
  await expectNothingToDo(rig);
});

test('a changed command, version, working folder, pattern, shell and variable each rerun the stage', async () => {
  await using rig = await built({ 'in.txt': 'one', 'sub/x.txt': 'x' }, oneStage());
  const changes: readonly (readonly [string, string])[] = [
    ['command', oneStage('', 'cat in.txt in.txt > out.txt')],
    ['command', oneStage('', 'cat "$PIPE_ROOT/in.txt" > "$PIPE_ROOT/out.txt"')],
    ['cwd', oneStage("cwd: 'sub'", 'cat "$PIPE_ROOT/in.txt" > "$PIPE_ROOT/out.txt"')],
    ['cwd', oneStage('', 'cat "$PIPE_ROOT/in.txt" > "$PIPE_ROOT/out.txt"').replace("'in.txt'", "'./in.txt'")],
    ['version', oneStage("version: '2'", 'cat "$PIPE_ROOT/in.txt" > "$PIPE_ROOT/out.txt"')],
    [
      'env MODE',
      oneStage("version: '2', env: { MODE: 'a' }", 'cat "$PIPE_ROOT/in.txt" > "$PIPE_ROOT/out.txt"'),
    ],
    [
      'env MODE',
      oneStage("version: '2', env: { MODE: 'b' }", 'cat "$PIPE_ROOT/in.txt" > "$PIPE_ROOT/out.txt"'),
    ],
    [
      'shell',
      oneStage(
        "version: '2', env: { MODE: 'b' }, shell: '/bin/bash'",
        'cat "$PIPE_ROOT/in.txt" > "$PIPE_ROOT/out.txt"',
      ),
    ],
    [
      'requires',
      oneStage(
        "version: '2', env: { MODE: 'b' }, shell: '/bin/bash'",
        'cat "$PIPE_ROOT/in.txt" > "$PIPE_ROOT/out.txt"',
      ).replace("'in.txt'", "'in.txt', '!sub/*'"),
    ],
  ];
  for (const [name, config] of changes) {
    await rig.reconfigure(config);
    const again = await buildAsForetold(rig);
    expect(again.executed.length + again.restored.length).toBe(1);
    expect(again.reasonsOf('copy')).toMatchObject([{ code: 'definition-changed', name }]);
  }
  await expectNothingToDo(rig);
});

test('fields that do not touch the result rerun nothing', async () => {
  await using rig = await built({ 'in.txt': 'one' }, oneStage());
  await rig.reconfigure(
    oneStage(
      "description: 'Copies.', timeout: '10s', optional: true, protect: true, watch: 'manual'",
    ).replace("requires: ['in.txt']", "requires: './in.txt'"),
  );
  expect((await buildAsForetold(rig)).fresh).toEqual(['copy']);
  await expectNothingToDo(rig);
});

test('a passed variable that is unset, empty or set makes three different builds', async () => {
  const config = oneStage('env: { MODE: true }', '(printenv MODE || echo unset) > out.txt');
  await using rig = await built({ 'in.txt': 'one' }, config);
  expect(rig.read('out.txt')).toBe('unset\n');
  const empty = await rig.build([], { env: { MODE: '' } });
  expect(empty.executed).toEqual(['copy']);
  expect(empty.reasonsOf('copy')).toMatchObject([{ code: 'definition-changed', name: 'env MODE' }]);
  expect(rig.read('out.txt')).toBe('\n');
  // The word with which an unset variable is recorded is a value like others.
  expect((await rig.build([], { env: { MODE: 'unset' } })).executed).toEqual(['copy']);
  expect((await rig.build([], { env: { MODE: 'set' } })).executed).toEqual(['copy']);
  expect((await rig.build()).restored).toEqual(['copy']);
  // What is not declared is no input.
  expect((await rig.build([], { env: { OTHER: '1', LANG: 'de_DE.UTF-8' } })).fresh).toEqual(['copy']);
});

test('a new value of a secret reruns nothing', async () => {
  const config = oneStage("secrets: ['TOKEN']");
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, config);
  expect((await rig.build([], { env: { TOKEN: 'aaaaaaaa' } })).executed).toEqual(['copy']);
  expect((await rig.build([], { env: { TOKEN: 'bbbbbbbb' } })).fresh).toEqual(['copy']);
});

test('an edited helper of the configuration reruns its inline functions, not its shell stages', async () => {
  await using rig = await built(
    { 'in.txt': 'one', 'helper.ts': 'export const mark = "!";\n' },
    `import { definePipeline } from 'pipe-build';
     import { readFileSync, writeFileSync } from 'node:fs';
     import { mark } from './helper.ts';
     export default definePipeline({ stages: {
       shell: { requires: ['in.txt'], produces: ['shell.txt'], run: 'cat in.txt > shell.txt' },
       inline: { requires: ['in.txt'], produces: ['inline.txt'], run: () => writeFileSync('inline.txt', readFileSync('in.txt', 'utf8') + mark) },
     } });`,
  );
  expect(rig.read('inline.txt')).toBe('one!');
  rig.write('helper.ts', 'export const mark = "?";\n');
  const again = await buildAsForetold(rig);
  expect(again.executed).toEqual(['inline']);
  expect(again.fresh).toEqual(['shell']);
  expect(again.reasonsOf('inline')).toEqual([{ code: 'input-changed', path: 'helper.ts' }]);
  expect(rig.read('inline.txt')).toBe('one?');
  await expectNothingToDo(rig);
});

test('a script that a command names is an input though nobody declares it', async () => {
  await using rig = await built(
    { 'in.txt': 'one', 'tools/up.mjs': 'console.log(1)', 'tools/run.sh': 'echo a', 'x.py': '' },
    `{ stages: {
      node: { produces: ['a.txt'], run: 'node tools/up.mjs > a.txt' },
      shell: { produces: ['b.txt'], run: exec('sh', '-c', 'true > b.txt') },
      sub: { produces: ['c.txt'], cwd: 'tools', run: 'sh ./run.sh > ../c.txt' },
    } }`,
  );
  rig.write('tools/up.mjs', 'console.log(2)');
  rig.write('tools/run.sh', 'echo b');
  const again = await buildAsForetold(rig);
  expect(again.executed).toEqual(['node', 'sub']);
  expect(again.reasonsOf('node')).toEqual([{ code: 'input-changed', path: 'tools/up.mjs' }]);
  expect(again.reasonsOf('sub')).toEqual([{ code: 'input-changed', path: 'tools/run.sh' }]);
});

test('without outputs a stage is fresh after a success, until its inputs change', async () => {
  const config = `{ stages: { lint: { requires: ['in.txt'], run: 'grep -q good in.txt' } } }`;
  await using rig = await built({ 'in.txt': 'good' }, config);
  rig.write('in.txt', 'bad');
  const bad = await rig.build();
  expect(bad.failed).toEqual(['lint']);
  expect(bad.code).toBe(1);
  rig.write('in.txt', 'good again');
  expect((await buildAsForetold(rig)).executed).toEqual(['lint']);
});

test('a stage without files always runs, and says so', async () => {
  const config = `{ stages: { hello: { run: 'echo hello' }, copy: { requires: ['in.txt'], produces: ['out.txt'], after: 'hello', run: 'cat in.txt > out.txt' } } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, config);
  await rig.build();
  const again = await buildAsForetold(rig);
  expect(again.executed).toEqual(['hello']);
  expect(again.reasonsOf('hello')).toEqual([{ code: 'always' }]);
  // `after` orders; it does not make stale.
  expect(again.fresh).toEqual(['copy']);
});

test('a failed attempt is never fresh, and neither is what it would have served', async () => {
  await using rig = await built({ 'in.txt': 'one' }, upper);
  rig.write('in.txt', 'two');
  await rig.reconfigure(upper.replace('> out/upper.txt', '> out/upper.txt; exit 3'));
  const broken = await rig.build();
  expect(broken.failed).toEqual(['upper']);
  expect(broken.skipped).toEqual(['count']);
  const still = await rig.build();
  expect(still.failed).toEqual(['upper']);
  expect(still.reasonsOf('upper')[0]).toEqual({ code: 'unfinished' });

  await rig.reconfigure(upper);
  expect((await buildAsForetold(rig)).executed).toContain('upper');
  expect(rig.read('out/upper.txt')).toBe('TWO');
  await expectNothingToDo(rig);
});

test('a stage with another name takes over what is there, and nothing is executed', async () => {
  await using rig = await built({ 'in.txt': 'one' }, upper);
  await rig.reconfigure(upper.replace('upper: {', 'loud: {'));
  const renamed = await buildAsForetold(rig);
  expect(renamed.executed).toEqual([]);
  expect(renamed.restored).toEqual(['loud']);
  await expectNothingToDo(rig);
});

test('over an empty workspace the plan is complete, and comes true', async () => {
  await using rig = await Rig.with({ 'in.txt': 'one' }, upper);
  const plan = JSON.parse((await rig.pipe(['status', '--json'])).stdout);
  expect(plan.tasks.map((task: { task: string; action: string }) => [task.task, task.action])).toEqual([
    ['upper', 'run'],
    ['count', 'run'],
  ]);
  expect(rig.files()).toEqual(['in.txt', 'pipeline.config.ts']);
  expect((await rig.pipe(['status', '--check'])).code).toBe(1);
  expect((await buildAsForetold(rig)).executed).toEqual(['count', 'upper']);
  expect((await rig.pipe(['status', '--check'])).code).toBe(0);
});

test('what a stage no longer produces goes away when it runs anew', async () => {
  const config = (pattern: string) => `{ stages: {
    split: { requires: ['in.txt'], produces: ['${pattern}'], run: 'mkdir -p $(dirname {produces}); cat in.txt > {produces}' },
    join: { requires: ['parts/**/*.txt'], produces: ['all.txt'], run: 'cat {requires} > all.txt' },
  } }`;
  await using rig = await built({ 'in.txt': 'one' }, config('parts/a.txt'));
  await rig.reconfigure(config('parts/b/b.txt'));
  await rig.build();
  expect(rig.files('parts')).toEqual(['b/b.txt']);
  expect(rig.read('all.txt')).toBe('one');
  await expectNothingToDo(rig);
});
