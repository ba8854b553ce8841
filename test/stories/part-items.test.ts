// After an edit of some items a plain build looks only at these, and at what follows from them.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { builtFrom, Rig } from '../rig/rig.ts';
import { plain, settle } from './parts.ts';

/** Items that are gathered, and a stage that nothing ties to them. */
const config = `{ jobs: 1, stages: {
  up: { forEach: 'src/{name}.txt', produces: ['out/{name}.txt'], run: 'grep -v wrong {item} > {produces}' },
  all: { requires: ['out/*.txt'], produces: ['all.txt'], run: 'cat out/*.txt > all.txt' },
  other: { requires: ['other.txt'], produces: ['o.txt'], run: 'cp other.txt o.txt' },
} }`;
const files = { 'src/a.txt': 'a', 'src/b.txt': 'b', 'src/c.txt': 'c', 'other.txt': '' };

async function settled(): Promise<Rig> {
  const rig = await Rig.compiled(files, config);
  await settle(rig);
  return rig;
}

async function isAllFresh(rig: Rig, tasks: number): Promise<void> {
  const whole = builtFrom(await rig.pipe(['build', '--json']));
  expect(whole.finished).toMatchObject({ fresh: tasks, executed: 0, restored: 0 });
}

test('an edited item, then a new one: each is done alone, and the next build sees at a glance that nothing is left', async () => {
  await using rig = await settled();
  rig.write('src/b.txt', 'B');
  const edited = await plain(rig);
  expect([edited.known, edited.executed]).toEqual([3, ['all', 'up:src/b.txt']]);
  expect(edited.text).toContain('2 ran, 3 fresh');
  expect((await plain(rig)).events.length).toBe(2);

  rig.write('src/aa.txt', 'aa');
  const added = await plain(rig);
  expect([added.known, added.executed]).toEqual([4, ['all', 'up:src/aa.txt']]);
  expect(added.finished).toMatchObject({ fresh: 4, executed: 2 });
  expect(rig.read('all.txt')).toBe('a\naa\nB\nc\n');
  expect((await plain(rig)).events.length).toBe(2);

  // What came is known from then on.
  rig.write('src/aa.txt', 'AA');
  const again = await plain(rig);
  expect([again.known, again.executed]).toEqual([4, ['all', 'up:src/aa.txt']]);
  await isAllFresh(rig, 6);
});

test('an item that fails is tried again alone, and so is one that came and failed', async () => {
  await using rig = await settled();
  rig.write('src/b.txt', 'wrong');
  rig.write('src/d.txt', 'wrong');
  const failed = await plain(rig);
  expect([failed.code, failed.known]).toEqual([1, 3]);
  expect(failed.failed.length).toBeGreaterThan(0);
  rig.write('src/b.txt', 'B');
  rig.write('src/d.txt', 'D');
  const mended = await plain(rig);
  expect([mended.code, mended.known, mended.executed]).toEqual([
    0,
    3,
    ['all', 'up:src/b.txt', 'up:src/d.txt'],
  ]);
  expect(rig.read('all.txt')).toBe('a\nB\nc\nD\n');
  await isAllFresh(rig, 6);
});

test('an item is gone and another has come: what it had made goes, and nothing else is looked at', async () => {
  await using rig = await settled();
  rig.remove('src/a.txt');
  rig.write('src/d.txt', 'd');
  const built = await plain(rig);
  expect([built.known, built.executed]).toEqual([3, ['all', 'up:src/d.txt']]);
  expect(built.text).toContain('1 item is gone: src/a.txt');
  expect(rig.exists('out/a.txt')).toBe(false);
  expect(rig.read('all.txt')).toBe('b\nc\nd\n');
  expect((await plain(rig)).events.length).toBe(2);

  // What is gone is known to be, and comes back as any other.
  rig.write('src/a.txt', 'a');
  const back = await plain(rig);
  expect([back.known, back.restored, back.executed]).toEqual([4, ['up:src/a.txt'], ['all']]);
  await isAllFresh(rig, 6);
});

test('where the last item has gone, all is looked at', async () => {
  await using rig = await settled();
  for (const name of ['a', 'b', 'c']) rig.remove(`src/${name}.txt`);
  const refused = await plain(rig);
  expect([refused.code, refused.text]).toEqual([2, expect.stringContaining('PIPE050')]);
  expect(rig.exists('out/a.txt')).toBe(true);
});

test('where a link has come as an item, or a folder in the place of one, all is looked at', async () => {
  await using rig = await settled();
  fs.symlinkSync('b.txt', rig.path('src/d.txt'));
  const linked = await plain(rig);
  expect([linked.known, linked.executed]).toEqual([null, ['all', 'up:src/d.txt']]);
  await settle(rig);
  rig.remove('src/a.txt');
  rig.write('src/a.txt/x', 'x');
  const replaced = await plain(rig);
  expect([replaced.code, replaced.known, replaced.executed]).toEqual([0, null, ['all']]);
  expect(rig.read('all.txt')).toBe('b\nc\nb\n');
});

test('an output of an item that was edited or deleted comes back', async () => {
  await using rig = await settled();
  rig.remove('out/a.txt');
  const built = await plain(rig);
  expect([built.known, built.restored]).toEqual([3, ['up:src/a.txt']]);
  await isAllFresh(rig, 5);
});

test('items that follow from items, and those that others make, are looked at together', async () => {
  await using rig = await Rig.compiled(
    { 'names.txt': 'a b', 'other.txt': '' },
    `{ jobs: 1, stages: {
      split: { requires: ['names.txt'], produces: ['src/*.txt'], run: 'mkdir -p src; for n in $(cat names.txt); do echo $n > src/$n.txt; done' },
      up: { forEach: 'src/{name}.txt', produces: ['out/{name}.txt'], run: 'cp {item} {produces}' },
      more: { forEach: 'out/{name}.txt', produces: ['more/{name}.txt'], run: 'cp {item} {produces}' },
      other: { requires: ['other.txt'], produces: ['o.txt'], run: 'cp other.txt o.txt' },
    } }`,
  );
  await settle(rig);
  rig.write('names.txt', 'a b c');
  const built = await plain(rig);
  expect([built.known, built.executed]).toEqual([null, ['more:out/c.txt', 'split', 'up:src/c.txt']]);
  await settle(rig);
  rig.remove('more/b.txt');
  const restored = await plain(rig);
  expect(restored.restored).toEqual(['more:out/b.txt']);
  await isAllFresh(rig, 8);
});

/** From item to item, and gathered at the end. */
const chain = `{ jobs: 1, stages: {
  up: { forEach: 'src/{name}.txt', produces: ['out/{name}.txt'], run: 'grep -v wrong {item} > {produces}' },
  more: { forEach: 'out/{name}.txt', produces: ['more/{name}.txt'], run: 'cp {item} {produces}' },
  all: { requires: ['more/*.txt'], produces: ['all.txt'], run: 'cat more/*.txt > all.txt' },
  other: { requires: ['other.txt'], produces: ['o.txt'], run: 'cp other.txt o.txt' },
} }`;

test('what follows from one item is done with it and alone: as it is edited, comes, is renamed and goes', async () => {
  await using rig = await Rig.compiled(files, chain);
  await settle(rig);
  const steps = [
    ['edited', () => rig.write('src/b.txt', 'B'), 5, ['all', 'more:out/b.txt', 'up:src/b.txt']],
    ['come', () => rig.write('src/d.txt', 'd'), 7, ['all', 'more:out/d.txt', 'up:src/d.txt']],
    [
      'renamed',
      () => fs.renameSync(rig.path('src/d.txt'), rig.path('src/e.txt')),
      7,
      ['all', 'more:out/e.txt', 'up:src/e.txt'],
    ],
    ['gone', () => rig.remove('src/c.txt'), 7, ['all']],
  ] as const;
  for (const [what, act, known, executed] of steps) {
    act();
    const built = await plain(rig);
    expect([what, built.known, built.executed]).toEqual([what, known, executed]);
    expect([what, (await plain(rig)).events.length]).toEqual([what, 2]);
  }
  expect(rig.read('all.txt')).toBe('a\nB\nd\n');
  expect(fs.readdirSync(rig.path('more'))).toEqual(['a.txt', 'b.txt', 'e.txt']);
  await isAllFresh(rig, 8);
});

test('what was made of an item is deleted: it comes back, and what made its item need not', async () => {
  await using rig = await Rig.compiled(files, chain);
  await settle(rig);
  rig.remove('more/b.txt');
  const built = await plain(rig);
  expect([built.known, built.restored]).toEqual([6, ['more:out/b.txt']]);
  rig.remove('out/a.txt');
  const before = await plain(rig);
  expect([before.known, before.restored, before.executed]).toEqual([5, ['up:src/a.txt'], []]);
  await isAllFresh(rig, 8);
});

test('an item goes while another fails: what was made of it goes when all has succeeded', async () => {
  await using rig = await Rig.compiled(files, chain);
  await settle(rig);
  rig.remove('src/b.txt');
  rig.write('src/a.txt', 'wrong');
  expect((await plain(rig)).code).toBe(1);
  rig.write('src/a.txt', 'A');
  expect((await plain(rig)).code).toBe(0);
  expect(rig.read('all.txt')).toBe('A\nc\n');
  expect(rig.exists('more/b.txt')).toBe(false);
  await isAllFresh(rig, 6);
});

test('an item has come of which a link is made, and that is an item of the next stage', async () => {
  await using rig = await Rig.compiled(
    { 'src/a.txt': 'a', 'src/b.txt': 'b' },
    `{ jobs: 1, stages: {
      up: { forEach: 'src/{name}.txt', produces: ['out/{name}.txt'], run: 'ln -s ../{item} {produces}' },
      more: { forEach: 'out/{name}.txt', produces: ['more/{name}.txt'], run: 'cat {item} > {produces}' },
    } }`,
  );
  await settle(rig);
  rig.write('src/c.txt', 'c');
  expect((await plain(rig)).executed).toEqual(['more:out/c.txt', 'up:src/c.txt']);
  await isAllFresh(rig, 6);
});

test('what an item that is left out made is edited while another one runs: no result is made of that', async () => {
  await using rig = await Rig.compiled(
    { 'in/a.txt': 'a\n', 'in/b.txt': 'b\n', 'in/c.txt': 'c\n' },
    `{ jobs: 1, stages: {
      up: { forEach: 'in/{n}.txt', produces: ['out/{n}.txt'],
        run: 'cp {item} {produces}; if grep -q edit {item}; then echo mine > out/b.txt; fi' },
      all: { requires: ['out/*.txt'], produces: ['all.txt'], run: 'cat out/*.txt > all.txt' },
    } }`,
  );
  await settle(rig);
  rig.write('in/c.txt', 'edit\n');
  const built = await plain(rig);
  expect([built.known, built.code, built.failed]).toEqual([2, 1, ['all']]);
  expect(built.text).toContain('what up made was changed since');
});

test('an item whose name holds what JSON escapes is known to be fresh, and built once', async () => {
  await using rig = await Rig.compiled({ ...files, 'src/"q".txt': 'q' }, config);
  await settle(rig);
  // It is looked at again, and nothing of it has changed.
  rig.write('src/"q".txt', 'q');
  const touched = await plain(rig);
  expect([touched.known, touched.executed, touched.restored]).toEqual([4, [], []]);
  rig.write('src/"q".txt', 'Q');
  const edited = await plain(rig);
  expect([edited.known, edited.executed]).toEqual([4, ['all', 'up:src/"q".txt']]);
});
