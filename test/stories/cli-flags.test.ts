// The flags that change how `pipe build` behaves, each by its effect.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { gate, saw, tell } from './signs.ts';
import { text, words } from './words.ts';

/** `bad` fails; `other` does not depend on it, `behind` does. */
const failing = `{ stages: {
  bad: { requires: ['in.txt'], produces: ['bad.txt'], run: 'exit 7' },
  behind: { requires: ['bad.txt'], produces: ['behind.txt'], run: 'cp bad.txt behind.txt' },
  other: { requires: ['in.txt'], produces: ['other.txt'], run: 'cp in.txt other.txt' },
} }`;

test('after a failure nothing new starts', async () => {
  await using rig = await Rig.compiled(text, failing);
  const built = await rig.build(['-j', '1']);
  expect(built).toMatchObject({ code: 1, failed: ['bad'], skipped: ['behind', 'other'] });
});

test.each(['-k', '--keep-going', '--continue-on-error'])(
  'with %s what does not depend on a failure goes on; the exit code stays 1',
  async (flag) => {
    await using rig = await Rig.compiled(text, failing);
    const built = await rig.build(['-j', '1', flag]);
    expect(built).toMatchObject({ code: 1, failed: ['bad'], skipped: ['behind'], executed: ['other'] });
  },
);

test.each([
  ['-j', '1', ['task-started', 'task-finished', 'task-started', 'task-finished']],
  ['--jobs', '2', ['task-started', 'task-started', 'task-finished', 'task-finished']],
] as const)('%s %s is how many tasks run at once', async (flag, jobs, expected) => {
  await using rig = await Rig.compiled(text, words);
  const { events } = await rig.build([flag, jobs, 'cases']);
  expect(events.map((event) => event.kind).filter((kind) => /^task-(started|finished)$/.test(kind))).toEqual(
    expected,
  );
});

test('--freshness mtime is the rule of make: outputs that are newer than inputs are fresh, without any record', async () => {
  await using rig = await Rig.compiled(
    text,
    `{ stages: { copy: { requires: ['in.txt'], produces: ['out.txt'], run: 'cp in.txt out.txt' } } }`,
  );
  rig.write('out.txt', 'made elsewhere');
  expect((await rig.build(['-n', '--freshness', 'hash'])).events).toContainEqual(
    expect.objectContaining({ action: 'run' }),
  );
  expect(await rig.build(['--freshness', 'mtime'])).toMatchObject({ code: 0, fresh: ['copy'] });
  const looked = await rig.pipe(['status', '--check', '--freshness', 'mtime']);
  expect(looked.code).toBe(0);
  expect((await rig.pipe(['status', '--check'])).code).toBe(1);
});

test('--no-cache neither writes nor reads the cache', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build(['--no-cache']);
  rig.remove('out/upper.txt');
  expect(await rig.build(['upper'])).toMatchObject({ executed: ['upper'], restored: [] });
  rig.remove('out/upper.txt');
  expect(await rig.build(['upper', '--no-cache'])).toMatchObject({ executed: ['upper'], restored: [] });
  rig.remove('out/upper.txt');
  expect(await rig.build(['upper'])).toMatchObject({ executed: [], restored: ['upper'] });
});

test('--env-file brings variables; of several the last wins, and the caller before all', async () => {
  await using rig = await Rig.compiled(
    { 'a.env': 'ONE=a\nTWO=a\nTHREE=a\n', 'b.env': 'TWO=b\nTHREE=b\n' },
    `{ stages: { show: { env: { ONE: true, TWO: true, THREE: true }, produces: ['o'], run: 'echo $ONE $TWO $THREE > o' } } }`,
  );
  const args = ['--env-file', 'a.env', '--env-file', 'b.env'];
  expect((await rig.build(args, { env: { THREE: 'caller' } })).code).toBe(0);
  expect(rig.read('o')).toBe('a b caller\n');

  // Every command that looks at freshness takes it: without it the stage would be stale.
  const env = { THREE: 'caller' };
  expect((await rig.pipe(['status', '--check', ...args], { env })).code).toBe(0);
  expect((await rig.pipe(['status', '--check'], { env })).code).toBe(1);
  expect((await rig.pipe(['why', 'show', ...args], { env })).stdout).toContain('is fresh');
  expect((await rig.pipe(['describe', 'show', ...args], { env })).stdout).toMatch(/verdict +fresh/);
  expect((await rig.pipe(['graph', '--status', '--json', ...args], { env })).stdout).toContain('"fresh"');
  expect((await rig.pipe(['run', 'show', '--env-file', 'a.env'])).code).toBe(0);
  expect(rig.read('o')).toBe('a a a\n');
});

test('an --env-file that is not there is exit code 2', async () => {
  await using rig = await Rig.compiled(text, words);
  const { code, stderr } = await rig.pipe(['build', '--env-file', 'no.env']);
  expect(code).toBe(2);
  expect(stderr).toContain('PIPE035');
  expect(stderr).toContain('no.env');
});

test('--no-wait leaves at once when another build is at work', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { slow: { produces: ['o'], run: 'echo at the gate; read _ < go; echo > o' } } }`,
  );
  gate(rig, 'go');
  const first = rig.start(['build', '-v']);
  await saw(first, /at the gate/);
  for (const command of [
    ['build', '--no-wait'],
    ['run', 'slow', '--no-wait'],
  ])
    expect(await rig.pipe(command)).toMatchObject({
      code: 3,
      stdout: expect.stringContaining(`another run is at work in this folder: process ${first.child.pid}`),
    });
  await tell(rig, 'go');
  expect((await first.ended).code).toBe(0);
});

test.each([['-q'], ['--quiet'], ['--log-level', 'warn'], ['--log-level', 'error']])(
  '%s prints nothing while all goes well, and failures on standard error',
  async (...flags) => {
    await using rig = await Rig.compiled(text, words);
    expect(await rig.pipe(['build', ...flags])).toMatchObject({ code: 0, stdout: '', stderr: '' });

    rig.config(failing);
    const failed = await rig.pipe(['build', ...flags]);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/bad failed: exit code 7/);
  },
);

test.each([['-v'], ['--verbose'], ['--log-level', 'debug']])(
  '%s also prints output, reasons and what is fresh',
  async (...flags) => {
    await using rig = await Rig.compiled(text, words);
    const plain = await rig.pipe(['build', '--log-level', 'info', 'upper']);
    expect(plain.stdout).not.toContain('upper | shouting');
    const first = await rig.pipe(['build', ...flags, '--force', 'upper']);
    expect(first.stdout).toContain('upper | shouting');
    await rig.build();
    rig.write('out/joined.txt', 'by hand');
    const second = await rig.pipe(['build', ...flags]);
    expect(second.stdout).toMatch(/^fresh +upper$/m);
  },
);

test('-v lists every reason, where a line holds only some', async () => {
  const files = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`in/${i}.txt`, 'v0']));
  await using rig = await Rig.compiled(
    files,
    `{ stages: { all: { requires: ['in/*.txt'], produces: ['o'], run: 'cat in/*.txt > o' } } }`,
  );
  await rig.build();
  for (const file of Object.keys(files)) rig.write(file, 'v1');
  const { stdout } = await rig.pipe(['build', '-v']);
  expect(stdout).toContain('6 inputs changed: in/0.txt, in/1.txt, in/2.txt and 3 more');
  expect(stdout).toMatch(/^ +in\/5\.txt changed$/m);
});

test('a restored task replays its log with -v, and leaves it in this run too', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  rig.remove('out/upper.txt');
  const { stdout } = await rig.pipe(['build', '-v', 'upper']);
  expect(stdout).toMatch(/^upper \| shouting\nrestored +upper/m);
  expect((await rig.pipe(['logs', 'last', 'upper'])).stdout).toBe('shouting\n');

  // Also where the files turn out to be in place already.
  rig.write('in.txt', 'other\n');
  await rig.build(['upper']);
  rig.write('in.txt', text['in.txt']);
  const again = await rig.build(['upper']);
  expect(again.restored).toEqual(['upper']);
  expect(again.events).toContainEqual(expect.objectContaining({ kind: 'task-output', text: 'shouting\n' }));
  expect(rig.read(again.end('upper')?.log ?? '')).toBe('shouting\n');
});

test('a stored log that is damaged costs the log, not the build', async () => {
  await using rig = await Rig.compiled(text, words);
  const first = await rig.build(['upper']);
  const { createHash } = await import('node:crypto');
  const digest = createHash('sha256').update('shouting\n').digest('hex');
  rig.remove(`.pipeline-cache/cas/${digest.slice(0, 2)}/${digest.slice(2)}`);
  rig.remove('out/upper.txt');
  const second = await rig.build(['upper']);
  expect(second).toMatchObject({ code: 0, restored: ['upper'] });
  expect(second.end('upper')?.outputs).toEqual(first.end('upper')?.outputs);
  expect(second.end('upper')?.log).toBeUndefined();
});

test.each([
  ['build', '--no-such-flag'],
  ['build', '--jobs', '0'],
  ['build', '--jobs', 'many'],
  ['build', '--freshness', 'guess'],
  ['build', '--log-level', 'loud'],
  ['graph', '--format', 'png'],
  ['runs', '--limit', '0'],
  ['why'],
  ['describe'],
  ['run'],
  ['cache'],
  ['cache', 'polish'],
  ['accept', 'upper'],
  ['accept', 'upper', '--reason', ' '],
  ['no-such-command'],
])('`pipe %s %s %s` is a usage error: exit code 2, told on standard error', async (...args) => {
  await using rig = await Rig.compiled(text, words);
  const { code, stdout, stderr } = await rig.pipe(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).not.toBe('');
});

test('--version and --help are exit code 0', async () => {
  await using rig = await Rig.with({});
  const version = await rig.pipe(['--version']);
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(await rig.pipe(['-V'])).toMatchObject({ code: 0, stdout: version.stdout });
  for (const args of [['--help'], ['-h'], ['help'], ['build', '--help'], ['help', 'build']])
    expect(await rig.pipe(args)).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: pipe') });
});
