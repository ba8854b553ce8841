// Stages that stand for many tasks: one for each item.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Gates } from '../rig/gate.ts';
import { type Built, Rig } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';

/** From item to item, and then together. */
const lessons = `{ stages: {
  lesson: { forEach: 'sow/{course}/{order}.txt', produces: ['out/{course}/{order}.txt'],
    run: 'tr a-z A-Z < {item} > out/{course}/{order}.txt' },
  size: { forEach: 'out/{course}/{order}.txt', produces: ['sizes/{course}-{order}.n'], run: 'wc -c < {item} > {produces}' },
  all: { requires: ['sizes/*.n'], produces: ['all.txt'], run: 'cat sizes/*.n > all.txt' },
} }`;

const sow = { 'sow/a/1.txt': 'one', 'sow/a/2.txt': 'two', 'sow/b/1.txt': 'three' };

const copies = `{ stages: { s: { forEach: 'in/{n}.txt', produces: ['out/{n}.txt'], run: 'cp {item} {produces}' } } }`;

test('each item is a task: edited, added and deleted by itself', async () => {
  await using rig = await Rig.compiled(sow, lessons);
  const first = await rig.build(['-j', '2']);
  expect(first.code).toBe(0);
  expect(first.executed).toEqual([
    'all',
    ...['lesson:sow/a/1.txt', 'lesson:sow/a/2.txt', 'lesson:sow/b/1.txt'],
    ...['size:out/a/1.txt', 'size:out/a/2.txt', 'size:out/b/1.txt'],
  ]);
  expect(first.end('lesson:sow/a/1.txt')).toMatchObject({ stage: 'lesson', item: 'sow/a/1.txt' });
  expect(rig.read('all.txt').split(/\s+/).filter(Boolean)).toEqual(['3', '3', '5']);

  rig.write('sow/a/2.txt', 'twenty');
  const edited = await rig.build();
  expect(edited.executed).toEqual(['all', 'lesson:sow/a/2.txt', 'size:out/a/2.txt']);
  expect(edited.reasonsOf('lesson:sow/a/2.txt')).toEqual([{ code: 'input-changed', path: 'sow/a/2.txt' }]);

  // The deleted item is in the plan, and what was made for it goes, down to the end of the chain; a person's edit is kept.
  rig.remove('sow/a/1.txt');
  rig.remove('sow/b/1.txt');
  rig.write('out/a/1.txt', 'edited by hand');
  const plan = await rig.pipe(['build', '--dry-run']);
  expect(plan.stdout).toMatch(/would remove +lesson +2 items are gone: sow\/a\/1.txt, sow\/b\/1.txt/);
  expect(plan.stdout).toMatch(/would remove +size/);
  expect((await rig.pipe(['build', '-n', '--force'])).stdout).toContain(
    '$ tr a-z A-Z < sow/a/2.txt > out/a/2.txt',
  );
  expect(rig.exists('out/b/1.txt')).toBe(true);
  const status = await rig.pipe(['status', '--check', 'size']);
  expect(status).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/would remove +size +2 items are gone/),
  });
  expect(status.stdout).toContain('3 files would be removed, 1 edited file would be moved aside, 2 fresh');
  const { gone: toGo, stale } = JSON.parse((await rig.pipe(['status', '--json', 'size'])).stdout);
  expect({ toGo, stale }).toMatchObject({ stale: 0, toGo: [{ stage: 'lesson' }, { stage: 'size' }] });
  const gone = await rig.build();
  expect(gone).toMatchObject({ code: 0, executed: ['all'] });
  expect(gone.events.filter(({ kind }) => kind === 'items-gone')).toMatchObject([
    { stage: 'lesson', items: ['sow/a/1.txt', 'sow/b/1.txt'], removed: ['out/b/1.txt'], dryRun: false },
    { stage: 'size', items: ['out/a/1.txt', 'out/b/1.txt'], removed: ['sizes/a-1.n', 'sizes/b-1.n'] },
  ]);
  expect(gone.warnings.join()).toContain(
    'out/a/1.txt was not made by pipe; it is kept as .pipeline-cache/displaced/',
  );
  expect(rig.files('out')).toEqual(['a/2.txt']);
  expect(rig.files('sizes')).toEqual(['a-2.n']);
  expect(await rig.build()).toMatchObject({ executed: [], finished: { fresh: 3 } });

  // What was made for it is still in the cache.
  rig.write('sow/b/1.txt', 'three');
  expect(await rig.build()).toMatchObject({ restored: ['lesson:sow/b/1.txt', 'size:out/b/1.txt'] });
});

test.each([
  ['d.json', '[]', '[{"k":"a"}]'],
  ['d.jsonl', '', '{"k":"a"}\n'],
  ['d.yaml', '[]', '- k: a'],
])('an optional %s may be missing, or have no records', async (file, none, one) => {
  const config = `import { definePipeline, items, optional } from 'pipe-build';
  export default definePipeline({ stages: {
    s: { forEach: items(optional('${file}'), (all) => all, { key: 'k' }), produces: ['out/{key}'], run: 'echo {key} > {produces}' },
    all: { requires: [optional('out/*')], produces: ['all'], run: 'cat {requires} /dev/null > all' },
  } });`;
  await using rig = await Rig.compiled({}, config);
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['all'] });
  rig.write(file, none);
  // At a glance, and looked at in full.
  expect((await rig.pipe(['build'])).stdout).toContain('nothing to do: 1 fresh');
  expect(await rig.build()).toMatchObject({ code: 0, executed: [] });
  rig.write(file, one);
  expect((await rig.pipe(['build'])).stdout).toContain('2 ran');
  expect(rig.read('all')).toBe('a\n');
  rig.write(file, none);
  expect((await rig.pipe(['build'])).stdout).toContain('1 item is gone: a');
  expect(rig.read('all')).toBe('');
  rig.remove(file);
  expect(await rig.build()).toMatchObject({ code: 0, executed: [] });
});

test('whatever an item is called, commands get it as one word, and patterns as this name', async () => {
  const names = ["a b'c", '*', '{x,y}', '$(touch pwned)', '-n', 'é"'];
  const told = `export default (ctx) => console.log(JSON.stringify([ctx.item, ctx.requires, ctx.produces]));`;
  await using rig = await Rig.compiled(
    {
      ...Object.fromEntries(names.map((name) => [`in/${name}.txt`, name])),
      'told.ts': told,
      'in/sub/1.js': '',
    },
    `{ stages: {
      told: { forEach: 'in/{folder}/{n}.js', run: script('./told.ts') },
      copy: { forEach: 'in/{name}.txt', produces: ['out/{name}.md'], env: { NAME: '{name}' }, cwd: 'in',
        run: 'cp {item} ../out/{name}.md; printf " %s|%s|%s" {name} "$NAME" "$PIPE_ITEM" >> ../out/{name}.md' },
      exec: { forEach: 'in/{name}.txt', produces: ['exec/{name}.md'], run: exec('cp', '--', '{item}', 'exec/{name}.md') },
    } }`,
  );
  expect(await rig.build()).toMatchObject({ code: 0, finished: { executed: 2 * names.length + 1 } });
  for (const name of names) {
    expect(rig.read(`out/${name}.md`)).toBe(`${name} ${name}|${name}|in/${name}.txt`);
    expect(rig.read(`exec/${name}.md`)).toBe(name);
  }
  expect(rig.exists('in/pwned')).toBe(false);
  expect(JSON.parse((await rig.pipe(['logs', 'told:in/sub/1.js'])).stdout)).toEqual([
    { key: 'in/sub/1.js', captures: { folder: 'sub', n: '1' }, value: null },
    ['in/sub/1.js'],
    [],
  ]);
});

test('an item begins when what it is made from is done, and not when all of it is', async () => {
  await using rig = await Rig.compiled(
    { 'in/fast.txt': 'f', 'in/slow.txt': 's' },
    `{ stages: {
      first: { forEach: 'in/{n}.txt', produces: ['mid/{n}.txt'], run: 'cat gate-{n} > /dev/null; cp {item} {produces}' },
      second: { forEach: 'mid/{n}.txt', produces: ['out/{n}.txt'], run: 'cat then-{n} > /dev/null; cp {item} {produces}' },
      gather: { requires: ['out/*.txt'], produces: ['all.txt'], run: 'cat out/*.txt > all.txt' },
    } }`,
  );
  const gates = new Gates(rig, 'gate-fast', 'gate-slow', 'then-fast', 'then-slow');
  const build = rig.start(['build', '-j', '2']);
  await gates.open('gate-fast');
  // Held by its gate, the slow one is still at work when this has passed.
  await gates.open('then-fast');
  await build.printed(/done +second:mid\/fast.txt/);
  expect(build.stdout).not.toMatch(/done +first:in\/slow.txt/);
  await gates.open('gate-slow', 'then-slow');
  expect((await build.ended).code).toBe(0);
  expect(rig.read('all.txt')).toBe('fs');
});

test('a stage before it makes the items; one that fails stands in the way of what gathers, and of its own alone', async () => {
  await using rig = await Rig.compiled(
    { 'list.txt': 'x y bad' },
    `{ stages: {
      split: { requires: ['list.txt'], produces: [optional('items/*')], run: 'for i in $(cat list.txt); do echo $i > items/$i; done' },
      work: { forEach: 'items/{n}', produces: ['mid/{n}'], run: 'grep -v bad {item} > mid/{n}' },
      next: { forEach: 'mid/{n}', produces: ['out/{n}'], run: 'cp {item} out/{n}' },
      all: { requires: ['out/*'], produces: ['all'], run: 'cat out/* > all' },
    } }`,
  );
  const first = await rig.build(['-k', '-j', '1']);
  expect(first).toMatchObject({
    code: 1,
    executed: ['next:mid/x', 'next:mid/y', 'split', 'work:items/x', 'work:items/y'],
    failed: ['work:items/bad'],
    skipped: ['all'],
  });
  expect(first.end('all')?.blockedBy).toEqual(['work']);
  rig.write('list.txt', 'x z');
  // What was made for the items that the stage before makes no longer goes when that has succeeded.
  const second = await rig.build(['-j', '1']);
  expect(second).toMatchObject({ code: 0, executed: ['all', 'next:mid/z', 'split', 'work:items/z'] });
  expect(rig.files('out')).toEqual(['x', 'z']);
  // No items are no mistake where others make them.
  rig.write('list.txt', '');
  const none = await rig.pipe(['build']);
  expect(none.stdout + none.stderr).toContain('required files are missing');
  expect(rig.exists('mid')).toBe(false);
});

test('single items are named stage:item wherever stages are', async () => {
  await using rig = await Rig.compiled(sow, lessons);
  await rig.build();
  rig.append('sow/a/1.txt', '!');
  rig.append('sow/b/1.txt', '!');
  expect(await rig.build(['lesson:sow/a/1.txt'])).toMatchObject({
    code: 0,
    executed: ['lesson:sow/a/1.txt'],
  });
  expect(await rig.build(['--only', 'size:out/a/1.txt'])).toMatchObject({ executed: ['size:out/a/1.txt'] });
  const [why, whyFile, describe, logs, unknown, mistaken, from, noWhy, noDescription] = await Promise.all(
    [
      ['why', 'size:out/b/1.txt'],
      ['why', 'out/b/1.txt'],
      ['describe', 'lesson:sow/b/1.txt'],
      ['logs', 'lesson:sow/a/1.txt'],
      ['build', 'lesson:sow/z/1.txt'],
      ['build', 'lesson:elsewhere'],
      ['build', '--from', 'lesson:sow/a/1.txt'],
      ['why', 'lesson:sow/z/1.txt'],
      ['describe', 'lesson:sow/z/1.txt'],
    ].map((words) => rig.pipe(words)),
  );
  expect(why!.stdout).toMatch(
    /size:out\/b\/1.txt would run\n {2}because it needs files of lesson:sow\/b\/1.txt:/,
  );
  expect(whyFile!.stdout).toContain('lesson:sow/b/1.txt would run');
  expect(whyFile!.stdout).not.toContain('sow/a/1.txt');
  expect(describe!.stdout).toMatch(/^item +sow\/b\/1.txt$/m);
  expect(logs!.code).toBe(0);
  for (const none of [unknown, noWhy, noDescription])
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('has no item "sow/z/1.txt"') });
  expect(mistaken).toMatchObject({ code: 2, stderr: expect.stringContaining('PIPE030') });
  expect(from).toMatchObject({ code: 2, stderr: expect.stringContaining('--from takes stages') });
  expect((await rig.pipe(['clean', 'lesson', '-n'])).stdout).toMatch(
    /^would delete [2-9] files of 1 stage$/m,
  );
  expect((await rig.pipe(['clean', 'lesson:sow/b/1.txt'])).stdout).toContain('deleted out/b/1.txt');
  expect(rig.files('out')).toEqual(['a/1.txt', 'a/2.txt']);
});

test('the path of an output means the item that makes it, also where it is accepted or cleaned', async () => {
  await using rig = await Rig.compiled({ 'in/a.txt': 'a', 'in/b.txt': 'b' }, copies);
  await rig.build();
  rig.write('in/b.txt', 'B');
  rig.write('out/a.txt', 'by hand');
  expect(await rig.pipe(['accept', 'out/a.txt', '--reason', 'x'])).toMatchObject({
    code: 0,
    stdout: 'accepted 1 output of s:in/a.txt, until its inputs change\n',
  });
  expect(await rig.build(['out/a.txt', '--force'])).toMatchObject({ executed: ['s:in/a.txt'] });
  const none = await rig.pipe(['accept', 'out/z.txt', '--reason', 'x']);
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('has no item that makes out/z.txt'),
  });
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['s:in/b.txt'] });
  expect((await rig.pipe(['clean', 'out/b.txt'])).code).toBe(0);
  expect(rig.files('out')).toEqual(['a.txt']);
});

test('beside a target that needs all items, --force runs those that are named and no others', async () => {
  const config = `{ stages: {
    two: { forEach: 'in/{n}.txt', produces: ['two/{n}.txt'], run: 'cp {item} {produces}', protect: true },
    sum: { requires: ['two/*.txt'], produces: ['sum.txt'], run: 'cat two/*.txt > sum.txt' },
  } }`;
  await using rig = await Rig.compiled({ 'in/1.txt': '1', 'in/2.txt': '2', 'in/3.txt': '3' }, config);
  await rig.build();

  const plan = await rig.pipe(['build', '-n', '--force', 'two:in/1.txt', 'sum']);
  expect(plan.stdout).toMatch(/would run +two:in\/1.txt .*because it is forced\n/);
  expect(plan.stdout).toMatch(/fresh +two:in\/2.txt\n/);
  expect(await rig.build(['--force', 'two:in/1.txt', 'sum'])).toMatchObject({
    executed: ['sum', 'two:in/1.txt'],
  });
  expect(await rig.build(['--force', 'two/2.txt', 'sum.txt'])).toMatchObject({
    executed: ['sum', 'two:in/2.txt'],
  });

  // A file that a person has edited is built over where its item is named, and nowhere else.
  rig.write('two/2.txt', 'by hand');
  const stopped = await rig.build(['--force', 'two:in/1.txt', 'sum']);
  expect(stopped).toMatchObject({ code: 3, executed: ['two:in/1.txt'] });
  expect(rig.read('two/2.txt')).toBe('by hand');

  const none = await rig.pipe(['build', 'two:in/9.txt', 'sum']);
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('stage "two" has no item "in/9.txt"'),
  });
});

test('a stage that comes to have items, or has none any more, leaves nothing of before', async () => {
  const asOne = `{ stages: { s: { requires: ['in/*'], produces: ['out/'], run: 'mkdir -p out/old && cat in/* > out/old/all' } } }`;
  const asMany = `{ stages: { s: { forEach: 'in/{n}', produces: ['out/{n}'], run: 'cp {item} {produces}' } } }`;
  await using rig = await Rig.compiled({ 'in/a': 'a', 'in/b': 'b' }, asOne);
  await rig.build();
  await rig.reconfigure(asMany);
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['s:in/a', 's:in/b'] });
  expect(rig.files('out')).toEqual(['a', 'b']);
  await rig.reconfigure(asOne);
  expect((await rig.build()).code).toBe(0);
  expect(rig.files('out')).toEqual(['old/all']);
  expect(await rig.build()).toMatchObject({ executed: [], fresh: ['s'] });
});

test('what it made item by item goes at once, as foretold, also where it does not come to an attempt', async () => {
  const pipeline = (s: string) =>
    `{ stages: {
    more: { requires: ['in/*'], produces: ['more'], run: 'test -f in/b && exit 1; touch more' },
    s: { ${s} },
    all: { when: 'always', after: ['s'], requires: ['out/* if any'], produces: ['all'], run: 'ls out > all || true' },
  } }`.replace(`'out/* if any'`, `{ kind: 'optional', patterns: ['out/*'] }`);
  const asMany = pipeline(`forEach: 'in/{n}', produces: ['out/{n}'], run: 'cp {item} {produces}'`);
  await using rig = await Rig.compiled({ 'in/a': 'a', 'in/b': 'b' }, asMany);
  await rig.build(['-k']);
  expect(rig.files('out')).toEqual(['a', 'b']);
  await rig.reconfigure(pipeline(`requires: ['in/*', 'more'], produces: ['out/*'], run: 'cp in/* out'`));
  const gone = ({ events }: Built) => events.flatMap((one) => (one.kind === 'items-gone' ? one.removed : []));
  const status = JSON.parse((await rig.pipe(['status', '--json'])).stdout);
  expect(status.gone).toMatchObject([{ stage: 's', removed: ['out/a', 'out/b'] }]);
  expect(gone(await rig.build(['-n']))).toEqual(['out/a', 'out/b']);
  const stopped = await rig.build(['-k']);
  expect(gone(stopped)).toEqual(['out/a', 'out/b']);
  expect(stopped.end('s')).toMatchObject({ outcome: 'skipped' });
  expect([rig.exists('out'), rig.read('all')]).toEqual([false, '']);
  // Whose the files were is known to nobody by now.
  rig.remove('in/b');
  await rig.reconfigure(asMany);
  expect((await rig.build()).code).toBe(0);
  expect(rig.read('all')).toBe('a\n');
});

test('what a stage made for an item that is gone is an orphan where the stage has another name now', async () => {
  const stage = `{ forEach: 'in/{c}/{n}', produces: ['out/{c}/{n}'], run: 'cp {item} {produces}' }`;
  const others = `
    recs: { forEach: items('list.yaml', (all) => all, { key: 'k' }), produces: 'rec/{key}', run: 'echo > {produces}' },
    open: { forEach: 'in/{params.who}/*/{z}', produces: 'z/{params.who}/{z}', run: 'cp {item} {produces}' },`;
  const config = (name: string) => `import { definePipeline, items } from 'pipe-build';
    export default definePipeline({ params: { who: { type: 'string' } }, stages: { ${name}: ${stage}, ${others} } });`;
  const files = { 'in/x/a': 'a', 'in/x/b': 'b', 'in/x/y/z': 'z', 'list.yaml': '- k: one\n' };
  await using rig = await Rig.compiled(files, config('before'));
  expect(await rig.build(['-p', 'who=x'])).toMatchObject({ code: 0 });
  await rig.reconfigure(config('now'));
  rig.remove('in/x/b');
  // Nobody says who it is about.
  const dry = await rig.pipe(['clean', '--orphans', '--dry-run']);
  expect(dry.stdout).toContain('would delete out/x/b\n');
  const { code, stdout } = await rig.pipe(['clean', '--orphans']);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('deleted out/x/b\n') });
  expect(rig.files('out')).toEqual(['x/a']);
  expect([rig.files('rec'), rig.files('z')]).toEqual([['one'], ['x/z']]);
});

test('items of which one would make a file where another needs a folder are refused or fail, both named', async () => {
  const files = { 'in/a.txt': '1', 'in/a/b.txt': '2', 'in/c.txt': '3' };
  const copy = 'run: \'mkdir -p "$(dirname {produces})" && cp {item} {produces}\'';
  await using rig = await Rig.compiled(
    files,
    `{ stages: { s: { forEach: 'in/{n...}.txt', produces: 'out/{n...}', ${copy} } } }`,
  );
  expect(await rig.pipe(['build'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'PIPE052 item in/a.txt of stage "s" produces the file out/a, which would be a folder of what item in/a/b.txt produces: out/a/b',
    ),
  });
  // Between stages, as well, and which of them has the items makes no difference.
  await rig.reconfigure(`{ stages: {
    s: { forEach: 'in/{n}.txt', produces: 'out/{n}/x', ${copy} },
    t: { after: 's', produces: 'out/c', run: 'echo ran > ran; echo > out/c' },
    v: { forEach: 'in/{n}.txt', produces: 'file/{n}', ${copy} },
    w: { forEach: 'in/{m}.txt', produces: 'file/{m}/*.png', ${copy} },
  } }`);
  const { code, stderr } = await rig.pipe(['build']);
  expect({ code, made: rig.exists('out') || rig.exists('file') }).toEqual({ code: 2, made: false });
  expect(stderr.split('\n').filter((line) => /^(PIPE| +at)/.test(line))).toEqual([
    'PIPE052 stage "t" produces the file out/c, which would be a folder of what item in/c.txt of stage "s" produces: out/c/x',
    '  at stages.s.produces',
    ...['a', 'c'].flatMap((n) => [
      `PIPE052 item in/${n}.txt of stage "v" produces the file file/${n}, which would be a folder of what item in/${n}.txt of stage "w" produces: file/${n}/*.png`,
      '  at stages.w.produces',
    ]),
  ]);

  // Where another stage makes the items, it is seen when the one finds what the other has made.
  await rig.reconfigure(`{ stages: {
    make: { requires: 'in/*.txt', produces: 'copied/*.txt', run: 'cp in/*.txt copied' },
    s: { forEach: 'copied/{n}.txt', produces: 'out/{n}/x', ${copy} },
    t: { after: 's', produces: 'out/c', run: 'echo > out/c' },
    u: { after: 't', produces: 'file/c', run: 'echo > file/c' },
    v: { after: 'u', forEach: 'copied/{n}.txt', produces: 'file/{n}/x', ${copy} },
  } }`);
  const built = await rig.build(['-k']);
  expect(built).toMatchObject({
    code: 1,
    executed: ['make', 's:copied/a.txt', 's:copied/c.txt'],
    failed: ['t'],
  });
  const message = 'it is a folder since s:copied/c.txt makes out/c/x, and a file belongs there';
  expect(built.end('t')!.failure).toEqual({ kind: 'output-blocked', path: 'out/c', message });
  const other = await rig.build(['--only', 'make', '--only', 'u', '--only', 'v', '-k']);
  expect(other).toMatchObject({ code: 1, executed: ['u', 'v:copied/a.txt'], failed: ['v:copied/c.txt'] });
  expect(other.end('v:copied/c.txt')!.failure).toMatchObject({
    path: 'file/c',
    message: 'is not a folder, and outputs are never written through it; u makes it',
  });
});

test('items that would make the same file are refused, both named, before anything runs', async () => {
  await using rig = await Rig.with(sow);
  await rig.reconfigure(
    `{ stages: { s: { forEach: 'sow/{course}/{order}.txt', produces: ['out/{order}'], run: 'false' } } }`,
  );
  expect(await rig.pipe(['build'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^PIPE052 items sow\/a\/1.txt and sow\/b\/1.txt of stage "s" may both produce out\/1/,
    ),
  });
  await rig.reconfigure(`{ stages: { s: { forEach: 'sow/*', run: 'false' } } }`);
  expect(await rig.pipe(['build'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^PIPE027 /) });
  await rig.reconfigure(`{ stages: { s: { forEach: 'none/{n}', run: 'false' } } }`);
  expect(await rig.pipe(['build'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^PIPE050 /) });
});

test('what an item has made is put away where its name was taken over by another', async () => {
  const swapped = (name: string) =>
    `{ stages: { s: { forEach: 'in/{a}-{b}', produces: ['out/${name}'], run: 'cp {item} {produces}' } } }`;
  await using rig = await Rig.compiled({ 'in/x-y': '1', 'in/y-x': '2' }, swapped('{a}-{b}'));
  await rig.build();
  await rig.reconfigure(swapped('{b}-{a}'));
  expect(await rig.build(['-j', '1'])).toMatchObject({ code: 0, executed: ['s:in/x-y', 's:in/y-x'] });
  expect([rig.read('out/x-y'), rig.read('out/y-x')]).toEqual(['2', '1']);
  expect(await rig.build()).toMatchObject({ executed: [] });
});

test('a plain build notices what becomes of items, and what becomes of anything else beside them', async () => {
  await using rig = await Rig.compiled(
    { ...sow, 'other.txt': 'o' },
    lessons.replace(
      '{ stages: {',
      "{ stages: { other: { requires: ['other.txt'], produces: ['other.md'], run: 'cp other.txt other.md' },",
    ),
  );
  const build = async () => (await rig.pipe(['build'])).stdout;
  await build();
  // Until the stamps are old enough for a proof.
  for (let i = 0; i < 8; i++) {
    expect(await build()).toContain('nothing to do: 8 fresh');
    if (
      fs
        .readdirSync(rig.path('.pipeline-cache/runs'))
        .some((run) => rig.exists(`.pipeline-cache/runs/${run}/glance`))
    )
      break;
  }
  rig.append('other.txt', '!');
  expect(await build()).toContain('1 ran, 7 fresh');
  rig.append('sow/a/1.txt', '!');
  rig.write('sow/c/1.txt', 'new');
  expect(await build()).toContain('5 ran, 5 fresh');
  rig.remove('sow/a/2.txt');
  expect(await build()).toContain('1 item is gone: sow/a/2.txt');
  expect(rig.files('sizes')).toEqual(['a-1.n', 'b-1.n', 'c-1.n']);
});

test('each record of a document is a task, and only its own record is its input', async () => {
  const told = `export default (ctx) => console.log(JSON.stringify(ctx.item));`;
  const config = (document: string) => `import { definePipeline, items, script } from 'pipe-build';
export default definePipeline({ stages: {
  sow: { requires: ['source.txt'], produces: ['${document}'], run: 'cp source.txt ${document}' },
  lesson: { forEach: items('${document}', (doc: { entries: unknown[] }) => doc.entries, { key: 'order' }), produces: ['out/{key}'], run: 'echo {key} "$PIPE_ITEM" {item} > out/{key}' },
  told: { forEach: items('${document}', (doc: { entries: unknown[] }) => doc.entries, { key: 'order' }), run: script('./told.ts') },
} });`;
  const source = (...entries: readonly object[]) => JSON.stringify({ entries });
  await using rig = await Rig.compiled(
    { 'source.txt': source({ order: 1, t: 'a' }, { order: 2, t: 'b' }), 'told.ts': told },
    config('sow.json'),
  );
  expect(await rig.build(['-j', '1'])).toMatchObject({
    code: 0,
    executed: ['lesson:1', 'lesson:2', 'sow', 'told:1', 'told:2'],
  });
  expect(rig.read('out/2')).toBe('2 2 2\n');
  const log = await rig.pipe(['logs', 'told:2']);
  expect(JSON.parse(log.stdout)).toEqual({ key: '2', captures: { key: '2' }, value: { order: 2, t: 'b' } });

  // One is edited, one is new, and one only stands elsewhere. YAML is read as well.
  rig.write('source.txt', source({ order: 3 }, { order: 2, t: 'b' }, { order: 1, t: 'A' }));
  const edited = await rig.build(['-j', '1']);
  expect(edited.executed).toEqual(['lesson:1', 'lesson:3', 'sow', 'told:1', 'told:3']);
  expect(edited.reasonsOf('lesson:1')).toMatchObject([{ code: 'definition-changed', name: 'record' }]);
  await rig.reconfigure(config('sow.yaml'));
  rig.write('source.txt', 'entries:\n  - { order: 3 }\n  - { order: 1, t: A }\n');
  expect(await rig.build(['-j', '1'])).toMatchObject({ code: 0, executed: ['sow'] });
  expect(rig.files('out')).toEqual(['1', '3']);

  rig.write('source.txt', 'entries:\n  - { order: 3 }\n  - { order: 3 }\n');
  const twice = await rig.build(['-k', '-j', '1']);
  expect(twice).toMatchObject({ code: 1, executed: ['sow'], failed: ['lesson', 'told'] });
  expect(twice.end('lesson')?.failure).toMatchObject({
    kind: 'items-unclear',
    message: expect.stringContaining('records 1 and 2 have the same key'),
  });
});

test('a watch whose items are all gone builds nothing, says why at each rest, and goes on when there are some', async () => {
  const config = `{ stages: {
    s: { forEach: 'in/{n}.txt', produces: ['out/{n}.txt'], run: 'cp {item} {produces}' },
    o: { requires: ['o.in'], produces: ['o.out'], run: 'cp o.in o.out' },
  } }`;
  await using rig = await Rig.compiled({ 'in/a.txt': 'a', 'o.in': '1' }, config);
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  rig.remove('in/a.txt');
  expect((await watcher.rest()).text).toMatch(/^nothing can be built as it is, /m);
  await watcher.running.printed('PIPE050 stage "s" requires in/{n}.txt, which matches no file');
  // As a build is refused as a whole, whatever else is stale.
  rig.write('o.in', '2');
  expect((await watcher.rest()).text).toMatch(/^✗ stage "s" requires in.+\nnothing can be built as it is, /m);
  expect(await rig.pipe(['build'])).toMatchObject({ code: 2 });
  expect(rig.read('o.out')).toBe('1');
  expect(rig.exists('out/a.txt')).toBe(true);
  rig.write('in/b.txt', 'b');
  expect((await watcher.rest()).done.toSorted()).toEqual(['o', 's:in/b.txt']);
  expect(rig.files('out')).toEqual(['b.txt']);
  await watcher.quit();
});

test('a watch runs the items that change, come and go', async () => {
  await using rig = await Rig.compiled(sow, lessons);
  const [watcher, first] = await Watcher.start(rig);
  await using _ = watcher;
  expect(first).toMatchObject({ runs: 1 });
  rig.append('sow/a/1.txt', '!');
  expect(await watcher.rest()).toMatchObject({ done: ['lesson:sow/a/1.txt', 'size:out/a/1.txt', 'all'] });
  rig.write('sow/c/1.txt', 'new');
  expect(await watcher.rest()).toMatchObject({ done: ['lesson:sow/c/1.txt', 'size:out/c/1.txt', 'all'] });
  rig.remove('sow/a/1.txt');
  expect(await watcher.rest()).toMatchObject({ done: ['all'] });
  expect(rig.files('sizes')).toEqual(['a-2.n', 'b-1.n', 'c-1.n']);
  await watcher.quit();
  expect(await rig.build()).toMatchObject({ code: 0, executed: [] });
});

test('an item is accepted: what another one made under patterns of before stays until its own turn', async () => {
  const config = (to: string) => `{ stages: {
    up: { forEach: 'src/{name}.txt', produces: ['${to}/{name}.txt'], run: 'mkdir -p ${to}; cp {item} {produces}' },
  } }`;
  await using rig = await Rig.compiled({ 'src/a.txt': 'a', 'src/b.txt': 'b' }, config('old'));
  expect((await rig.pipe(['build'])).code).toBe(0);
  await rig.reconfigure(config('new'));
  rig.write('new/a.txt', 'mine');
  const accepted = await rig.pipe(['accept', 'up:src/a.txt', '--reason', 'mine']);
  expect([accepted.code, accepted.stderr]).toEqual([0, '']);
  expect([rig.exists('old/a.txt'), rig.exists('old/b.txt')]).toEqual([false, true]);
});

test('a function that takes the records out may not end the process, before the build or in the middle of it', async () => {
  const config = `import { definePipeline, items } from 'pipe-build';
  export default definePipeline({ stages: {
    list: { requires: ['in.json'], produces: ['made/d.json'], run: 'cp in.json made/d.json' },
    each: { forEach: items('made/d.json', (d) => d.exit ? process.exit(5) : d.all, { key: 'k' }),
      produces: ['out/{key}.txt'], run: 'touch {produces}' },
  } });`;
  await using rig = await Rig.compiled({ 'in.json': '{"exit":true}' }, config);
  const why = /takes the records out of it ends the process: process\.exit\(5\)/;
  const built = await rig.build();
  expect(built).toMatchObject({ code: 1, executed: ['list'], failed: ['each'], finished: { exitCode: 1 } });
  expect(built.end('each')?.failure).toMatchObject({ message: expect.stringMatching(why) });
  expect(await rig.pipe(['build', '--only', 'each'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(why),
  });
  expect((await rig.pipe(['list'])).stdout).toMatch(/each/);

  rig.write('in.json', '{"all":[{"k":"a"}]}');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['each:a', 'list'] });
});
