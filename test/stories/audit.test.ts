// `pipe build --audit`: which files stages touch without declaring them. Behind the words stands the real strace where
// there is one; elsewhere a stand-in shows the same lines that it would write.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { findStrace } from '../../src/audit/strace.ts';
import type { AuditVerdict, PipeEvent, TaskAudited } from '../../src/model/events.ts';
import { isAlive } from '../exec/scene.ts';
import { type Built, builtFrom, Rig } from '../rig/rig.ts';
import { standInStrace, type Traces } from '../rig/stand-in-strace.ts';
import { gate, killWithStarter, saw, tell } from './signs.ts';

const isLinux = process.platform === 'linux';
const hasStrace = isLinux && findStrace({ platform: 'linux', searchPath: process.env.PATH ?? '' }).ok;
if (isLinux && !hasStrace)
  console.warn('NOT TESTED with the real strace, which does not work here: a stand-in takes its place');

/** The real strace, or one that shows these lines. */
function strace(rig: Rig, traces: Traces = {}): { readonly env: { readonly PATH?: string } } {
  return { env: hasStrace ? {} : standInStrace(rig, traces) };
}

function verdicts(built: Built): Readonly<Record<string, AuditVerdict>> {
  const audits = built.events.filter(
    (event): event is PipeEvent & TaskAudited => event.kind === 'task-audited',
  );
  return Object.fromEntries(audits.map(({ task, verdict }) => [task, verdict]));
}

const declared = { kind: 'declared' };
const ended = 'PID +++ exited with 0 +++';
const reads = (name: string) => `PID openat(AT_FDCWD<‹ROOT›>, "‹${name}›", O_RDONLY) = 3<‹ROOT/${name}›>`;
const writes = (name: string) =>
  `PID openat(AT_FDCWD<‹ROOT›>, "‹${name}›", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3<‹ROOT/${name}›>`;

const careless = `{
  stages: {
    careful: {
      requires: ['in/*.txt'], produces: ['out/careful.txt'],
      run: 'cat in/*.txt > tmp; mv tmp out/careful.txt; cat out/careful.txt',
    },
    careless: {
      requires: ['in/a.txt'], produces: ['out/careless.txt'],
      run: "cat in/a.txt in/b.txt 'in/two words >.md' > out/careless.txt; echo > side; rm old",
    },
  },
}`;
const carelessFiles = {
  'in/a.txt': 'a',
  'in/b.txt': 'b',
  'in/two words >.md': 'c',
  old: 'x',
};
const carelessTraces: Traces = {
  careful: [
    reads('in/a.txt'),
    writes('tmp'),
    'PID rename("‹tmp›", "‹out/careful.txt›") = 0',
    reads('out/careful.txt'),
    ended,
  ],
  careless: [
    ...[reads('in/a.txt'), reads('in/b.txt'), reads('in/two words >.md')],
    ...[writes('out/careless.txt'), writes('side'), 'PID unlink("‹old›") = 0', ended],
  ],
};

if (!isLinux) {
  test('elsewhere than on Linux there is no audit, and it says so', async () => {
    await using rig = await Rig.compiled({}, careless);
    const { code, stderr } = await rig.pipe(['build', '--audit']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: /^PIPE043 an audit needs Linux/ });
  });
}

const onLinux: typeof test = isLinux ? test : ((() => {}) as unknown as typeof test);

onLinux('files that are touched without being declared are listed, and the exit code is 1', async () => {
  await using rig = await Rig.compiled(carelessFiles, careless);
  const { code, stdout } = await rig.pipe(['build', '--audit', '-j', '1'], strace(rig, carelessTraces));
  expect(stdout.replaceAll(/[\d.]+m?s\b/g, 'T')).toBe(
    `${rig.root.split('/').pop()} · 2 tasks
run       careful   because it is to be audited; it was never built
done      careful   T
run       careless  because it is to be audited; it was never built
done      careless  T

✗ careless touches files that it does not declare
  read     in/b.txt
  read     in/two words >.md
  wrote    side
  deleted  old
  hint: to declare them: requires: ['in/b.txt', 'in/two words >.md'], produces: ['side']
audited 2 stages: 1 with undeclared files
2 ran in T
`,
  );
  expect(code).toBe(1);

  // It counts as any other build.
  expect(rig.read('out/careful.txt')).toBe('ab');
  expect(await rig.build()).toMatchObject({ code: 0, fresh: ['careful', 'careless'] });
});

onLinux('events, the last run and quiet builds tell the same', async () => {
  await using rig = await Rig.compiled(carelessFiles, careless);
  const options = strace(rig, carelessTraces);
  const built = await rig.build(['--audit'], options);
  expect(verdicts(built)).toEqual({
    careful: declared,
    careless: {
      kind: 'undeclared',
      reads: ['in/b.txt', 'in/two words >.md'],
      writes: ['side'],
      deletes: ['old'],
    },
  });
  expect(built).toMatchObject({ code: 1, executed: ['careful', 'careless'] });
  expect(built.finished).toMatchObject({ outcome: 'failed', exitCode: 1, executed: 2, failed: 0 });
  expect(built.stderr).toContain('  read     in/b.txt\n');

  const { stdout } = await rig.pipe(['show']);
  expect(stdout).toContain('✗ careless touches files that it does not declare\n  read     in/b.txt\n');
  rig.write('old', 'x');
  const quietly = await rig.pipe(['build', '--audit', '-q'], options);
  expect(quietly).toMatchObject({ code: 1, stdout: '' });
  expect(quietly.stderr).toContain('audited 2 stages: 1 with undeclared files\n');
});

onLinux(
  'what is required through a link may be opened where it really lies; a neighbour of it may not',
  async () => {
    await using rig = await Rig.compiled(
      { 'real/a.txt': 'a', 'real/b.txt': 'b', 'real/x.txt': 'x', 'elsewhere.txt': 'c' },
      `{ stages: { s: {
      requires: ['by/[ab].txt', 'alias.txt'], produces: ['out.txt'],
      run: 'cat by/a.txt real/a.txt "$(realpath by/b.txt)" elsewhere.txt real/x.txt > out.txt',
    } } }`,
    );
    fs.symlinkSync('real', rig.path('by'));
    fs.symlinkSync('elsewhere.txt', rig.path('alias.txt'));
    const opened = ['by/a.txt', 'real/a.txt', 'real/b.txt', 'elsewhere.txt', 'real/x.txt'];
    const built = await rig.build(
      ['--audit'],
      strace(rig, { s: [...opened.map(reads), writes('out.txt'), ended] }),
    );
    expect(verdicts(built)).toEqual({
      s: { kind: 'undeclared', reads: ['real/x.txt'], writes: [], deletes: [] },
    });
  },
);

onLinux(
  'what is fresh, or could be restored, is executed to be watched; then nothing is left to do',
  async () => {
    await using rig = await Rig.compiled(carelessFiles, careless);
    expect(await rig.build(['careful'])).toMatchObject({ executed: ['careful'] });
    const options = strace(rig, carelessTraces);
    const built = await rig.build(['--audit', 'careful'], options);
    expect(built).toMatchObject({ code: 0, executed: ['careful'] });
    expect(built.reasonsOf('careful')).toEqual([{ code: 'audited' }]);
    expect(verdicts(built)).toEqual({ careful: declared });
    rig.remove('out/careful.txt');
    expect(await rig.build(['--audit', 'careful'], options)).toMatchObject({
      code: 0,
      executed: ['careful'],
    });
    expect(await rig.build(['careful'])).toMatchObject({ code: 0, fresh: ['careful'] });
  },
);

onLinux('named targets are audited, not what they need', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'x' },
    `{ stages: {
      first: { requires: ['in.txt'], produces: ['first.txt'], run: 'cp in.txt first.txt' },
      second: { requires: ['first.txt'], produces: ['second.txt'], run: 'cp first.txt second.txt' },
    } }`,
  );
  const built = await rig.build(['--audit', 'second'], strace(rig));
  expect(built).toMatchObject({ code: 0, executed: ['first', 'second'] });
  expect(verdicts(built)).toEqual({ second: declared });
  const { stdout } = await rig.pipe(['build', '--audit', 'second'], strace(rig));
  expect(stdout).toContain('audited 1 stage: each touches only files that it declares\n');
});

onLinux('the code of functions is declared, and what their process loads is not theirs', async () => {
  await using rig = await Rig.compiled(
    {
      'package.json': '{}',
      'package-lock.json': '{}',
      'lib.ts': 'export const text = "x";',
      'stage.ts': `
        import fs from 'node:fs';
        import { text } from './lib.ts';
        export default () => fs.writeFileSync('module.txt', text + fs.readFileSync('extra.txt', 'utf8'));`,
      'extra.txt': 'extra',
      'in.txt': 'in',
    },
    `import { definePipeline, script } from 'pipe-build';
    import fs from 'node:fs';
    export default definePipeline({ stages: {
      inline: { requires: ['in.txt'], produces: ['inline.txt'], run: () => fs.copyFileSync('in.txt', 'inline.txt') },
      reader: { requires: ['in.txt'], produces: ['reader.txt'], run() { fs.readFileSync('package.json'); fs.writeFileSync('reader.txt', ''); } },
      module: { produces: ['module.txt'], run: script('./stage.ts') },
    } });`,
  );
  // As Node does before it comes to the function.
  const loads = (name: string) => {
    const folder = '.pipeline-cache/config';
    const module = fs.readdirSync(rig.path(folder)).find((file) => file.startsWith(`${name}.ts-`))!;
    return [reads('package.json'), reads(`${folder}/${module}`)];
  };
  await rig.build();
  const options = strace(rig, {
    inline: [...loads('pipeline.config'), reads('in.txt'), writes('inline.txt'), ended],
    reader: [...loads('pipeline.config'), reads('package.json'), writes('reader.txt'), ended],
    module: [...loads('stage'), reads('extra.txt'), writes('module.txt'), ended],
  });
  const built = await rig.build(['--audit'], options);
  const found = (read: string) => ({ kind: 'undeclared', reads: [read], writes: [], deletes: [] });
  expect(verdicts(built)).toEqual({
    inline: declared,
    module: found('extra.txt'),
    reader: found('package.json'),
  });
  expect(rig.read('module.txt')).toBe('xextra');
});

onLinux("PIPE_SCRATCH and PIPE_OUTPUT are the stage's own", async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { s: { produces: ['out.txt'], run: 'echo 1 >> "$PIPE_SCRATCH/n"; echo \\'{"note":"hello"}\\' >> "$PIPE_OUTPUT"; cp "$PIPE_SCRATCH/n" out.txt' } } }`,
  );
  const built = await rig.build(['--audit'], strace(rig));
  expect({ code: built.code, verdicts: verdicts(built) }).toEqual({ code: 0, verdicts: { s: declared } });
});

onLinux('exit codes, signals and missing programs are what they are without an audit', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      code: { run: ['true', 'exit 7', 'never'] },
      signal: { run: 'kill -SEGV $$' },
      missing: { run: exec('no-such-program') },
      thrown: { run: () => { throw new Error('no luck'); } },
      limit: { run: 'sleep 1000', timeout: '300ms' },
    } }`,
  );
  const failures = async (args: readonly string[], options = {}) => {
    const built = await rig.build(['-k', ...args], options);
    expect(built.code).toBe(1);
    return Object.fromEntries(built.failed.map((task) => [task, built.end(task)?.failure]));
  };
  const plain = await failures(['--skip', 'thrown']);
  expect(await failures(['--audit', '--skip', 'thrown'], strace(rig))).toEqual(plain);
  expect(plain).toMatchObject({
    code: { kind: 'exit', code: 7 },
    missing: { kind: 'spawn' },
    limit: { kind: 'timeout' },
  });
  const thrown = await rig.build(['--audit', 'thrown'], strace(rig));
  expect(thrown.end('thrown')?.failure).toMatchObject({ kind: 'threw', message: 'no luck' });
  expect(verdicts(thrown)).toEqual({ thrown: { kind: 'not-audited', why: 'it failed' } });
});

onLinux('Ctrl-C reaches the stage, and nothing is left: neither of the stage nor of its tracer', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      polite: { produces: ['out.txt'], run: 'trap "echo cleaned > cleaned; exit 1" INT; sleep 1000 & echo "pids $$ $!"; wait' },
    } }`,
  );
  const running = rig.start(['build', '--json', '--audit'], strace(rig));
  const pids = (await saw(running, /pids (\d+ \d+)\b/)).split(' ').map(Number);
  const tracer = hasStrace ? [tracerOf(pids[0]!)] : [];
  expect([...pids, ...tracer].map(isAlive)).not.toContain(false);
  running.child.kill('SIGINT');
  const built = builtFrom(await running.ended);
  expect(built).toMatchObject({ code: 130, cancelled: ['polite'] });
  expect([...pids, ...tracer].map(isAlive)).not.toContain(true);
  expect(rig.read('cleaned')).toBe('cleaned\n');
  expect(verdicts(built)).toMatchObject({ polite: { kind: 'not-audited' } });
});

onLinux('a second Ctrl-C kills, under an audit too', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { deaf: { produces: ['out.txt'], run: 'trap "" INT TERM; sleep 1000 & echo "pids $$ $!"; wait' } } }`,
  );
  const running = rig.start(['build', '--json', '--audit'], strace(rig));
  const pids = (await saw(running, /pids (\d+ \d+)\b/)).split(' ').map(Number);
  const tracer = hasStrace ? [tracerOf(pids[0]!)] : [];
  running.child.kill('SIGINT');
  running.child.kill('SIGINT');
  running.child.kill('SIGTERM');
  expect(builtFrom(await running.ended)).toMatchObject({ code: 130, cancelled: ['deaf'] });
  expect([...pids, ...tracer].map(isAlive)).not.toContain(true);
});

onLinux('a process that leaves its stage for good goes on, and the stage counts as not audited', async () => {
  const fork = 'PID clone(child_stack=NULL, flags=SIGCHLD) = 999999999';
  await using rig = await Rig.compiled(
    {},
    `{ stages: { s: { produces: ['out.txt'], run: 'setsid sh -c "echo \\\\$\\\\$ > pid; echo > there; exec sleep 1000" > /dev/null 2>&1 & read _ < there; cp pid out.txt' } } }`,
  );
  expect(spawnSync('mkfifo', [rig.path('there')]).status).toBe(0);
  const built = await rig.build(['--audit'], strace(rig, { s: [fork, ended] }));
  const pid = Number(rig.read('out.txt'));
  const tracer = hasStrace ? tracerOf(pid) : 0;
  const alive = isAlive(pid);
  process.kill(pid, 'SIGKILL');
  expect({ alive, tracer }).toEqual({ alive: true, tracer: 0 });
  expect(built).toMatchObject({ code: 1, executed: ['s'] });
  const why = hasStrace
    ? `process ${pid}, which it started, was still running at its end`
    : 'the end of its process 999999999 is not in the trace';
  expect(verdicts(built)).toEqual({ s: { kind: 'not-audited', why } });
});

onLinux('a stage whose tracer is killed goes on, and counts as not audited', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { s: { produces: ['out.txt'], run: ['echo "pid $$"; read _ < gate; cp gone out.txt || echo > out.txt', 'cat out.txt'] } } }`,
  );
  gate(rig, 'gate');
  const running = rig.start(['build', '--json', '--audit'], strace(rig, { s: [] }));
  const pid = Number(await saw(running, /pid (\d+)/));
  if (hasStrace) process.kill(tracerOf(pid), 'SIGKILL');
  await tell(rig, 'gate');
  const built = builtFrom(await running.ended);
  expect(built).toMatchObject({ code: 1, executed: ['s'] });
  // The trace ends wherever the tracer had come to.
  const why = expect.stringMatching(
    /^(?:its trace breaks off|the end of its process \d+ .*|nothing was traced)$/,
  );
  expect(verdicts(built)).toEqual({ s: { kind: 'not-audited', why } });
});

onLinux('an engine that is killed leaves neither its stage nor the tracer to the next build', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { s: { produces: ['out.txt'], run: 'test -e go || { echo "pids $$"; sleep 1000; }; echo > out.txt' } } }`,
  );
  const running = rig.start(['build', '--json', '--audit'], strace(rig));
  const pid = Number(await saw(running, /pids (\d+)/));
  const tracer = hasStrace ? [tracerOf(pid)] : [];
  await killWithStarter(running);
  rig.write('go', '');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['s'] });
  expect([pid, ...tracer].map(isAlive)).not.toContain(true);
});

onLinux('names may hold anything, and lead through links and other folders', async () => {
  const name = 'line\nbreak " \' \\ > ) = 3';
  await using rig = await Rig.compiled(
    {
      [`deep/${name}`]: 'x',
      'real/file': 'y',
      'work.sh':
        'cat link/file; cd deep && cat -- * && cd ../link && ln ../deep/* hard && ln -s file soft && ln -s nowhere dangling',
    },
    `{ stages: { s: { requires: ['link/file'], run: 'sh work.sh' } } }`,
  );
  fs.symlinkSync('real', rig.path('link'));
  const open = (folder: string, used: string, real: string) =>
    `PID openat(AT_FDCWD<‹ROOT/${folder}›>, "‹${used}›", O_RDONLY) = 3<‹ROOT/${real}›>`;
  const traces = {
    s: [
      ...[reads('work.sh'), 'PID chdir("‹ROOT/deep›") = 0', open('deep', name, `deep/${name}`)],
      ...[open('', 'link/file', 'real/file'), 'PID chdir("‹ROOT/link›") = 0'],
      ...[`PID link("‹../deep/${name}›", "‹hard›") = 0`, 'PID symlink("‹file›", "‹soft›") = 0'],
      ...['PID symlink("‹nowhere›", "‹dangling›") = 0', ended],
    ],
  };
  const built = await rig.build(['--audit'], strace(rig, traces));
  expect(verdicts(built)).toEqual({
    s: {
      kind: 'undeclared',
      reads: [`deep/${name}`],
      writes: ['real/dangling', 'real/hard', 'real/soft'],
      deletes: [],
    },
  });
  const { stdout } = await rig.pipe(['show']);
  expect(stdout).toContain('  read     deep/line\\nbreak " \' \\ > ) = 3\n');
});

onLinux('a protected output that was edited stops an audit as it stops a build', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'x' },
    `{ stages: { s: { requires: ['in.txt'], produces: ['out.txt'], protect: true, run: 'cp in.txt out.txt' } } }`,
  );
  await rig.build();
  rig.write('out.txt', 'by hand');
  const built = await rig.build(['--audit'], strace(rig));
  expect(built).toMatchObject({ code: 3, waiting: ['s'], executed: [] });
  expect(rig.read('out.txt')).toBe('by hand');
  expect(verdicts(built)).toMatchObject({ s: { kind: 'not-audited' } });
});

onLinux('an optional stage that fails was not audited, so the exit code is 1', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { maybe: { run: 'exit 1', optional: true, produces: ['a'] }, next: { requires: ['a'], run: 'true' } } }`,
  );
  expect((await rig.build()).code).toBe(0);
  const built = await rig.build(['--audit'], strace(rig));
  expect(built.code).toBe(1);
  expect(verdicts(built)).toEqual({
    maybe: { kind: 'not-audited', why: 'it failed' },
    next: { kind: 'not-audited', why: 'it did not run to its end' },
  });
});

onLinux.each([
  ['nothing was traced', []],
  ['the end of its process 12 is not in the trace', ['12 unlink("‹x›") = 0']],
  [
    'a line of its trace cannot be read: strace: write: No space left on device',
    ['strace: write: No space left on device'],
  ],
  ['its trace breaks off', ['PID +++ exi…']],
  [
    'it uses io_uring, through which files can be opened unseen',
    ['PID io_uring_setup(8, {flags=0}) = 3', ended],
  ],
  [
    'it uses io_uring, through which files can be opened unseen',
    ['PID execve("‹/bin/sh›", 0x1, 0x2) = 0', 'PID io_uring_setup(256, {flags=0}) = 3', ended],
  ],
] as const)('a trace is not complete: %s', async (why, lines) => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { s: { produces: ['out.txt'], run: 'echo $$ > out.txt' } } }`,
  );
  const built = await rig.build(['--audit'], { env: standInStrace(rig, { s: lines }) });
  expect(built).toMatchObject({ code: 1, executed: ['s'] });
  const pid = rig.read('out.txt').trim();
  expect(verdicts(built)).toEqual({ s: { kind: 'not-audited', why: why.replaceAll('PID', pid) } });
  expect(built.stderr).toContain(`s was not audited: ${why.replaceAll('PID', pid)}\n`);
});

onLinux.each(['node', 'by-name', 'script'])(
  'the ring through which Node waits is none: %s',
  async (program) => {
    const start = `PID execve("‹ROOT/${program}›", 0x1, 0x2) = 0`;
    const env = (rig: Rig) =>
      standInStrace(rig, { s: [start, 'PID io_uring_setup(256, {flags=0}) = 3', ended] });
    await using rig = await Rig.compiled(
      { node: '', script: '#! /opt/bin/node --no-warnings\n' },
      `{ stages: { s: { requires: ['node', 'by-name', 'script'], produces: ['out.txt'], run: 'echo > out.txt' } } }`,
    );
    fs.symlinkSync('node', rig.path('by-name'));
    expect(verdicts(await rig.build(['--audit'], { env: env(rig) }))).toEqual({ s: declared });
  },
);

onLinux('without strace, or with one that may not watch, nothing is run', async () => {
  await using rig = await Rig.compiled({}, `{ stages: { s: { run: 'echo > ran' } } }`);
  const missing = await rig.pipe(['build', '--audit'], { env: { PATH: '/nowhere' } });
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(missing.stderr).toBe(`PIPE043 an audit needs strace, which is not on the PATH
  at --audit
  hint: install it, for instance with: sudo apt install strace, sudo dnf install strace or apk add strace
`);
  const env = standInStrace(rig, {});
  rig.write(
    '.tools/strace',
    '#!/bin/sh\necho "strace: ptrace(PTRACE_TRACEME, ...): Operation not permitted" >&2\nexit 1\n',
  );
  const refused = await rig.pipe(['build', '--audit'], { env });
  expect(refused.code).toBe(2);
  expect(
    refused.stderr,
  ).toBe(`PIPE043 an audit needs strace, but ${rig.path('.tools/strace')} cannot watch a program here: strace: ptrace(PTRACE_TRACEME, ...): Operation not permitted
  at --audit
  hint: in a container, allow it: docker run --cap-add SYS_PTRACE
`);
  expect(rig.exists('ran')).toBe(false);
});

test('a dry run has nothing to audit', async () => {
  await using rig = await Rig.compiled({}, careless);
  const { code, stderr } = await rig.pipe(['build', '--audit', '--dry-run']);
  expect(code).toBe(2);
  expect(stderr).toBe(`PIPE034 --audit runs stages to watch them, so it cannot be combined with --dry-run
  at --audit
  hint: leave out one of them
`);
});

function tracerOf(pid: number): number {
  return Number(/^TracerPid:\s+(\d+)$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}
