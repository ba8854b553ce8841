// `pipe doctor`, end to end: a sound workspace, and each thing that may be wrong with one.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Check } from '../../src/cli/check-report.ts';
import { nodeUnderTest, pipeCommand, Rig, type RunOptions } from '../rig/rig.ts';

const stage = `requires: ['in.txt'], produces: ['out.txt'], run: 'cp in.txt out.txt'`;

async function examined(rig: Rig, args: readonly string[] = [], options: RunOptions = {}) {
  const { code, stdout } = await rig.pipe(['doctor', '--json', ...args], options);
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: readonly Check[] };
  expect(ok).toBe(code === 0);
  const statusOf = (name: string) => checks.find((check) => check.name === name)?.status;
  const codesOf = (name: string) =>
    checks.find((check) => check.name === name)?.problems?.map((problem) => problem.code);
  return { code, checks, statusOf, codesOf };
}

test('a sound workspace has one line a check and exit code 0', async () => {
  await using rig = await Rig.with(
    { 'in.txt': 'v0' },
    `{ stages: { copy: { ${stage}, tools: { node: '>=18' } } } }`,
  );
  const { code, stdout } = await rig.pipe(['doctor']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok {4}Node /m);
  expect(stdout).toMatch(/^ok {4}tools +v\d/m);
  expect(stdout).toMatch(/^ok {4}state .*\.pipeline-cache can be written$/m);
  expect(stdout).toMatch(/^ok {4}git /m);
  expect(stdout).not.toMatch(/^fail/m);
});

test('without a configuration the rest is checked all the same, and nothing is made', async () => {
  await using rig = await Rig.with({ 'in.txt': 'v0' });
  const { code, statusOf, codesOf } = await examined(rig);
  expect(code).toBe(1);
  expect(codesOf('configuration')).toEqual(['PIPE001']);
  expect([statusOf('Node'), statusOf('root')]).toEqual(['ok', 'ok']);
  expect(rig.exists('.pipeline-cache')).toBe(false);
});

test('a broken configuration is a failed check with all its problems, and the rest goes on', async () => {
  await using rig = await Rig.with({}, `{ stages: { a: { prodces: 'x', run: 'true' }, b: { run: 7 } } }`);
  const { code, statusOf, codesOf } = await examined(rig);
  expect(code).toBe(1);
  expect(codesOf('configuration')).toEqual(['PIPE010', 'PIPE011']);
  expect([statusOf('root'), statusOf('state')]).toEqual(['ok', 'ok']);
});

test('a circle is a fault of the graph', async () => {
  await using rig = await Rig.with(
    {},
    `{ stages: { a: { after: 'b', run: 'true' }, b: { after: 'a', run: 'true' } } }`,
  );
  const { statusOf, codesOf } = await examined(rig);
  expect(statusOf('configuration')).toBe('ok');
  expect(codesOf('graph')).toEqual(['PIPE018']);
});

test('missing tools, shells and files fail, each with its name', async () => {
  await using rig = await Rig.with(
    {},
    `{ stages: { copy: { ${stage}, tools: { node: '>=99', 'no-such-tool': '*' }, shell: '/no/such/shell' } } }`,
  );
  const { code, statusOf, codesOf } = await examined(rig);
  expect(code).toBe(1);
  expect(codesOf('tools')).toEqual(['PIPE037', 'PIPE037']);
  expect(codesOf('files')).toEqual(['PIPE050']);
  expect(statusOf('shell')).toBe('fail');
});

test('a missing secret is a warning, and an environment file can bring it', async () => {
  await using rig = await Rig.with(
    { 'in.txt': 'v0', '.env': 'TOKEN=open-sesame-42\n' },
    `{ stages: { copy: { ${stage}, secrets: ['TOKEN'] } } }`,
  );
  const without = await examined(rig);
  expect([without.code, without.statusOf('secrets')]).toEqual([0, 'warn']);

  const withFile = await examined(rig, ['--env-file', '.env']);
  expect(withFile.statusOf('secrets')).toBe('ok');
  expect(JSON.stringify(withFile.checks)).not.toContain('open-sesame-42');
});

test('an environment file that is not there is a failed check, and the rest goes on', async () => {
  await using rig = await Rig.with(
    { 'in.txt': 'v0' },
    `{ stages: { copy: { ${stage}, secrets: ['TOKEN'] } } }`,
  );
  // Node 20 reads --env-file behind the script as its own and ends where there is no such file, but not after `--`.
  const { status, stdout } = spawnSync(
    nodeUnderTest,
    ['--', pipeCommand, 'doctor', '--json', '--env-file', '.envv'],
    { cwd: rig.root, env: { PATH: process.env.PATH }, encoding: 'utf8' },
  );
  expect(status).toBe(1);
  const { checks } = JSON.parse(stdout) as { checks: readonly Check[] };
  expect(checks).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({
        name: 'env files',
        problems: [expect.objectContaining({ code: 'PIPE035' })],
      }),
      expect.objectContaining({ name: 'secrets', status: 'warn' }),
    ]),
  );
});

test('a state folder that cannot be one is a warning: builds work, and remember nothing', async () => {
  await using rig = await Rig.with(
    { 'in.txt': 'v0', '.pipeline-cache': 'a file' },
    `{ stages: { copy: { ${stage} } } }`,
  );
  const { code, statusOf } = await examined(rig);
  expect([code, statusOf('state')]).toEqual([0, 'warn']);
});

test('a state folder that git would see is a warning', async () => {
  await using rig = await Rig.with(
    { 'in.txt': 'v0', '.pipeline-cache/.gitignore': '!*\n' },
    `{ stages: { copy: { ${stage} } } }`,
  );
  expect((await examined(rig)).statusOf('git')).toBe('warn');
});

test('a service is looked at where the parameters say', async () => {
  await using rig = await Rig.with(
    { 'in.txt': 'v0', 'up-2': '' },
    `{ params: { port: { type: 'number' } }, services: { web: { check: 'test -e up-{params.port}', hint: 'say where' } },
      stages: { copy: { ${stage}, services: 'web' } } }`,
  );
  expect((await examined(rig, ['-p', 'port=1'])).statusOf('service')).toBe('warn');
  expect((await examined(rig, ['-p', 'port=2'])).statusOf('service')).toBe('ok');
  expect((await examined(rig, ['-p', 'port=x'])).codesOf('configuration')).toEqual(['PIPE055']);
});

test('without a parameter that must be given, what does not hang on it is looked at, and the rest is told', async () => {
  await using rig = await Rig.compiled(
    { 'sow/math/1.json': '{}', 'up-2': '' },
    `{ params: { subject: { type: 'string', choices: ['math', 'art'] }, port: { type: 'number' }, level: { type: 'number', default: 1 } },
      services: { web: { check: 'test -e up-{params.port}' } },
      stages: {
        sow: { requires: 'plan/{params.level}.txt', produces: 'out/sow.txt', run: 'cp plan/* out/sow.txt' },
        lessons: { forEach: 'sow/{params.subject}/{x}.json', produces: 'out/{params.subject}/{x}.txt', run: 'cp {item} {produces}' },
        maths: { requires: ['out/math/1.txt', 'out/*/2.txt'], services: 'web', run: 'true' },
      } }`,
  );
  const open = await examined(rig);
  expect(open.code).toBe(1);
  const files = open.checks.find(({ name }) => name === 'files')?.problems;
  expect(files?.map(({ at }) => at)).toEqual(['stages.sow.requires']);
  expect(open.statusOf('service')).toBeUndefined();
  expect(open.checks.find(({ name }) => name === 'parameters')).toEqual({
    name: 'parameters',
    status: 'warn',
    detail:
      'subject, port must be given to build; without not looked at: sow/{params.subject}/{x}.json of lessons; out/math/1.txt, the service web of maths',
    hint: 'pipe doctor -p subject=… -p port=… looks at it too: subject is math or art, port is a number',
  });

  const given = await examined(rig, ['-p', 'subject=math', '-p', 'port=2']);
  expect([given.statusOf('service'), given.statusOf('parameters')]).toEqual(['ok', undefined]);
  expect(given.codesOf('files')).toEqual(['PIPE050']);
});

test('a parameter on which nothing hangs that could be looked at is told, and no warning', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0' },
    `{ params: { level: { type: 'number' } }, stages: { copy: { requires: 'in.txt', produces: 'out/{params.level}.txt', run: 'cp in.txt {produces}' } } }`,
  );
  const { code, checks } = await examined(rig);
  expect(code).toBe(0);
  expect(checks.find(({ name }) => name === 'parameters')).toMatchObject({
    status: 'ok',
    detail: 'level must be given to build',
  });
});
