// Invariants 1 and 2: what one stage made, and a person or another program changes before a later stage has read it,
// is not built into that one's result.
import { symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Gates } from '../rig/gate.ts';
import { builtFrom, Rig } from '../rig/rig.ts';
import { expectNothingToDo } from '../rig/untouched.ts';

/** `use` says where it is, and waits before it reads what `make` made. */
const chain = (more = '') => `{ stages: {
  make: { requires: ['in.txt'], produces: ['made/*.txt'], run: 'cat in.txt > made/a.txt; cat in.txt > made/b.txt'${more} },
  use: { requires: ['made/*.txt'], produces: ['used.txt'],
    run: 'echo "begins $PIPE_ATTEMPT"; cat begin-$PIPE_ATTEMPT > /dev/null; cat made/*.txt > used.txt' },
} }`;

/** Builds, and does `edit` while `use` waits. */
async function editedWhileUseWaits(rig: Rig, edit: () => void, words: readonly string[] = []) {
  const gates = new Gates(rig, 'begin-1', 'begin-2');
  const build = rig.start(['build', '--json', ...words]);
  await build.printed('begins 1');
  edit();
  await gates.open('begin-1');
  return { gates, build };
}

async function expectMendedByNextBuild(rig: Rig, gates: Gates): Promise<void> {
  const next = rig.start(['build', '--json']);
  await gates.open('begin-1');
  const built = builtFrom(await next.ended);
  expect(built.code).toBe(0);
  expect(rig.read('used.txt')).toBe('oneone');
  await expectNothingToDo(rig);
}

test('an output that is edited while a later stage reads it fails that stage, and the next build puts both right', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, chain());
  const { gates, build } = await editedWhileUseWaits(rig, () => rig.write('made/a.txt', 'by hand'));
  const built = builtFrom(await build.ended);
  expect(built.code).toBe(1);
  expect(built.end('use')?.failure).toEqual({
    kind: 'input-overwritten',
    paths: ['made/a.txt'],
    stages: ['make'],
  });
  expect(rig.exists('used.txt')).toBe(false);
  expect(rig.read('made/a.txt')).toBe('by hand');
  await expectMendedByNextBuild(rig, gates);
  const kept = rig.files('.pipeline-cache/displaced');
  expect(kept.map((file) => rig.read(`.pipeline-cache/displaced/${file}`))).toEqual(['by hand']);
});

test('so does one that is deleted, and a stray file among them', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, chain());
  const { gates, build } = await editedWhileUseWaits(rig, () => {
    rig.remove('made/a.txt');
    rig.write('made/stray.txt', 'stray');
  });
  expect(builtFrom(await build.ended).end('use')?.failure).toEqual({
    kind: 'input-overwritten',
    paths: ['made/a.txt', 'made/stray.txt'],
    stages: ['make'],
  });
  await expectMendedByNextBuild(rig, gates);
});

test('an edit before the later stage begins fails it before it runs', async () => {
  const config = `{ stages: {
    make: { requires: ['in.txt'], produces: ['made.txt'], run: 'cat in.txt > made.txt' },
    use: { requires: ['made.txt'], produces: ['used.txt'], after: ['meanwhile'], run: 'cat made.txt > used.txt' },
    meanwhile: { after: ['make'], run: 'echo by another stage > made.txt' },
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, config);
  const built = await rig.build();
  expect(built.end('use')?.failure).toEqual({
    kind: 'input-overwritten',
    paths: ['made.txt'],
    stages: ['make'],
  });
  const inWords = await rig.pipe(['build']);
  expect(inWords.code).toBe(1);
  expect(inWords.stdout + inWords.stderr).toContain('what make made was changed since, while this build ran');
});

test('a stage that is not in the build has nothing compared: its files are taken as they lie', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, chain());
  const { gates, build } = await editedWhileUseWaits(rig, () => {});
  expect(builtFrom(await build.ended).code).toBe(0);
  rig.write('made/a.txt', 'by hand ');
  const only = rig.start(['build', '--json', '--only', 'use']);
  await gates.open('begin-1');
  expect(builtFrom(await only.ended).code).toBe(0);
  expect(rig.read('used.txt')).toBe('by hand one');
});

test('by time an edited output is a fresh one, and what follows is made of it', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'one' }, chain(`, freshness: 'mtime'`));
  const { gates, build } = await editedWhileUseWaits(rig, () => rig.write('made/a.txt', 'by hand '));
  await gates.open('begin-2');
  expect(builtFrom(await build.ended).code).toBe(0);
  expect(rig.read('used.txt')).toBe('by hand one');
  await expectNothingToDo(rig);
});

/** `meanwhile` does what is told after `make`, and before what comes after it. */
const meanwhile = `meanwhile: { after: ['make'], run: 'if test -f deed.sh; then . ./deed.sh; fi' }`;

test('what would be fresh over an edit that has put back what was there before fails as well', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'one' },
    `{ stages: {
      make: { requires: ['in.txt'], produces: ['made.txt'], run: 'cat in.txt > made.txt' },
      ${meanwhile},
      use: { requires: ['made.txt'], produces: ['used.txt'], after: ['meanwhile'], run: 'cat made.txt > used.txt' },
    } }`,
  );
  expect((await rig.build()).code).toBe(0);
  await rig.write('in.txt', 'two');
  await rig.write('deed.sh', 'printf one > made.txt');
  const built = await rig.build();
  expect(built.end('use')?.failure).toEqual({
    kind: 'input-overwritten',
    paths: ['made.txt'],
    stages: ['make'],
  });
  expect(built.code).toBe(1);
  rig.remove('deed.sh');
  expect((await rig.build()).code).toBe(0);
  expect(rig.read('used.txt')).toBe('two');
});

test('a file that is an item and is deleted after it was made is an item all the same, and what was made of it stays', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'one' },
    `{ stages: {
      make: { requires: ['in.txt'], produces: ['made/*.txt'], run: 'for n in a b; do cat in.txt > made/$n.txt; done' },
      ${meanwhile},
      use: { forEach: 'made/{x}.txt', produces: ['used/{x}.txt'], after: ['meanwhile'], run: 'cat {item} > used/{x}.txt' },
    } }`,
  );
  expect((await rig.build()).code).toBe(0);
  await rig.write('deed.sh', 'rm made/a.txt');
  const built = await rig.build();
  expect(built.end('use:made/a.txt')?.failure).toEqual({
    kind: 'input-overwritten',
    paths: ['made/a.txt'],
    stages: ['make'],
  });
  expect(built.code).toBe(1);
  expect(rig.files('used')).toEqual(['a.txt', 'b.txt']);
  rig.remove('deed.sh');
  expect((await rig.build()).code).toBe(0);
  expect(rig.read('made/a.txt')).toBe('one');
});

test('where another item of its stage failed before it, it is not passed over as if it had never been made', async () => {
  await using rig = await Rig.compiled(
    { 'in/a.txt': 'one', 'in/b.txt': 'two' },
    `{ stages: {
      make: { forEach: 'in/{x}.txt', produces: ['made/{x}.txt'], optional: true, run: 'grep -q one {item}; cat {item} > made/{x}.txt' },
      ${meanwhile.replace(' }', `, when: 'always' }`)},
      use: { forEach: 'made/{x}.txt', produces: ['used/{x}.txt'], when: 'always', after: ['meanwhile'], run: 'cat {item} > used/{x}.txt' },
    } }`,
  );
  expect(await rig.build()).toMatchObject({
    code: 0,
    executed: ['make:in/a.txt', 'meanwhile', 'use:made/a.txt'],
  });
  rig.write('in/a.txt', 'one more');
  rig.write('deed.sh', 'rm made/a.txt');
  const built = await rig.build(['-k']);
  expect(built.end('use:made/a.txt')?.failure).toEqual({
    kind: 'input-overwritten',
    paths: ['made/a.txt'],
    stages: ['make'],
  });
  expect(built.code).toBe(1);
  rig.remove('deed.sh');
  expect((await rig.build(['-k'])).code).toBe(0);
  expect(rig.read('used/a.txt')).toBe('one more');
});

test('records are not taken from a document that was edited after it was made', async () => {
  await using rig = await Rig.compiled(
    { 'in.json': '[{ "id": "one" }]' },
    `import { definePipeline, items } from 'pipe-build';
    export default definePipeline({ stages: {
      make: { requires: ['in.json'], produces: ['list.json'], run: 'cp in.json list.json' },
      ${meanwhile},
      use: { forEach: items('list.json', (all) => all, { key: 'id' }), produces: ['used/{key}.txt'], after: ['meanwhile'], run: 'echo {key} > used/{key}.txt' },
    } });`,
  );
  expect((await rig.build()).code).toBe(0);
  expect(rig.files('used')).toEqual(['one.txt']);
  await rig.write('deed.sh', `echo '[{"id":"two"}]' > list.json`);
  const built = await rig.build();
  expect(built.end('use')?.failure).toEqual({
    kind: 'input-overwritten',
    paths: ['list.json'],
    stages: ['make'],
  });
  expect(built.code).toBe(1);
  expect(rig.files('used')).toEqual(['one.txt']);
  rig.remove('deed.sh');
  expect((await rig.build()).code).toBe(0);
  expect(rig.files('used')).toEqual(['one.txt']);
});

/** As in a Python environment, where `lib64` leads to `lib`; and a link to a folder of sources. */
const linking = (read: string) => `{ stages: {
  make: { requires: ['in.txt'], produces: ['made/'],
    run: 'mkdir made/lib; cat in.txt > made/lib/a.txt; ln -s lib made/lib64; ln -s lib64 made/lib65; ln -s ../src made/src' },
  use: { requires: ['${read}'], produces: ['used.txt'],
    run: 'echo "begins $PIPE_ATTEMPT"; cat begin-$PIPE_ATTEMPT > /dev/null; cat made/lib65/*.txt made/src/*.txt > used.txt' },
} }`;

test('what lies behind links in an owned folder is no stray file, and an edit of it costs what it concerns', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'one', 'src/s.txt': 'two', 'begin-1': '' },
    linking('made/'),
  );
  expect((await rig.build()).code).toBe(0);
  expect(rig.read('used.txt')).toBe('onetwo');
  await expectNothingToDo(rig);
  rig.write('src/s.txt', 'three');
  const after = await rig.build();
  expect(after.executed).toEqual(['use']);
  expect(rig.read('used.txt')).toBe('onethree');
  await expectNothingToDo(rig);
});

const behindLinks: readonly [string, (rig: Rig) => void, string][] = [
  ['an edit', (rig) => rig.write('made/lib/a.txt', 'by hand'), 'a.txt'],
  ['a stray file', (rig) => rig.write('made/lib/b.txt', 'by hand'), 'b.txt'],
  [
    'another link',
    (rig) => {
      rig.remove('made/lib64');
      symlinkSync('../src', rig.path('made/lib64'));
    },
    's.txt',
  ],
];

test.each(behindLinks)('%s behind such a link is not built in', async (_, edit, file) => {
  await using rig = await Rig.compiled({ 'in.txt': 'one', 'src/s.txt': 'two' }, linking('made/lib65/*.txt'));
  const { gates, build } = await editedWhileUseWaits(rig, () => edit(rig));
  const built = builtFrom(await build.ended);
  expect(built.code).toBe(1);
  expect(built.end('use')?.failure).toEqual({
    kind: 'input-overwritten',
    paths: [`made/lib65/${file}`],
    stages: ['make'],
  });
  const next = rig.start(['build', '--json']);
  await gates.open('begin-1');
  expect(builtFrom(await next.ended).code).toBe(0);
  expect(rig.read('used.txt')).toBe('onetwo');
  await expectNothingToDo(rig);
});
