// Stages that share something scarce run so many at once, whatever slots there are.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

test('stages of a pool with room for one never run at once, in any kind of build', async () => {
  const stage = (name: string) =>
    // Whoever finds the folder there is not alone.
    `${name}: { requires: 'in.txt', produces: '${name}.txt', pool: 'one', run: 'mkdir held; cp in.txt ${name}.txt; sleep 0.05; rmdir held' }`;
  const config = `{ jobs: 8, pools: { one: 1 }, stages: { ${['a', 'b', 'c'].map(stage).join(', ')} } }`;
  await using rig = await Rig.compiled({ 'in.txt': '1' }, config);
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['a', 'b', 'c'] });
  expect((await rig.pipe(['build'])).code).toBe(0);
  rig.write('in.txt', '2');
  expect((await rig.pipe(['build'])).code).toBe(0);
  expect((await rig.pipe(['describe', 'a'])).stdout).toMatch(/^pool +one {2}\(1 of 1 at once\)$/m);
  // Another pool is no other result.
  await rig.reconfigure(config.replace('one: 1', 'one: 2'));
  expect((await rig.build()).fresh).toEqual(['a', 'b', 'c']);

  await rig.reconfigure(config.replace('one: 1', 'only: 1'));
  expect((await rig.pipe(['build'])).stderr).toContain('PIPE026 there is no pool "one"\n  at stages.a.pool');
});

test('what keeps failing is left alone for a while, then one is tried, and all go on', async () => {
  const stage = (name: string) =>
    `${name}: { produces: '${name}.txt', pool: 'api', retry: { attempts: 3, delay: '1ms' }, run: 'test -e up || { echo >> calls; test $(wc -l < calls) -lt 3 || touch up; exit 1; }; echo > ${name}.txt' }`;
  await using rig = await Rig.compiled(
    {},
    `{ jobs: 1, pools: { api: { breaker: { failures: 2, pause: '50ms' } } }, stages: { ${['a', 'b', 'c'].map(stage).join(', ')} } }`,
  );
  const built = await rig.pipe(['build']);
  expect(built.code).toBe(0);
  const news = built.stdout.split('\n').filter((line) => line.startsWith('pool '));
  expect(news).toEqual([
    'pool      api  2 failures: nothing new begins for 50ms',
    expect.stringMatching(/^pool {6}api {2}tries [abc]$/),
    'pool      api  1 failure: nothing new begins for 50ms',
    expect.stringMatching(/^pool {6}api {2}tries [abc]$/),
    'pool      api  answers again, all go on',
  ]);
  expect((await rig.pipe(['describe', 'a'])).stdout).toMatch(
    /^pool +api {2}\(left alone for 50ms after 2 failures within 1m 00s\)$/m,
  );
});
