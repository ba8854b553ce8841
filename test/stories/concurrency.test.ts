// Several engines in one workspace: one writes, the others wait or say why not; those who only look never do either.
import { expect, test } from 'vitest';
import { builtFrom, nodeUnderTest, pipeCommand, Rig } from '../rig/rig.ts';
import { changesBetween, treeOf } from '../rig/untouched.ts';
import { gate, saw, tell } from './signs.ts';

const waiting = `{
  stages: {
    work: { requires: ['in.txt'], produces: ['out/work.txt'], run: 'echo "pid $$."; read _ < go; cp in.txt out/work.txt; echo run >> count' },
    after: { requires: ['out/work.txt'], produces: ['out/after.txt'], run: 'tr a-z A-Z < out/work.txt > out/after.txt' },
  },
}`;

test('of two builds at once the second waits, says for whom, and then finds everything fresh', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, waiting);
  gate(rig, 'go');
  const first = rig.start(['build', '--json']);
  await saw(first, /pid (\d+)\./);
  const second = rig.start(['build', '--json', 'after']);
  await second.printed('run-blocked');
  await tell(rig, 'go');
  expect(builtFrom(await first.ended)).toMatchObject({ code: 0, executed: ['after', 'work'] });
  const waited = builtFrom(await second.ended);
  expect(waited).toMatchObject({ code: 0, executed: [], fresh: ['after', 'work'] });
  expect(waited.events.filter((event) => event.kind === 'run-blocked')).toMatchObject([
    { pid: first.child.pid, command: 'build --json' },
  ]);
  expect(rig.read('count')).toBe('run\n');
});

test('a build that waited takes the items as they are then, and makes none that the other one has made', async () => {
  const files = { 'in/1': 'v0\n', 'in/2': 'v0\n', 'in/3': 'v0\n' };
  await using rig = await Rig.compiled(
    files,
    `{ jobs: 1, stages: { each: { forEach: 'in/{x}', produces: ['out/{x}'],
      run: 'if test -p go; then echo "pid $$."; read _ < go; rm go; fi; cp {item} out/{x}; echo {x} >> count' } } }`,
  );
  await rig.build();
  await rig.write('in/1', 'v1\n');
  gate(rig, 'go');
  const first = rig.start(['build', '--json', 'each:in/1']);
  await saw(first, /pid (\d+)\./);
  const second = rig.start(['build', '--json']);
  await second.printed('run-blocked');
  await rig.write('in/2', 'v1\n');
  await rig.write('in/4', 'v1\n');
  await rig.remove('in/3');
  const opened = tell(rig, 'go');
  expect(builtFrom(await first.ended)).toMatchObject({ code: 0, executed: ['each:in/1'] });
  await opened;
  expect(builtFrom(await second.ended)).toMatchObject({
    code: 0,
    executed: ['each:in/2', 'each:in/4'],
    fresh: ['each:in/1'],
  });
  expect(rig.read('count')).toBe('1\n2\n3\n1\n2\n4\n');
  expect(rig.exists('out/3')).toBe(false);
});

test('a person is told which process and command a build waits for', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, waiting);
  gate(rig, 'go');
  const first = rig.start(['build', '-v']);
  await saw(first, /pid (\d+)\./);
  const second = rig.start(['build', '-q']);
  await second.printed(new RegExp(`\\b${first.child.pid}\\b.*build -v`, 's'));
  await tell(rig, 'go');
  expect((await first.ended).code).toBe(0);
  expect((await second.ended).code).toBe(0);
});

test('with --no-wait the second one exits with 3 and touches nothing', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, waiting);
  gate(rig, 'go');
  const first = rig.start(['build', '--json']);
  await saw(first, /pid (\d+)\./);
  const second = await rig.build(['--no-wait']);
  expect(second).toMatchObject({ code: 3, executed: [] });
  expect(second.finished).toMatchObject({ outcome: 'waiting', exitCode: 3 });
  expect(second.events).toContainEqual(
    expect.objectContaining({ kind: 'run-blocked', pid: first.child.pid }),
  );
  await tell(rig, 'go');
  expect(builtFrom(await first.ended)).toMatchObject({ code: 0, executed: ['after', 'work'] });
});

test('a holder that is killed is taken over by the one that waits', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, waiting);
  gate(rig, 'go');
  const first = rig.start(['build', '--json']);
  await saw(first, /pid (\d+)\./);
  const second = rig.start(['build', '--json']);
  await second.printed('run-blocked');
  first.child.kill('SIGKILL');
  await first.ended;
  await saw(second, /pid (\d+)\./);
  await tell(rig, 'go');
  expect(builtFrom(await second.ended)).toMatchObject({ code: 0, executed: ['after', 'work'] });
  expect(rig.read('out/after.txt')).toBe('V0\n');
});

test('a holder that is suspended is not robbed', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, waiting);
  gate(rig, 'go');
  const first = rig.start(['build', '--json']);
  await saw(first, /pid (\d+)\./);
  first.child.kill('SIGSTOP');
  expect((await rig.build(['--no-wait'])).code).toBe(3);
  const second = rig.start(['build', '--json']);
  await second.printed('run-blocked');
  expect((await rig.build(['--no-wait'])).code).toBe(3);
  first.child.kill('SIGCONT');
  await tell(rig, 'go');
  expect(builtFrom(await first.ended)).toMatchObject({ code: 0, executed: ['after', 'work'] });
  expect(builtFrom(await second.ended)).toMatchObject({ code: 0, fresh: ['after', 'work'] });
  expect(rig.read('count')).toBe('run\n');
});

test.each([
  'status',
  'status --check',
  'status --json --freshness mtime',
  'list',
  'list --json',
  'graph',
  'graph --status',
  'graph --files --format json',
  'why work',
  'why out/after.txt --json',
  'describe work',
  'runs',
  'show',
  'logs',
  'logs work',
  'cache stats',
  'build --dry-run',
  'clean --dry-run',
])('pipe %s during a build neither waits nor writes', async (line) => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, waiting);
  gate(rig, 'go');
  await tellOnce(rig);
  rig.write('in.txt', 'v1\n');
  const first = rig.start(['build', '--json']);
  await saw(first, /pid (\d+)\./);
  const before = treeOf(rig);
  const looked = await rig.pipe(line.split(' '));
  expect(looked).toMatchObject({ code: line.includes('--check') ? 1 : 0, stderr: '' });
  expect(looked.stdout).not.toBe('');
  expect(changesBetween(before, treeOf(rig))).toEqual([]);
  await tell(rig, 'go');
  expect((await first.ended).code).toBe(0);
});

/** A first build, so that there is something to look at. */
async function tellOnce(rig: Rig): Promise<void> {
  const built = rig.start(['build', '--json']);
  await tell(rig, 'go');
  expect((await built.ended).code).toBe(0);
}

test('a build that finds everything fresh does not wait for another one', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0\n', 'other.txt': 'v0\n' },
    `{ stages: {
      quick: { requires: ['in.txt'], produces: ['quick.txt'], run: 'cp in.txt quick.txt' },
      slow: { requires: ['other.txt'], produces: ['slow.txt'], run: 'echo "pid $$."; read _ < go; cp other.txt slow.txt' },
    } }`,
  );
  gate(rig, 'go');
  await rig.build(['quick']);
  const first = rig.start(['build', '--json']);
  await saw(first, /pid (\d+)\./);
  expect(await rig.build(['quick'])).toMatchObject({ code: 0, fresh: ['quick'] });
  await tell(rig, 'go');
  expect((await first.ended).code).toBe(0);
});

test('any number of jobs gives the same bytes, and all of them at once run at once', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const stages = names.map(
    (
      name,
      i,
    ) => `${name}: { requires: ['in.txt'${i > 3 ? ", 'a.txt', 'b.txt'" : ''}], produces: ['${name}.txt'],
      run: 'cat {requires} | tr v ${name} > ${name}.txt' }`,
  );
  const results = new Set<string>();
  for (const jobs of ['1', '2', '16']) {
    await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, `{ stages: { ${stages.join(', ')} } }`);
    expect((await rig.build(['-j', jobs])).executed).toEqual(names);
    results.add(names.map((name) => rig.read(`${name}.txt`)).join());
  }
  expect(results.size).toBe(1);
});

test('stages that do not depend on each other run at the same time, as many as --jobs says', async () => {
  // Each waits for the other: with one job this would never end.
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      left: { produces: ['left.txt'], run: 'echo to-right > right-gate; read _ < left-gate; echo left > left.txt' },
      right: { produces: ['right.txt'], run: 'read _ < right-gate; echo to-left > left-gate; echo right > right.txt' },
    } }`,
  );
  gate(rig, 'left-gate');
  gate(rig, 'right-gate');
  expect(await rig.build(['-j', '2'])).toMatchObject({ code: 0, executed: ['left', 'right'] });
});

test('with one job, stages run one after the other, in the order of the configuration', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      z: { produces: ['z.txt'], run: 'echo z >> order; echo > z.txt' },
      a: { produces: ['a.txt'], run: 'echo a >> order; echo > a.txt' },
      m: { produces: ['m.txt'], run: 'echo m >> order; echo > m.txt' },
    } }`,
  );
  await rig.build(['-j', '1']);
  expect(rig.read('order')).toBe('z\na\nm\n');
});

test('a build inside a stage of the same root is refused: it would wait for itself', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      outer: { produces: ['outer.txt'], run: '"$NODE" "$PIPE" build inner && echo > outer.txt', env: { NODE: true, PIPE: true } },
      inner: { produces: ['inner.txt'], run: 'echo > inner.txt' },
    } }`,
  );
  const built = await rig.build(['outer'], { env: { NODE: nodeUnderTest, PIPE: pipeCommand } });
  expect(built).toMatchObject({ code: 1, failed: ['outer'] });
  expect(built.end('outer')).toMatchObject({ failure: { kind: 'exit', code: 2 } });
  expect(built.end('outer')?.tail?.join('\n')).toContain('PIPE038');
  expect(rig.exists('inner.txt')).toBe(false);
});

test('a build inside a stage of another root works', async () => {
  await using rig = await Rig.compiled(
    {
      'nested/pipeline.config.ts': `import { definePipeline } from 'pipe-build';
        export default definePipeline({ stages: { inner: { produces: ['inner.txt'], run: 'echo made > inner.txt' } } });`,
    },
    `{ stages: {
      outer: { produces: ['nested/inner.txt'], cwd: 'nested', run: '"$NODE" "$PIPE" build', env: { NODE: true, PIPE: true } },
    } }`,
  );
  const built = await rig.build([], { env: { NODE: nodeUnderTest, PIPE: pipeCommand } });
  expect(built).toMatchObject({ code: 0, executed: ['outer'] });
  expect(rig.read('nested/inner.txt')).toBe('made\n');
});

test('what would change the cache or the records waits for the build', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, waiting);
  gate(rig, 'go');
  const first = rig.start(['build', '--json']);
  await saw(first, /pid (\d+)\./);
  const others = [
    rig.start(['cache', 'clear']),
    rig.start(['clean']),
    rig.start(['accept', 'after', '--reason', 'a test']),
  ];
  for (const other of others) await other.printed(`process ${first.child.pid}`);
  for (const other of others) other.child.kill('SIGINT');
  for (const other of others) expect((await other.ended).code).toBe(130);
  await tell(rig, 'go');
  expect((await first.ended).code).toBe(0);
});

test('builds in two workspaces do not wait for each other', async () => {
  await using one = await Rig.compiled({ 'in.txt': 'v0\n' }, waiting);
  await using two = await Rig.compiled(
    { 'in.txt': 'v0\n' },
    `{ stages: { copy: { requires: ['in.txt'], produces: ['out.txt'], run: 'cp in.txt out.txt' } } }`,
  );
  gate(one, 'go');
  const first = one.start(['build', '--json']);
  await saw(first, /pid (\d+)\./);
  expect(await two.build()).toMatchObject({ code: 0, executed: ['copy'] });
  await tell(one, 'go');
  expect((await first.ended).code).toBe(0);
});
