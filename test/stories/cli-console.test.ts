// What a person sees on a pipe or in CI: stable lines, colours only where asked for, failures in full.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { text, words } from './words.ts';

const esc = String.fromCharCode(27);

test('a build is a header, a line when a stage starts and one when it ends, and a summary', async () => {
  await using rig = await Rig.compiled(text, words);
  const { stdout, stderr } = await rig.pipe(['build', '-j', '1']);
  expect(stderr).toBe('');
  const timeless = stdout.replace(/\d+ms|\d+\.\ds/g, 'TIME').split('\n');
  expect(timeless).toEqual([
    expect.stringMatching(/^words . 4 tasks$/),
    'run       upper  because it was never built',
    'done      upper  TIME',
    'run       lower  because it was never built',
    'done      lower  TIME',
    'run       join   because it was never built',
    'done      join   TIME',
    'run       count  because it was never built',
    'done      count  TIME',
    '4 ran in TIME',
    '',
  ]);
});

test('nothing to do is one line', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  const { stdout } = await rig.pipe(['build']);
  expect(stdout).toMatch(/^nothing to do: 4 fresh in [\d.]+m?s \(saved [\d.]+m?s\)\n$/);
});

test.each([
  ['a pipe', {}, false],
  ['NO_COLOR', { NO_COLOR: '1' }, false],
  ['FORCE_COLOR', { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ['both', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ['CI', { CI: 'true' }, false],
] as const)('%s: colours or not, and never a control of the cursor', async (_, env, coloured) => {
  await using rig = await Rig.compiled(text, words);
  for (const command of [['build'], ['status'], ['list']]) {
    const { stdout } = await rig.pipe(command, { env: { NO_COLOR: undefined, TERM: 'xterm', ...env } });
    expect({ command, coloured: stdout.includes(`${esc}[`) }).toEqual({ command, coloured });
    // Colours end in "m"; whatever else begins with an escape moves something.
    expect(stdout.replaceAll(new RegExp(`${esc}\\[[0-9;]*m`, 'g'), '')).not.toContain(esc);
  }
});

test('a failure tells stage, command, exit code, output, log, hidden variables, and how to go on', async () => {
  await using rig = await Rig.compiled(
    text,
    `{ stages: { analyse: { requires: ['in.txt'], run: 'echo reading; echo "no MODEL_KEY" >&2; exit 3' } } }`,
  );
  const { code, stdout } = await rig.pipe(['build'], { env: { MODEL_KEY: 'k', AAA: 'a' } });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^failed +analyse +exit code 3 after /m);
  expect(stdout).toContain('echo reading; echo "no MODEL_KEY" >&2; exit 3');
  expect(stdout).toMatch(/. reading\n.*. no MODEL_KEY$/m);
  const log = /^ +log +(\S+)$/m.exec(stdout)?.[1] ?? '';
  expect(rig.read(log)).toBe('reading\nno MODEL_KEY\n');
  // What the output names comes first: most likely that is what was missed.
  expect(stdout).toMatch(/^ +hidden +MODEL_KEY, AAA\b/m);
  expect(stdout).toMatch(/^ +continue +pipe build analyse$/m);
  expect(stdout).toMatch(/^1 failed in /m);
});

test('what a failure stopped is listed at the end, with what stands in the way', async () => {
  await using rig = await Rig.compiled(text, words.replace('tr a-z A-Z', 'false; tr a-z A-Z'));
  const { stdout } = await rig.pipe(['build', '-k']);
  expect(stdout).toMatch(/^skipped +join +blocked by upper$/m);
  expect(stdout).toMatch(/^skipped +count +blocked by upper$/m);
  expect(stdout).toMatch(/^1 failed, 2 skipped, 1 ran in /m);
});

test('what has nothing to do with the failure that ended the build is told as not begun, by the history too', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      bad: { produces: ['bad.txt'], run: 'false' },
      needs: { requires: ['bad.txt'], produces: ['needs.txt'], run: 'cp bad.txt needs.txt' },
      other: { produces: ['other.txt'], run: 'echo > other.txt' },
    } }`,
  );
  const { stdout } = await rig.pipe(['build', '-j', '1']);
  const past = await rig.pipe(['show']);
  expect(stdout).toMatch(/^skipped +needs +blocked by bad$/m);
  expect(stdout).toMatch(/^skipped +other +not begun, as the build stopped over bad$/m);
  expect(past.stdout).toMatch(/^needs +skipped +blocked by bad$/m);
  expect(past.stdout).toMatch(/^other +skipped +not begun, as the build stopped over bad$/m);
});

test('a dry run is the plan with its commands and reasons', async () => {
  await using rig = await Rig.compiled(text, words);
  const { stdout } = await rig.pipe(['build', '-n', 'cases']);
  expect(stdout).toMatch(/dry run, nothing is touched/);
  expect(stdout).toMatch(/^would run +upper +because it was never built$/m);
  expect(stdout).toMatch(/^ +\$ tr A-Z a-z < in.txt > out\/lower.txt$/m);
  expect(stdout).toMatch(/^2 would run$/m);
});

test('problems go to standard error, answers to standard output', async () => {
  await using rig = await Rig.compiled(text, words);
  const { stdout, stderr } = await rig.pipe(['build', 'coutn']);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^PIPE030 .*"coutn"/);
  expect(stderr).toMatch(/hint: did you mean "count"\?/);
});
