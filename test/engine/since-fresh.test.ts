// Looks at a task with many inputs, where it is known of which few files something was heard.
import { expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { Assessor } from '../../src/engine/assess.ts';
import { type Assessment, type AssessmentOrFailure, isFailure } from '../../src/engine/assessment.ts';
import type { HeardOf } from '../../src/engine/since-fresh.ts';
import { noTasks } from '../../src/model/named-tasks.ts';
import { build, type FakeWorld, Machine, type Plan, planOf } from '../rig/fake-world.ts';

const plan = planOf({ a: { requires: ['in/*', 'more.txt'], produces: ['out/*'] } });

async function scene(of: Plan = plan, owned = false): Promise<Machine> {
  const many = Array.from({ length: 150 }, (_, i) => [`in/${i}`, `${i}`] as const);
  const machine = Machine.with({ ...Object.fromEntries(many), 'more.txt': 'more' });
  await build(machine, of, {
    before: (world) =>
      void world.executor.scripts.set('a', ({ disk }) => {
        disk.write('out/a', 'made');
        if (owned) disk.folder('out/empty');
        return undefined;
      }),
  });
  return machine;
}

function fresh(world: FakeWorld, of = plan): Assessment {
  const found = new Assessor(world).assess(of.task('a'));
  if (isFailure(found)) throw new Error(JSON.stringify(found.failure));
  expect([found.verdict.kind, found.stamps?.length]).toEqual(['fresh', 151]);
  return found;
}

/** `isAgain`: whether only what was heard of was looked at. */
function lookAgain(
  world: FakeWorld,
  assessed: Assessment,
  heard: readonly HeardOf[],
  of = plan,
): { readonly found: AssessmentOrFailure; readonly isAgain: boolean } {
  world.files.forget();
  const assessor = new Assessor(
    world,
    noTasks,
    noTasks,
    [],
    new Map([[assessed.task.id, { assessed, heard }]]),
  );
  const found = assessor.assess(of.task('a'));
  return { found, isAgain: assessor.lookedAgainAt(assessed.task.id) };
}

const told = (found: AssessmentOrFailure) => {
  if (isFailure(found)) return found.failure;
  const { verdict, parts, outputs } = found;
  const reading = found.read();
  if ('failure' in reading) return reading.failure;
  const { manifest, stamps, missing, unreadable } = reading.seen;
  const listed = found.inputs.map(({ path, kind }) => [path, kind]);
  const made = outputs.map(({ path, kind }) => [path, kind]);
  return {
    verdict,
    parts,
    listed,
    made,
    manifest,
    stamps,
    missing,
    unreadable,
    print: reading.fingerprint(),
  };
};

const path = (text: string, isNamed = false): HeardOf => ({ path: text as FilePath, isNamed });

/** What happens, what is heard of it, and whether it is enough to look at that. */
const cases: readonly (readonly [string, (machine: Machine) => void, readonly HeardOf[], boolean])[] = [
  ['an edit', (m) => m.edit('in/7', 'x'), [path('in/7')], true],
  ['an edit of what is spelled out', (m) => m.edit('more.txt', 'x'), [path('more.txt', true)], true],
  [
    'edits of several',
    (m) => ['in/7', 'in/0'].forEach((one) => void m.edit(one, 'x')),
    [path('in/7'), path('in/0')],
    true,
  ],
  ['a touch', (m) => m.edit('in/7', '7'), [path('in/7')], true],
  ['a file that came and went', (m) => m.edit('in/7', 'x'), [path('in/7'), path('in/7~')], true],
  ['one that became executable', (m) => m.disk.write('in/7', '7', true), [path('in/7')], true],
  ['a new one', (m) => m.edit('in/new', 'x'), [path('in/new')], false],
  ['one that is gone', (m) => m.disk.remove('in/7'), [path('in/7')], false],
  [
    'one that is unreadable',
    (m) => {
      m.edit('in/7', 'x');
      m.disk.unreadable.add('in/7');
    },
    [path('in/7')],
    false,
  ],
  [
    'one that is a link now',
    (m) => {
      m.disk.remove('in/7');
      m.disk.link('in/7', '8');
    },
    [path('in/7')],
    false,
  ],
  ['an output edited', (m) => m.edit('out/a', 'x'), [path('out/a')], false],
  ['an output deleted', (m) => m.disk.remove('out/a'), [path('out/a')], false],
  ['a stray output', (m) => m.edit('out/b', 'x'), [path('out/b')], false],
  ['what was looked at otherwise', () => {}, [path('elsewhere', true)], false],
];

test.each(cases)('of %s the same is found as by looking at all', async (_, happens, heard, isEnough) => {
  const machine = await scene();
  const world = machine.start();
  const before = fresh(world);
  happens(machine);
  const { found, isAgain } = lookAgain(world, before, heard);
  expect(isAgain).toBe(isEnough);
  world.files.forget();
  expect(told(found)).toEqual(told(new Assessor(world).assess(plan.task('a'))));
});

test('the next look is taken from the last one', async () => {
  const machine = await scene();
  const world = machine.start();
  const before = fresh(world);
  // As it was, but by another stamp.
  machine.edit('in/7', '7');
  const { found: touched } = lookAgain(world, before, [path('in/7')]);
  if (isFailure(touched)) throw new Error(JSON.stringify(touched.failure));
  expect(touched.verdict).toEqual({ kind: 'fresh' });
  machine.edit('in/8', 'x');
  const { found } = lookAgain(world, touched, [path('in/8')]);
  world.files.forget();
  expect(told(found)).toEqual(told(new Assessor(world).assess(plan.task('a'))));
});

test('what is not heard of is not looked at', async () => {
  const machine = await scene();
  const world = machine.start();
  const before = fresh(world);
  const { reads } = machine.disk;
  reads.length = 0;
  machine.edit('in/7', 'x');
  machine.edit('in/8', 'x');
  const { found } = lookAgain(world, before, [path('in/7')]);
  expect(reads).toEqual(['in/7']);
  expect(found).toMatchObject({ verdict: { reasons: [{ code: 'input-changed', path: 'in/7' }] } });
});

test('nothing that ran or was recorded since, and no other definition, is overlooked', async () => {
  const machine = await scene();
  const world = machine.start();
  const before = fresh(world);
  const other = planOf({ a: { requires: ['in/*', 'more.txt'], produces: ['out/*'], run: 'another' } });
  expect(told(lookAgain(world, before, [path('in/7')], other).found)).toMatchObject({
    verdict: { reasons: [{ code: 'definition-changed', name: 'command' }] },
  });
  world.records.begin(before.task.id, world.folders.runId);
  const { found, isAgain } = lookAgain(world, before, [path('in/7')]);
  expect([isAgain, found]).toMatchObject([false, { verdict: { reasons: [{ code: 'unfinished' }] } }]);
});

test('what lies in the folder of an owned folder may make it an empty one', async () => {
  const owned = planOf({ a: { requires: ['in/*', 'more.txt'], produces: ['out/'] } });
  const machine = await scene(owned, true);
  const world = machine.start();
  const { isAgain } = lookAgain(world, fresh(world, owned), [path('out/empty/.git')], owned);
  expect(isAgain).toBe(false);
});
