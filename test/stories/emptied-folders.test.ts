// Folders that nothing is left in go with what was in them, and never while something is at work there.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Gates } from '../rig/gate.ts';
import { Rig } from '../rig/rig.ts';
import { saw } from './signs.ts';

/** `late` is at its first item while `early` is held at the second: when that passes, what was made for others goes. */
const chain = `{ stages: {
  early: { forEach: 'in/{n}.txt', produces: 'mid/{n}.txt', run: '[ {n} != held ] || cat slow; cp {item} {produces}' },
  late: { forEach: 'mid/{n}.txt', produces: 'out/late/{n}.txt',
    run: 'case {n} in quick) echo > begun; cat go;; esac; cp {item} {produces}' },
} }`;

test('what items leave that are gone goes without the folder in which another one is at work', async () => {
  await using rig = await Rig.compiled({ 'in/a.txt': 'a', 'in/b.txt': 'b' }, chain);
  expect((await rig.build()).code).toBe(0);
  const gates = new Gates(rig, 'slow', 'begun', 'go');
  for (const [from, to] of [
    ['a', 'quick'],
    ['b', 'held'],
  ])
    fs.renameSync(rig.path(`in/${from}.txt`), rig.path(`in/${to}.txt`));
  const build = rig.start(['build', '-j4']);
  await fs.promises.readFile(rig.path('begun'));
  await gates.open('slow');
  // It begins when that has gone.
  await saw(build, /run +late:mid\/held/);
  expect(rig.files('out/late')).toEqual([]);
  await gates.open('go');
  expect(await build.ended).toMatchObject({ code: 0 });
  expect(rig.files('out')).toEqual(['late/held.txt', 'late/quick.txt']);
  expect((await rig.build()).executed).toEqual([]);
});

/** Two stages of which one has items that are gone by the time that the other is at work; `made`: in whose folder. */
const across = (produces: string, work: string) => `{ stages: {
  a: { requires: 'src.txt', produces: ${produces}, run: 'echo > begun; ${work}' },
  w: { requires: 'src.txt', run: 'cat slow' },
  r: { forEach: optional('in/{n}.txt'), after: 'w', produces: 'out/b/{n}.txt', run: 'echo x > {produces}' },
  then: { requires: 'src.txt', after: 'r', run: 'echo > cleared' },
} }`;

/** Builds until what was made for the item is gone, and then to the end. */
async function buildWhileItGoes(rig: Rig, args: readonly string[] = []) {
  const gates = new Gates(rig, ...gateNames);
  rig.write('src.txt', 'two');
  rig.remove('in/1.txt');
  const build = rig.start(['build', '-j4', ...args]);
  await fs.promises.readFile(rig.path('begun'));
  await gates.open('slow');
  await fs.promises.readFile(rig.path('cleared'));
  const between = folders(rig);
  await gates.open('go');
  const { code } = await build.ended;
  for (const gate of gateNames) rig.remove(gate);
  return { code, between, after: folders(rig) };
}

function folders(rig: Rig): readonly string[] {
  if (!rig.exists('out')) return [];
  const all = fs.readdirSync(rig.path('out'), { recursive: true, withFileTypes: true });
  const below = all.filter((entry) => entry.isDirectory());
  return [
    'out',
    ...below.map((entry) => `${entry.parentPath}/${entry.name}`.slice(rig.root.length + 1)),
  ].sort();
}

const gateNames = ['slow', 'begun', 'cleared', 'go'];
const first = { 'src.txt': 'one', 'in/1.txt': '', begun: '', slow: '', cleared: '', go: '' };

async function builtOnce(config: string): Promise<Rig> {
  const rig = await Rig.compiled(first, config);
  expect((await rig.build()).code).toBe(0);
  for (const gate of gateNames) rig.remove(gate);
  return rig;
}

test('no folder above an output of a task at work goes, and what is empty beside it does', async () => {
  await using rig = await builtOnce(across("'out/a.txt'", 'cat go; cp src.txt out/a.txt'));
  expect(await buildWhileItGoes(rig)).toEqual({ code: 0, between: ['out'], after: ['out'] });
});

test('where outputs may lie anywhere below, what was spared goes when the task has ended without it', async () => {
  await using rig = await builtOnce(across("'out/**/*.a'", 'cat go; echo > out/x.a'));
  expect(await buildWhileItGoes(rig)).toEqual({ code: 0, between: ['out', 'out/b'], after: ['out'] });
});

test('what was spared stays where the task has put something into it', async () => {
  await using rig = await builtOnce(across("'out/**/*.a'", 'mkdir -p out/b; cat go; echo > out/b/x.a'));
  expect(await buildWhileItGoes(rig)).toMatchObject({ code: 0, after: ['out', 'out/b'] });
});

test('what was spared goes when the task has failed', async () => {
  await using rig = await builtOnce(
    across("['out/a.txt', optional('out/b/*.a')]", 'cat go; cat src.txt > out/a.txt; grep -q one src.txt'),
  );
  expect(await buildWhileItGoes(rig, ['-k'])).toEqual({ code: 1, between: ['out', 'out/b'], after: [] });
});

test('a folder that was made for a task which put nothing into it stays, as in a build from nothing', async () => {
  await using rig = await builtOnce(
    across("['out/a.txt', optional('out/b/*.a')]", 'cat go; cp src.txt out/a.txt'),
  );
  expect(await buildWhileItGoes(rig)).toMatchObject({ code: 0, after: ['out', 'out/b'] });
});

test.each([
  ['in which a command failed', "'out/{n}/o.txt'", 'cp {item} out/{n}/o.txt; ! grep bad {item}', 1],
  ['which the stage owns', "'out/{n}/'", 'cp {item} out/{n}/o.txt; ! grep bad {item}', 1],
  [
    'into which nothing was put',
    "optional('out/{n}/o.txt')",
    'grep bad {item} || cp {item} out/{n}/o.txt',
    0,
  ],
])('a folder that was made for an item goes with it: one %s', async (_, produces, run, code) => {
  await using rig = await Rig.compiled(
    { 'in/a.txt': 'a', 'in/b.txt': 'bad' },
    `{ stages: {
      r: { forEach: 'in/{n}.txt', produces: ${produces}, run: '${run}' },
      list: { requires: 'out/**', produces: 'list.txt', run: 'ls out > list.txt' },
    } }`,
  );
  expect((await rig.build(['-k'])).code).toBe(code);
  expect(folders(rig)).toEqual(['out', 'out/a', 'out/b']);
  rig.remove('in/b.txt');
  expect((await rig.build()).code).toBe(0);
  expect(folders(rig)).toEqual(['out', 'out/a']);
  // Where the item failed, this is the first time that it ran: an empty folder is no input of it.
  if (code === 1) expect(rig.read('list.txt')).toBe('a\n');
  expect((await rig.build()).executed).toEqual([]);
});

test('a folder that is made for the items that there are stays when one goes that had failed', async () => {
  await using rig = await Rig.compiled(
    { 'in/a.txt': 'nothing', 'in/b.txt': 'bad' },
    `{ stages: { r: { forEach: 'in/{n}.txt', produces: optional('out/{n}.txt'), run: '! grep bad {item}' } } }`,
  );
  expect((await rig.build(['-k'])).code).toBe(1);
  rig.remove('in/b.txt');
  expect((await rig.build()).code).toBe(0);
  expect(folders(rig)).toEqual(['out']);
});
