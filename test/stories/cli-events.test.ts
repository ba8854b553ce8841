// `pipe build --json`: what programs may rely on.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { contentsOf } from './signs.ts';
import { text, words } from './words.ts';

const envelope = ['v', 'seq', 'runId', 'at', 'kind'];
const ofTask = ['task', 'stage', 'item'];
const published: Readonly<Record<string, readonly string[]>> = {
  'run-started': ['pipeline', 'targets', 'tasks'],
  'task-started': [...ofTask, 'attempt', 'reasons'],
  'task-planned': [...ofTask, 'action', 'reasons', 'command', 'estimateMs'],
  'task-finished': [...ofTask, 'outcome', 'durationMs', 'metrics', 'outputs'],
  'run-finished': [
    'outcome',
    'exitCode',
    'executed',
    'restored',
    'fresh',
    'failed',
    'skipped',
    'waiting',
    'durationMs',
  ],
};

/** The published keys in the order in which they come; more may stand between them. */
function publishedKeys(event: object, kind: string): readonly string[] {
  const wanted = [...envelope, ...published[kind]!];
  return Object.keys(event).filter((key) => wanted.includes(key));
}

test('standard output holds one object a line, in an envelope, numbered from 0, and nothing else', async () => {
  await using rig = await Rig.compiled(text, words);
  const built = await rig.build();
  expect(built.stderr).toBe('');
  expect(built.events[0]).toMatchObject({
    v: 1,
    seq: 0,
    kind: 'run-started',
    pipeline: 'words',
    targets: [],
    tasks: 4,
  });
  expect(built.events.at(-1)).toMatchObject({ kind: 'run-finished', outcome: 'succeeded', exitCode: 0 });
  expect(built.events.map((event) => event.seq)).toEqual(built.events.map((_, i) => i));
  expect(new Set(built.events.map((event) => event.runId)).size).toBe(1);
  for (const event of built.events) {
    expect(Object.keys(event).slice(0, 5)).toEqual(envelope);
    expect(new Date(event.at).toISOString()).toBe(event.at);
  }
});

test.each(['build', 'build -n', 'build --no-wait'])(
  'the keys of `pipe %s` come in the published order',
  async (line) => {
    await using rig = await Rig.compiled(text, words);
    const { stdout } = await rig.pipe([...line.split(' '), '--json']);
    const events = stdout
      .split('\n')
      .slice(0, -1)
      .map((json) => JSON.parse(json) as { kind: string });
    const kinds = events.map((event) => event.kind).filter((kind) => kind in published);
    expect(kinds.length).toBeGreaterThan(5);
    for (const event of events.filter(({ kind }) => kind in published))
      expect(publishedKeys(event, event.kind)).toEqual([...envelope, ...published[event.kind]!]);
  },
);

test('a finished task tells its outputs with size and digest, and where its log is', async () => {
  await using rig = await Rig.compiled(text, words);
  const end = (await rig.build()).end('upper');
  expect(end).toMatchObject({ stage: 'upper', item: null, outcome: 'executed' });
  expect(end?.outputs).toEqual([
    { path: 'out/upper.txt', sizeBytes: 11, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(rig.read(end?.log ?? '')).toBe('shouting\n');
});

test('output is passed on as it comes', async () => {
  await using rig = await Rig.compiled(text, words);
  const { events } = await rig.build();
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'task-output', task: 'upper', stream: 'stdout', text: 'shouting\n' }),
  );
});

test('a dry run plans every task, over an empty workspace too, and makes nothing', async () => {
  await using rig = await Rig.with(text, words);
  const built = await rig.build(['--dry-run']);
  expect(built.code).toBe(0);
  const planned = built.events.flatMap((event) =>
    event.kind === 'task-planned' ? [[event.task, event.action]] : [],
  );
  expect(planned).toEqual([
    ['upper', 'run'],
    ['lower', 'run'],
    ['join', 'run'],
    ['count', 'run'],
  ]);
  expect(built.events[0]).toMatchObject({ kind: 'run-started', dryRun: true });
  expect(rig.files()).toEqual(['in.txt', 'pipeline.config.ts']);

  await rig.build();
  rig.write('in.txt', 'other');
  const before = contentsOf(rig, '.');
  await rig.build(['-n']);
  expect(contentsOf(rig, '.')).toEqual(before);
});

test('a plan says what would be restored and what is fresh', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  rig.remove('out/upper.txt');
  const { events } = await rig.build(['-n']);
  const actions = events.flatMap((event) => (event.kind === 'task-planned' ? [event.action] : []));
  expect(actions).toEqual(['restore', 'fresh', 'run', 'run']);
});

test('every outcome of a task has its name, and the run that of the worst', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0' },
    `{ stages: {
      good: { requires: ['in.txt'], produces: ['good.txt'], run: 'cp in.txt good.txt' },
      bad: { run: 'exit 4', optional: true },
      needs: { after: 'bad', produces: ['needs.txt'], run: 'echo > needs.txt' },
    } }`,
  );
  const first = await rig.build();
  expect(first).toMatchObject({ code: 0, executed: ['good', 'needs'], failed: ['bad'] });
  expect(first.finished?.outcome).toBe('degraded');
  expect(first.end('bad')).toMatchObject({ optional: true, failure: { kind: 'exit', code: 4 } });

  rig.remove('good.txt');
  const second = await rig.build(['--skip', 'bad']);
  expect(second).toMatchObject({ code: 0, restored: ['good'], fresh: ['needs'] });
  expect(second.finished).toMatchObject({ outcome: 'succeeded', restored: 1, fresh: 1 });
});

test('a protected output that was edited stops the build with exit code 3', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0' },
    `{ stages: {
      draft: { requires: ['in.txt'], produces: ['draft.txt'], run: 'cp in.txt draft.txt', protect: true },
      print: { requires: ['draft.txt'], produces: ['print.txt'], run: 'cp draft.txt print.txt' },
    } }`,
  );
  await rig.build();
  rig.write('draft.txt', 'by hand');
  rig.write('in.txt', 'v1');
  const built = await rig.build();
  expect(built).toMatchObject({ code: 3, waiting: ['draft'], skipped: ['print'] });
  expect(built.finished).toMatchObject({ outcome: 'waiting', exitCode: 3 });
  expect(rig.read('draft.txt')).toBe('by hand');
});

test('a failure is exit code 1 and names what it stopped', async () => {
  await using rig = await Rig.compiled(text, words.replace('cat out/upper.txt', 'false; cat out/upper.txt'));
  const built = await rig.build();
  expect(built).toMatchObject({ code: 1, failed: ['join'], skipped: ['count'] });
  expect(built.end('join')).toMatchObject({ failure: { kind: 'exit', code: 1 } });
  expect(built.end('count')).toMatchObject({ blockedBy: ['join'] });
  expect(built.finished).toMatchObject({ outcome: 'failed', exitCode: 1, failed: 1, skipped: 1 });
});

test('what is wrong is also told to people, on standard error', async () => {
  await using rig = await Rig.compiled({}, `{ stages: { bad: { run: 'echo oh no >&2; exit 1' } } }`);
  const built = await rig.build();
  expect(built.stderr).toMatch(/bad failed: exit code 1/);
  expect(built.stderr).toContain('oh no');
});

test('a mistake in the configuration is exit code 2 and no event', async () => {
  await using rig = await Rig.compiled({}, `{ stages: { a: { run: 'true', after: 'nobody' } } }`);
  const built = await rig.build();
  expect(built).toMatchObject({ code: 2, stdout: '' });
  expect(built.stderr).toMatch(/^PIPE\d{3} /);
});
