// What stages report that they use: summed, kept, shown, and limited.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { plain, settle } from './parts.ts';

/** Each use of the model costs 4 dollars. */
const config = (fields = '', free = 'in.txt') => `
const model = (name, requires, after = '') => ({ requires, produces: [name], retry: { attempts: 2, delay: 1 },
  run: \`echo '{"metric":{"usd":4,"tokens":900}}' >> "$PIPE_OUTPUT"; cp in.txt \${name}; \${after}\` });
export default { ${fields} jobs: 1, stages: {
  free: { requires: ['${free}'], produces: ['free'], run: 'cp ${free} free' },
  a: model('a', ['in.txt']), b: model('b', ['in.txt'], 'test -f again || { touch again; exit 1; }'), c: model('c', ['b']), d: model('d', ['c']),
} };`;

test('describe says what the present result took, of a stage with items the sum', async () => {
  const paid = `echo '{"metric":{"usd":2,"tokens":900}}' >> "$PIPE_OUTPUT"; `;
  await using rig = await Rig.compiled(
    { 'in/1': '', 'in/2': '', 'in/3': '' },
    `{ stages: {
      each: { forEach: 'in/{n}', produces: ['out/{n}'], run: ${JSON.stringify(`${paid}touch out/{n}`)} },
      one: { requires: ['out/*'], produces: ['one'], run: ${JSON.stringify(`${paid}touch one`)} },
      free: { requires: ['in/*'], produces: ['free'], run: 'touch free' },
    } }`,
  );
  const used = async (asked: string) =>
    /^used +(.*)$/m.exec((await rig.pipe(['describe', asked])).stdout)?.[1] ?? null;
  expect(await used('one')).toBe(null);
  await rig.build();
  expect([await used('one'), await used('each'), await used('each:in/2'), await used('free')]).toEqual([
    ...['usd 2, tokens 900', 'usd 6, tokens 2,700', 'usd 2, tokens 900', null],
  ]);
  const { metrics } = JSON.parse((await rig.pipe(['describe', 'each', '--json'])).stdout);
  expect(metrics).toEqual({ usd: 6, tokens: 2700 });
});

test('a run that has used its budget begins nothing more, says so, and the next one goes on', async () => {
  await using rig = await Rig.compiled({ 'in.txt': '1' }, config('budget: { usd: 10 },'));
  const first = await rig.build();
  expect(first).toMatchObject({ code: 3, executed: ['a', 'b', 'free'] });
  // The attempt that failed was paid for as well.
  expect(first.end('b')).toMatchObject({ metrics: { usd: 8, tokens: 1800 } });
  expect(first.finished).toMatchObject({
    ...{ outcome: 'waiting', exitCode: 3, waiting: 1, skipped: 1, metrics: { usd: 12, tokens: 2700 } },
  });
  expect(first.end('c')?.outcome).toBe('waiting');
  expect(first.warnings).toEqual(['the budget is spent: usd 12 of 10; 2 tasks did not begin: c, d']);

  const shown = await rig.pipe(['show']);
  expect(shown.stdout).toContain(', used usd 12, tokens 2,700');
  expect(shown.stdout).toMatch(/b +executed +\S+ +usd 8, tokens 1,800/);

  // Each run begins with nothing used; fresh ones say what they took.
  const next = await rig.build(['--budget', 'usd=4', '--budget', 'tokens=1e6']);
  expect(next).toMatchObject({ code: 3, executed: ['c'] });
  expect(next.end('b')).toMatchObject({ outcome: 'fresh', metrics: { usd: 8, tokens: 1800 } });
  const last = await rig.pipe(['build', '--budget', 'usd=4.01']);
  expect(last).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/1 ran, 4 fresh.*used usd 4, tokens 900/),
  });

  rig.remove('a');
  const restored = await rig.build();
  expect(restored).toMatchObject({ code: 0, restored: ['a'] });
  expect(restored.finished?.metrics).toBeUndefined();
  expect(restored.finished?.savedMetrics).toEqual({ usd: 20, tokens: 4500 });
  expect((await rig.pipe(['show'])).stdout).toMatch(/a +restored +\S+ +saved usd 4, tokens 900/);

  // What was paid for twice is reckoned with twice.
  rig.write('in.txt', '2');
  expect((await rig.pipe(['status'])).stdout).toMatch(
    /5 would run; about \S+ of work, usd 20, tokens 4,500\n/,
  );
});

test('a report that does not count is told of where it is seen: once a stage, of a hook too, without a secret', async () => {
  const pay = (line: string) => `echo '${line}' >> "$PIPE_OUTPUT"`;
  const config = `export default { jobs: 1, budget: { usd: 3 },
    hooks: { after: ${JSON.stringify(pay('{"metric":{"usd":"1"}}'))} },
    stages: {
      one: { forEach: 'in/{x}.txt', produces: ['a/{x}.txt'], secrets: ['KEY'],
        run: ${JSON.stringify(`echo "metric: $KEY" >> "$PIPE_OUTPUT"; ${pay('{"metric":{"usd":1}}')}; cp {item} {produces}`)} },
      two: { forEach: 'a/{x}.txt', batch: { size: 5 }, produces: ['b/{x}.txt'],
        run: ${JSON.stringify(`${pay('{"item":"a/9.txt","done":true}')}; for f in a/*; do cp $f b; done`)} },
    } };`;
  await using rig = await Rig.compiled({ 'in/1.txt': '', 'in/2.txt': '' }, config);
  const built = await rig.build([], { env: { KEY: 'sesame-open' } });
  expect(built).toMatchObject({ code: 0, finished: { metrics: { usd: 2 } } });
  const unclear = 'a line in PIPE_OUTPUT could not be understood and did not count';
  expect(built.warnings).toEqual([
    `not all that one:in/1.txt reported has counted: ${unclear}: metric: ***`,
    `not all that two:a/1.txt reported has counted: ${unclear}: {"item":"a/9.txt","done":true}`,
    `not all that the hook after reported has counted: ${unclear}: {"metric":{"usd":"1"}}`,
  ]);
  rig.write('in/1.txt', 'more');
  expect((await rig.pipe(['build'], { env: { KEY: 'sesame-open' } })).stdout).toContain(
    '"metric":{"usd":0.02}',
  );
});

test('what did not begin is all that a dry run would still do: items too that nothing has made yet, and none that has failed', async () => {
  const pay = `echo '{"metric":{"usd":1}}' >> "$PIPE_OUTPUT"`;
  const config = `export default { jobs: 1, budget: { usd: 3 }, stages: {
    bad: { produces: ['bad'], run: \`${pay}; false\` },
    one: { forEach: 'in/{x}.txt', produces: ['a/{x}.txt'], run: \`${pay}; cp {item} {produces}\` },
    two: { forEach: 'a/{x}.txt', produces: ['b/{x}.txt'], run: 'cp {item} {produces}' },
    all: { requires: ['b/*.txt'], produces: ['all.txt'], run: 'cat b/*.txt > all.txt' },
  } };`;
  await using rig = await Rig.compiled(
    { 'in/1.txt': '1', 'in/2.txt': '2', 'in/3.txt': '3', 'in/4.txt': '4' },
    config,
  );
  const built = await rig.build(['--keep-going']);
  expect(built).toMatchObject({ code: 1, executed: ['one:in/1.txt', 'one:in/2.txt'], failed: ['bad'] });
  expect(built.warnings).toEqual([
    'the budget is spent: usd 3 of 3; 7 tasks did not begin: one:in/3.txt, one:in/4.txt, two:a/1.txt, two:a/2.txt, two:a/3.txt and 2 more',
  ]);
});

test('what was not paid for again is told, also by a build that sees at a glance that nothing is to be done, or does a part', async () => {
  await using rig = await Rig.compiled({ 'in.txt': '1', 'other.txt': '' }, config('', 'other.txt'));
  await settle(rig);
  const nothing = await plain(rig);
  expect(nothing.events.length).toBe(2);
  expect(nothing.finished?.savedMetrics).toEqual({ usd: 20, tokens: 4500 });
  expect(nothing.text).toMatch(/nothing to do: 5 fresh in \S+ \(saved \S+ and usd 20, tokens 4,500\)/);
  rig.write('other.txt', 'x');
  const part = await plain(rig);
  expect([part.known, part.executed]).toEqual([4, ['free']]);
  expect(part.finished?.savedMetrics).toEqual({ usd: 20, tokens: 4500 });
  expect((await plain(rig)).finished?.savedMetrics).toEqual({ usd: 20, tokens: 4500 });
});

test('what the items of a stage used is added up where a run is shown', async () => {
  const config = `export default { stages: { speak: { forEach: '{name}.txt', produces: ['{name}.wav'],
    run: 'echo \\'{"metric":{"usd":0.25}}\\' >> "$PIPE_OUTPUT"; cp {item} {name}.wav' } } };`;
  await using rig = await Rig.compiled({ 'a.txt': '1', 'b.txt': '2' }, config);
  await rig.build();
  expect((await rig.pipe(['show'])).stdout).toMatch(/\nstage +tasks +used *\nspeak +2 +usd 0\.50\n/);
  // What it was never built for costs about as much.
  rig.write('c.txt', '3');
  expect((await rig.pipe(['status'])).stdout).toMatch(/1 would run, 2 fresh; about \S+ of work, usd 0\.25\n/);
});

test.each(['usd', '=5', 'usd=', 'usd=0', 'usd=-1', 'usd=x', 'usd=Infinity'])(
  'the budget %s on a command line is a mistake, and nothing is run',
  async (budget) => {
    await using rig = await Rig.compiled({ 'in.txt': '1' }, config());
    const refused = await rig.pipe(['build', '--budget', budget]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('such as usd=20') });
    expect(rig.exists('a')).toBe(false);
  },
);

test('a run of what was forced tells how to go on with what it did not come to, and that does', async () => {
  const run = JSON.stringify(`echo '{"metric":{"usd":1}}' >> "$PIPE_OUTPUT"; cp {item} {produces}`);
  await using rig = await Rig.compiled(
    { 'in/1.txt': '1', 'in/2.txt': '2', 'in/3.txt': '3' },
    `{ jobs: 1, stages: { each: { forEach: 'in/{n}.txt', produces: ['out/{n}.txt'], run: ${run} } } }`,
  );
  await rig.build();
  const first = await rig.pipe(['build', '--force', '--budget', 'usd=2']);
  expect(first.code).toBe(3);
  const [, way = ''] = /to go on: pipe (.*)$/m.exec(first.stdout) ?? [];
  expect(way).toBe('build --force each:in/3.txt --budget usd=4');
  expect(await rig.build(way.split(' ').slice(1))).toMatchObject({ code: 0, executed: ['each:in/3.txt'] });

  // More of it than anybody would name.
  const names = Array.from({ length: 25 }, (_, i) => `in/${i}.txt`);
  for (const name of names) rig.write(name, name);
  await rig.build();
  const many = await rig.pipe(['build', '--force', '-k', '--budget', 'usd=2']);
  const [, resume = ''] = /to go on: pipe (.*)$/m.exec(many.stdout) ?? [];
  expect(resume).toMatch(/^build --resume \S+ -k --budget usd=4$/);
  const all = await rig.build([...resume.split(' ').slice(1), '--budget', 'usd=99']);
  expect(all.executed).toHaveLength(names.length - 2);
  expect(all.fresh).toHaveLength(2);
});
