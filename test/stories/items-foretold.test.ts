// What `status`, `why` and a dry run say of stages with items is what the build that follows does.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

const gathered = `import { definePipeline, items } from 'pipe-build';
export default definePipeline({ stages: {
  s: { forEach: items('d.json', (doc) => doc, { key: 'k' }), produces: ['out/{key}.o'], run: 'echo {key} > {produces}' },
  g: { requires: ['out/*.o'], produces: ['all.txt'], run: 'cat {requires} > {produces}' },
} });`;

test('what a build would refuse over its items is refused by whatever tells what it would do', async () => {
  await using rig = await Rig.compiled({ 'd.json': '[{"k":"a"},{"k":"b"}]' }, gathered);
  expect((await rig.build()).code).toBe(0);
  rig.write('d.json', '[]');
  const none = 'PIPE052 stage "s" is done for each record of d.json, which has none\n  at stages.s.forEach\n';
  for (const args of [
    ['build'],
    ['build', '-n'],
    ['status'],
    ['status', '--check'],
    ['status', '--json'],
    ['why', 'g'],
  ])
    expect(await rig.pipe(args)).toMatchObject({ code: 2, stdout: '', stderr: none });
  expect((await rig.pipe(['doctor'])).stdout).toMatch(/^fail +files +1 problem\n +PIPE052 stage "s"/m);
  expect(rig.read('all.txt')).toBe('a\nb\n');
  // A picture is no answer that could be refused.
  const { stages } = JSON.parse((await rig.pipe(['graph', '--status', '--json'])).stdout);
  expect(stages).toMatchObject([
    { name: 's', status: 'failed' },
    { name: 'g', status: 'planned' },
  ]);
});

test('why says over what a task would fail', async () => {
  const config = `{ stages: { s: { forEach: 'in/{n}.txt', produces: ['out/{n}.o'], run: 'cp {item} {produces}', protect: true } } }`;
  await using rig = await Rig.compiled({ 'in/1.txt': '1', 'in/2.txt': '2' }, config);
  await rig.build();
  rig.write('out/2.o', 'by hand');
  expect((await rig.pipe(['why', 's'])).stdout.split('\n').slice(1)).toEqual([
    's:in/2.txt would fail',
    '  because output out/2.o was changed',
    '  a protected output was edited',
    '  out/2.o',
    '',
  ]);
  const { causes } = JSON.parse((await rig.pipe(['why', 's', '--json'])).stdout);
  expect(causes).toMatchObject([{ stage: 's:in/2.txt', failure: { kind: 'protected', paths: ['out/2.o'] } }]);
});
