// Invariant 9: whose file is it? What a person made is never silently lost; what pipe made may go.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { describe, expect, test } from 'vitest';
import { buildAsForetold } from '../rig/foretold.ts';
import { type Built, nodeUnderTest, pipeCommand, Rig } from '../rig/rig.ts';
import { changesBetween, expectNothingToDo, treeOf, withoutTouching } from '../rig/untouched.ts';
import { engineId } from './signs.ts';

const chain = (more = '') => `{ stages: {
  draft: { requires: ['in.txt'], produces: ['draft.txt'], run: 'tr a-z A-Z < in.txt > draft.txt', ${more} },
  print: { requires: ['draft.txt'], produces: ['print/'], run: 'cat draft.txt > print/page.txt' },
} }`;

async function builtChain(more = ''): Promise<Rig> {
  const rig = await Rig.compiled({ 'in.txt': 'one' }, chain(more));
  expect((await rig.build()).code).toBe(0);
  return rig;
}

/** Where the only warning says that the file is kept. */
function keptAt(rig: Rig, built: Built, file: string): string {
  expect(built.warnings).toHaveLength(1);
  const place = `.pipeline-cache/displaced/${built.events[0]?.runId}/${file}`;
  expect(built.warnings[0]).toContain(file);
  expect(built.warnings[0]).toContain(place);
  return rig.read(place);
}

test('an output that a person edited is kept aside, with a warning that names both places', async () => {
  await using rig = await builtChain();
  rig.write('draft.txt', 'my words');
  const built = await buildAsForetold(rig);
  expect(built.restored).toEqual(['draft']);
  expect(rig.read('draft.txt')).toBe('ONE');
  expect(keptAt(rig, built, 'draft.txt')).toBe('my words');
  await expectNothingToDo(rig);
});

test('a file that was there before the stage first ran is kept aside too', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'one', 'draft.txt': 'mine' }, chain());
  const built = await buildAsForetold(rig);
  expect(built.executed).toEqual(['draft', 'print']);
  expect(keptAt(rig, built, 'draft.txt')).toBe('mine');
});

test('an edited output is kept aside also when the stage fails', async () => {
  await using rig = await builtChain();
  rig.write('draft.txt', 'my words');
  await rig.reconfigure(chain().replace('> draft.txt', '> draft.txt; exit 1'));
  const built = await rig.build();
  expect(built.failed).toEqual(['draft']);
  expect(keptAt(rig, built, 'draft.txt')).toBe('my words');
});

test('content that pipe itself made earlier is dropped without a word', async () => {
  await using rig = await builtChain();
  const first = rig.read('draft.txt');
  rig.write('in.txt', 'two');
  await rig.build();
  // As a `git checkout` of outputs would do.
  rig.write('draft.txt', first);
  const built = await buildAsForetold(rig);
  expect(built.warnings).toEqual([]);
  expect(rig.exists('.pipeline-cache/displaced')).toBe(false);
  expect(rig.read('draft.txt')).toBe('TWO');
  await expectNothingToDo(rig);
});

test('a stray file in an owned folder makes the stage stale, and is kept aside', async () => {
  await using rig = await builtChain();
  rig.write('print/notes/mine.txt', 'mine');
  const built = await buildAsForetold(rig);
  expect(built.reasonsOf('print')).toEqual([{ code: 'output-extra', path: 'print/notes/mine.txt' }]);
  expect(rig.files('print')).toEqual(['page.txt']);
  expect(rig.exists('print/notes')).toBe(false);
  expect(keptAt(rig, built, 'print/notes/mine.txt')).toBe('mine');
  await expectNothingToDo(rig);
});

test('a link or folder that a person put in place of an output is kept aside', async () => {
  await using rig = await builtChain();
  rig.write('elsewhere.txt', 'mine');
  rig.remove('draft.txt');
  fs.symlinkSync('elsewhere.txt', rig.path('draft.txt'));
  const built = await buildAsForetold(rig);
  expect(built.restored).toEqual(['draft']);
  expect(fs.lstatSync(rig.path('draft.txt')).isFile()).toBe(true);
  expect(rig.read('elsewhere.txt')).toBe('mine');
  expect(built.warnings).toHaveLength(1);
});

test('an edited output of a protected stage stops the build, and nothing is touched', async () => {
  await using rig = await builtChain('protect: true');
  rig.write('draft.txt', 'my words');
  rig.write('in.txt', 'two');
  await using before = await Rig.with({
    'draft.txt': rig.read('draft.txt'),
    'page.txt': rig.read('print/page.txt'),
  });
  const built = await rig.build();
  expect(built.code).toBe(3);
  expect(built.finished?.outcome).toBe('waiting');
  expect(built.waiting).toEqual(['draft']);
  expect(built.skipped).toEqual(['print']);
  expect(built.end('draft')?.failure).toEqual({ kind: 'protected', paths: ['draft.txt'] });
  expect(rig.read('draft.txt')).toBe(before.read('draft.txt'));
  expect(rig.read('print/page.txt')).toBe(before.read('page.txt'));

  const plan = await withoutTouching(rig, () => rig.build(['--dry-run']));
  expect(plan.code).toBe(3);
  expect(plan.events).toContainEqual(
    expect.objectContaining({
      task: 'draft',
      action: 'wait',
      failure: { kind: 'protected', paths: ['draft.txt'] },
    }),
  );

  const forced = await rig.build(['draft', '--force']);
  expect(forced.executed).toEqual(['draft']);
  expect(keptAt(rig, forced, 'draft.txt')).toBe('my words');
  expect(rig.read('draft.txt')).toBe('TWO');
});

test('protection holds for a stage that updates its own outputs, too', async () => {
  await using rig = await builtChain('protect: true, clean: false');
  rig.write('draft.txt', 'my words');
  expect((await rig.build()).waiting).toEqual(['draft']);
  expect(rig.read('draft.txt')).toBe('my words');
});

test.each([['draft.txt'], ['./print/../draft.txt'], ['draft']])(
  'an accepted edit (%s) is the result, until the inputs change; then it is kept aside',
  async (named) => {
    await using rig = await builtChain('protect: true');
    rig.write('draft.txt', 'my words');
    expect((await rig.build()).code).toBe(3);
    const accepted = await rig.pipe(['accept', named, '--reason', 'better so']);
    expect([accepted.code, accepted.stderr]).toEqual([0, '']);

    const built = await buildAsForetold(rig);
    expect(built.fresh).toEqual(['draft']);
    expect(built.executed).toEqual(['print']);
    expect(built.reasonsOf('print')).toEqual([{ code: 'input-changed', path: 'draft.txt' }]);
    expect(rig.read('print/page.txt')).toBe('my words');
    expect((await rig.pipe(['describe', 'draft'])).stdout).toContain('better so');
    await expectNothingToDo(rig);

    rig.write('in.txt', 'two');
    expect((await rig.build()).waiting).toEqual(['draft']);
    await rig.reconfigure(chain());
    const anew = await buildAsForetold(rig);
    expect(anew.executed).toEqual(['draft', 'print']);
    expect(keptAt(rig, anew, 'draft.txt')).toBe('my words');
    expect(rig.read('print/page.txt')).toBe('TWO');
    await expectNothingToDo(rig);
  },
);

test('status and describe tell who accepted what and why, as long as it holds', async () => {
  await using rig = await builtChain();
  rig.write('draft.txt', 'my words');
  const before = Date.now();
  await rig.pipe(['accept', 'draft.txt', '--reason', 'better so']);
  await rig.build();
  const { username } = os.userInfo();
  expect((await rig.pipe(['status'])).stdout).toMatch(
    new RegExp(`^fresh +draft +as accepted by ${username}: better so\nfresh +print\n`),
  );
  const { tasks } = JSON.parse((await rig.pipe(['status', '--json'])).stdout);
  expect(tasks[0].accepted).toMatchObject({ by: username, reason: 'better so', paths: ['draft.txt'] });
  expect(tasks[0].accepted.atMs).toBeGreaterThanOrEqual(before);
  expect(tasks[1]).not.toHaveProperty('accepted');
  expect((await rig.pipe(['describe', 'draft'])).stdout).toContain(`by ${username}: better so`);

  rig.write('in.txt', 'two');
  await rig.build();
  expect((await rig.pipe(['status'])).stdout).not.toContain('accepted');
});

/** Runs what a hint or a way on says, as a person would who copies it into a shell. */
function typed(rig: Rig, line: string): void {
  const pipe = `pipe() { "${nodeUnderTest}" -- "${pipeCommand}" "$@"; }`;
  execFileSync('/bin/sh', ['-ec', `${pipe}\n${line}`], { cwd: rig.root, stdio: 'pipe' });
}

test.each(['draft.txt', 'my draft (it’s mine).txt'])(
  'the warning says where %j is kept and how to adopt it, and doing what it says adopts it',
  async (name) => {
    const quoted = JSON.stringify(name);
    await using rig = await Rig.compiled(
      { 'in.txt': 'one' },
      `{ stages: { draft: { requires: ['in.txt'], produces: [${quoted.replace('(', '[(]').replace(')', '[)]')}], run: ${JSON.stringify(`tr a-z A-Z < in.txt > ${quoted}`)} } } }`,
    );
    await rig.build();
    rig.write(name, 'my words');
    const told = await rig.pipe(['build']);
    const all = told.stdout + told.stderr;
    const hint = /to use it as the result: (.*)$/m.exec(all)?.[1];
    expect(hint).toContain('--reason "…"');
    expect(rig.read(name)).toBe('ONE');

    typed(rig, hint!.replace('…', 'as I meant it'));
    expect(rig.read(name)).toBe('my words');
    expect((await rig.build()).fresh).toEqual(['draft']);
  },
);

test.each(['hash', 'mtime'])(
  'several protected stages stop at once, also with -k (%s), and both ways on work',
  async (freshness) => {
    const stage = (name: string) =>
      `${name}: { requires: ['in.txt'], produces: ['${name}.txt'], run: 'tr a-z A-Z < in.txt > ${name}.txt', protect: true }`;
    await using rig = await Rig.compiled(
      { 'in.txt': 'one' },
      `{ freshness: '${freshness}', stages: { ${stage('a')}, ${stage('b')}, free: { requires: ['in.txt'], produces: ['free.txt'], run: 'cp in.txt free.txt' } } }`,
    );
    await rig.build();
    for (const name of ['a', 'b']) {
      rig.write(`${name}.txt`, `my ${name}`);
      // Before the input, so that they are stale by the clock too.
      fs.utimesSync(rig.path(`${name}.txt`), 1_000_000, 1_000_000);
    }
    rig.write('in.txt', 'two');
    const built = await rig.build(['-k']);
    expect(built).toMatchObject({ code: 3, waiting: ['a', 'b'], executed: ['free'], warnings: [] });
    expect([rig.read('a.txt'), rig.read('b.txt')]).toEqual(['my a', 'my b']);

    const told = await rig.pipe(['build', '-k']);
    const text = told.stdout + told.stderr;
    const keep = /keep it +(pipe accept a\.txt .*)$/m.exec(text)?.[1];
    const rebuild = /rebuild +(pipe build b --force)$/m.exec(text)?.[1];
    typed(rig, keep!.replace('…', 'mine'));
    typed(rig, rebuild!);
    expect([rig.read('a.txt'), rig.read('b.txt')]).toEqual(['my a', 'TWO']);
    const after = await rig.build();
    expect(after).toMatchObject({ code: 0, executed: [], waiting: [] });
  },
);

test('two edited files of one name, from two stages or in two attempts, are both kept', async () => {
  const stage = (name: string) =>
    `${name}: { requires: ['in.txt'], produces: ['${name}/page.txt'], run: 'cp in.txt ${name}/page.txt' }`;
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, `{ stages: { ${stage('a')}, ${stage('b')} } }`);
  await rig.build();
  rig.write('a/page.txt', 'my a');
  rig.write('b/page.txt', 'my b');
  const built = await rig.build();
  const kept = `.pipeline-cache/displaced/${built.events[0]?.runId}`;
  expect(rig.files(kept).map((file) => [file, rig.read(`${kept}/${file}`)])).toEqual([
    ['a/page.txt', 'my a'],
    ['b/page.txt', 'my b'],
  ]);
});

test('a file that a person puts in place while its stage is run again is not lost, nor is the first one', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '0' },
    `{ stages: { draft: { requires: ['in.txt'], produces: ['draft.txt'],
      run: 'cp in.txt draft.txt; test -e again || { touch again; echo 1 > in.txt; }' } } }`,
  );
  rig.write('draft.txt', 'mine');
  const built = await rig.build();
  expect(built).toMatchObject({ code: 0, executed: ['draft'] });
  expect(rig.read(`.pipeline-cache/displaced/${built.events[0]?.runId}/draft.txt`)).toBe('mine');
});

test('what is kept aside stays, whatever is evicted, pruned or cleaned', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'one' },
    chain().replace('{ stages', "{ cache: { maxSize: '1KB' }, stages"),
  );
  await rig.build();
  rig.write('draft.txt', 'my words');
  const built = await rig.build();
  const kept = keptAt(rig, built, 'draft.txt');
  for (const args of [['cache', 'gc'], ['cache', 'clear'], ['clean'], ['build'], ['clean', '--orphans']]) {
    expect((await rig.pipe(args)).code).toBe(0);
    expect(rig.read(`.pipeline-cache/displaced/${built.events[0]?.runId}/draft.txt`)).toBe(kept);
  }
});

test('the result that a failed attempt was to replace is kept with its run', async () => {
  await using rig = await builtChain();
  rig.write('in.txt', 'two');
  await rig.reconfigure(chain().replace('> draft.txt', '> draft.txt; exit 1'));
  const failed = await rig.build();
  expect(failed).toMatchObject({ code: 1, failed: ['draft'], warnings: [] });
  const { runId } = failed.events[0]!;
  expect(rig.read(`.pipeline-cache/aside/${runId}/draft/draft.txt`)).toBe('ONE');
  expect(rig.read(`.pipeline-cache/rejected/${runId}/draft/draft.txt`)).toBe('TWO');
  await rig.reconfigure(chain());
  await rig.build();
  expect(rig.read('draft.txt')).toBe('TWO');
});

test('accepting adopts outputs that were there before pipe, and nothing runs', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'one', 'draft.txt': 'old', 'print/page.txt': 'old page' },
    chain(),
  );
  expect((await rig.pipe(['accept', 'draft', 'print', '--reason', 'from before'])).code).toBe(0);
  expect((await buildAsForetold(rig)).fresh).toEqual(['draft', 'print']);
  await expectNothingToDo(rig);
  // Adopted is not made: cleaning leaves it.
  await rig.pipe(['clean']);
  expect([rig.read('draft.txt'), rig.read('print/page.txt')]).toEqual(['old', 'old page']);
});

test('clean keeps what was accepted, and says so; what was edited since is not as pipe made it', async () => {
  await using rig = await builtChain();
  rig.write('draft.txt', 'my words');
  rig.write('print/page.txt', 'my page');
  await rig.pipe(['accept', 'draft.txt', 'print', '--reason', 'better so']);
  rig.write('print/page.txt', 'my other page');
  const by = `it is as accepted by ${os.userInfo().username}: better so`;
  const told = `kept draft.txt: ${by}\nkept print/page.txt: it is not as pipe made it\n`;
  expect((await rig.pipe(['clean', '--dry-run'])).stdout).toContain(told);
  const { kept, accepted } = JSON.parse((await rig.pipe(['clean', '--dry-run', '--json'])).stdout);
  expect([kept, accepted]).toEqual([['draft.txt', 'print/page.txt'], ['draft.txt']]);
  expect((await rig.pipe(['clean'])).stdout).toBe(`${told}deleted 0 files of 2 stages, kept 2\n`);
  expect([rig.read('draft.txt'), rig.read('print/page.txt')]).toEqual(['my words', 'my other page']);
});

test('what was only ever accepted was never timed, and no estimate says that it takes no time', async () => {
  await using rig = await Rig.compiled(
    {
      'in.txt': 'one',
      'draft.txt': 'old',
      'print/page.txt': 'old page',
      'src/a.txt': 'a',
      'more/a.txt': 'old',
    },
    `{ stages: {
      draft: { requires: ['in.txt'], produces: ['draft.txt'], run: 'cp in.txt draft.txt' },
      print: { requires: ['draft.txt'], produces: ['print/'], run: 'cp draft.txt print/page.txt' },
      more: { forEach: 'src/{n}.txt', produces: ['more/{n}.txt'], run: 'cp {item} {produces}' },
    } }`,
  );
  await rig.pipe(['accept', 'draft', 'print', 'more', '--reason', 'from before']);
  const estimates = async () => {
    const { tasks } = JSON.parse((await rig.pipe(['status', '--json'])).stdout);
    return tasks.map(({ task, action, estimateMs }: Record<string, unknown>) => [task, action, estimateMs]);
  };
  expect(await estimates()).toEqual([
    ['draft', 'fresh', null],
    ['print', 'fresh', null],
    ['more:src/a.txt', 'fresh', null],
  ]);
  const { lastRun, verdict } = JSON.parse((await rig.pipe(['describe', 'draft', '--json'])).stdout);
  expect([lastRun.durationMs, verdict.estimateMs]).toEqual([null, null]);

  rig.write('in.txt', 'two');
  rig.write('src/a.txt', 'b');
  expect(await estimates()).toEqual([
    ['draft', 'run', null],
    ['print', 'run', null],
    ['more:src/a.txt', 'run', null],
  ]);
  const { stdout } = await rig.pipe(['status']);
  expect(stdout).not.toMatch(/~|0ms/);
  expect(stdout).toMatch(/^3 would run$/m);

  // Once it has been executed, an acceptance takes nothing of what is known.
  const built = await rig.build(['draft']);
  expect(built.events.find((event) => event.kind === 'task-started')).toMatchObject({ estimateMs: null });
  rig.write('draft.txt', 'mine');
  await rig.pipe(['accept', 'draft', '--reason', 'better so']);
  rig.write('in.txt', 'three');
  expect((await rig.pipe(['status', 'print'])).stdout).toMatch(
    /^2 would run; about .* of work and 1 never timed$/m,
  );
});

test('accepting what is not there, has no reason or is no output is refused and records nothing', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, chain());
  for (const args of [
    ['draft', '--reason', 'r'],
    ['draft'],
    ['in.txt', '--reason', 'r'],
    ['nothing', '--reason', 'r'],
  ]) {
    expect([args, (await rig.pipe(['accept', ...args])).code]).toEqual([args, 2]);
  }
  expect((await buildAsForetold(rig)).executed).toEqual(['draft', 'print']);
});

test('a path that a pattern matches and that is not there is not accepted, nor is anything beside it', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'one' },
    `{ stages: {
      parts: { requires: ['in.txt'], produces: ['parts/*.txt', 'whole/'], run: 'mkdir -p parts whole/sub; cp in.txt parts/one.txt; cp in.txt whole/sub/' },
      other: { requires: ['in.txt'], produces: ['other.txt'], run: 'cp in.txt other.txt' },
    } }`,
  );
  await rig.build();
  rig.write('parts/one.txt', 'my words');
  rig.write('other.txt', 'mine too');
  const accept = (...paths: string[]) => rig.pipe(['accept', ...paths, '--reason', 'better so']);
  expect(await accept('other.txt', 'parts/onne.txt', 'whole/other')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `PIPE040 there is no file parts/onne.txt to accept: stage "parts" may produce it, but it is not there
  at parts/onne.txt
  hint: did you mean "parts/one.txt"? to accept all that there is of the stage: pipe accept parts --reason "…"
PIPE040 there is no file whole/other to accept: stage "parts" may produce it, but it is not there
  at whole/other
  hint: to accept all that there is of the stage: pipe accept parts --reason "…"

2 problems
`,
  });
  expect((await rig.pipe(['status'])).stdout).not.toContain('accepted');

  // A folder of outputs stands for them.
  expect(await accept('other.txt', 'parts/one.txt', 'whole/sub')).toMatchObject({ code: 0, stderr: '' });
  rig.remove('other.txt');
  expect(await accept('other.txt')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('hint: let the stage make it: pipe build other'),
  });
});

test('a path that is not there is not taken for one that was named too, and no stage is named that lacks outputs', async () => {
  await using rig = await Rig.compiled(
    { 't1.txt': 'mine' },
    `{ stages: { two: { produces: ['t1.txt', 't2.txt'], run: 'touch t1.txt t2.txt' } } }`,
  );
  const hint = async (...paths: string[]) =>
    /^ {2}hint: (.*)$/m.exec((await rig.pipe(['accept', ...paths, '--reason', 'better so'])).stderr)?.[1];
  expect(await hint('t1.txt', 't2.txt')).toBe('let the stage make it: pipe build two');
  expect(await hint('t2.txt')).toBe('did you mean "t1.txt"? let the stage make it: pipe build two');
});

test('clean deletes what pipe made and keeps what a person made', async () => {
  await using rig = await builtChain();
  rig.write('draft.txt', 'my words');
  rig.write('print/mine.txt', 'mine');
  const dry = await withoutTouching(rig, () => rig.pipe(['clean', '--dry-run', '--json']));
  expect(JSON.parse(dry.stdout)).toMatchObject({ removed: ['print/page.txt'], kept: ['draft.txt'] });
  const cleaned = await rig.pipe(['clean', '--json']);
  expect(JSON.parse(cleaned.stdout)).toMatchObject({ removed: ['print/page.txt'], kept: ['draft.txt'] });
  expect(rig.files()).toEqual(['draft.txt', 'in.txt', 'pipeline.config.ts', 'print/mine.txt']);
  expect((await rig.pipe(['clean'])).code).toBe(0);

  const built = await buildAsForetold(rig);
  expect(built.restored).toEqual(['draft', 'print']);
  expect(built.warnings).toHaveLength(2);
});

test('clean takes names as exactly those stages, and --from as those and all after them', async () => {
  await using rig = await builtChain();
  await rig.pipe(['clean', 'draft']);
  expect(rig.files()).toEqual(['in.txt', 'pipeline.config.ts', 'print/page.txt']);
  await rig.build();
  await rig.pipe(['clean', '--from', 'print']);
  expect(rig.files()).toEqual(['draft.txt', 'in.txt', 'pipeline.config.ts']);
  await rig.build();
  await rig.pipe(['clean', '--from', 'draft']);
  expect(rig.files()).toEqual(['in.txt', 'pipeline.config.ts']);
  expect((await buildAsForetold(rig)).restored).toEqual(['draft', 'print']);
});

test('clean --orphans deletes what removed stages made, and nothing else', async () => {
  await using rig = await builtChain();
  await rig.reconfigure(
    `{ stages: { draft: { requires: ['in.txt'], produces: ['draft.txt'], run: 'tr a-z A-Z < in.txt > draft.txt' } } }`,
  );
  rig.write('print/mine.txt', 'mine');
  const dry = await withoutTouching(rig, () => rig.pipe(['clean', '--orphans', '--dry-run']));
  expect(dry.stdout).toContain('print/page.txt');
  await rig.pipe(['clean', '--orphans']);
  expect(rig.files()).toEqual(['draft.txt', 'in.txt', 'pipeline.config.ts', 'print/mine.txt']);
  await expectNothingToDo(rig);
});

test.each([
  ['requires', "requires: ['snap.txt', 'page.txt'], run: 'cat snap.txt > out.txt'"],
  ['a command', "requires: ['in.txt'], run: 'sh snap.txt > out.txt'"],
])(
  'an orphan that a stage names in %s is its source: clean --orphans forgets who made it, and leaves it',
  async (_where, names) => {
    const makes = `make: { requires: ['in.txt'], produces: ['snap.txt', 'page.txt'], run: 'cp in.txt snap.txt; cp in.txt page.txt' },`;
    const config = (more: string, requires = names) =>
      `{ stages: { ${more} use: { ${requires}, produces: ['out.txt'] } } }`;
    await using rig = await Rig.compiled({ 'in.txt': 'echo one\n' }, config(makes));
    await rig.build();
    await rig.reconfigure(config('', names.replace(", 'page.txt'", '')));
    const told = await rig.pipe(['build']);
    expect(told.stdout + told.stderr).toContain(
      'take it for a source file from now on: pipe clean --orphans',
    );

    const cleaned = JSON.parse((await rig.pipe(['clean', '--orphans', '--json'])).stdout) as {
      removed: string[];
    };
    expect(cleaned.removed).toEqual(['page.txt']);
    expect(rig.read('snap.txt')).toBe('echo one\n');
    expect(await rig.build()).toMatchObject({ code: 0, warnings: [] });
    await expectNothingToDo(rig);
  },
);

test('the orphans of a renamed stage are the files of the new one, and stay', async () => {
  await using rig = await builtChain();
  await rig.reconfigure(chain().replace('draft: {', 'sketch: {'));
  expect((await buildAsForetold(rig)).restored).toEqual(['sketch']);
  await rig.pipe(['clean', '--orphans']);
  expect(rig.read('draft.txt')).toBe('ONE');
  await expectNothingToDo(rig);
});

test('a file that moved from one stage to another is not taken away from its new owner', async () => {
  const config = (a: string, b: string) => `{ stages: {
    a: { requires: ['in.txt'], produces: ['${a}'], run: 'cat in.txt > {produces}' },
    b: { requires: ['in.txt'], produces: ['${b}'], run: 'cat in.txt > {produces}' },
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, config('x.txt', 'y.txt'));
  await rig.build();
  await rig.reconfigure(config('z.txt', 'x.txt'));
  await rig.build();
  expect(rig.files()).toEqual(['in.txt', 'pipeline.config.ts', 'x.txt', 'z.txt']);
  await expectNothingToDo(rig);
});

test('an empty folder that a stage no longer makes goes as its files do', async () => {
  const config = (produces: string, run: string) =>
    `{ stages: { a: { requires: ['in.txt'], produces: ['${produces}'], run: '${run}' } } }`;
  await using rig = await Rig.compiled(
    { 'in.txt': 'one' },
    config('d/', 'mkdir -p d/empty d/used; touch d/x'),
  );
  await rig.build();
  rig.write('d/used/note', 'mine');
  await rig.reconfigure(config('y.txt', 'cat in.txt > y.txt'));
  await rig.build();
  expect(rig.files()).toEqual(['d/used/note', 'in.txt', 'pipeline.config.ts', 'y.txt']);
  expect(rig.exists('d/empty')).toBe(false);
  await expectNothingToDo(rig);
});

test('a former output that a person edited since is theirs', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'one' },
    `{ stages: { a: { requires: ['in.txt'], produces: ['x.txt'], run: 'cat in.txt > {produces}' } } }`,
  );
  await rig.build();
  rig.write('x.txt', 'mine now');
  await rig.reconfigure(
    `{ stages: { a: { requires: ['in.txt'], produces: ['y.txt'], run: 'cat in.txt > {produces}' } } }`,
  );
  await rig.build();
  expect([rig.read('x.txt'), rig.read('y.txt')]).toEqual(['mine now', 'one']);
  await expectNothingToDo(rig);
});

test('commands that look write nothing, not even a configuration that was never compiled or was edited since', async () => {
  await using rig = await Rig.with({ 'in.txt': 'one' }, chain());
  const looks = [['status'], ['build', '-n'], ['graph'], ['list'], ['why', 'draft'], ['describe', 'draft']];
  const expectUntouched = async () => {
    const before = treeOf(rig);
    for (const args of looks) expect((await rig.pipe(args)).code).toBe(0);
    expect(changesBetween(before, treeOf(rig))).toEqual([]);
  };
  await expectUntouched();
  expect(rig.exists('.pipeline-cache')).toBe(false);
  await rig.build();
  rig.write('pipeline.config.ts', `${rig.read('pipeline.config.ts')}\n// edited`);
  await expectUntouched();
});

test('whatever command writes first, the folder of pipe hides itself from git', async () => {
  for (const args of [['build'], ['clean', '--dry-run'], ['build', 'unknown']]) {
    await using rig = await Rig.with({ 'in.txt': 'one' }, chain());
    await rig.pipe(args);
    expect(rig.read('.pipeline-cache/.gitignore')).toBe('*\n');
  }
});

describe('what a stage made under patterns that it no longer has', () => {
  const config = (makes: string) => `{ stages: {
    join: { requires: ['parts/*.txt'], produces: ['all.txt'], run: 'cat {requires} > all.txt' },
    part: { requires: ['in.txt'], produces: ['${makes}'], run: 'cat in.txt > ${makes}' },
  } }`;

  test('is gone before another stage could take it for its input', async () => {
    await using rig = await Rig.compiled(
      { 'in.txt': 'part\n', 'parts/0.txt': 'mine\n' },
      config('parts/1.txt'),
    );
    await rig.build();
    expect(rig.read('all.txt')).toBe('mine\npart\n');

    await rig.reconfigure(config('other.txt'));
    // Nothing orders the two any more, and `join` comes first.
    expect((await rig.build(['-j1'])).executed).toEqual(['join', 'part']);
    expect(rig.read('all.txt')).toBe('mine\n');
    expect(rig.files()).toEqual(['all.txt', 'in.txt', 'other.txt', 'parts/0.txt', 'pipeline.config.ts']);
    await expectNothingToDo(rig);
  });

  test('is foretold so by status', async () => {
    await using rig = await Rig.compiled(
      { 'in.txt': 'part\n', 'parts/0.txt': 'mine\n' },
      config('parts/1.txt'),
    );
    await rig.build();
    await rig.reconfigure(config('other.txt'));
    await buildAsForetold(rig);
  });
});

test('what a stage made that is gone is told of where another requires it', async () => {
  const part = `part: { requires: ['in.txt'], produces: ['parts/1.txt'], run: 'cat in.txt > parts/1.txt' },`;
  const config = (more: string) => `{ stages: { ${more}
    join: { requires: ['parts/*.txt'], produces: ['all.txt'], run: 'cat {requires} > all.txt' },
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'part\n', 'parts/0.txt': 'mine\n' }, config(part));
  expect((await rig.build()).warnings).toEqual([]);
  await rig.reconfigure(config(''));
  const told = expect.stringContaining('requires parts/1.txt, made by stage "part", which is gone');
  expect((await rig.build()).warnings).toEqual([told]);
  rig.write('parts/0.txt', 'mine too\n');
  expect((await rig.build()).warnings).toEqual([told]);

  // Also where the state was damaged: then all is unfinished, and still known.
  fs.appendFileSync(rig.path('.pipeline-cache/state'), '?');
  expect((await rig.build()).warnings).toEqual([told]);
  await rig.pipe(['clean', '--orphans']);
  expect(await rig.build()).toMatchObject({ warnings: [], executed: ['join'] });
  expect(rig.read('all.txt')).toBe('mine too\n');
});

describe.each([true, false])(
  'where something is put in its place before each attempt (clean: %s)',
  (clean) => {
    const config = (run: string) => `
    import { writeFileSync } from 'node:fs';
    import { definePipeline } from 'pipe-build';
    let number = 1;
    const when = () => {
      writeFileSync('out/page.txt', 'mine ' + ++number);
      return true;
    };
    export default definePipeline({
      stages: {
        make: {
          requires: ['in.txt'],
          produces: ['out/page.txt'],
          clean: ${clean},
          retry: { attempts: 3, delay: '1ms', when },
          run: '${run}',
        },
      },
    });`;

    test('each is kept, and told of where it is', async () => {
      const run = 'cp in.txt out/page.txt; exit 1';
      await using rig = await Rig.compiled({ 'in.txt': 'one', 'out/page.txt': 'mine 1' }, config(run));
      const built = await rig.build();
      expect(built).toMatchObject({ code: 1, failed: ['make'] });
      const folders = ['', '~2', '~3'].map(
        (nth) => `.pipeline-cache/displaced/${built.events[0]?.runId}${nth}/out/page.txt`,
      );
      expect(built.warnings).toEqual(
        folders.map((file) => `out/page.txt was not made by pipe; it is kept as ${file}`),
      );
      expect(folders.map((file) => rig.read(file))).toEqual(['mine 1', 'mine 2', 'mine 3']);
    });

    test('also where the last of them is killed', async () => {
      const run = `cp in.txt out/page.txt; test -e go && exit; test "$PIPE_ATTEMPT" != 2 || kill -9 ${engineId}; exit 1`;
      await using rig = await Rig.compiled({ 'in.txt': 'one', 'out/page.txt': 'mine 1' }, config(run));
      await rig.pipe(['build']);
      const [first, second, ...more] = fs.readdirSync(rig.path('.pipeline-cache/displaced')).sort();
      expect([second, more]).toEqual([`${first}~2`, []]);
      rig.write('go', '');
      const next = await rig.build();
      expect(next.executed).toEqual(['make']);
      const kept = [first, second].map((folder) => `.pipeline-cache/displaced/${folder}/out/page.txt`);
      expect(kept.map((file) => rig.read(file))).toEqual(['mine 1', 'mine 2']);
      // Where old outputs are moved away, it was told when that was done.
      expect(next.warnings).toEqual(
        clean ? [] : [`out/page.txt was not made by pipe; it is kept as ${kept[1]}`],
      );
      await expectNothingToDo(rig);
    });
  },
);

describe('where attempts of one run make a link and a folder of one name', () => {
  const config = (when: string) => `
    import { mkdirSync, writeFileSync } from 'node:fs';
    import { definePipeline } from 'pipe-build';
    const links = 'ln -s "$PWD/theirs" out/a';
    const makes = 'mkdir out/a; echo made > out/a/b.txt';
    const when = () => { ${when}; return true; };
    export default definePipeline({
      stages: {
        make: {
          requires: ['in.txt'],
          produces: ['out/**'],
          retry: { attempts: 2, delay: '1ms', when },
          run: \`if test "$PIPE_ATTEMPT" = 1; then \${links}; else \${makes}; fi; exit 1\`,
        },
      },
    });`;

  test('what the second made does not go where the link leads', async () => {
    await using rig = await Rig.compiled({ 'in.txt': 'one', 'theirs/b.txt': 'precious' }, config(''));
    const run = (await rig.build()).events[0]?.runId;
    const rejected = `.pipeline-cache/rejected/${run}/make/out/a/b.txt`;
    expect([rig.read('theirs/b.txt'), rig.read(rejected)]).toEqual(['precious', 'made\n']);
  });

  test('nor does what a person made in between', async () => {
    const makes = `mkdirSync('out/a', { recursive: true }); writeFileSync('out/a/b.txt', 'mine')`;
    await using rig = await Rig.compiled({ 'in.txt': 'one', 'theirs/b.txt': 'precious' }, config(makes));
    fs.mkdirSync(rig.path('out'));
    fs.symlinkSync(rig.path('theirs'), rig.path('out/a'));
    const built = await rig.build();
    const kept = `.pipeline-cache/displaced/${built.events[0]?.runId}`;
    expect(built.warnings).toEqual([
      `out/a was not made by pipe; it is kept as ${kept}/out/a`,
      `out/a/b.txt was not made by pipe; it is kept as ${kept}~2/out/a/b.txt`,
    ]);
    expect([rig.read(`${kept}~2/out/a/b.txt`), rig.read('theirs/b.txt')]).toEqual(['mine', 'precious']);
    expect(rig.files('theirs')).toEqual(['b.txt']);
  });
});

describe('where a stage updates its own outputs (clean: false)', () => {
  const stage = (run: string, more = '') =>
    `{ stages: { make: { requires: ['in.txt'], produces: ['out/**'], clean: false, run: '${run}', ${more} } } }`;
  const copies = 'cp in.txt out/page.txt';

  async function builtInPlace(run = copies, more = ''): Promise<Rig> {
    const rig = await Rig.compiled({ 'in.txt': 'one' }, stage(run, more));
    expect((await rig.build()).code).toBe(0);
    return rig;
  }

  test('a stray file that the tool leaves alone stays a person’s: clean keeps it, and a restore puts it aside', async () => {
    await using rig = await builtInPlace();
    rig.write('out/notes.txt', 'precious');
    rig.write('in.txt', 'two');
    expect(await rig.build()).toMatchObject({ executed: ['make'], warnings: [] });
    expect(rig.files('out')).toEqual(['notes.txt', 'page.txt']);
    expect(rig.files('.pipeline-cache/displaced')).toEqual([]);
    await expectNothingToDo(rig);

    const cleaned = await rig.pipe(['clean', '--json']);
    expect(JSON.parse(cleaned.stdout)).toMatchObject({ removed: ['out/page.txt'], kept: ['out/notes.txt'] });
    expect(rig.read('out/notes.txt')).toBe('precious');

    // Nor did the cache take it for a result, to be brought back elsewhere.
    expect((await rig.build()).executed).toEqual(['make']);
    rig.write('in.txt', 'one');
    const restored = await rig.build();
    expect(restored.restored).toEqual(['make']);
    expect(rig.files('out')).toEqual(['page.txt']);
    expect(keptAt(rig, restored, 'out/notes.txt')).toBe('precious');
  });

  describe('after a kill', () => {
    const dies = `cp in.txt out/page.txt; rm -f out/gone.txt; test -e go || kill -9 ${engineId}; cp in.txt out/page.txt`;

    async function killed(): Promise<{ rig: Rig; kept: (file: string) => string }> {
      const rig = await Rig.compiled(
        { 'in.txt': 'one', 'out/page.txt': 'my words', 'out/notes.txt': 'precious', 'out/gone.txt': 'dear' },
        stage(dies),
      );
      await rig.pipe(['build']);
      const [run] = fs.readdirSync(rig.path('.pipeline-cache/displaced'));
      rig.write('go', '');
      return { rig, kept: (file) => `.pipeline-cache/displaced/${run}/${file}` };
    }

    /** It had been built, and the edits were made since. */
    async function killedUpdate(edits: Readonly<Record<string, string>>) {
      const rig = await Rig.compiled({ 'in.txt': 'one', go: '' }, stage(dies));
      expect((await rig.build()).executed).toEqual(['make']);
      for (const [file, text] of Object.entries(edits)) rig.write(file, text);
      rig.write('in.txt', 'two');
      rig.remove('go');
      await rig.pipe(['build']);
      const [run] = fs.readdirSync(rig.path('.pipeline-cache/displaced'));
      return { rig, run };
    }

    test('it is told where that is kept, and what the tool had not touched is a person’s as before', async () => {
      const { rig, kept } = await killed();
      await using _ = rig;
      const next = await rig.build();
      expect(next).toMatchObject({ code: 0, executed: ['make'] });
      expect(next.warnings).toEqual(
        ['out/gone.txt', 'out/page.txt'].map((file) =>
          expect.stringContaining(`${file} was not made by pipe; it is kept as ${kept(file)}`),
        ),
      );
      expect([rig.read(kept('out/gone.txt')), rig.read(kept('out/page.txt'))]).toEqual(['dear', 'my words']);
      // Of the untouched one no copy is needed any more.
      expect(rig.exists(kept('out/notes.txt'))).toBe(false);
      expect(rig.files('out')).toEqual(['notes.txt', 'page.txt']);
      await expectNothingToDo(rig);
      const cleaned = await rig.pipe(['clean', '--json']);
      expect(JSON.parse(cleaned.stdout)).toMatchObject({
        removed: ['out/page.txt'],
        kept: ['out/notes.txt'],
      });
    });

    test('also where the stage makes other files by then, or none at all', async () => {
      for (const now of [
        "{ stages: { make: { requires: ['in.txt'], produces: ['other.txt'], run: 'cp in.txt other.txt' } } }",
        "{ stages: { make: { run: 'true' } } }",
      ]) {
        const { rig, kept } = await killed();
        await using _ = rig;
        await rig.reconfigure(now);
        const next = await rig.build();
        expect(next).toMatchObject({ code: 0, executed: ['make'] });
        expect(next.warnings).toEqual(
          ['out/gone.txt', 'out/page.txt'].map((file) =>
            expect.stringContaining(`${file} was not made by pipe; it is kept as ${kept(file)}`),
          ),
        );
        expect(rig.read('out/notes.txt')).toBe('precious');
        expect(rig.files('out')).toEqual(['notes.txt']);
        expect(rig.exists(kept('out/notes.txt'))).toBe(false);
        expect((await rig.build()).warnings).toEqual([]);
      }
    });

    test.each([['clean'], ['accept', 'make', '--reason', 'it will do']])(
      'also where the next is "%s"',
      async (...command) => {
        const { rig, run } = await killedUpdate({ 'out/page.txt': 'my words', 'out/gone.txt': 'dear' });
        await using _ = rig;
        const told = await rig.pipe(command);
        expect(told.code).toBe(0);
        for (const file of ['out/gone.txt', 'out/page.txt'])
          expect(told.stderr).toContain(`it is kept as .pipeline-cache/displaced/${run}/${file}\n`);
      },
    );

    test('also of an item that is gone by then', async () => {
      await using rig = await Rig.compiled(
        { 'in/x': 'one', 'in/y': 'one', 'out/x/page': 'my words', 'out/x/notes': 'precious' },
        `{ stages: { make: { forEach: 'in/{n}', produces: ['out/{n}/*'], clean: false,
          run: 'cp in/{n} out/{n}/page; test {n} = y || test -e go || kill -9 ${engineId}' } } }`,
      );
      await rig.pipe(['build', '--jobs', '1']);
      const [run] = fs.readdirSync(rig.path('.pipeline-cache/displaced'));
      rig.write('go', '');
      rig.remove('in/x');
      const next = await rig.build();
      expect(next.code).toBe(0);
      const kept = `.pipeline-cache/displaced/${run}/out/x`;
      expect(next.warnings).toEqual([
        expect.stringContaining(`out/x/page was not made by pipe; it is kept as ${kept}/page`),
      ]);
      expect([rig.read(`${kept}/page`), rig.read('out/x/notes')]).toEqual(['my words', 'precious']);
      expect([rig.files('out/x'), rig.exists(`${kept}/notes`)]).toEqual([['notes'], false]);
      expect((await rig.build()).warnings).toEqual([]);
    });

    test('also where the result is restored then: what the tool had not touched is put aside with a warning', async () => {
      const edits = { 'out/notes.txt': 'precious', 'out/page.txt': 'my words' };
      const { rig, run: killed } = await killedUpdate(edits);
      await using _ = rig;
      rig.write('in.txt', 'one');
      const restored = await rig.build();
      expect(restored.restored).toEqual(['make']);
      const run = restored.events[0]?.runId;
      expect(restored.warnings).toEqual([
        expect.stringContaining(`kept as .pipeline-cache/displaced/${killed}/out/page.txt`),
        expect.stringContaining(`kept as .pipeline-cache/displaced/${run}/out/notes.txt`),
      ]);
      expect(rig.read(`.pipeline-cache/displaced/${run}/out/notes.txt`)).toBe('precious');
      expect([rig.files('out'), rig.read('out/page.txt')]).toEqual([['page.txt'], 'one']);
    });
  });

  test('an edit that the tool overwrites is kept aside with a warning', async () => {
    await using rig = await builtInPlace();
    rig.write('out/page.txt', 'my words');
    rig.write('in.txt', 'two');
    const built = await rig.build();
    expect(built.executed).toEqual(['make']);
    expect(rig.read('out/page.txt')).toBe('two');
    expect(keptAt(rig, built, 'out/page.txt')).toBe('my words');
    await expectNothingToDo(rig);
    await rig.pipe(['clean']);
    expect(rig.exists('out/page.txt')).toBe(false);
  });

  test('what the tool deletes or replaces by a link is kept aside, also where it fails then', async () => {
    await using rig = await builtInPlace(
      'rm -rf out/*; ln -s page.txt out/link.txt; cp in.txt out/page.txt; exit $(cat code)',
    );
    rig.write('out/notes.txt', 'precious');
    rig.remove('out/link.txt');
    rig.write('out/link.txt', 'no link');
    rig.write('code', '1');
    rig.write('in.txt', 'two');
    const built = await rig.build();
    expect(built.failed).toEqual(['make']);
    expect(built.warnings).toHaveLength(2);
    const kept = `.pipeline-cache/displaced/${built.events[0]?.runId}`;
    expect([rig.read(`${kept}/out/notes.txt`), rig.read(`${kept}/out/link.txt`)]).toEqual([
      'precious',
      'no link',
    ]);
    // What the failed attempt left there is not a person's.
    rig.write('code', '0');
    expect(await rig.build()).toMatchObject({ executed: ['make'], warnings: [] });
    await rig.pipe(['clean']);
    expect(rig.files('out')).toEqual([]);
  });

  test('an edit survives that the tool ran twice, because its input was edited meanwhile', async () => {
    await using rig = await builtInPlace(
      `${copies}; if test -e again; then rm again; echo three > in.txt; fi`,
    );
    rig.write('again', '');
    rig.write('out/page.txt', 'my words');
    rig.write('in.txt', 'two');
    const built = await rig.build();
    expect(built).toMatchObject({ code: 0, executed: ['make'] });
    expect(keptAt(rig, built, 'out/page.txt')).toBe('my words');
  });

  test('with protect the stage stops, and --force keeps what it overwrites', async () => {
    await using rig = await builtInPlace(copies, 'protect: true');
    rig.write('out/page.txt', 'my words');
    rig.write('in.txt', 'two');
    expect(await rig.build()).toMatchObject({ code: 3, waiting: ['make'], warnings: [] });
    expect(rig.read('out/page.txt')).toBe('my words');
    expect(rig.exists('.pipeline-cache/displaced')).toBe(false);
    const forced = await rig.build(['make', '--force']);
    expect(forced.executed).toEqual(['make']);
    expect(keptAt(rig, forced, 'out/page.txt')).toBe('my words');
  });
});
