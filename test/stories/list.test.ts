// `pipe list` and `pipe describe`, end to end.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

const config = `{
  name: 'letters',
  pipelines: { quick: ['count'] },
  stages: {
    split: {
      description: 'Cuts the text',
      requires: ['in.txt'], produces: ['parts/*.txt'], run: 'mkdir -p parts && cp in.txt parts/a.txt',
    },
    count: {
      requires: ['parts/*.txt', optional('extra/*.txt')], produces: ['count.txt'],
      run: 'cat parts/*.txt | wc -c > count.txt',
      env: { MODE: 'strict', URL: 'https://u:' + process.env.TOKEN + '@example.org' }, secrets: ['TOKEN'],
    },
  },
}`;
const token = 'open-sesame-42';

test('list shows the stages as declared and the named pipelines', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, config);
  const { code, stdout, stderr } = await rig.pipe(['list']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`letters: 2 stages

stage  in  out  description
split   1    1  Cuts the text
count   2    1

pipeline  stages
quick     count
`);
});

test('list --json says where the workspace is and hides secrets', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, config);
  const { stdout } = await rig.pipe(['list', '--json'], { env: { TOKEN: token } });
  const answer = JSON.parse(stdout);
  expect(answer).toMatchObject({
    v: 1,
    pipeline: 'letters',
    root: rig.root,
    config: rig.path('pipeline.config.ts'),
    pipelines: [{ name: 'quick', stages: ['count'] }],
  });
  expect(answer.stages.map((stage: { name: string }) => stage.name)).toEqual(['split', 'count']);
  expect(stdout).not.toContain(token);
});

test('describe tells declaration, files, last run and verdict of a stage', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, config);
  const before = JSON.parse((await rig.pipe(['describe', 'count', '--json'])).stdout);
  expect(before).toMatchObject({
    lastRun: { state: 'none' },
    verdict: { action: 'run' },
    secrets: [{ name: 'TOKEN', present: false }],
  });

  const env = { TOKEN: token };
  expect((await rig.build([], { env })).code).toBe(0);
  const { code, stdout } = await rig.pipe(['describe', 'count'], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^verdict +fresh$/m);
  expect(stdout).toMatch(/^last run +(just now|\d+s ago), took .+, run \d{8}-/m);
  expect(stdout).toMatch(
    /^requires +parts\/\*\.txt {2}\(1 file\)\n +extra\/\*\.txt {2}\(optional, no file\)$/m,
  );
  expect(stdout).toMatch(/^upstream +split$/m);
  expect(stdout).toMatch(/^secrets +TOKEN {2}\(set\)$/m);
  expect(stdout).toContain('MODE = strict');
  expect(stdout).not.toContain(token);
});

test('describe of an output is that of its stage, and of a named pipeline its members', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, config);
  expect((await rig.pipe(['describe', 'parts/a.txt'])).stdout).toMatch(/^split {2}Cuts the text\n/);
  const quick = await rig.pipe(['describe', 'quick', '--json']);
  expect(JSON.parse(quick.stdout)).toMatchObject({ kind: 'pipeline', stages: [{ name: 'count' }] });
  expect((await rig.pipe(['describe', 'quick'])).stdout).toMatch(/^count /m);
});

test('an unknown name comes with what was probably meant', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, config);
  const { code, stdout, stderr } = await rig.pipe(['describe', 'slpit']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('PIPE030');
  expect(stderr).toContain('did you mean "split"?');
});
