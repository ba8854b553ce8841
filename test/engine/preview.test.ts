// What a build would do agrees with what it then does, on random graphs after random steps.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { preview } from '../../src/engine/preview.ts';
import type { SelectionRequest } from '../../src/model/selection.ts';
import { exitOne, resultOf } from '../rig/fake-executor.ts';
import { build, Machine, type Plan, planOf } from '../rig/fake-world.ts';

const sources = ['x.txt', 'y.txt'];

/** Stage `i` requires some of the sources and of the outputs before it. */
const shapes = fc.array(fc.uniqueArray(fc.nat(9), { maxLength: 3 }), { minLength: 1, maxLength: 8 });

type Shape = readonly (readonly number[])[];

function requiredBy(shape: Shape, i: number): readonly string[] {
  const before = [...sources, ...shape.slice(0, i).map((_, k) => `s${k}.txt`)];
  return [...new Set(shape[i]!.map((n) => before[n % before.length]!))].sort();
}

function planOfShape(shape: Shape): Plan {
  const stages = shape.map((_, i) => [`s${i}`, { requires: requiredBy(shape, i), produces: `s${i}.txt` }]);
  return planOf(Object.fromEntries(stages));
}

/** What a clean build makes: each output a function of the texts of its inputs. */
function evaluate(shape: Shape, texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const all: Record<string, string> = Object.fromEntries(sources.map((path) => [path, texts[path]!]));
  shape.forEach((_, i) => {
    all[`s${i}.txt`] = resultOf(
      `s${i}`,
      requiredBy(shape, i).map((path) => all[path]!),
    );
  });
  return all;
}

type Step =
  | { readonly kind: 'edit'; readonly path: string; readonly text: string }
  | { readonly kind: 'spoil' | 'delete' | 'break' | 'force'; readonly stage: number }
  | { readonly kind: 'lose-cache' | 'lose-records' };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      path: fc.constantFrom(...sources),
      text: fc.constantFrom('0', '1', '2'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('spoil' as const, 'delete', 'break', 'force'),
      stage: fc.nat(7),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('lose-cache' as const, 'lose-records') }) },
);

/** Answers the stage that is to fail in the build that follows, and what is asked for. */
function perform(machine: Machine, shape: Shape, step: Step) {
  const stage = 'stage' in step ? `s${step.stage % shape.length}` : '';
  const request: Partial<SelectionRequest> = step.kind === 'force' ? { only: [stage], force: true } : {};
  switch (step.kind) {
    case 'edit':
      machine.edit(step.path, step.text);
      break;
    case 'spoil':
      machine.edit(`${stage}.txt`, 'by hand');
      break;
    case 'delete':
      machine.disk.remove(`${stage}.txt`);
      break;
    case 'lose-cache':
      machine.actions.entries.clear();
      break;
    case 'lose-records':
      machine.shelf.content.memories.clear();
      machine.shelf.version++;
      break;
  }
  return { breaks: step.kind === 'break' ? stage : null, request };
}

const endOf = {
  ...{ run: 'executed', restore: 'restored', fresh: 'fresh' },
  ...{ skip: 'skipped', wait: 'waiting', fail: 'failed' },
};

test('every plan comes true, every build is sound, and the next one finds nothing to do', async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.array(steps, { maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
      async (shape, taken, jobs) => {
        const plan = planOfShape(shape);
        const machine = Machine.with({ 'x.txt': '0', 'y.txt': '0' });
        await build(machine, plan, { jobs });
        for (const step of taken) {
          const { breaks, request } = perform(machine, shape, step);
          const planned = preview(machine.start(), plan.graph, plan.select(request));
          const { world, end } = await build(machine, plan, {
            jobs,
            request,
            keepGoing: true,
            before: ({ executor }) => {
              if (breaks !== null) executor.scripts.set(breaks, () => exitOne);
            },
          });
          const outcomes = world.outcomes();
          for (const { stage, action, reasons } of planned) {
            const waitsForOthers = reasons.some((reason) => reason.code === 'upstream-planned');
            if (stage === breaks || (waitsForOthers && action !== 'skip')) continue;
            const became = endOf[action];
            expect([stage, outcomes[stage]]).toEqual([stage, became]);
          }
          if (end.kind === 'finished' && end.event.exitCode !== 0) {
            expect(breaks).not.toBe(null);
            await build(machine, plan, { jobs });
          }
          if (request.only !== undefined) await build(machine, plan, { jobs });
          expect(machine.disk.contents()).toEqual(evaluate(shape, machine.disk.contents()));
          const again = await build(machine, plan, { jobs });
          expect(again.executed).toEqual([]);
          expect(new Set(Object.values(again.world.outcomes()))).toEqual(new Set(['fresh']));
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('a plan touches nothing', async () => {
  const plan = planOf({
    a: { requires: 'x.txt', produces: 'a.txt' },
    b: { requires: 'a.txt', produces: 'b.txt' },
  });
  const machine = Machine.with({ 'x.txt': '1' });
  await build(machine, plan);
  machine.edit('x.txt', '2');
  machine.edit('b.txt', 'by hand');
  const { version } = machine.shelf;
  const before = machine.disk.contents();
  const plans = preview(machine.start(), plan.graph, plan.select());
  expect(plans.map(({ stage, action, reasons }) => [stage, action, reasons])).toEqual([
    ['a', 'run', [{ code: 'input-changed', path: 'x.txt' }]],
    [
      'b',
      'run',
      [
        { code: 'output-changed', path: 'b.txt' },
        { code: 'upstream-planned', stage: 'a' },
      ],
    ],
  ]);
  expect(machine.disk.contents()).toEqual(before);
  expect(machine.shelf.version).toBe(version);
  expect(machine.lock.holder).toBe(null);
});

test('how an attempt would fail is foretold: protected edits, missing secrets, folders in the way', async () => {
  const plan = planOf({
    guarded: { requires: 'x.txt', produces: 'g.txt', protect: true },
    secret: { produces: 's.txt', secrets: ['KEY'] },
    blocked: { produces: 'd/b.txt' },
  });
  const machine = Machine.with({ 'x.txt': '1', 'g.txt': 'by hand' });
  machine.disk.folder('d/b.txt');
  const plans = preview(machine.start(), plan.graph, plan.select());
  expect(plans.map(({ action, failure }) => [action, failure?.kind])).toEqual([
    ['wait', 'protected'],
    ['fail', 'secret-missing'],
    ['fail', 'output-blocked'],
  ]);
  const { world } = await build(machine, plan, { keepGoing: true });
  expect(world.ofKind('task-finished').map((one) => one.failure?.kind)).toEqual([
    'protected',
    'secret-missing',
    'output-blocked',
  ]);
});

/** Of each stage after `before` was built: what is planned, and what comes of it. */
async function planAndEnd(machine: Machine, before: Plan, after: Plan) {
  await build(machine, before);
  const gone: unknown[] = [];
  const onGone = (told: unknown) => void gone.push(told);
  const plans = preview(machine.start(), after.graph, after.select(), { onGone });
  const { world } = await build(machine, after, { keepGoing: true });
  return {
    plans: Object.fromEntries(plans.map(({ stage, action }) => [stage, action])),
    ends: Object.fromEntries(world.ofKind('task-finished').map(({ stage, outcome }) => [stage, outcome])),
    gone,
  };
}

test('what an item made and makes no more goes with its attempt: who finds nothing else is foretold to fail', async () => {
  const item = { forEach: 'in/{x}/{y}.t' };
  const stages = (produces: string) => ({
    s: { ...item, produces },
    last: { ...item, requires: 'mid/{x}/*.m', produces: 'out/{x}/{y}.o' },
  });
  const machine = Machine.with({ 'in/p/1.t': 'a' });
  const [before, after] = [planOf(stages('mid/{x}/{y}.m')), planOf(stages('mid/{y}/{x}.m'))];
  expect(await planAndEnd(machine, before, after)).toMatchObject({
    plans: { s: 'run', last: 'fail' },
    ends: { s: 'executed', last: 'failed' },
  });
});

test('so does what a stage made for items before it had none, and it is told', async () => {
  const last = { requires: 'out/?.t', produces: 'last.md' };
  const machine = Machine.with({ 'in/a.t': 'a' });
  const before = planOf({ s: { forEach: 'in/{n}.t', produces: 'out/{n}.t' }, last });
  const after = planOf({ s: { requires: 'in/*.t', produces: 'out/all.t' }, last });
  expect(await planAndEnd(machine, before, after)).toEqual({
    plans: { s: 'run', last: 'fail' },
    ends: { s: 'executed', last: 'failed' },
    gone: [expect.objectContaining({ items: ['in/a.t'], removed: ['out/a.t'], dryRun: true })],
  });
});

test('items that are yet to be made stand among those that are there', () => {
  const plan = planOf({
    gen: { requires: 'in.txt', produces: 'mid/b.txt' },
    each: { forEach: 'mid/{n}.txt', produces: 'out/{n}.txt' },
  });
  const machine = Machine.with({ 'in.txt': '', 'mid/a.txt': '', 'mid/c.txt': '' });
  const planned = preview(machine.start(), plan.graph, plan.select()).map(({ task }) => task);
  expect(planned).toEqual(['gen', 'each:mid/a.txt', 'each:mid/b.txt', 'each:mid/c.txt']);
});

test('what waits for a task that would fail is told so', () => {
  const plan = planOf({
    each: { forEach: 'in/{n}.txt', produces: 'mid/{n}.txt' },
    all: { requires: 'mid/*.txt', produces: 'all.md' },
  });
  const machine = Machine.with({ 'in/a.txt': '', 'in/b.txt': '', 'mid/a.txt/in-the-way': '' });
  const reasons = preview(machine.start(), plan.graph, plan.select()).at(-1)?.reasons.slice(1);
  expect(reasons).toEqual([
    { code: 'upstream-planned', stage: 'each:in/a.txt', end: 'fails' },
    { code: 'upstream-planned', stage: 'each:in/b.txt' },
  ]);
});
