// `pipe graph`, end to end.
import { instance } from '@viz-js/viz';
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

const threeStages = `{
  name: 'letters',
  stages: {
    split: { requires: ['in.txt'], produces: ['parts/*.txt'], run: 'mkdir -p parts && cp in.txt parts/a.txt' },
    count: { requires: ['parts/*.txt'], produces: ['count.txt'], run: 'cat parts/*.txt | wc -c > count.txt' },
    notice: { after: 'count', requires: ['in.txt'], run: 'true' },
  },
}`;

interface GraphAnswer {
  readonly stages: readonly { readonly name: string; readonly status?: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly kind: string }[];
  readonly files?: readonly { readonly path: string }[];
}

async function graphOf(rig: Rig, ...args: readonly string[]): Promise<GraphAnswer> {
  const { code, stdout, stderr } = await rig.pipe(['graph', '--json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as GraphAnswer;
}

async function statuses(rig: Rig): Promise<Record<string, string | undefined>> {
  const { stages } = await graphOf(rig, '--status');
  return Object.fromEntries(stages.map((stage) => [stage.name, stage.status]));
}

test('the picture is DOT that Graphviz draws, with edges from producer to consumer', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, threeStages);
  const { code, stdout } = await rig.pipe(['graph']);
  expect(code).toBe(0);
  expect(stdout).toContain('"split" -> "count"');
  expect(stdout).toMatch(/"count" -> "notice" \[style=dashed/);

  const drawn = (await instance()).render(stdout, { format: 'svg' });
  expect(drawn.status).toBe('success');
});

test('only the selected stages are drawn', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, threeStages);
  const names = async (...args: readonly string[]) =>
    (await graphOf(rig, ...args)).stages.map((stage) => stage.name);
  expect(await names('count')).toEqual(['split', 'count']);
  expect(await names('--from', 'count')).toEqual(['count', 'notice']);
  expect(await names('--only', 'split,notice')).toEqual(['split', 'notice']);
  expect((await graphOf(rig, '--only', 'split,notice')).edges).toEqual([]);
});

test('--files draws what passes between stages', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, threeStages);
  const { files } = await graphOf(rig, '--files');
  expect(files).toEqual([
    { path: 'count.txt', producers: ['count'], consumers: [] },
    { path: 'in.txt', producers: [], consumers: ['split', 'notice'] },
    { path: 'parts/*.txt', producers: ['split'], consumers: ['count'] },
  ]);
  const mermaid = await rig.pipe(['graph', '--files', '--format', 'mermaid']);
  expect(mermaid.stdout).toMatch(/^flowchart LR\n/);
  expect(mermaid.stdout).toContain('parts/*.txt');
});

test('--status tells what a build would do, before and after one', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, threeStages);
  expect(await statuses(rig)).toEqual({ split: 'stale', count: 'stale', notice: 'stale' });

  await rig.build();
  expect(await statuses(rig)).toEqual({ split: 'fresh', count: 'fresh', notice: 'fresh' });

  rig.write('in.txt', 'v1');
  expect(await statuses(rig)).toEqual({ split: 'stale', count: 'planned', notice: 'stale' });

  rig.remove('in.txt');
  expect((await statuses(rig)).split).toBe('failed');
});

test('looking at the status writes nothing and runs nothing', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, threeStages);
  await rig.pipe(['graph', '--status']);
  expect(rig.files()).toEqual(['in.txt', 'pipeline.config.ts']);
  expect(rig.exists('.pipeline-cache/state')).toBe(false);
  expect(rig.exists('.pipeline-cache/runs')).toBe(false);
});

test('an unknown target and a broken configuration are told, with exit code 2 and nothing on stdout', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, threeStages);
  const unknown = await rig.pipe(['graph', 'cuont']);
  expect({ code: unknown.code, stdout: unknown.stdout }).toEqual({ code: 2, stdout: '' });
  expect(unknown.stderr).toContain('PIPE030');
  expect(unknown.stderr).toContain('did you mean "count"?');

  rig.config(`{ stages: { a: { produces: 'x', run: 'true' }, b: { produces: 'x', run: 'true' } } }`);
  const broken = await rig.pipe(['graph']);
  expect({ code: broken.code, stdout: broken.stdout }).toEqual({ code: 2, stdout: '' });
  expect(broken.stderr).toContain('PIPE014');
});

test('a reader that leaves early is no error', async () => {
  // More than any pipe holds.
  const many = Array.from(
    { length: 3_000 },
    (_, i) => `s${i}: { run: 'true', description: '${'x'.repeat(60)}' }`,
  );
  await using rig = await Rig.compiled({}, `{ stages: { ${many.join(',')} } }`);
  const running = rig.start(['graph']);
  running.child.stdout?.once('data', () => running.child.stdout?.destroy());
  const { code, stderr } = await running.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
