// `pipe status` and `pipe why`: what would happen and for which causes, without touching anything.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';
import { contentsOf, engineId, gate, saw, tell } from './signs.ts';
import { text, words } from './words.ts';

test('status says what would run and why, one line a stage, and is not an error', async () => {
  await using rig = await Rig.compiled(text, words);
  const { code, stdout } = await rig.pipe(['status', 'join']);
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'would run      upper  because it was never built',
    'would run      lower  because it was never built',
    'would run      join   because it was never built; upper, lower would run',
    '',
    '3 would run',
    '',
  ]);
});

test.each(['-v', '--verbose'])('status %s also shows the commands', async (flag) => {
  await using rig = await Rig.compiled(text, words);
  const { stdout } = await rig.pipe(['status', flag, 'lower']);
  expect(stdout).toMatch(/^ +\$ tr A-Z a-z < in.txt > out\/lower.txt$/m);
});

test('status --check is exit code 1 as long as anything is stale', async () => {
  await using rig = await Rig.compiled(text, words);
  expect((await rig.pipe(['status', '--check'])).code).toBe(1);
  await rig.build();
  const fresh = await rig.pipe(['status', '--check']);
  expect(fresh).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do: 4 fresh') });
  rig.remove('out/lower.txt');
  expect((await rig.pipe(['status', '--check'])).code).toBe(1);
  expect((await rig.pipe(['status', '--check', 'upper'])).code).toBe(0);
});

test('status --json is one object with a task for each stage', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  rig.write('in.txt', 'v1');
  const status = JSON.parse((await rig.pipe(['status', '--json'])).stdout);
  expect(status).toMatchObject({ v: 1, pipeline: 'words', stale: 4 });
  expect(status.tasks[0]).toMatchObject({
    task: 'upper',
    action: 'run',
    reasons: [{ code: 'input-changed', path: 'in.txt' }],
  });
});

test('neither status nor why changes anything', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  rig.write('in.txt', 'v1');
  const before = contentsOf(rig, '.');
  await rig.pipe(['status']);
  await rig.pipe(['why', 'count']);
  expect(contentsOf(rig, '.')).toEqual(before);
});

test('why tells the whole chain of causes, down to the file that changed', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  const fresh = await rig.pipe(['why', 'count']);
  expect(fresh.code).toBe(0);
  expect(fresh.stdout).toMatch(
    /^count is fresh\n {2}last executed .* because it was never built \(run .*\)\n$/,
  );

  rig.write('in.txt', 'v1');
  const { stdout } = await rig.pipe(['why', 'count']);
  expect(stdout).toBe(`count would run
  because it needs files of join:
    join would run
      because it needs files of upper:
        upper would run
          because in.txt changed
      because it needs files of lower:
        lower would run
          because in.txt changed
`);
});

test('why --json tells each stage once, with the names of those before it', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  rig.write('in.txt', 'v1');
  const { causes } = JSON.parse((await rig.pipe(['why', 'count', '--json'])).stdout);
  const reasons = [{ code: 'input-changed', path: 'in.txt' }];
  expect(causes).toEqual([
    { stage: 'count', action: 'run', reasons: [], upstream: ['join'] },
    { stage: 'join', action: 'run', reasons: [], upstream: ['upper', 'lower'] },
    { stage: 'upper', action: 'run', reasons, upstream: [] },
    { stage: 'lower', action: 'run', reasons, upstream: [] },
  ]);
});

test('why tells a chain of thousands of stages, and leaves room for words', async () => {
  const length = 3000;
  await using rig = await Rig.compiled(
    { 's0.txt': '' },
    `{ stages: Object.fromEntries(Array.from({ length: ${length} }, (_, i) => [
      's' + (i + 1),
      { requires: ['s' + i + '.txt'], produces: ['s' + (i + 1) + '.txt'], run: 'cp {requires} {produces}' },
    ])) }`,
  );
  const told = await rig.pipe(['why', `s${length}`]);
  expect(told).toMatchObject({ code: 0, stderr: '' });
  const lines = told.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(3 * length - 1);
  expect(lines.slice(-2).map((line) => line.trim())).toEqual(['s1 would run', 'because it was never built']);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(100);
  const { causes } = JSON.parse((await rig.pipe(['why', `s${length}`, '--json'])).stdout);
  expect(causes).toHaveLength(length);
  expect(causes.at(-1)).toMatchObject({ stage: 's1', upstream: [] });
});

test('why and the build that follows name the same reasons', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  rig.write('in.txt', 'v1');
  const [cause] = JSON.parse((await rig.pipe(['why', 'upper', '--json'])).stdout).causes;
  expect((await rig.build()).reasonsOf('upper')).toEqual(cause.reasons);
});

test('why of an output is about its stage, of an input about those that require it', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  const output = await rig.pipe(['why', 'joined.txt'], { cwd: 'out' });
  expect(output.stdout).toMatch(
    /^out\/joined.txt is made by stage join\nrequired by count\n\njoin is fresh\n/,
  );
  const input = await rig.pipe(['why', 'in.txt']);
  expect(input.stdout).toMatch(
    /^in.txt is made by no stage: a source\nrequired by upper, lower\n\nupper is fresh\n/,
  );
  expect(input.stdout).toContain('\nlower is fresh\n');
  const { subject, file } = JSON.parse((await rig.pipe(['why', 'in.txt', '--json'])).stdout);
  expect([subject, file.length]).toEqual(['in.txt', 2]);
});

test('why of a name that means nothing is exit code 2, with what was probably meant', async () => {
  await using rig = await Rig.compiled(text, words);
  const { code, stdout, stderr } = await rig.pipe(['why', 'coutn']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('did you mean "count"?');
});

test('an attempt that failed is told as one, with how and where its log is; only one that was killed did not finish', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      bad: { produces: ['bad.txt'], run: 'exit 4' },
      killed: { produces: ['killed.txt'], after: ['bad'], when: 'always', run: 'test -e go || kill -9 ${engineId}; exit 3' },
    } }`,
  );
  await rig.pipe(['build', '-k']);
  const [run = ''] = fs.readdirSync(rig.path('.pipeline-cache/runs'));
  const described = async (stage: string) => (await rig.pipe(['describe', stage])).stdout;
  expect(await described('bad')).toMatch(
    new RegExp(`^last run +failed just now: exit code 4, run ${run}\n +its log: pipe logs ${run} bad$`, 'm'),
  );
  expect((await rig.pipe(['why', 'bad'])).stdout).toMatch(
    new RegExp(
      `^  because its last attempt did not succeed\n  failed just now: exit code 4, run ${run}\n  its log: pipe logs ${run} bad$`,
      'm',
    ),
  );
  expect((await rig.pipe(['logs', run, 'bad'])).code).toBe(0);
  expect(await described('killed')).toMatch(
    new RegExp(`^last run +run ${run} began and did not finish it$`, 'm'),
  );

  rig.remove('.pipeline-cache/runs');
  expect(await described('bad')).toMatch(new RegExp(`^last run +run ${run} tried it, and it failed$`, 'm'));
});

test('a plan tells what would wait for a person from what would fail, and says so by the exit code of a dry run', async () => {
  const config = (bad: string) => `{ stages: {
    guarded: { requires: ['in.txt'], produces: ['out.txt'], protect: true, run: 'cp in.txt out.txt' },
    after: { requires: ['out.txt'], produces: ['after.txt'], run: 'cp out.txt after.txt' },
    bad: { produces: ['bad.txt'], ${bad} run: 'exit 1' },
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': '1' }, config(''));
  const codes = async () => [(await rig.pipe(['build', '-n'])).code, (await rig.pipe(['status'])).code];
  expect(await codes()).toEqual([0, 0]);
  await rig.build(['after']);
  await rig.build(['bad']);
  rig.write('out.txt', 'mine');
  rig.write('in.txt', '2');
  expect(await codes()).toEqual([3, 0]);

  const ways = [
    'keep it  pipe accept ../out.txt --config ../pipeline.config.ts --reason "…"',
    'rebuild  pipe build guarded --config ../pipeline.config.ts --force',
  ];
  rig.write('sub/note', '');
  const asked = async (...args: string[]) =>
    (await rig.pipe([...args, '--config', '../pipeline.config.ts'], { cwd: 'sub' })).stdout;
  for (const args of [['status'], ['build', '-n']])
    expect(await asked(...args)).toMatch(
      new RegExp(
        [
          '^would wait     guarded  because .*in.txt changed.*',
          ' +a protected output was edited',
          ' +out.txt',
          ...ways.map((way) => ` +${way.replaceAll('.', '\\.')}`),
          'would skip     after +blocked by guarded',
        ].join('\n'),
        'm',
      ),
    );
  const why = await asked('why', 'after');
  expect(why).toContain('guarded would wait\n');
  for (const way of ways) expect(why).toContain(way);
  expect(await asked('describe', 'guarded')).toMatch(
    /^verdict +would wait\n +a protected output was edited$/m,
  );
  const { tasks } = JSON.parse(await asked('status', '--json'));
  expect(tasks.map(({ task, action }: Record<string, unknown>) => [task, action])).toEqual([
    ['guarded', 'wait'],
    ['after', 'skip'],
    ['bad', 'run'],
  ]);
  const { nodes, stages = nodes } = JSON.parse(await asked('graph', '--status', '--json'));
  // Its last attempt failed; whether the next one will, nobody knows.
  expect(stages.map(({ name, status }: Record<string, unknown>) => [name, status])).toEqual([
    ['guarded', 'waiting'],
    ['after', 'stale'],
    ['bad', 'stale'],
  ]);

  await rig.reconfigure(config("secrets: ['NOT_SET'],"));
  expect(await codes()).toEqual([1, 0]);
});

test('why says what an inline function costs, and how to do better', async () => {
  const config = (comment: string) => `import { definePipeline } from 'pipe-build';
import fs from 'node:fs';
${comment}
export default definePipeline({
  stages: { inline: { produces: ['o'], run: async () => fs.writeFileSync('o', 'x') } },
});
`;
  await using rig = await Rig.compiled({}, config(''));
  await rig.build();
  rig.config(config('// only a comment'));
  const { stdout } = await rig.pipe(['why', 'inline']);
  expect(stdout).toContain('pipeline.config.ts changed');
  expect(stdout).toContain("script('./inline.ts')");

  // Also afterwards, when somebody wonders why that took so long.
  await rig.build();
  const after = await rig.pipe(['why', 'inline']);
  expect(after.stdout).toContain('inline is fresh\n  last executed ');
  expect(after.stdout).toContain("script('./inline.ts')");
});

test('a run that is at work is told of first, by status, why and describe; a watch at rest is none', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '1' },
    `{ stages: { slow: { requires: ['in.txt'], produces: ['out.txt'], run: 'echo begun; read _ < gate; cp in.txt out.txt' } } }`,
  );
  gate(rig, 'gate');
  const running = rig.start(['build', '-v']);
  await running.printed('begun');
  const about = new RegExp(
    `^another run is at work in this folder: process ${running.child.pid}, started .* \\(pipe build -v\\)\n {2}what it has begun is not done here yet\n\n(.*)`,
  );
  expect(about.exec((await rig.pipe(['status'])).stdout)?.[1]).toMatch(/^would run +slow /);
  expect(about.exec((await rig.pipe(['why', 'slow'])).stdout)?.[1]).toBe('slow would run');
  expect(about.exec((await rig.pipe(['describe', 'slow'])).stdout)?.[1]).toBe('slow');
  const run = /run (\S+) has begun it, and is at work\n/;
  const [id = ''] = fs.readdirSync(rig.path('.pipeline-cache/runs'));
  expect(run.exec((await rig.pipe(['why', 'slow'])).stdout)?.[1]).toBe(id);
  expect(run.exec((await rig.pipe(['describe', 'slow'])).stdout)?.[1]).toBe(id);
  const { lastRun } = JSON.parse((await rig.pipe(['describe', 'slow', '--json'])).stdout);
  expect(lastRun.attempt).toEqual({ runId: id, outcome: 'running' });
  const atWork = { pid: running.child.pid, command: 'build -v', sinceMs: expect.any(Number) };
  for (const words of [
    ['status', '--json'],
    ['why', 'slow', '--json'],
    ['describe', 'slow', '--json'],
  ])
    expect(JSON.parse((await rig.pipe(words)).stdout)).toMatchObject({ atWork });
  await tell(rig, 'gate');
  expect(await running.ended).toMatchObject({ code: 0 });
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  expect((await rig.pipe(['status'])).stdout).not.toContain('at work');
  expect(JSON.parse((await rig.pipe(['why', 'slow', '--json'])).stdout)).not.toHaveProperty('atWork');
});

test('what a run that was killed has begun is not taken for the work of the one that is at work now', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      killed: { produces: ['killed.txt'], run: 'kill -9 ${engineId}' },
      slow: { produces: ['slow.txt'], run: 'echo begun; read _ < gate; touch slow.txt' },
    } }`,
  );
  gate(rig, 'gate');
  await rig.pipe(['build', 'killed']);
  const [run = ''] = fs.readdirSync(rig.path('.pipeline-cache/runs'));
  const running = rig.start(['build', '-v', 'slow']);
  await running.printed('begun');
  expect((await rig.pipe(['describe', 'killed'])).stdout).toContain(
    `run ${run} began and did not finish it\n`,
  );
  await tell(rig, 'gate');
  expect(await running.ended).toMatchObject({ code: 0 });
});

test('a stage that asks is told that its own run is at work', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { asks: { run: 'echo "begun $PIPE_STAGE $PIPE_RUN_ID."; read _ < gate' } } }`,
  );
  gate(rig, 'gate');
  const running = rig.start(['build', '-v']);
  const [, stage, run] = /begun (\w+) (\S+)\./.exec(await saw(running, /begun \w+ \S+\./))!;
  const firstLine = async (words: readonly string[], PIPE_RUN_ID = run) => {
    const env = { PIPE_ROOT: rig.root, PIPE_STAGE: stage, PIPE_RUN_ID };
    return (await rig.pipe(words, { env })).stdout.split('\n')[0];
  };
  for (const words of [['status'], ['why', 'asks'], ['describe', 'asks']])
    expect(await firstLine(words)).toBe('this run is at work: what it has begun is not done here yet');
  // What one that has ended has left behind may ask as well.
  expect(await firstLine(['status'], '20261121-094512-3f9a')).toMatch(
    /^another run is at work in this folder/,
  );
  await tell(rig, 'gate');
  expect(await running.ended).toMatchObject({ code: 0 });
});
