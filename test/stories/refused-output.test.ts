// Standard output and error that cannot be written: full, not open for writing, or closed. Work goes on; an answer that
// nobody got is a failure.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeUnderTest, pipeCommand, Rig, Running } from '../rig/rig.ts';

const refusal = /^pipe: standard output cannot be written: E\w+: [^\n]+\n$/;

const config = `{ name: 'story', stages: {
  a: { requires: ['in.txt'], produces: ['a.txt'], run: 'echo said; cp in.txt a.txt' },
  b: { requires: ['a.txt'], produces: ['b.txt'], run: 'cp a.txt b.txt' },
} }`;

/** What they print is what they are there for. */
const answering = [
  'list',
  'list --json',
  'status',
  'status --json',
  'graph',
  'describe a',
  'why a',
  'runs',
  'show',
  'logs',
  'logs -f',
  'cache stats',
  'clean --dry-run',
  'build --dry-run --force',
  'build --json',
  'build --json --force',
  '--version',
  'build --help',
];

/** Not everywhere is there a device that is always full; a descriptor that is open for reading only is refused everywhere. */
const hasFullDevice = fs.existsSync('/dev/full');
if (!hasFullDevice) console.warn('no /dev/full here: only what is not open for writing is tried');

const readOnly = fs.openSync('/dev/null', 'r');
const full = hasFullDevice ? fs.openSync('/dev/full', 'w') : readOnly;
afterAll(() => {
  for (const descriptor of new Set([readOnly, full])) fs.closeSync(descriptor);
});

/** `pipe …` by a shell line in which "pipe" stands for the command. */
async function byShell(rig: Rig, line: string) {
  const script = line.replaceAll('pipe ', `"${nodeUnderTest}" -- "${pipeCommand}" `);
  const options = { cwd: rig.root, env: { PATH: process.env.PATH, HOME: process.env.HOME } };
  return new Running(spawn('/bin/sh', ['-c', script], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }))
    .ended;
}

describe.each([
  ['on a full disk', full],
  ['that is not open for writing', readOnly],
])('standard output %s', (_, stdout) => {
  test('fails what has an answer to give, and says so once', async () => {
    await using rig = await Rig.compiled({ 'in.txt': 'v0' }, config);
    expect(await rig.build()).toMatchObject({ code: 0 });
    for (const line of answering) {
      const ended = await rig.pipe(line.split(' '), { stdout });
      expect({ line, ...ended }).toMatchObject({ line, code: 1, stderr: expect.stringMatching(refusal) });
    }
  });

  test('does not fail a build: its files are made, and what is wrong is said once', async () => {
    await using rig = await Rig.compiled({ 'in.txt': 'v0' }, config);
    for (const line of ['build', 'build -v', 'build --force -k', 'run b']) {
      const ended = await rig.pipe(line.split(' '), { stdout });
      expect({ line, ...ended }).toMatchObject({ line, code: 0, stderr: expect.stringMatching(refusal) });
    }
    expect(rig.read('b.txt')).toBe('v0');
    expect(await rig.build()).toMatchObject({ fresh: ['a', 'b'], warnings: [] });
  });

  test('leaves a build that fails its own exit code', async () => {
    await using rig = await Rig.compiled({}, `{ stages: { bad: { run: 'exit 7' } } }`);
    expect(await rig.pipe(['build'], { stdout })).toMatchObject({ code: 1 });
    expect(await rig.pipe(['build', 'nothing'], { stdout })).toMatchObject({ code: 2 });
  });

  test('and standard error likewise: the exit code still tells', async () => {
    await using rig = await Rig.compiled({ 'in.txt': 'v0' }, config);
    expect(await rig.pipe(['build', '-v'], { stdout, stderr: stdout })).toMatchObject({ code: 0 });
    expect(rig.read('b.txt')).toBe('v0');
    expect(await rig.pipe(['list'], { stdout, stderr: stdout })).toMatchObject({ code: 1 });
    expect(await rig.pipe(['build', 'nothing'], { stdout, stderr: stdout })).toMatchObject({ code: 2 });
  });

  test('is no matter for standard error: answers come whole where that alone cannot be written', async () => {
    await using rig = await Rig.compiled({ 'in.txt': 'v0' }, config);
    const built = await rig.pipe(['build'], { stderr: stdout });
    expect(built).toMatchObject({ code: 0, stdout: expect.stringContaining('2 ran in') });
    const listed = await rig.pipe(['list', '--json'], { stderr: stdout });
    expect(listed.code).toBe(0);
    expect(JSON.parse(listed.stdout)).toMatchObject({ pipeline: 'story' });
    expect(await rig.pipe(['list', '--nothing'], { stderr: stdout })).toMatchObject({ code: 2 });
  });
});

test('standard output with room for a part of the answer only is no better than full', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { a: { description: 'x'.repeat(100_000), produces: ['out.txt'], run: 'true' } } }`,
  );
  // By 512 or 1024 bytes, as the shell counts; the signal for it is ignored, so that the write is refused instead.
  const ended = await byShell(
    rig,
    "trap '' XFSZ; pipe list > /dev/null; ulimit -f 8; exec pipe list --json > answer",
  );
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(refusal) });
});

test.each([
  ['standard output', '>&-'],
  ['standard error', '2>&-'],
  ['both', '>&- 2>&-'],
  ['all three', '<&- >&- 2>&-'],
])(
  '%s closed from the start is as /dev/null: nothing that is shown gets into a file of the build',
  async (_, how) => {
    await using rig = await Rig.compiled({ 'in.txt': 'v0' }, config);
    expect(await byShell(rig, `exec pipe build -v ${how}`)).toMatchObject({ code: 0, stderr: '' });
    expect([rig.read('a.txt'), rig.read('b.txt')]).toEqual(['v0', 'v0']);
    expect(rig.files()).toEqual(['a.txt', 'b.txt', 'in.txt', 'pipeline.config.ts']);
    expect(await rig.build()).toMatchObject({ fresh: ['a', 'b'], warnings: [] });
    expect(await byShell(rig, `exec pipe list ${how}`)).toMatchObject({ code: 0 });
  },
);
