// Tools are checked before anything runs, and which one it is counts as an input.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

/** A program `shout` of some version, first on the PATH of every stage. */
function install(rig: Rig, version: string, year = ' (2024)'): void {
  rig.write(
    'node_modules/.bin/shout',
    `#!/bin/sh\nif test "$1" = --version; then echo "shout ${version}${year}"; else tr a-z A-Z; fi\n`,
  );
  fs.chmodSync(rig.path('node_modules/.bin/shout'), 0o755);
}

const shouting = (range = '>=2.1') =>
  `{ stages: { work: { requires: ['in.txt'], produces: ['out.txt'], tools: { shout: '${range}' }, run: 'shout < in.txt > out.txt' } } }`;

test('a tool within its range is used', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'hello' }, shouting());
  install(rig, '2.3.1');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
  expect(rig.read('out.txt')).toBe('HELLO');
  expect((await rig.build()).fresh).toEqual(['work']);
});

test.each<[string, (rig: Rig) => void, RegExp]>([
  ['too old', (rig) => install(rig, '2.0.9'), /2\.0\.9/],
  ['missing', () => {}, /not on the PATH/],
  ['without a version', (rig) => install(rig, 'unknown', ''), /does not tell its version/],
  [
    'not executable',
    (rig) => {
      install(rig, '2.3.1');
      fs.chmodSync(rig.path('node_modules/.bin/shout'), 0o644);
    },
    /not on the PATH/,
  ],
])('a tool that is %s is a configuration error before anything runs', async (_, prepare, message) => {
  await using rig = await Rig.compiled({ 'in.txt': 'hello' }, shouting());
  prepare(rig);
  const refused = await rig.pipe(['build']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('PIPE037');
  expect(refused.stderr).toContain('shout >=2.1');
  expect(refused.stderr).toMatch(message);
  expect(refused.stderr).toContain('stages.work.tools.shout');
  expect(rig.exists('out.txt')).toBe(false);
});

test('all missing tools are told at once', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ tools: { node: '>=99' }, stages: {
      a: { produces: ['a.txt'], tools: { 'no-such-tool': '*' }, run: 'echo > a.txt' },
      b: { produces: ['b.txt'], tools: { 'nor-this-one': '*' }, run: 'echo > b.txt' },
    } }`,
  );
  const { code, stderr } = await rig.pipe(['build']);
  expect(code).toBe(2);
  for (const name of ['node', 'no-such-tool', 'nor-this-one']) expect(stderr).toContain(name);
});

test('another version of a tool makes its stage stale, and only its stage', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'hello' },
    shouting().replace(
      '} } }',
      "}, other: { requires: ['in.txt'], produces: ['other.txt'], run: 'cp in.txt other.txt' } } }",
    ),
  );
  install(rig, '2.3.1');
  await rig.build();
  install(rig, '2.4.0');
  const built = await rig.build();
  expect(built).toMatchObject({ executed: ['work'], fresh: ['other'] });
  expect(built.reasonsOf('work')).toMatchObject([{ code: 'definition-changed', name: 'tool shout' }]);

  // Back to the old one: that result is in the cache.
  install(rig, '2.3.1');
  expect((await rig.build()).restored).toEqual(['work']);
});

test('a tool that a stage does not select is not asked for', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      plain: { produces: ['plain.txt'], run: 'echo > plain.txt' },
      fancy: { produces: ['fancy.txt'], tools: { 'no-such-tool': '*' }, run: 'echo > fancy.txt' },
    } }`,
  );
  expect(await rig.build(['plain'])).toMatchObject({ code: 0, executed: ['plain'] });
});

test('the tools of this machine tell their versions', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { work: { produces: ['out.txt'], tools: { node: '>=18', bash: '>=3' }, run: 'echo > out.txt' } } }`,
  );
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
});

test('doctor says which tool is missing', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'hello' }, shouting());
  const said = await rig.pipe(['doctor']);
  expect(said.code).toBe(1);
  expect(said.stdout + said.stderr).toContain('shout');
});
