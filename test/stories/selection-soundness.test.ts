// Invariants 1 and 3 under selection: what was asked for is as a clean build makes it, given the files of what was left out.
import { expect, test } from 'vitest';
import { buildAsForetold } from '../rig/foretold.ts';
import { Rig } from '../rig/rig.ts';
import { expectNothingToDo, withoutTouching } from '../rig/untouched.ts';

const pipeline = `{
  stages: {
    words: { requires: ['in.txt'], produces: ['words.txt'], run: 'tr " " "\\\\n" < in.txt > words.txt' },
    sorted: { requires: ['words.txt'], produces: ['sorted.txt'], run: 'sort words.txt > sorted.txt' },
    counted: { requires: ['words.txt'], produces: ['counted.txt'], run: 'wc -l < words.txt > counted.txt' },
    report: { requires: ['sorted.txt', 'counted.txt'], produces: ['report.txt'], run: 'cat {requires} > report.txt' },
  },
  pipelines: { small: ['counted'] },
}`;

const report = (text: string) => {
  const words = text.split(' ');
  return `${words.length - 1}\n${[...words].sort().join('\n')}\n`.replace(/^\d+\n/, `${words.length - 1}\n`);
};

async function fresh(): Promise<Rig> {
  const rig = await Rig.compiled({ 'in.txt': 'b a c' }, pipeline);
  expect((await rig.build()).code).toBe(0);
  expect(rig.read('report.txt')).toBe(report('b a c'));
  return rig;
}

test('a target brings itself and all before it up to date, and nothing else', async () => {
  await using rig = await fresh();
  rig.write('in.txt', 'd c');
  const built = await buildAsForetold(rig, ['counted']);
  expect(built.executed).toEqual(['counted', 'words']);
  expect(rig.read('sorted.txt')).toBe('a\nb\nc\n');
  await expectNothingToDo(rig, ['counted']);
  await expectNothingToDo(rig, ['small']);
  await expectNothingToDo(rig, ['counted.txt']);
  expect((await buildAsForetold(rig)).executed).toEqual(['report', 'sorted']);
  expect(rig.read('report.txt')).toBe(report('d c'));
});

test('--from takes the present files of what comes before it, stale or edited', async () => {
  await using rig = await fresh();
  rig.write('in.txt', 'would change everything');
  rig.write('words.txt', 'z\ny\n');
  const built = await buildAsForetold(rig, ['--from', 'sorted']);
  expect(built.executed).toEqual(['report', 'sorted']);
  expect(rig.read('words.txt')).toBe('z\ny\n');
  expect(rig.read('sorted.txt')).toBe('y\nz\n');
  await expectNothingToDo(rig, ['--from', 'sorted']);
  // The edit was read, not accepted: a full build puts it aside.
  const whole = await buildAsForetold(rig);
  expect(whole.executed).toEqual(['counted', 'report', 'sorted', 'words']);
  expect(whole.warnings).toHaveLength(1);
  expect(rig.read('report.txt')).toBe(report('would change everything'));
});

test('--from over missing files of earlier stages is refused, and nothing is touched', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'b a c' }, pipeline);
  const refused = await withoutTouching(rig, () => rig.pipe(['build', '--from', 'sorted']));
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('PIPE033');
  expect(refused.stderr).toContain('words');
});

test('--to, --only and --skip select what they say', async () => {
  await using rig = await fresh();
  rig.write('in.txt', 'd c');
  expect((await buildAsForetold(rig, ['--skip', 'report,sorted'])).executed).toEqual(['counted', 'words']);
  expect((await buildAsForetold(rig, ['--only', 'report'])).executed).toEqual(['report']);
  expect((await buildAsForetold(rig, ['--to', 'sorted'])).executed).toEqual(['sorted']);
  expect((await buildAsForetold(rig)).executed).toEqual(['report']);
  expect(rig.read('report.txt')).toBe(report('d c'));
  await expectNothingToDo(rig);
});

test('--force runs what is named, and early cut-off spares the rest', async () => {
  await using rig = await fresh();
  const built = await buildAsForetold(rig, ['words', '--force']);
  expect(built.executed).toEqual(['words']);
  expect(built.reasonsOf('words')).toEqual([{ code: 'forced' }]);
  await expectNothingToDo(rig);
  expect((await rig.build(['--force'])).executed).toEqual(['counted', 'report', 'sorted', 'words']);
  await expectNothingToDo(rig);
});

test('why tells the chain of causes that the build then follows', async () => {
  await using rig = await fresh();
  rig.write('in.txt', 'd c');
  const why = await withoutTouching(rig, () => rig.pipe(['why', 'report', '--json']));
  const { causes } = JSON.parse(why.stdout);
  expect(causes[0]).toMatchObject({ stage: 'report', action: 'run' });
  expect(JSON.stringify(causes)).toContain('"path":"in.txt"');
  expect((await withoutTouching(rig, () => rig.pipe(['why', 'report.txt']))).stdout).toContain(
    'in.txt changed',
  );
  expect((await rig.build(['report'])).reasonsOf('words')).toEqual([
    { code: 'input-changed', path: 'in.txt' },
  ]);
  expect((await rig.pipe(['why', 'report'])).stdout).toContain('is fresh');
});

test('an optional stage that fails leaves the run degraded and its dependents out', async () => {
  const config = pipeline
    .replace('sorted: {', 'sorted: { optional: true,')
    .replace('sort words.txt >', 'exit 5 >');
  await using rig = await Rig.compiled({ 'in.txt': 'b a c' }, config);
  const built = await rig.build();
  expect([built.code, built.finished?.outcome]).toEqual([0, 'degraded']);
  expect([built.executed, built.failed, built.skipped]).toEqual([
    ['counted', 'words'],
    ['sorted'],
    ['report'],
  ]);
  await rig.reconfigure(pipeline);
  expect((await buildAsForetold(rig)).executed).toEqual(['report', 'sorted']);
  await expectNothingToDo(rig);
});

test('an optional pattern may match nothing, and counts when it does', async () => {
  const config = `{ stages: { a: { requires: ['in.txt', optional('extra/*.txt')], produces: ['out.txt', optional('warnings.txt')],
    run: 'cat {requires} > out.txt; if [ -e extra/w.txt ]; then cat extra/w.txt > warnings.txt; fi' } } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'a' }, config);
  await buildAsForetold(rig);
  await expectNothingToDo(rig);
  rig.write('extra/w.txt', 'w');
  expect((await buildAsForetold(rig)).executed).toEqual(['a']);
  expect([rig.read('out.txt'), rig.read('warnings.txt')]).toEqual(['wa', 'w']);
  rig.remove('extra');
  expect((await buildAsForetold(rig)).restored).toEqual(['a']);
  expect(rig.exists('warnings.txt')).toBe(false);
  await expectNothingToDo(rig);
});

test('without a cache everything comes out the same, it only takes longer', async () => {
  await using rig = await fresh();
  rig.remove('sorted.txt');
  const built = await buildAsForetold(rig, ['--no-cache']);
  expect(built.executed).toEqual(['sorted']);
  expect(built.fresh).toEqual(['counted', 'report', 'words']);
  await expectNothingToDo(rig);
});

test('without its folder pipe starts anew and comes to the same', async () => {
  await using rig = await fresh();
  rig.remove('.pipeline-cache');
  const built = await buildAsForetold(rig);
  expect(built.executed).toEqual(['counted', 'report', 'sorted', 'words']);
  expect(rig.read('report.txt')).toBe(report('b a c'));
  await expectNothingToDo(rig);
});

test('status refuses what a build of the same selection would refuse', async () => {
  await using rig = await Rig.compiled(
    {},
    `{
    stages: {
      a: { produces: ['out/a'], run: 'echo > out/a' },
      b: { requires: ['out/a'], produces: ['out/b'], run: 'cp out/a out/b' },
    },
  }`,
  );
  for (const words of [
    ['status', '--from', 'b'],
    ['build', '-n', '--from', 'b'],
    ['build', '--from', 'b'],
  ]) {
    const { code, stderr } = await rig.pipe(words);
    expect(code).toBe(2);
    expect(stderr).toContain('PIPE033 stage "b" requires out/a, which stage "a" makes, and it is not there');
  }
});
