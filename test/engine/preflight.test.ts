// What can be known to be wrong before anything runs.
import { expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { Assessor } from '../../src/engine/assess.ts';
import { isFailure } from '../../src/engine/assessment.ts';
import { preflight, servedBy } from '../../src/engine/preflight.ts';
import { items } from '../../src/model/item-spec.ts';
import { optional, script } from '../../src/model/value-spec.ts';
import { build, Machine, type Plan, planOf } from '../rig/fake-world.ts';

function problems(machine: Machine, plan: Plan, request: Parameters<Plan['select']>[0] = {}) {
  return preflight(machine.start(), plan.graph, plan.select(request)).map((one) => `${one.code} ${one.at}`);
}

const chain = planOf({
  a: { requires: 'in.txt', produces: 'mid/*.txt' },
  b: { requires: 'mid/x.txt', produces: 'b.txt' },
});

test('files that a selected stage will make need not be there yet', () => {
  expect(problems(Machine.with({ 'in.txt': '' }), chain)).toEqual([]);
});

test('files that nobody has and nobody makes are missing, all of them', () => {
  const plan = planOf({
    a: { requires: ['in.txt', 'other/*'], produces: 'a.txt' },
    b: { requires: 'third.txt' },
  });
  expect(problems(Machine.with({}), plan)).toEqual([
    'PIPE050 stages.a.requires',
    'PIPE050 stages.a.requires',
    'PIPE050 stages.b.requires',
  ]);
});

test('what the items are taken from is told at forEach, and once', async () => {
  const records = items('sow.json', (list: unknown) => list, { key: 'k' });
  const plan = planOf({
    files: { forEach: 'in/{n}', requires: 'style.md' },
    maybe: { forEach: optional('in/{n}') },
    records: { forEach: records },
  });
  const told = async (files: Readonly<Record<string, string>>) => {
    const { end } = await build(Machine.with(files), plan);
    return end.kind === 'refused' ? end.problems.map(({ code, at, hint }) => [code, at, hint]) : end.kind;
  };
  const checkPath = "check the path, or write optional('in/{n}') if it may be missing";
  const checkDocument = "check the path, or write items(optional('sow.json'), …) if it may be missing";
  expect(await told({ 'style.md': '' })).toEqual([
    ['PIPE050', 'stages.files.forEach', checkPath],
    ['PIPE050', 'stages.records.forEach', checkDocument],
  ]);
  const there = { 'style.md': '', 'in/a': '' };
  expect(await told({ ...there, 'sow.json': '[]' })).toEqual([
    ['PIPE052', 'stages.records.forEach', "write items(optional('sow.json'), …) if it may have none"],
  ]);
  expect(await told({ ...there, 'sow.json': '[{"k":1}]' })).toBe('finished');
});

test('files that match a pattern of items without being any are as good as none', async () => {
  const plan = planOf({ s: { forEach: 'in/{n}/{n}.txt' } });
  expect((await build(Machine.with({ 'in/a/b.txt': '' }), plan)).end).toMatchObject({
    ...{ kind: 'refused', problems: [{ code: 'PIPE052', at: 'stages.s.forEach' }] },
  });
  expect((await build(Machine.with({ 'in/a/a.txt': '' }), plan)).end.kind).toBe('finished');
});

test('where some items are known and the others do not matter, nothing is listed to find these', () => {
  const plan = planOf({
    s: { forEach: 'in/{n}.txt', requires: ['style.md', 'more/{n}.md'], produces: ['out/{n}.txt'] },
  });
  const machine = Machine.with({ 'in/a.txt': '' });
  const told = () => {
    const world = machine.start();
    const asked: string[] = [];
    const { expand } = world.files;
    world.files.expand = (set, role) => {
      asked.push(...set.entries.map(({ glob }) => glob.text));
      return expand.call(world.files, set, role);
    };
    const selection = { ...plan.select(), knownItems: new Map([['s', ['in/a.txt' as FilePath]]]) };
    const found = preflight(world, plan.graph, selection).map(({ code, at }) => `${code} ${at}`);
    return { found, asked: new Set(asked) };
  };
  // What only this item lacks it fails over by itself.
  expect(told()).toEqual({
    found: ['PIPE050 stages.s.requires'],
    asked: new Set(['style.md', 'in/a.txt', 'more/a.md']),
  });
  machine.edit('style.md', '');
  expect(told().found).toEqual([]);
});

/** By what a look has found that it requires. */
function checkAsFound(machine: Machine, plan: Plan, name: string) {
  const world = machine.start();
  const found = new Assessor(world).assess(plan.task(name));
  if (isFailure(found)) throw new Error(JSON.stringify(found.failure));
  let isListed = false;
  const { expand } = world.files;
  world.files.expand = (set, role) => {
    isListed = true;
    return expand.call(world.files, set, role);
  };
  const about = [{ stage: plan.task(name).stage, inputs: found.inputs }];
  const told = preflight(world, plan.graph, plan.select(), undefined, about);
  return {
    told: told.map(({ code, message }) => `${code} ${message}`),
    isListed,
  };
}

test('what a look has just found is not listed again', () => {
  const plan = planOf({ a: { requires: 'in/*', run: 'node x.mjs' }, other: { produces: ['made.md'] } });
  const machine = Machine.with({ 'in/1': '', 'made.md': '' });
  machine.disk.link('in/2', '../made.md');
  // To the script no pattern has led.
  machine.disk.link('x.mjs', 'made.md');
  const { told, isListed } = checkAsFound(machine, plan, 'a');
  expect(told).toEqual([expect.stringMatching(/^PIPE051 .* in\/2, which leads to made.md/)]);
  expect(isListed).toBe(false);
});

test('but where files are about to go, since it is without them', async () => {
  const machine = Machine.with({});
  await build(machine, planOf({ gen: { produces: ['mid/old.txt'] } }), {
    before: ({ executor }) =>
      void executor.scripts.set('gen', ({ disk }) => {
        disk.write('mid/old.txt', '');
        return undefined;
      }),
  });
  const plan = planOf({ gen: { produces: ['new.txt'] }, a: { requires: 'mid/*' } });
  expect(checkAsFound(machine, plan, 'a').told).toEqual([expect.stringContaining('mid/old.txt goes')]);
});

test('an input of a known item that leads to what a stage makes is told as it is of all', () => {
  const plan = planOf({
    s: { forEach: 'in/{n}.txt', requires: ['more/{n}.md'], produces: ['out/{n}.txt'] },
    other: { produces: ['made.md'] },
  });
  const machine = Machine.with({ 'in/a.txt': '', 'made.md': '' });
  machine.disk.link('more/a.md', '../made.md');
  const knownItems = new Map([['s', ['in/a.txt' as FilePath]]]);
  for (const selection of [plan.select(), { ...plan.select(), knownItems }])
    expect(preflight(machine.start(), plan.graph, selection)).toMatchObject([{ code: 'PIPE051' }]);
});

test('optional patterns may match nothing', () => {
  expect(problems(Machine.with({}), planOf({ a: { requires: optional('in/*') } }))).toEqual([]);
});

test('a file that only a stage outside the selection makes must be there', () => {
  const machine = Machine.with({ 'in.txt': '' });
  expect(problems(machine, chain, { only: ['b'] })).toEqual(['PIPE033 stages.b.requires']);
  machine.edit('mid/x.txt', '');
  expect(problems(machine, chain, { only: ['b'] })).toEqual([]);
});

test('a script that is not there is told at the command, unless a stage makes it', () => {
  const plan = planOf({ a: { run: 'node x.mjs' }, b: { run: 'node gen/y.mjs' }, gen: { produces: 'gen/*' } });
  expect(problems(Machine.with({}), plan)).toEqual(['PIPE050 stages.a.run']);
  expect(problems(Machine.with({}), plan, { only: ['b'] })).toEqual(['PIPE033 stages.b.run']);
});

test('missing tools and code that does not compile are told together with the rest', () => {
  const machine = Machine.with({});
  machine.missingTools.add('python3');
  const plan = planOf({
    a: { requires: 'in.txt', tools: { python3: '>=3' } },
    b: { run: script('./b.ts') },
  });
  const world = machine.start();
  const broken = {
    ...world,
    code: { identify: () => ({ problems: [{ code: 'PIPE005', message: 'no' }] }), editedBehind: () => [] },
  };
  const found = preflight(broken as never, plan.graph, plan.select());
  expect(found.map((one) => `${one.code} ${one.at}`)).toEqual([
    'PIPE037 stages.a',
    'PIPE050 stages.a.requires',
    'PIPE005 stages.b.run',
  ]);
});

test('what is asked for twice is missed once', () => {
  expect(problems(Machine.with({}), planOf({ a: { requires: ['x', 'x'] } }))).toEqual([
    'PIPE050 stages.a.requires',
  ]);
});

test('a pattern is served by a selected stage whose outputs may match it', () => {
  const [entry] = chain.stage('b').requires.entries;
  expect(servedBy(chain.graph, chain.select(), chain.stage('b'))(entry!)).toBe(true);
  expect(servedBy(chain.graph, chain.select({ only: ['b'] }), chain.stage('b'))(entry!)).toBe(false);
  const [input] = chain.stage('a').requires.entries;
  expect(servedBy(chain.graph, chain.select(), chain.stage('a'))(input!)).toBe(false);
});
