// `pipe runs`, `pipe show`, `pipe logs`, and the files behind them.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { makeRunId } from '../../src/journal/run-id.ts';
import { type Built, Rig } from '../rig/rig.ts';
import { gate, saw, tell } from './signs.ts';
import { text, words } from './words.ts';

const idOf = (built: Built) => String(built.events[0]?.runId);

test('each run has its folder: events, summary, a log a task', async () => {
  await using rig = await Rig.compiled(text, words);
  const built = await rig.build(['upper']);
  const folder = `.pipeline-cache/runs/${idOf(built)}`;
  const kept = rig
    .read(`${folder}/events.jsonl`)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).kind);
  expect(kept).toEqual(['run-started', 'task-started', 'task-finished', 'run-finished']);
  expect(JSON.parse(rig.read(`${folder}/summary.json`))).toMatchObject({
    v: 1,
    outcome: 'succeeded',
    exitCode: 0,
    targets: ['upper'],
    counts: { executed: 1 },
    tasks: [{ task: 'upper', outcome: 'executed' }],
  });
  expect(fs.readdirSync(rig.path(`${folder}/logs`))).toEqual(['upper.log']);
  expect(rig.read(`${folder}/logs/upper.log`)).toBe('shouting\n');
});

test('run ids sort by time', async () => {
  await using rig = await Rig.compiled(text, words);
  const ids = [idOf(await rig.build()), idOf(await rig.build()), idOf(await rig.build())];
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(3);
});

test('runs lists the newest first, as many as --limit says', async () => {
  await using rig = await Rig.compiled(text, words);
  expect((await rig.pipe(['runs'])).stdout).toBe('no runs yet\n');
  const first = idOf(await rig.build(['upper']));
  const second = idOf(await rig.build());

  const { stdout } = await rig.pipe(['runs']);
  expect(stdout).toMatch(new RegExp(`^${second} .*3 ran, 1 fresh.*pipe build --json$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^${first} .*1 ran.*pipe build --json upper$`, 'm'));
  expect(stdout.indexOf(second)).toBeLessThan(stdout.indexOf(first));

  const limited = JSON.parse((await rig.pipe(['runs', '--limit', '1', '--json'])).stdout);
  expect(limited.runs.map((run: { runId: string }) => run.runId)).toEqual([second]);
});

test('of more than 200 runs the oldest go', async () => {
  await using rig = await Rig.compiled(text, words);
  for (let i = 0; i < 205; i++) {
    const id = makeRunId(Date.UTC(2020, 0, 1, 0, 0, i), 0);
    rig.write(`.pipeline-cache/runs/${id}/events.jsonl`, '');
  }
  const newest = idOf(await rig.build());
  const left = fs.readdirSync(rig.path('.pipeline-cache/runs')).sort();
  expect(left).toHaveLength(200);
  expect(left.at(-1)).toBe(newest);
  expect(left[0]).toBe(makeRunId(Date.UTC(2020, 0, 1, 0, 0, 6), 0));
});

test('where the clock was set back the last run is the last all the same, and the oldest are those that go', async () => {
  await using rig = await Rig.compiled(text, words);
  const runs = () => fs.readdirSync(rig.path('.pipeline-cache/runs')).sort();
  const inAnHour = Date.now() + 3_600_000;
  for (let i = 0; i < 205; i++)
    rig.write(`.pipeline-cache/runs/${makeRunId(inAnHour + 1000 * i, 0)}/events.jsonl`, '');
  const first = idOf(await rig.build());
  expect(runs()).toHaveLength(200);
  expect(runs().at(-1)).toBe(first);
  // The one leaves what the next one goes by, which looks no further.
  const later = [];
  for (const _ of [1, 2]) {
    expect((await rig.pipe(['build'])).stdout).toContain('nothing to do');
    later.push(runs().at(-1)!);
  }
  expect([first, ...later].sort()).toEqual([first, ...later]);
  expect(new Set([first, ...later]).size).toBe(3);
  expect((await rig.pipe(['show'])).stdout).toContain(later[1]);
});

test('show tells one run: the last, or the one that is named by the beginning of its id', async () => {
  await using rig = await Rig.compiled(text, words);
  const first = idOf(await rig.build(['upper']));
  await rig.reconfigure(words.replace('tr A-Z a-z', 'false; tr A-Z a-z'));
  const second = idOf(await rig.build(['lower']));

  const last = await rig.pipe(['show']);
  expect(last.code).toBe(0);
  expect(last.stdout).toMatch(new RegExp(`^${second}  failed, exit code 1\npipe build --json lower\n`));
  expect(last.stdout).toMatch(/^lower +failed .*exit code 1$/m);
  expect(last.stdout).toMatch(/^log of lower: (\S+lower\.log)$/m);
  expect((await rig.pipe(['show', 'last'])).stdout).toBe(last.stdout);

  const named = await rig.pipe(['show', first]);
  expect(named.stdout).toMatch(/^upper +executed .*it was never built$/m);
  expect(JSON.parse((await rig.pipe(['show', first, '--json'])).stdout)).toMatchObject({ runId: first });
});

test('a run that does not exist, or a beginning that several share, is exit code 2', async () => {
  await using rig = await Rig.compiled(text, words);
  expect((await rig.pipe(['show'])).code).toBe(2);
  await rig.build();
  await rig.build();
  const none = await rig.pipe(['show', '1999']);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('PIPE039') });
  const several = await rig.pipe(['show', '2']);
  expect(several).toMatchObject({ code: 2, stderr: expect.stringContaining('several runs') });
});

test('logs prints what a stage printed, in the last run or in a named one', async () => {
  await using rig = await Rig.compiled(text, words);
  const first = idOf(await rig.build());
  await rig.reconfigure(words.replace('echo shouting', 'echo louder'));
  await rig.build();
  expect((await rig.pipe(['logs', 'upper'])).stdout).toBe('louder\n');
  expect((await rig.pipe(['logs', 'last', 'upper'])).stdout).toBe('louder\n');
  expect((await rig.pipe(['logs', first, 'upper'])).stdout).toBe('shouting\n');
  expect((await rig.pipe(['logs', first])).stdout).toContain('==> upper <==\nshouting\n');

  // Fresh in the last run: the log of its last execution.
  await rig.build();
  expect((await rig.pipe(['logs', 'upper'])).stdout).toBe('louder\n');
  expect(await rig.pipe(['logs', 'uper'])).toMatchObject({ code: 2, stdout: '' });
});

test.each(['-f', '--follow'])(
  'logs %s prints what a running stage prints, until the run ends',
  async (flag) => {
    await using rig = await Rig.compiled(
      {},
      `{ stages: { slow: { produces: ['o'], run: 'echo one; read _ < go; echo two; echo > o' } } }`,
    );
    gate(rig, 'go');
    const building = rig.start(['build', '-v']);
    await saw(building, /slow \| one/);
    const following = rig.start(['logs', flag, 'slow']);
    await saw(following, /one/);
    await tell(rig, 'go');
    expect((await building.ended).code).toBe(0);
    expect(await following.ended).toMatchObject({ code: 0, stdout: 'one\ntwo\n' });
  },
);

test('logs -f without a stage follows a run that is at work', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { slow: { produces: ['o'], run: 'echo one; read _ < go; echo > o' } } }`,
  );
  gate(rig, 'go');
  const building = rig.start(['build', '-v']);
  await saw(building, /slow \| one/);
  const following = rig.start(['logs', '-f']);
  // Seen while the stage still waits to be told to go on.
  await saw(following, /one/);
  await tell(rig, 'go');
  expect((await building.ended).code).toBe(0);
  expect((await following.ended).code).toBe(0);
});

test('a run at work can be shown', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { slow: { produces: ['o'], run: 'echo one; read _ < go; echo > o' } } }`,
  );
  gate(rig, 'go');
  const building = rig.start(['build', '-v']);
  await saw(building, /slow \| one/);
  const shown = await rig.pipe(['show']);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('has not finished') });
  expect(shown.stdout).toMatch(/^pipe build -v$/m);
  // As one that was killed: what it was asked for is what somebody goes on with.
  expect((await rig.pipe(['runs'])).stdout).toMatch(/ (just now|\d+s ago) +unfinished +pipe build -v\n/);
  expect(JSON.parse((await rig.pipe(['runs', '--json'])).stdout)).toMatchObject({
    runs: [{ outcome: 'unfinished', command: ['build', '-v'], startedAt: expect.any(String), params: {} }],
  });
  await tell(rig, 'go');
  expect((await building.ended).code).toBe(0);
});

test('of a run that was killed is shown what it had spent, also by what was at work', async () => {
  const say = (usd: number) => `echo '{"metric":{"usd":${usd}}}' >> $PIPE_OUTPUT`;
  await using rig = await Rig.compiled(
    { 'in/a.txt': 'a', 'in/b.txt': 'b', 'in/c.txt': 'c' },
    `{ stages: {
      paid: { forEach: 'in/{n}.txt', produces: ['out/{n}.txt'], run: ${JSON.stringify(`${say(2)}; cp in/{n}.txt out/{n}.txt`)} },
      free: { requires: ['out/*.txt'], produces: ['free'], run: 'echo > free' },
      dear: {
        requires: ['free'], produces: ['dear'], retry: { attempts: 2, delay: '1ms' },
        run: ${JSON.stringify(`${say(10)}; test -e again || { echo > again; exit 1; }; read _ < never`)},
      },
    } }`,
  );
  gate(rig, 'never');
  const building = rig.start(['build', '--json', '-j', '1']);
  const runId = await saw(building, /"runId":"([^"]+)"/);
  const journal = `.pipeline-cache/runs/${runId}/events.jsonl`;
  const reported = () => (rig.exists(journal) ? rig.read(journal).split('"usd":10').length - 1 : 0);
  while (reported() < 2) await new Promise((resolve) => setImmediate(resolve));
  building.child.kill('SIGKILL');
  await building.ended;

  const { stdout } = await rig.pipe(['show']);
  expect(stdout.replaceAll(/\d{4}-[^ ]+Z/g, 'AT')).toBe(
    [
      `${runId}: it has not finished, or was killed, used usd 26`,
      'pipe build --json -j 1',
      '',
      ...['a', 'b', 'c'].flatMap((n) => [
        `AT  started paid:in/${n}.txt`,
        `AT  executed paid:in/${n}.txt, used usd 2`,
      ]),
      ...['AT  started free', 'AT  executed free', 'AT  started dear', 'AT  started dear'],
      'AT  unfinished dear, used usd 20',
      '',
      'stage  tasks  used',
      'paid       3  usd 6',
      'dear       1  usd 20',
      '',
    ].join('\n'),
  );
  expect(JSON.parse((await rig.pipe(['show', '--json'])).stdout)).toMatchObject({
    outcome: 'unfinished',
    metrics: { usd: 26 },
    tasks: [
      ...['a', 'b', 'c'].map((n) => ({ task: `paid:in/${n}.txt`, outcome: 'executed', metrics: { usd: 2 } })),
      { task: 'free', outcome: 'executed' },
      { task: 'dear', outcome: 'unfinished', metrics: { usd: 20 } },
    ],
  });
});
