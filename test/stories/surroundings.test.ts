// Invariant 11: what a machine, a clock or a file system happens to be like changes neither results nor fingerprints.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { expectNothingToDo } from '../rig/untouched.ts';

/** An ordinary run of the tests has less time. */
const inputs = process.env.PIPE_FAULTS === 'all' ? 100_000 : 10_000;

const config = `{ stages: {
  list: { requires: ['src/**'], produces: ['out/list.txt', 'parts/'], run: 'cat {requires} > out/list.txt; for f in {requires}; do cp "$f" parts/; done; date +%Z >> out/list.txt; ls src >> out/list.txt' },
  sum: { requires: ['parts/*'], produces: ['sum.txt'], run: 'cksum {requires} > sum.txt' },
} }`;

const names = ['a', 'B', 'c', 'ä', 'Z', 'i', 'I', 'b c', 'deep-1', '10', '9'];

/** The names of cache entries are fingerprints, those of blobs digests of outputs. */
function kept(rig: Rig): readonly string[] {
  return ['ac', 'cas'].flatMap((part) =>
    rig.files(`.pipeline-cache/${part}`).map((file) => `${part}/${file}`),
  );
}

/** Folders list themselves the other way round. */
const reversed = `const fs = require('node:fs'), { readdirSync, readdir } = fs;
fs.readdirSync = (...all) => readdirSync(...all).reverse();
fs.readdir = (...all) => { const then = all.pop(); readdir(...all, (error, found) => then(error, found?.reverse())); };`;

test('root, locale, time zone, jobs and the order of folders leave fingerprints and bytes alone', async () => {
  await using one = await Rig.with({}, config);
  await using other = await Rig.with({ 'reversed.cjs': reversed }, config);
  for (const name of names) one.write(`src/${name}`, `${name}\n`);
  for (const name of names) other.write(`src/${name}`, `${name}\n`);
  expect((await one.build(['-j', '1'], { env: { LANG: 'C', TZ: 'UTC' } })).executed).toEqual(['list', 'sum']);
  const elsewhere = {
    NODE_OPTIONS: `--require ${other.path('reversed.cjs')}`,
    LANG: 'tr_TR.UTF-8',
    LC_ALL: 'tr_TR.UTF-8',
    LANGUAGE: 'tr',
    TZ: 'Pacific/Auckland',
  };
  expect((await other.build(['-j', '8'], { env: elsewhere })).executed).toEqual(['list', 'sum']);
  expect(kept(one).length).toBeGreaterThan(4);
  expect(kept(other)).toEqual(kept(one));
  for (const file of ['out/list.txt', 'sum.txt']) expect(other.read(file)).toBe(one.read(file));
});

/** The engine's clock is so far off; what the file system writes is not. */
const shifted = `const byMs = Number(process.env.SHIFT_MS), now = Date.now;
Date.now = () => now() + byMs;
globalThis.Date = class extends Date { constructor(...all) { all.length === 0 ? super(Date.now()) : super(...all); } };`;

test.each([
  ['back by a year', -365 * 86_400_000],
  ['on by a year', 365 * 86_400_000],
])('a clock that is set %s reruns nothing, and hides no edit', async (_, byMs) => {
  await using rig = await Rig.with(
    { 'in.txt': 'one', 'shift.cjs': shifted },
    `{ stages: {
    copy: { requires: ['in.txt'], produces: ['out.txt'], run: 'cp in.txt out.txt' },
    twice: { requires: ['out.txt'], produces: ['twice.txt'], run: 'cat out.txt out.txt > twice.txt' },
  } }`,
  );
  expect((await rig.build()).executed).toEqual(['copy', 'twice']);
  await expectNothingToDo(rig);
  const env = { NODE_OPTIONS: `--require ${rig.path('shift.cjs')}`, SHIFT_MS: String(byMs) };
  const set = await rig.build([], { env });
  expect(Math.abs(Date.parse(set.events[0]!.at) - Date.now() - byMs)).toBeLessThan(3_600_000);
  expect(set).toMatchObject({ code: 0, fresh: ['copy', 'twice'], warnings: [] });
  rig.write('in.txt', 'two');
  expect(await rig.build([], { env })).toMatchObject({ code: 0, executed: ['copy', 'twice'], warnings: [] });
  expect(rig.read('twice.txt')).toBe('twotwo');
  // And by a clock that is right again: what the other one recorded holds.
  expect((await rig.build()).fresh).toEqual(['copy', 'twice']);
  rig.write('in.txt', 'one');
  expect(await rig.build()).toMatchObject({ code: 0, restored: ['copy', 'twice'], warnings: [] });
  expect(rig.read('twice.txt')).toBe('oneone');
  rig.write('out.txt', 'by hand');
  const displaced = await rig.build([], { env });
  expect(displaced).toMatchObject({ code: 0, restored: ['copy'] });
  expect(displaced.warnings).toEqual([expect.stringMatching(/out\.txt was not made by pipe/)]);
  const [run] = fs.readdirSync(rig.path('.pipeline-cache/displaced'));
  expect(rig.read(`.pipeline-cache/displaced/${run}/out.txt`)).toBe('by hand');
});

test(`${inputs} inputs are listed, hashed and compared, and one that is edited is found`, async () => {
  await using rig = await Rig.with(
    {},
    `{ stages: {
    count: { requires: ['in/*'], produces: ['count.txt'], run: 'ls in | wc -l | tr -d " " > count.txt' },
  } }`,
  );
  fs.mkdirSync(rig.path('in'));
  for (let i = 0; i < inputs; i++) fs.writeFileSync(rig.path(`in/${i}`), String(i));
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['count'] });
  expect(rig.read('count.txt')).toBe(`${inputs}\n`);
  expect((await rig.build()).fresh).toEqual(['count']);
  rig.write('in/7777', 'other');
  const edited = await rig.build();
  expect(edited).toMatchObject({ code: 0, executed: ['count'] });
  expect(edited.reasonsOf('count')).toEqual([{ code: 'input-changed', path: 'in/7777' }]);
}, 300_000);
