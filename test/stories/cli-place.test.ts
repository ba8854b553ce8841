// Where the workspace is: the search upwards, --config and --root, on every command that takes them.
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { environment, nodeUnderTest, pipeCommand, Rig, Running } from '../rig/rig.ts';
import { text, words } from './words.ts';

const asConfig = (object: string) =>
  `import { definePipeline } from 'pipe-build';\nexport default definePipeline(${object});\n`;

/** Each command with what it needs to succeed after a build. */
const commands: readonly (readonly string[])[] = [
  ['build'],
  ['status', '--check'],
  ['why', 'upper'],
  ['graph'],
  ['list'],
  ['describe', 'upper'],
  ['run', 'upper'],
  ['accept', 'upper', '--reason', 'test'],
  ['runs'],
  ['show'],
  ['logs', 'upper'],
  ['cache', 'stats'],
  ['cache', 'verify'],
  ['doctor'],
  ['clean', '--dry-run'],
];

test('every command finds the configuration from a folder below, as git does', async () => {
  await using rig = await Rig.with({ ...text, 'deep/er/x': '' }, words);
  await rig.build();
  for (const command of commands) {
    const { code, stderr } = await rig.pipe(command, { cwd: 'deep/er' });
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
  }
  expect(rig.files('deep/er')).toEqual(['x']);
});

test('every command takes --config and --root', async () => {
  await using rig = await Rig.with({
    'data/in.txt': text['in.txt'],
    'conf/letters.config.ts': asConfig(words),
    'elsewhere/x': '',
  });
  const place = ['--config', '../conf/letters.config.ts', '--root', '../data'];
  const first = await rig.pipe(['build', ...place], { cwd: 'elsewhere' });
  expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of commands) {
    const { code, stderr } = await rig.pipe([...command, ...place], { cwd: 'elsewhere' });
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
  }
  expect(rig.exists('data/out/count.txt')).toBe(true);
  expect(rig.exists('data/.pipeline-cache/runs')).toBe(true);
  expect(rig.exists('conf/.pipeline-cache')).toBe(false);
  expect(rig.files('elsewhere')).toEqual(['x']);
});

test('--config alone makes its own folder the root', async () => {
  await using rig = await Rig.with({ 'sub/in.txt': text['in.txt'], 'sub/other.config.ts': asConfig(words) });
  expect((await rig.pipe(['build', '--config', 'sub/other.config.ts'])).code).toBe(0);
  expect(rig.exists('sub/out/count.txt')).toBe(true);
});

test('without a configuration every command that needs one is exit code 2 and makes nothing', async () => {
  await using rig = await Rig.with({ x: '' });
  for (const command of commands.filter(([name]) => name !== 'doctor')) {
    const { code, stdout, stderr } = await rig.pipe(command);
    expect({ command, code, stdout }).toEqual({ command, code: 2, stdout: '' });
    expect(stderr).toContain('PIPE001');
  }
  expect(rig.exists('.pipeline-cache')).toBe(false);
});

test.each(['build', 'status', 'watch', 'init', 'doctor'])(
  'pipe %s in a folder that is gone says so',
  async (command) => {
    await using rig = await Rig.with({ ...text, 'gone/x': '' }, words);
    const leaving = ['-c', 'rm -r "$PWD" && exec "$@"', 'sh', nodeUnderTest, '--', pipeCommand, command];
    const child = spawn('/bin/sh', leaving, { cwd: rig.path('gone'), env: environment() });
    const { code, stdout, stderr } = await new Running(child).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^PIPE001 the current folder is gone.*\n {2}hint: .*cd "\$PWD"\n$/);
  },
);
