// Stages with items under random stories: items come, go, change and are renamed, outputs are edited, stages fail, and are
// killed in the middle of their work. After each build all must be as if built from nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { preview } from '../../src/engine/preview.ts';
import { exitOne, type Script } from '../rig/fake-executor.ts';
import { build, Machine, type Plan, planOf } from '../rig/fake-world.ts';

/** How many are told. */
const stories = Number(process.env.PIPE_ITEM_STORIES ?? 40);

const all = { requires: ['out/**/*.o'], produces: ['all'] };
const first = { forEach: 'in/{x}/{y}.t', produces: ['mid/{x}/{y}.m'] };
const last = { forEach: 'mid/{x}/{y}.m', requires: ['style/{x}.md'], produces: ['out/{x}/{y}.o'] };

/** Pipelines between which a person changes; what they make for the same files overlaps. */
const pipelines: Readonly<Record<string, Plan>> = {
  // From item to item.
  chain: planOf({ first, last, all }),
  // The same, several at a time.
  batches: planOf({ first: { ...first, batch: { size: 2 } }, last: { ...last, batch: { size: 3 } }, all }),
  // Waits for all items of the first, for nothing tells that the last ones do not meet.
  dashes: planOf({ first, last: { ...last, produces: ['out/{x}-{y}.o'] }, all }),
  // Each of the last needs many of the first.
  many: planOf({ first, last: { ...last, forEach: 'in/{x}/{y}.t', requires: ['mid/{x}/*.m'] }, all }),
  // Names change places.
  swapped: planOf({ first: { ...first, produces: ['mid/{y}/{x}.m'] }, last: { ...last, requires: [] }, all }),
  // One stage makes all items.
  split: planOf({
    first: { requires: ['in/**/*.t', '!in/none'], produces: ['mid/'] },
    last: { ...last, requires: ['style/p.md'] },
    all,
  }),
  // Two items may make the same file.
  meeting: planOf({ first, last: { ...last, requires: [], produces: ['out/{y}.o'] }, all }),
};

const folders = ['p', 'q'] as const;
const names = ['1', '2', 'p'] as const;
const item = fc
  .record({ x: fc.constantFrom(...folders), y: fc.constantFrom(...names) })
  .map(({ x, y }) => `in/${x}/${y}.t`);
const content = fc.constantFrom('a', 'b', 'c', 'bad');

type Step =
  | { readonly kind: 'write'; readonly path: string; readonly content: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'spoil' | 'lose'; readonly nth: number }
  | { readonly kind: 'configure'; readonly to: string }
  | { readonly kind: 'kill'; readonly nth: number }
  | { readonly kind: 'only'; readonly path: string }
  | { readonly kind: 'build'; readonly jobs: number; readonly keepGoing: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), path: item, content }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), path: item }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), path: item, to: item }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('spoil' as const, 'lose' as const), nth: fc.nat(9) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('configure' as const),
      to: fc.constantFrom(...Object.keys(pipelines)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), nth: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('only' as const), path: item }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('build' as const),
      jobs: fc.integer({ min: 1, max: 3 }),
      keepGoing: fc.boolean(),
    }),
  },
);

/** One stage of the plan makes a file for each of its inputs; another fails over what is bad. */
const scripts: Readonly<Record<string, Script>> = {
  first: ({ execution: { context }, disk, work }) => {
    if (context.item !== null || context.items.length > 0) work();
    else
      for (const path of context.requires)
        disk.write(path.replace(/^in/, 'mid').replace(/t$/, 'm'), `first(${disk.read(path)})`);
    return undefined;
  },
  last: ({ execution: { context, batch }, disk, work }) => {
    if (batch !== null) {
      work();
      const isBad = ({ requires }: { readonly requires: readonly string[] }) =>
        requires.some((path) => disk.read(path).includes('bad'));
      // What is done stands, also where it then crashes over what is bad.
      for (const one of context.items) if (!isBad(one)) batch.onDone(one.key);
      return context.items.some(isBad) ? exitOne : undefined;
    }
    if (context.requires.some((path) => disk.read(path).includes('bad'))) return exitOne;
    work();
    return undefined;
  },
};

function filesOf(machine: Machine, belongs: (path: string) => boolean): Readonly<Record<string, string>> {
  const paths = [...machine.disk.nodes].filter(([, { kind }]) => kind === 'file').map(([path]) => path);
  const inside = paths.filter((path) => !path.startsWith('/') && belongs(path)).sort();
  return Object.fromEntries(inside.map((path) => [path, machine.disk.read(path)]));
}

const isOutput = (path: string) => /^(?:mid|out)\/|^all$/.test(path);

async function building(
  machine: Machine,
  plan: Plan,
  options: { jobs: number; keepGoing: boolean; only?: string[] },
) {
  const { only = [], ...rest } = options;
  const { world, end } = await build(machine, plan, {
    ...rest,
    request: { only },
    before: ({ executor }) => {
      for (const [stage, script] of Object.entries(scripts)) executor.scripts.set(stage, script);
    },
  });
  const outcomes = new Map(
    world.ofKind('task-finished').map(({ task, outcome }) => [task as string, outcome]),
  );
  const exitCode = end.kind === 'finished' ? end.event.exitCode : 2;
  return { world, end, exitCode, outcomes };
}

/** It dies at the nth execution, with half of an output written. */
async function killed(machine: Machine, plan: Plan, nth: number): Promise<void> {
  let left = nth;
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const deadly: Script = ({ execution, disk, work }) => {
    const script = scripts[execution.task!.stage.name];
    if (left-- > 0) return script === undefined ? (work() as undefined) : script({ execution, disk, work });
    for (const path of execution.context.produces) disk.write(path.replace(/\/\*\*$/, '/1/half.m'), 'half');
    die();
    return new Promise(() => {});
  };
  const whole = build(machine, plan, {
    before: ({ executor }) => {
      for (const stage of ['first', 'last', 'all']) executor.scripts.set(stage, deadly);
    },
  });
  await Promise.race([whole, died]);
  machine.lock.holder = null;
  machine.disk.tick();
}

test(
  'after each build all is as if built from nothing, and the next one executes nothing',
  async () => {
    let succeeded = 0;
    let gone = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(pipelines)),
        fc.array(step, { minLength: 2, maxLength: 14 }),
        async (start, steps) => {
          const machine = Machine.with({
            'in/p/1.t': 'a',
            'in/q/2.t': 'b',
            'style/p.md': 's',
            'style/q.md': 's',
            'style/1.md': 's',
            'style/2.md': 's',
          });
          let plan = pipelines[start]!;
          for (const one of [...steps, { kind: 'build', jobs: 2, keepGoing: true } as const]) {
            machine.disk.tick();
            const outputs = Object.keys(filesOf(machine, isOutput));
            switch (one.kind) {
              case 'write':
                machine.edit(one.path, one.content);
                break;
              case 'remove':
                machine.disk.remove(one.path);
                break;
              case 'rename':
                if (machine.disk.nodes.has(one.path) && one.path !== one.to)
                  machine.disk.move(one.path, one.to);
                break;
              case 'spoil':
                if (outputs.length > 0) machine.edit(outputs[one.nth % outputs.length]!, 'by hand');
                break;
              case 'lose':
                if (outputs.length > 0) machine.disk.remove(outputs[one.nth % outputs.length]!);
                break;
              case 'configure':
                plan = pipelines[one.to]!;
                break;
              case 'kill':
                await killed(machine, plan, one.nth);
                break;
              case 'only':
                if (machine.disk.nodes.has(one.path))
                  await building(machine, plan, {
                    jobs: 1,
                    keepGoing: true,
                    only: [`first:${one.path}`].filter(() => plan.stage('first').forEach !== null),
                  });
                break;
              case 'build': {
                const before = filesOf(machine, (path) => !isOutput(path));
                const foreseen = preview(machine.start(), plan.graph, plan.select());
                const { exitCode, outcomes, world } = await building(machine, plan, one);
                let fromNothing = Machine.with(before);
                let clean = await building(fromNothing, plan, one);
                // What a person made of a file that nothing makes now, and that was left there, is a source.
                const made = filesOf(fromNothing, isOutput);
                const theirs = filesOf(machine, (path) => isOutput(path) && !(path in made));
                const byHand = Object.entries(theirs).filter(([, content]) => content === 'by hand');
                if (byHand.length > 0) {
                  fromNothing = Machine.with({ ...before, ...Object.fromEntries(byHand) });
                  clean = await building(fromNothing, plan, one);
                }
                if (one.keepGoing) expect({ exitCode }).toEqual({ exitCode: clean.exitCode });
                gone += world.ofKind('items-gone').length;
                if (exitCode !== 0) break;
                succeeded++;
                expect(filesOf(machine, isOutput)).toEqual(filesOf(fromNothing, isOutput));
                for (const { task, action } of foreseen)
                  if (action === 'fresh' && outcomes.has(task))
                    expect([task, outcomes.get(task)]).toEqual([task, 'fresh']);
                const again = await building(machine, plan, one);
                expect([...again.outcomes.values()].filter((outcome) => outcome !== 'fresh')).toEqual([]);
                expect(again.world.ofKind('items-gone')).toEqual([]);
                break;
              }
            }
          }
        },
      ),
      { numRuns: stories },
    );
    // Else it shows nothing.
    expect(succeeded).toBeGreaterThan(stories / 2);
    expect(gone).toBeGreaterThan(stories / 10);
  },
  stories * 5_000,
);
