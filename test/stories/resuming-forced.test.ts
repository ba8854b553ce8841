// What was forced stays forced in the run that goes on, until it has been executed: no less, and not twice.
import { expect, test } from 'vitest';
import { builtFrom, Rig } from '../rig/rig.ts';
import { gate, saw, tell } from './signs.ts';

const files = { 'in.txt': 'v0\n', 'x/1': '1\n', 'x/2': '2\n' };

/** What fails by "broken" is none of the inputs, so that the cache has results for all. */
const pipeline = `{
  stages: {
    a: { requires: 'in.txt', produces: 'a.txt', run: 'cp in.txt a.txt; echo a >> count' },
    b: { requires: 'a.txt', produces: 'b.txt', run: 'test ! -e broken && cp a.txt b.txt; echo b >> count; test ! -e broken' },
    c: { requires: 'b.txt', produces: 'c.txt', run: 'cp b.txt c.txt; echo c >> count' },
    each: { forEach: 'x/{n}', produces: 'y/{n}', run: 'test ! -e broken && cp {item} {produces}' },
  },
}`;

test('what was forced and did not come to be executed is executed when its run is resumed, whatever the cache has', async () => {
  await using rig = await Rig.compiled(files, pipeline);
  await rig.build();
  rig.write('broken', '');
  const first = await rig.build(['--force', '-k', '--skip', 'each']);
  expect(first).toMatchObject({ code: 1, executed: ['a'], failed: ['b'], skipped: ['c'] });
  const id = String(first.events[0]!.runId);
  expect(first.events[0]).toMatchObject({ forced: { since: id } });
  rig.remove('broken');
  // A build without flags is content with what the cache has.
  expect(await rig.build()).toMatchObject({ code: 0, executed: [], restored: ['b'] });

  expect((await rig.pipe(['build', '--resume', id, '-n'])).stdout).toMatch(/2 would run, 1 fresh/);
  const resumed = await rig.build(['--resume', id]);
  expect(resumed).toMatchObject({ code: 0, executed: ['b', 'c'], finished: { fresh: 1 } });
  expect(resumed.reasonsOf('c')).toContainEqual({ code: 'forced' });
  expect(resumed.events[0]).toMatchObject({ forced: { since: id } });

  // By now all of it was executed, also where what is there has come from the cache since.
  rig.remove('b.txt');
  expect(await rig.build()).toMatchObject({ restored: ['b'] });
  for (const which of [id, 'last']) {
    const again = await rig.build(['--resume', which]);
    expect(again).toMatchObject({ code: 0, executed: [], restored: [] });
  }
});

test('a run that resumes a resumed one does not pay for what either has executed', async () => {
  await using rig = await Rig.compiled(files, pipeline);
  await rig.build();
  rig.write('broken', '');
  const id = String((await rig.build(['--force', '-k', '--skip', 'each'])).events[0]!.runId);
  expect(await rig.build(['--resume', id])).toMatchObject({ code: 1, executed: [], failed: ['b'] });
  rig.remove('broken');
  const last = await rig.build(['--resume', 'last']);
  expect(last).toMatchObject({ code: 0, executed: ['b', 'c'], finished: { fresh: 1 } });
  expect(last.events[0]).toMatchObject({ forced: { since: id } });
});

test('only what was named is forced when the run is resumed: stages, single items, files of theirs', async () => {
  await using rig = await Rig.compiled(files, pipeline);
  await rig.build();
  rig.write('broken', '');
  const first = await rig.build(['--force', '-k', 'c', 'each:x/1', 'y/2']);
  expect(first).toMatchObject({ code: 1, executed: ['c'], failed: ['each:x/1', 'each:x/2'] });
  expect(first.events[0]).toMatchObject({ forced: { named: ['c', 'each:x/1', 'y/2'] } });
  rig.remove('broken');
  const second = await rig.build(['--resume', 'last']);
  expect(second).toMatchObject({ code: 0, executed: ['each:x/1', 'each:x/2'], finished: { fresh: 3 } });

  // Of a selection by another run the stages are known, and which of them were meant.
  rig.write('broken', '');
  const since = await rig.build(['--since', String(first.events[0]!.runId), '--force', 'each:x/2', '-k']);
  expect(since).toMatchObject({ code: 1, failed: ['each:x/2'] });
  rig.remove('broken');
  // The other one is as it was, and is not made again.
  expect(await rig.build(['--resume', 'last'])).toMatchObject({ code: 0, executed: ['each:x/2'] });
});

test('pipe run makes anew what it names, and so does the run that goes on with it', async () => {
  await using rig = await Rig.compiled(files, pipeline);
  await rig.build();
  rig.write('broken', '');
  expect((await rig.pipe(['run', 'b'])).code).toBe(1);
  const [id = ''] = /\d{8}-\d{6}-[0-9a-f]{4}/.exec((await rig.pipe(['runs'])).stdout) ?? [];
  rig.remove('broken');
  expect(await rig.build(['b'])).toMatchObject({ restored: ['b'] });
  expect(await rig.build(['--resume', id])).toMatchObject({ code: 0, executed: ['b'] });
});

test('a run that is resumed while it is still at work is waited for, and what it executes is not executed again', async () => {
  await using rig = await Rig.compiled(
    files,
    `{ stages: {
      a: { requires: 'in.txt', produces: 'a.txt', run: 'if test -p go; then echo "pid $$."; read _ < go; rm go; fi; cp in.txt a.txt; echo a >> count' },
      b: { requires: 'a.txt', produces: 'b.txt', run: 'cp a.txt b.txt; echo b >> count' },
    } }`,
  );
  await rig.build();
  gate(rig, 'go');
  const first = rig.start(['build', '--json', '--force']);
  await saw(first, /pid (\d+)\./);
  const second = rig.start(['build', '--json', '--resume', 'last']);
  await second.printed('run-blocked');
  await tell(rig, 'go');
  expect(builtFrom(await first.ended)).toMatchObject({ code: 0, executed: ['a', 'b'] });
  expect(builtFrom(await second.ended)).toMatchObject({ code: 0, executed: [] });
  expect(rig.read('count')).toBe('a\nb\na\nb\n');
});
