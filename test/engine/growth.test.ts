// Twice as large a pipeline takes twice the work, whatever its shape: counted in how often stages, patterns and their
// texts are looked at, how often the world is asked, and how many records are listed.
import { describe, expect, test } from 'vitest';
import { acceptOutputs } from '../../src/engine/accept.ts';
import { planCleaning } from '../../src/engine/clean.ts';
import { FormerByTask, formerOutputs } from '../../src/engine/former.ts';
import { ItemTasks } from '../../src/engine/item-tasks.ts';
import { leftoverWarnings } from '../../src/engine/leftovers.ts';
import { hasOtherOwner } from '../../src/engine/ownership.ts';
import { preview } from '../../src/engine/preview.ts';
import { Session } from '../../src/engine/session.ts';
import type { World } from '../../src/engine/world.ts';
import { buildGraph } from '../../src/model/graph/graph.ts';
import { select, selectEverything } from '../../src/model/selection.ts';
import type { Stage } from '../../src/model/stage.ts';
import { type Task, taskOf } from '../../src/model/task.ts';
import { accepted } from '../model/validation/sample-config.ts';
import { type Counter, counted } from '../rig/counted.ts';
import { Machine, quiet } from '../rig/fake-world.ts';
import { watched } from '../rig/faulty-world.ts';

type Stages = Readonly<Record<string, object>>;

const each = (n: number, make: (i: number) => object): Stages =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`s${i}`, make(i)]));
const all = (n: number, path: (i: number) => string) => Array.from({ length: n }, (_, i) => path(i));
const single = (i: number) => ({ requires: 'in.txt', produces: `out/${i}` });

const files = (n: number) =>
  Object.fromEntries(all(n, (i) => `src/${Math.floor(i / 2)}/${i}.txt`).map((path) => [path, 'source']));

/** Pipelines of some n stages, or items. */
const shapes: Readonly<Record<string, (n: number) => Stages>> = {
  'stages side by side': (n) => each(n, single),
  'a chain': (n) => each(n, (i) => ({ requires: i === 0 ? 'in.txt' : `out/${i - 1}`, produces: `out/${i}` })),
  'a fan-in by pattern': (n) => ({ ...each(n, single), last: { requires: 'out/*', produces: 'last' } }),
  'a fan-in by names': (n) => ({
    ...each(n, single),
    last: { requires: [...all(n, (i) => `out/${i}`), '!out/x'], produces: 'last' },
  }),
  'a fan-in of folders': (n) => ({
    ...each(n, (i) => ({ requires: 'in.txt', produces: [`out/${i}/*`, `made/${i}`] })),
    last: { requires: all(n, (i) => `made/${i}`), produces: 'last' },
  }),
  'a fan-out': (n) => ({
    first: { requires: 'in.txt', produces: 'first' },
    ...each(n, (i) => ({ requires: 'first', produces: `out/${i}` })),
  }),
  'a fan-out of one stage’s many files': (n) => ({
    first: { requires: 'in.txt', produces: all(n, (i) => `first/${i}`) },
    ...each(n, (i) => ({ requires: `first/${i}`, produces: `out/${i}` })),
  }),
  'a stage of many items, and one that gathers them': () => ({
    copy: { forEach: 'src/{group}/{name}.txt', produces: ['out/{group}-{name}'] },
    last: { requires: 'out/*', produces: 'last' },
  }),
  'many stages of items': (n) =>
    each(n / 2, (i) => ({ forEach: `src/${i}/{name}.txt`, produces: [`out/${i}/{name}`] })),
};

class Scene {
  readonly machine: Machine;
  readonly counter: Counter = { reads: 0 };
  readonly listed: Counter = { reads: 0 };
  private readonly pipeline;
  private readonly graph;
  private readonly selection;

  constructor(stages: Stages, machine: Machine) {
    this.machine = machine;
    const named = Object.entries(stages).map(([name, stage]) => [name, { run: 'make it', ...stage }]);
    this.pipeline = counted(accepted({ stages: Object.fromEntries(named) }), this.counter);
    const built = buildGraph(this.pipeline);
    if (!built.ok) throw new Error('no graph');
    this.graph = built.value;
    const selected = select(this.graph, this.pipeline, selectEverything, () => null);
    if (!selected.ok) throw new Error('no selection');
    this.selection = selected.value;
  }

  /** How much a new process had to look at, and how many records it was told of in lists. */
  async work(act: (world: World) => unknown): Promise<Work> {
    const { world, calls } = watched(this.machine.start());
    const [reads, listed] = [this.counter.reads, this.listed.reads];
    await act({ ...world, records: countedLists(world.records, this.listed) });
    this.machine.disk.tick();
    return { reads: this.counter.reads - reads + calls.length, listed: this.listed.reads - listed };
  }

  readonly build = async (world: World) => {
    const { graph, selection } = this;
    const end = await new Session({ world, graph, selection, options: quiet }).build('growth');
    expect(end).toMatchObject({ event: { outcome: 'succeeded' } });
  };

  readonly preview = (world: World) => preview(world, this.graph, this.selection);

  readonly warnings = (world: World) => leftoverWarnings(world, this.graph, this.selection, true);

  readonly accept = (world: World) => {
    const former = new FormerByTask(this.graph, formerOutputs(world, this.graph));
    const acceptance = { by: 'ann', atMs: 5, reason: 'as good' };
    for (const stage of this.graph.stages)
      for (const task of this.tasksOf(world, stage)) {
        const options = { graph: this.graph, task, acceptance, former: former.concerning(task) };
        expect(acceptOutputs(world, options)).toHaveProperty('record');
        former.accept(task);
      }
  };

  private tasksOf(world: World, stage: Stage): readonly Task[] {
    if (stage.forEach === null) return [taskOf(stage)];
    const found = new ItemTasks(world, this.graph).of(stage);
    if (found.kind === 'unclear') throw new Error('items are unclear');
    return found.tasks;
  }

  readonly clean = (world: World) => {
    for (const stage of this.graph.stages)
      for (const record of world.records.remembered(stage.name))
        planCleaning(world, record, (path) => hasOtherOwner(this.graph, stage, path));
  };

  lose(): void {
    for (const path of [...this.machine.disk.nodes.keys()])
      if (/^(out|first|made|last)/.test(path)) this.machine.disk.remove(path);
  }
}

interface Work {
  readonly reads: number;
  readonly listed: number;
}

function countedLists(records: World['records'], counter: Counter): World['records'] {
  const counting = new Set<unknown>(['all', 'remembered', 'withOtherParams', 'killed', 'unfinished']);
  return new Proxy(records, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]) => {
        const answer: unknown = Reflect.apply(value, target, args);
        if (counting.has(key) && Array.isArray(answer)) counter.reads += answer.length;
        return answer;
      };
    },
  });
}

/** What each command has to look at, with n stages. */
async function works(shape: (n: number) => Stages, n: number): Promise<Readonly<Record<string, number>>> {
  const scene = new Scene(shape(n), Machine.with({ 'in.txt': '1', ...files(n) }));
  const graph = { reads: scene.counter.reads, listed: 0 };
  const planned = await scene.work(scene.preview);
  const first = await scene.work(scene.build);
  const second = await scene.work(scene.build);
  const looked = await scene.work(scene.preview);
  const cleaned = await scene.work(scene.clean);
  scene.lose();
  const restored = await scene.work(scene.build);
  const acceptance = await scene.work(scene.accept);
  const all = { graph, planned, first, second, looked, cleaned, restored, acceptance };
  return Object.fromEntries(
    Object.entries(all).flatMap(([what, { reads, listed }]) => [
      [what, reads],
      [`${what}, records listed`, listed],
    ]),
  );
}

/** What each command has to look at where n stages make files of other names than before. */
async function worksAfterRenaming(n: number): Promise<Readonly<Record<string, number>>> {
  const last = { requires: ['out/*', 'kept/0'], produces: 'last' };
  const before = { ...each(n, (i) => ({ requires: 'in.txt', produces: [`out/${i}`, `old/${i}`] })), last };
  const after = { ...each(n, (i) => ({ requires: 'in.txt', produces: [`out/${i}-b`] })), last };
  const renamed = async () => {
    const machine = Machine.with({ 'in.txt': '1', 'kept/0': '1' });
    const built = new Scene(before, machine);
    await built.work(built.build);
    return new Scene(after, machine);
  };
  const scene = await renamed();
  const planned = await scene.work(scene.preview);
  const warned = await scene.work(scene.warnings);
  const built = await scene.work(scene.build);
  expect([...scene.machine.disk.nodes.keys()].filter((path) => path.startsWith('old/'))).toEqual([]);
  const other = await renamed();
  for (const path of all(n, (i) => `out/${i}-b`)) other.machine.disk.write(path, 'by hand');
  const acceptance = await other.work(other.accept);
  const works = { planned, warned, built, acceptance };
  return Object.fromEntries(Object.entries(works).map(([what, { reads }]) => [what, reads]));
}

function steepest(
  small: Readonly<Record<string, number>>,
  large: Readonly<Record<string, number>>,
): readonly (readonly [string, number])[] {
  // A list may tell of one more or less.
  const growth = Object.entries(small).map(([what, count]) => [what, large[what]! / (count + 1)] as const);
  // Four times would be quadratic; looking things up in a sorted list costs a little more than twice.
  return growth.filter(([, factor]) => factor > 2.3);
}

test('twice as many stages whose outputs all have other names are twice the work', async () => {
  expect(steepest(await worksAfterRenaming(40), await worksAfterRenaming(80))).toEqual([]);
});

describe.each(Object.entries(shapes))('%s', (_, shape) => {
  test('twice as many stages are twice the work', async () => {
    expect(steepest(await works(shape, 40), await works(shape, 80))).toEqual([]);
  });
});
