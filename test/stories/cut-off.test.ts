// Early cut-off and minimality, end to end.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

const twoStages = `{
  stages: {
    format: { requires: ['in.txt'], produces: ['out/formatted.txt'], run: "tr -d ' ' < in.txt > out/formatted.txt" },
    count: { requires: ['out/formatted.txt'], produces: ['out/count.txt'], run: 'wc -c < out/formatted.txt > out/count.txt' },
  },
}`;

test('a second build executes nothing', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, twoStages);
  expect((await rig.build()).executed).toEqual(['count', 'format']);

  const again = await rig.build();
  expect(again.executed).toEqual([]);
  expect(again.fresh).toEqual(['count', 'format']);
  expect(again.code).toBe(0);
});

test('an unchanged output stops the rebuild', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, twoStages);
  await rig.build();

  // Only white space changed, so `format` writes the same bytes.
  rig.write('in.txt', 'v 0');
  const built = await rig.build();
  expect(built.executed).toEqual(['format']);
  expect(built.reasonsOf('format')).toEqual([{ code: 'input-changed', path: 'in.txt' }]);
});

test('a reverted edit is restored, not executed', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, twoStages);
  await rig.build();
  rig.write('in.txt', 'other');
  await rig.build();

  rig.write('in.txt', 'v0');
  const built = await rig.build();
  expect(built.executed).toEqual([]);
  expect(built.restored).toEqual(['count', 'format']);
  expect(rig.read('out/count.txt').trim()).toBe('2');
});
