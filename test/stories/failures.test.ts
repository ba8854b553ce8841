// A stage fails: what else runs, what the run is called, which exit code it has, and what a person is told.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { engineId, gate } from './signs.ts';

/** One stage with this command. */
const one = (run: string, more = '') =>
  `{ stages: { work: { produces: ['out/work.txt'], run: ${JSON.stringify(run)}, ${more} } } }`;

/** `bad` fails; `needs` requires its file, `deep` that of `needs`; `other` and `last` have nothing to do with it. */
const five = (more = '') => `{ stages: {
  bad: { produces: ['bad.txt'], run: 'echo oh no; exit 3', ${more} },
  needs: { requires: ['bad.txt'], produces: ['needs.txt'], run: 'cp bad.txt needs.txt' },
  deep: { requires: ['needs.txt'], produces: ['deep.txt'], run: 'cp needs.txt deep.txt' },
  other: { produces: ['other.txt'], run: 'echo > other.txt' },
  last: { requires: ['other.txt'], produces: ['last.txt'], run: 'cp other.txt last.txt' },
} }`;

test('after a failure nothing new starts', async () => {
  await using rig = await Rig.compiled({}, five());
  const built = await rig.build(['-j', '1']);
  expect(built).toMatchObject({
    code: 1,
    failed: ['bad'],
    executed: [],
    skipped: ['deep', 'last', 'needs', 'other'],
  });
  expect(built.finished).toMatchObject({ outcome: 'failed', exitCode: 1, failed: 1, skipped: 4 });
  expect(built.end('deep')).toMatchObject({ blockedBy: ['bad'] });
});

test('what runs when another stage fails may finish, and is recorded', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      bad: { produces: ['bad.txt'], run: 'read _ < started; echo > failing; exit 1' },
      slow: { produces: ['slow.txt'], run: 'echo > started; read _ < failing; echo done > slow.txt' },
      next: { requires: ['slow.txt'], produces: ['next.txt'], run: 'cp slow.txt next.txt' },
    } }`,
  );
  for (const name of ['started', 'failing']) gate(rig, name);
  const built = await rig.build(['-j', '2']);
  expect(built.failed).toEqual(['bad']);
  expect(rig.read('slow.txt')).toBe('done\n');
  expect((await rig.build(['slow'])).fresh).toEqual(['slow']);
});

test.each(['-k', '--keep-going', '--continue-on-error'])(
  'with %s all that does not depend on it is built',
  async (flag) => {
    await using rig = await Rig.compiled({}, five());
    const built = await rig.build([flag]);
    expect(built).toMatchObject({
      code: 1,
      failed: ['bad'],
      executed: ['last', 'other'],
      skipped: ['deep', 'needs'],
    });
    expect(built.end('needs')).toMatchObject({ blockedBy: ['bad'] });
  },
);

test('an optional failure degrades the run and does not fail it', async () => {
  await using rig = await Rig.compiled({}, five('optional: true'));
  const built = await rig.build(['-j', '1']);
  expect(built).toMatchObject({
    code: 0,
    failed: ['bad'],
    executed: ['last', 'other'],
    skipped: ['deep', 'needs'],
  });
  expect(built.finished).toMatchObject({ outcome: 'degraded', exitCode: 0 });
  expect(built.end('bad')).toMatchObject({ optional: true });
  // It is tried again the next time.
  expect((await rig.build()).failed).toEqual(['bad']);
});

test('a stage that comes only after an optional one goes on without it', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      bad: { produces: ['bad.txt'], run: 'exit 1', optional: true },
      after: { after: ['bad'], produces: ['after.txt'], run: 'echo > after.txt' },
    } }`,
  );
  expect(await rig.build()).toMatchObject({ code: 0, failed: ['bad'], executed: ['after'] });
});

test('a stage that comes only after one that is not optional does not', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      bad: { produces: ['bad.txt'], run: 'exit 1' },
      after: { after: ['bad'], produces: ['after.txt'], run: 'echo > after.txt' },
    } }`,
  );
  expect(await rig.build(['-k'])).toMatchObject({ code: 1, failed: ['bad'], skipped: ['after'] });
});

test('a stage whose optional(…) input an optional stage failed to make goes on without, until it is there', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      bad: { produces: ['bad.txt'], run: 'test -e go && echo > bad.txt', optional: true },
      uses: { requires: [optional('bad.txt')], produces: ['uses.txt'], run: 'ls bad.txt > uses.txt || echo none > uses.txt' },
    } }`,
  );
  const built = await rig.build();
  expect(built).toMatchObject({ code: 0, failed: ['bad'], executed: ['uses'] });
  expect(rig.read('uses.txt')).toBe('none\n');
  rig.write('go', '');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['bad', 'uses'] });
  expect(rig.read('uses.txt')).toBe('bad.txt\n');
});

test.each<[string, string, object]>([
  ['an exit code', 'exit 7', { kind: 'exit', code: 7 }],
  ['a signal', 'kill -TERM $$', { kind: 'signal', signal: 'SIGTERM' }],
  ['a command that does not exist', 'no-such-command', { kind: 'exit', code: 127 }],
  ['a file that is not executable', './tool.sh', { kind: 'exit', code: 126 }],
  ['an output that was not made', 'true', { kind: 'output-missing', patterns: ['out/work.txt'] }],
  ['the first of several commands', 'false; echo > out/work.txt', { kind: 'exit', code: 1 }],
])('%s is a failure', async (_, run, failure) => {
  await using rig = await Rig.compiled({ 'tool.sh': '#!/bin/sh\n' }, one(run));
  const built = await rig.build();
  expect(built).toMatchObject({ code: 1, failed: ['work'] });
  expect(built.end('work')).toMatchObject({ failure });
  // And is one again: a failure is never taken for a success.
  expect((await rig.build()).failed).toEqual(['work']);
});

test.each<[string, string, RegExp]>([
  ['is not there', "exec('no-such-program')", /not on the stage's PATH/],
  ['is not executable', "exec('./tool.sh')", /not executable/],
  ['names an interpreter that is not there', "exec('./odd.sh')", /interpreter/],
])('a program without a shell that %s could not start', async (_, run, message) => {
  await using rig = await Rig.compiled(
    { 'tool.sh': '#!/bin/sh\n', 'odd.sh': '#!/no/such/interpreter\n' },
    `{ stages: { work: { produces: ['out.txt'], run: ${run} } } }`,
  );
  fs.chmodSync(rig.path('odd.sh'), 0o755);
  const { failure } = (await rig.build()).end('work')!;
  expect(failure).toMatchObject({ kind: 'spawn' });
  expect(failure?.kind === 'spawn' && failure.message).toMatch(message);
});

test('of several lines the first that fails ends the stage, and is named', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { work: { produces: ['out.txt'], run: ['echo a > a', 'false', 'echo c > c'] } } }`,
  );
  expect((await rig.build()).end('work')).toMatchObject({
    failure: { kind: 'exit', code: 1, line: 'false' },
  });
  expect([rig.exists('a'), rig.exists('c')]).toEqual([true, false]);
});

test('what a failed attempt wrote is out of the way, to be looked at', async () => {
  await using rig = await Rig.compiled({}, one('echo half > out/work.txt; exit 1'));
  await rig.build();
  expect(rig.exists('out/work.txt')).toBe(false);
  const kept = fs
    .readdirSync(rig.path('.pipeline-cache/rejected'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('out/work.txt'));
  expect(kept).toHaveLength(1);
  expect(rig.read(`.pipeline-cache/rejected/${kept[0]}`)).toBe('half\n');
});

test('a failure does not take away the outputs of the last success for good', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'good' },
    one('grep -v bad in.txt > out/work.txt', "requires: ['in.txt']"),
  );
  await rig.build();
  rig.write('in.txt', 'bad');
  expect((await rig.build()).failed).toEqual(['work']);
  rig.write('in.txt', 'good');
  expect(await rig.build()).toMatchObject({ code: 0, restored: ['work'] });
  expect(rig.read('out/work.txt')).toBe('good\n');
});

test('a person is told the stage, the command, the code, the last lines, the log and how to go on', async () => {
  await using rig = await Rig.compiled(
    {},
    one('for i in $(seq 100); do echo line $i; done; echo broken pipe >&2; exit 3'),
  );
  const { code, stdout } = await rig.pipe(['build']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/work +exit code 3/);
  expect(stdout).toContain('exit 3');
  expect(stdout).toContain('broken pipe');
  expect(stdout).toContain('line 100');
  expect(stdout).not.toMatch(/\bline 1\b/);
  expect(stdout).toContain('pipe build work');
  const log = /\.pipeline-cache\/runs\/\S+\.log/.exec(stdout)?.[0];
  expect(rig.read(log!)).toContain('line 1\n');
});

test('--quiet prints the problem and nothing else', async () => {
  await using rig = await Rig.compiled({}, five());
  const { code, stdout, stderr } = await rig.pipe(['build', '-q', '-k']);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('bad failed: exit code 3');
  expect(stderr).not.toMatch(/\b(deep|done|skipped)\b/);
});

test('output that is no UTF-8, and control characters, are shown safely', async () => {
  await using rig = await Rig.compiled({}, one(String.raw`printf 'a\377b\033[2Jc\007\n'; exit 1`));
  const { stdout } = await rig.pipe(['build']);
  expect(stdout).toContain('a\uFFFDb');
  const controls = [...stdout].filter((character) => character !== '\n' && character < ' ');
  expect(controls).toEqual([]);
});

test('300 MB of output pass through in bounded memory, and all of it is in the log', async () => {
  await using rig = await Rig.compiled(
    {},
    one(
      `yes 'a line of some forty characters, or more' | head -c 300000000; echo; grep VmHWM /proc/${engineId}/status; echo > out/work.txt`,
    ),
  );
  const built = await rig.pipe(['build']);
  expect(built.code).toBe(0);
  const folder = rig.path('.pipeline-cache/runs');
  const file = `${folder}/${fs.readdirSync(folder)[0]}/logs/work.log`;
  expect(fs.statSync(file).size).toBeGreaterThan(300_000_000);
  const descriptor = fs.openSync(file, 'r');
  const end = Buffer.alloc(200);
  fs.readSync(descriptor, end, 0, 200, fs.fstatSync(descriptor).size - 200);
  fs.closeSync(descriptor);
  const peakKiB = Number(/VmHWM:\s+(\d+) kB/.exec(end.toString())?.[1]);
  expect(peakKiB).toBeGreaterThan(20_000);
  expect(peakKiB).toBeLessThan(220_000);
});
