// What takes too long is ended with all its processes, and said to be what it is.
import { expect, test } from 'vitest';
import { isAlive } from '../exec/scene.ts';
import { Rig } from '../rig/rig.ts';

test('a line that hangs is ended with its whole group after its time', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      slow: { produces: ['out.txt'], timeout: '2s', run: 'echo half > out.txt; sleep 1000 & echo $$ $! > pids; sleep 1000' },
    } }`,
  );
  const built = await rig.build();
  expect(built).toMatchObject({ code: 1, failed: ['slow'] });
  expect(built.end('slow')).toMatchObject({ failure: { kind: 'timeout', timeoutMs: 2000 } });
  expect(rig.read('pids').split(' ').map(Number).filter(isAlive)).toEqual([]);
  expect(rig.exists('out.txt')).toBe(false);
  expect((await rig.build(['-n'])).events).toContainEqual(
    expect.objectContaining({ kind: 'task-planned', action: 'run' }),
  );
  expect((await rig.pipe(['build'])).stdout).toMatch(/^failed +slow +timed out after 2.0s$/m);
});

test('of several lines, the one that hangs is named, and those after it never start', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { slow: { produces: ['out.txt'], timeout: '2s', run: ['echo first > first', 'sleep 1000', 'echo third > third'] } } }`,
  );
  expect((await rig.build()).end('slow')).toMatchObject({ failure: { kind: 'timeout', line: 'sleep 1000' } });
  expect([rig.exists('first'), rig.exists('third')]).toEqual([true, false]);
});

test('the time counts for each line anew', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { work: { produces: ['out.txt'], timeout: '4s', run: ['sleep 1.5', 'sleep 1.5', 'sleep 1.5', 'echo > out.txt'] } } }`,
  );
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
});

test('an exec command has a time limit too', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { slow: { produces: ['out.txt'], timeout: '300ms', run: exec('sleep', '1000') } } }`,
  );
  expect((await rig.build()).end('slow')).toMatchObject({ failure: { kind: 'timeout', line: 'sleep 1000' } });
});

test.each([
  // One that leaves the processor to others while it lasts.
  ['an endless loop', 'for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);'],
  ['a promise that never settles', 'return new Promise(() => setInterval(() => {}, 1000))'],
])('a function that is %s is ended after its time', async (_, body) => {
  await using rig = await Rig.compiled(
    {},
    `
    import { definePipeline } from 'pipe-build';
    import fs from 'node:fs';
    export default definePipeline({ stages: {
      slow: { produces: ['out.txt'], timeout: '3s', run: (ctx) => { fs.writeFileSync('pid', String(process.pid)); ${body} } },
    } });`,
  );
  const built = await rig.build();
  expect(built.end('slow')).toMatchObject({
    outcome: 'failed',
    failure: { kind: 'timeout', timeoutMs: 3000 },
  });
  expect(isAlive(rig.read('pid'))).toBe(false);
});

test('a function hears by its signal that its time is over', async () => {
  await using rig = await Rig.compiled(
    {
      'stage.ts': `
        import fs from 'node:fs';
        import type { StageContext } from 'pipe-build';
        export default async (ctx: StageContext) => {
          const alive = setInterval(() => {}, 1000);
          await new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve()));
          clearInterval(alive);
          fs.writeFileSync('heard', '');
          fs.writeFileSync('out.txt', 'too late');
        };`,
    },
    `{ stages: { slow: { produces: ['out.txt'], timeout: '3s', run: script('./stage.ts') } } }`,
  );
  const built = await rig.build();
  expect(built.end('slow')).toMatchObject({ failure: { kind: 'timeout' } });
  expect(rig.exists('heard')).toBe(true);
  // It made its output after its time: that is no success.
  expect(rig.exists('out.txt')).toBe(false);
});
