// The look at one task's files, and the verdict that follows.
import { expect, test } from 'vitest';
import { Assessor } from '../../src/engine/assess.ts';
import { type Assessment, isFailure } from '../../src/engine/assessment.ts';
import { NamedTasks } from '../../src/model/named-tasks.ts';
import { recordIn } from '../../src/model/record.ts';
import { build, Machine, type Plan, planOf, sessionOf } from '../rig/fake-world.ts';

function assess(machine: Machine, plan: Plan, name: string, forced: readonly string[] = []): Assessment {
  const assessed = new Assessor(machine.start(), new NamedTasks(forced)).assess(plan.task(name));
  if (isFailure(assessed)) throw new Error(JSON.stringify(assessed.failure));
  return assessed;
}

function reasons(machine: Machine, plan: Plan, name = 'a', forced: readonly string[] = []) {
  const { verdict } = assess(machine, plan, name, forced);
  return verdict.kind === 'fresh' ? [] : verdict.reasons;
}

const stages = { a: { requires: 'in/*', produces: ['out/a.txt', 'own/'] } };
const plan = planOf(stages);

async function builtMachine(): Promise<Machine> {
  const machine = Machine.with({ 'in/1': '1', 'in/2': '2' });
  await build(machine, plan, {
    before: (world) =>
      void world.executor.scripts.set('a', ({ disk }) => {
        disk.write('out/a.txt', 'made');
        disk.write('own/x', 'x');
        disk.folder('own/empty');
        return undefined;
      }),
  });
  expect(reasons(machine, plan)).toEqual([]);
  return machine;
}

test('what was never built says so, and reads nothing', () => {
  const machine = Machine.with({ 'in/1': '1' });
  expect(reasons(machine, plan)).toEqual([{ code: 'never-built' }]);
  expect(machine.disk.reads).toEqual([]);
});

test('of what is fresh nothing is held beside its record, and asked for, it is read', async () => {
  const assessed = assess(await builtMachine(), plan, 'a');
  const record = recordIn(assessed.memory)!;
  expect(assessed.parts).toBe(record.parts);
  expect(assessed.inputs).toBe(record.inputs);
  expect(assessed.outputs).toBe(record.outputs);
  expect(assessed.read.isMade).toBe(false);
  const reading = assessed.read();
  if ('failure' in reading) throw new Error(JSON.stringify(reading.failure));
  expect(reading.seen.manifest).toEqual(record.inputs);
  expect(reading.fingerprint()).toBe(record.fingerprint);
});

test.each<readonly [string, (machine: Machine) => void, readonly object[]]>([
  ['an input was edited', (m) => m.edit('in/1', 'x'), [{ code: 'input-changed', path: 'in/1' }]],
  ['an input was added', (m) => m.edit('in/0', ''), [{ code: 'input-added', path: 'in/0' }]],
  ['an input was removed', (m) => m.disk.remove('in/2'), [{ code: 'input-removed', path: 'in/2' }]],
  ['an input was touched only', (m) => m.edit('in/1', '1'), []],
  [
    'an input became executable',
    (m) => m.disk.write('in/1', '1', true),
    [{ code: 'input-changed', path: 'in/1' }],
  ],
  ['an output was edited', (m) => m.edit('out/a.txt', 'x'), [{ code: 'output-changed', path: 'out/a.txt' }]],
  ['an output is gone', (m) => m.disk.remove('out/a.txt'), [{ code: 'output-missing', path: 'out/a.txt' }]],
  ['a stray file came', (m) => m.edit('own/y', ''), [{ code: 'output-extra', path: 'own/y' }]],
  [
    'an empty folder went',
    (m) => m.disk.remove('own/empty'),
    [{ code: 'output-missing', path: 'own/empty' }],
  ],
])('%s', async (_, change, expected) => {
  const machine = await builtMachine();
  machine.disk.tick();
  change(machine);
  expect(reasons(machine, plan)).toEqual(expected);
});

test('an edit of equal size in the tick in which the output was recorded is found by its content', async () => {
  const simple = planOf({ a: { produces: 'a.txt' } });
  const machine = Machine.with({});
  const world = machine.start();
  // The build ends within one tick, and so does the edit: all stamps are equal.
  world.files.settle = () => Promise.resolve();
  await sessionOf(world, simple).build('test');
  const before = machine.disk.stampOf('a.txt');
  machine.disk.write('a.txt', 'b()');
  expect(machine.disk.stampOf('a.txt')).toEqual(before);
  expect(reasons(machine, simple)).toEqual([{ code: 'output-changed', path: 'a.txt' }]);
});

test('a changed definition is named', async () => {
  const machine = await builtMachine();
  const other = planOf({ a: { ...stages.a, run: 'make it otherwise', env: { LANG: 'C' } } });
  expect(reasons(machine, other)).toEqual([
    { code: 'definition-changed', name: 'command', was: 'make it', now: 'make it otherwise' },
    { code: 'definition-changed', name: 'env LANG', was: null, now: '"C"' },
  ]);
});

test('force and stages without files add a reason of their own', async () => {
  const machine = await builtMachine();
  expect(reasons(machine, plan, 'a', ['a'])).toEqual([{ code: 'forced' }]);
  const always = planOf({ a: {} });
  const fresh = Machine.with({});
  await build(fresh, always);
  expect(reasons(fresh, always)).toEqual([{ code: 'always' }]);
});

test('unmatched required patterns are a failure unless they are optional or planned', () => {
  const machine = Machine.with({});
  const needs = planOf({ a: { requires: ['x.txt', 'y/*'], produces: 'a.txt' } });
  const assessor = new Assessor(machine.start());
  expect(assessor.assess(needs.task('a'))).toMatchObject({
    failure: { kind: 'input-missing', patterns: ['x.txt', 'y/*'] },
  });
  assessor.forget();
  expect(isFailure(assessor.assess(needs.task('a'), () => true))).toBe(false);
});

test('an input that cannot be read is a failure, never an absent file', async () => {
  const machine = await builtMachine();
  machine.edit('in/1', 'x');
  machine.disk.unreadable.add('in/1');
  expect(new Assessor(machine.start()).assess(plan.task('a'))).toMatchObject({
    failure: { kind: 'input-unreadable', path: 'in/1', message: 'permission denied' },
  });
});

test('a look is remembered until something ran', async () => {
  const machine = await builtMachine();
  const assessor = new Assessor(machine.start());
  const task = plan.task('a');
  const first = assessor.assess(task);
  machine.edit('in/1', 'x');
  expect(assessor.assess(task)).toBe(first);
  // Who asks with a task of its own, which it knows by identity, is answered for that one.
  const other = plan.task('a');
  const again = assessor.assess(other);
  expect(again).toEqual(first);
  expect(again.task).toBe(other);
  assessor.forget();
  expect(assessor.assess(plan.task('a'))).toMatchObject({ verdict: { kind: 'stale' } });
});

test('under mtime the times decide, no record is needed and nothing is read', async () => {
  const timed = planOf({ a: { ...stages.a, produces: 'out/a.txt', freshness: 'mtime' } });
  const machine = Machine.with({ 'in/1': '1' });
  expect(reasons(machine, timed)).toEqual([{ code: 'output-missing', path: 'out/a.txt' }]);
  machine.edit('out/a.txt', 'from a checkout');
  expect(reasons(machine, timed)).toEqual([]);
  machine.edit('in/1', '1');
  expect(reasons(machine, timed)).toEqual([{ code: 'input-newer', path: 'in/1', than: 'out/a.txt' }]);
  expect(machine.disk.reads).toEqual([]);
});

test('a passed variable counts as unset, empty or by its value', async () => {
  const passes = planOf({ a: { produces: 'a.txt', env: { MODE: true } } });
  const machine = Machine.with({});
  await build(machine, passes);
  expect(reasons(machine, passes)).toEqual([]);
  machine.caller.set('MODE', '');
  expect(reasons(machine, passes)).toMatchObject([{ code: 'definition-changed', name: 'env MODE' }]);
  await build(machine, passes);
  expect(reasons(machine, passes)).toEqual([]);
  machine.caller.set('MODE', 'fast');
  expect(reasons(machine, passes)).toMatchObject([{ code: 'definition-changed', name: 'env MODE' }]);
});

test('a secret reruns nothing when it changes, and its value is not kept in what is recorded', async () => {
  const machine = Machine.with({});
  machine.caller.set('KEY', 'hunter2-hunter2');
  // The configuration copied the value into the command.
  const secretive = planOf({ a: { produces: 'a.txt', secrets: ['KEY'], run: 'curl hunter2-hunter2' } });
  await build(machine, secretive);
  expect(JSON.stringify([...machine.shelf.content.memories.values()])).not.toContain('hunter2');
  expect(reasons(machine, secretive)).toEqual([]);
  const plain = planOf({ a: { produces: 'b.txt', secrets: ['KEY'] } });
  const other = Machine.with({});
  other.caller.set('KEY', 'one');
  await build(other, plain);
  other.caller.set('KEY', 'two');
  expect(reasons(other, plain)).toEqual([]);
});
