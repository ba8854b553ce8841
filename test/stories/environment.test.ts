// A stage sees a small, documented environment and what it declares: nothing of the caller's slips in.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { environment, nodeUnderTest, pipeCommand, Rig, Running } from '../rig/rig.ts';

const dumping = (more = '', pipelineMore = '') =>
  `{ ${pipelineMore} stages: { dump: { produces: ['env.txt'], run: 'env -0 | tr "\\\\n\\\\0" "|\\\\n" > env.txt', ${more} } } }`;

/** What the stage `dump` saw. */
function seen(rig: Rig): Readonly<Record<string, string>> {
  const lines = rig
    .read('env.txt')
    .split('\n')
    .filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

test('a stage sees the basic set and PIPE_*, and nothing else of its caller', async () => {
  await using rig = await Rig.compiled({}, dumping());
  const env = {
    ...{ HOME: '/home/me', USER: 'me', LOGNAME: 'me', SHELL: '/bin/zsh', TERM: 'xterm' },
    ...{ https_proxy: 'http://proxy', NO_PROXY: 'localhost' },
    ...{ LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', TZ: 'Asia/Tokyo', NODE_OPTIONS: '--no-warnings' },
    ...{ MINE: 'hidden', PIPE_STAGE: '', FORCE_COLOR: undefined },
  };
  const built = await rig.build([], { env });
  expect(built.code).toBe(0);
  const { PATH, PIPE_RUN_ID, PIPE_SCRATCH, PIPE_OUTPUT, PWD, OLDPWD, SHLVL, _, ...rest } = seen(rig);
  expect(rest).toEqual({
    ...{ HOME: '/home/me', USER: 'me', LOGNAME: 'me', SHELL: '/bin/zsh', TERM: 'xterm' },
    ...(process.env.TMPDIR === undefined ? {} : { TMPDIR: process.env.TMPDIR }),
    ...{ https_proxy: 'http://proxy', NO_PROXY: 'localhost', LANG: 'C.UTF-8' },
    ...{ PIPE_ROOT: rig.root, PIPE_STAGE: 'dump', PIPE_ITEM: '', PIPE_ATTEMPT: '1' },
  });
  expect(PATH).toBe(`${rig.root}/node_modules/.bin:${process.env.PATH}`);
  expect(PIPE_RUN_ID).toBe(built.events[0]!.runId);
  expect(PIPE_SCRATCH).toMatch(new RegExp(`^${rig.root}/\\.pipeline-cache/`));
  expect(PIPE_OUTPUT).toMatch(/^\//);
});

test('what a stage declares is set, passed, or stays unset; the pipeline declares for all', async () => {
  await using rig = await Rig.compiled(
    {},
    dumping(
      `env: { SET: "a b'c", EMPTY: '', PASSED: true, PASSED_EMPTY: true, ABSENT: true, LANG: 'fr_FR', SHARED: 'own' }`,
      "env: { SHARED: 'all', SHARED_TOO: 'all' },",
    ),
  );
  await rig.build([], { env: { PASSED: 'from the caller', PASSED_EMPTY: '', SET: 'not this' } });
  expect(seen(rig)).toMatchObject({
    ...{ SET: "a b'c", EMPTY: '', PASSED: 'from the caller', PASSED_EMPTY: '', LANG: 'fr_FR' },
    ...{ SHARED: 'own', SHARED_TOO: 'all' },
  });
  expect(seen(rig)).not.toHaveProperty('ABSENT');
});

test('a passed variable is an input: unset, empty and set differ, others do not count', async () => {
  await using rig = await Rig.compiled({}, dumping("env: { MODE: true }, requires: ['pipeline.config.ts']"));
  const builtWith = async (env: Record<string, string | undefined>) =>
    (await rig.build(['--no-cache'], { env })).executed;
  expect(await builtWith({})).toEqual(['dump']);
  expect(await builtWith({ OTHER: 'x', LANG: 'de_DE' })).toEqual([]);
  expect(await builtWith({ MODE: '' })).toEqual(['dump']);
  expect(await builtWith({ MODE: '' })).toEqual([]);
  expect(await builtWith({ MODE: 'fast' })).toEqual(['dump']);
  const back = await rig.build([], { env: {} });
  expect(back.reasonsOf('dump').map((reason) => 'name' in reason && reason.name)).toEqual(['env MODE']);
});

test('--env-file gives values below those of the caller, the later file above the earlier', async () => {
  await using rig = await Rig.compiled(
    { '.env': 'A=file\nB=file\nC="quoted value" # comment\n', 'local.env': 'B=local\nD=local\n' },
    dumping('env: { A: true, B: true, C: true, D: true }'),
  );
  const built = await rig.build(['--env-file', '.env', '--env-file', 'local.env'], { env: { A: 'caller' } });
  expect(built.code).toBe(0);
  expect(seen(rig)).toMatchObject({ A: 'caller', B: 'local', C: 'quoted value', D: 'local' });
  expect(await rig.pipe(['build', '--env-file', 'nowhere.env'])).toMatchObject({ code: 2 });
  expect((await rig.pipe(['build', '--env-file', 'nowhere.env'])).stderr).toContain('PIPE035');
});

/** Every command that reads files of variables, and what it says where it has read them. */
const readers: Readonly<Record<string, readonly [words: string, says: RegExp]>> = {
  build: ['build', /1 fresh/],
  watch: ['watch', /up to date, watching/],
  status: ['status', /1 fresh/],
  why: ['why dump', /dump is fresh/],
  graph: ['graph --format json --status', /"status": "fresh"/],
  describe: ['describe dump', /A {2}\(the caller's, set\)\nsecrets +KEY {2}\(set\)/],
  run: ['run dump', /done +dump/],
  accept: ['accept dump --reason why', /accepted 1 output/],
  doctor: ['doctor', /all is well/],
};

test('what comes by a pipe can be read but once, and every command reads it', async () => {
  await using rig = await Rig.compiled({}, dumping("env: { A: true }, secrets: ['KEY']"));
  rig.write('.env', 'A=piped\nKEY=sesame-4711\n');
  const options = { env: { TERM: 'dumb' } };
  expect(await rig.build(['--env-file', '.env'], options)).toMatchObject({ code: 0, executed: ['dump'] });

  const commands = (await rig.pipe(['--help'])).stdout.match(/^ {2}[a-z]+(?= )/gm)!.map((one) => one.trim());
  expect(commands.length).toBeGreaterThan(15);
  for (const name of commands) {
    const takesThem = (await rig.pipe([name, '--help'])).stdout.includes('--env-file');
    expect([name, takesThem]).toEqual([name, Object.hasOwn(readers, name)]);
    if (!takesThem) continue;
    const [words, says] = readers[name]!;
    const given = [nodeUnderTest, pipeCommand, ...words.split(' '), '--env-file', '/dev/stdin'];
    const child = spawn('/bin/sh', ['-c', 'cat .env | "$0" -- "$@"', ...given], {
      ...{ cwd: rig.root, env: environment(options.env), stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    });
    const running = new Running(child);
    if (name === 'watch') {
      await running.printed(says);
      process.kill(-child.pid!, 'SIGINT');
    }
    const { stdout, stderr } = await running.ended;
    expect(`${stdout}${stderr}`, name).toMatch(says);
  }
  expect(seen(rig)).toMatchObject({ A: 'piped', KEY: 'sesame-4711' });
  // What lies there next time is something else.
  const resumed = await rig.pipe(['build', '--resume', 'last']);
  expect([resumed.code, resumed.stderr]).toEqual([2, expect.stringContaining('PIPE035')]);
});

test('node_modules/.bin of the root comes first on PATH, also on a declared one', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      own: { produces: ['own.txt'], run: 'greet > own.txt' },
      declared: { produces: ['declared.txt'], env: { PATH: '/usr/bin:/bin' }, run: 'greet > declared.txt', cwd: 'sub' },
    } }`.replace("'declared.txt'], env", "'sub/declared.txt'], env"),
  );
  rig.write('node_modules/.bin/greet', '#!/bin/sh\necho hello\n');
  rig.write('sub/keep', '');
  fs.chmodSync(rig.path('node_modules/.bin/greet'), 0o755);
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['declared', 'own'] });
  expect([rig.read('own.txt'), rig.read('sub/declared.txt')]).toEqual(['hello\n', 'hello\n']);
});

test('a failure names the variables that were hidden from the stage', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { work: { produces: ['out.txt'], env: { SEEN: true }, run: 'echo "$API_BASE" | grep -q . && echo > out.txt' } } }`,
  );
  const env = { API_BASE: 'https://example.org', SEEN: 'x' };
  const built = await rig.build([], { env });
  expect(built.end('work')?.hiddenEnv).toContain('API_BASE');
  expect(built.end('work')?.hiddenEnv).not.toContain('SEEN');
  const told = await rig.pipe(['build'], { env });
  expect(told.stdout + told.stderr).toMatch(/hidden +.*API_BASE/);
  // Only the names: the values are nobody's business.
  expect(told.stdout + told.stderr).not.toContain('https://example.org');
});

test('the scratch folder is kept from run to run and is no output', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '1' },
    `{ stages: { work: { requires: ['in.txt'], produces: ['out.txt'], run: 'echo run >> "$PIPE_SCRATCH/count"; cp "$PIPE_SCRATCH/count" out.txt' } } }`,
  );
  await rig.build();
  rig.write('in.txt', '2');
  await rig.build();
  expect(rig.read('out.txt')).toBe('run\nrun\n');
  expect((await rig.build()).fresh).toEqual(['work']);
});

test('PIPE_OUTPUT takes progress, metrics and notes', async () => {
  const lines = [
    '{"progress":{"done":3,"total":10}}',
    '{"metric":{"usd":0.5,"tokens":900}}',
    '{"metric":{"usd":0.25}}',
    '{"note":"hello"}',
  ];
  await using rig = await Rig.compiled(
    { 'lines.jsonl': `${lines.join('\n')}\n` },
    `{ stages: { work: { requires: ['lines.jsonl'], produces: ['out.txt'], run: 'cat lines.jsonl >> "$PIPE_OUTPUT"; echo > out.txt' } } }`,
  );
  const built = await rig.build();
  expect(built.end('work')?.metrics).toEqual({ usd: 0.75, tokens: 900 });
  expect(built.events).toContainEqual(expect.objectContaining({ kind: 'task-progress', done: 3, total: 10 }));
  expect(built.events).toContainEqual(expect.objectContaining({ kind: 'task-output', text: 'hello\n' }));
});
