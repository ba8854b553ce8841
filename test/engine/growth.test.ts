// Twice as large a pipeline takes twice the work, whatever its shape: counted in how often stages, patterns and their
// texts are looked at, and how often the world is asked.
import { describe, expect, test } from 'vitest';
import { acceptOutputs } from '../../src/engine/accept.ts';
import { planCleaning } from '../../src/engine/clean.ts';
import { formerOutputs } from '../../src/engine/former.ts';
import { hasOtherOwner } from '../../src/engine/ownership.ts';
import { preview } from '../../src/engine/preview.ts';
import { Session } from '../../src/engine/session.ts';
import type { World } from '../../src/engine/world.ts';
import { buildGraph } from '../../src/model/graph/graph.ts';
import { recordIn } from '../../src/model/record.ts';
import { select, selectEverything } from '../../src/model/selection.ts';
import { taskOf } from '../../src/model/task.ts';
import { accepted } from '../model/validation/sample-config.ts';
import { type Counter, counted } from '../rig/counted.ts';
import { Machine, quiet } from '../rig/fake-world.ts';
import { watched } from '../rig/faulty-world.ts';

type Stages = Readonly<Record<string, object>>;

const each = (n: number, make: (i: number) => object): Stages =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`s${i}`, make(i)]));
const all = (n: number, path: (i: number) => string) => Array.from({ length: n }, (_, i) => path(i));
const single = (i: number) => ({ requires: 'in.txt', produces: `out/${i}` });

/** Pipelines of some n stages. */
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
};

class Scene {
  readonly machine = Machine.with({ 'in.txt': '1' });
  readonly counter: Counter = { reads: 0 };
  private readonly pipeline;
  private readonly graph;
  private readonly selection;

  constructor(stages: Stages) {
    const named = Object.entries(stages).map(([name, stage]) => [name, { run: 'make it', ...stage }]);
    this.pipeline = counted(accepted({ stages: Object.fromEntries(named) }), this.counter);
    const built = buildGraph(this.pipeline);
    if (!built.ok) throw new Error('no graph');
    this.graph = built.value;
    const selected = select(this.graph, this.pipeline, selectEverything, () => null);
    if (!selected.ok) throw new Error('no selection');
    this.selection = selected.value;
  }

  /** How much a new process had to look at. */
  async work(act: (world: World) => unknown): Promise<number> {
    const { world, calls } = watched(this.machine.start());
    const before = this.counter.reads;
    await act(world);
    this.machine.disk.tick();
    return this.counter.reads - before + calls.length;
  }

  readonly build = async (world: World) => {
    const { graph, selection } = this;
    const end = await new Session({ world, graph, selection, options: quiet }).build('growth');
    expect(end).toMatchObject({ event: { outcome: 'succeeded' } });
  };

  readonly preview = (world: World) => preview(world, this.graph, this.selection);

  readonly accept = (world: World) => {
    const former = formerOutputs(world, this.graph);
    const acceptance = { by: 'ann', atMs: 5, reason: 'as good' };
    for (const stage of this.graph.stages)
      expect(
        acceptOutputs(world, { graph: this.graph, task: taskOf(stage), acceptance, former }),
      ).toHaveProperty('record');
  };

  readonly clean = (world: World) => {
    for (const stage of this.graph.stages) {
      const record = recordIn(world.records.memory(taskOf(stage).id))!;
      planCleaning(world, record, (path) => hasOtherOwner(this.graph, stage, path));
    }
  };

  lose(): void {
    for (const path of [...this.machine.disk.nodes.keys()])
      if (/^(out|first|made|last)/.test(path)) this.machine.disk.remove(path);
  }
}

/** What each command has to look at, with n stages. */
async function works(shape: (n: number) => Stages, n: number): Promise<Readonly<Record<string, number>>> {
  const scene = new Scene(shape(n));
  const graph = scene.counter.reads;
  const planned = await scene.work(scene.preview);
  const first = await scene.work(scene.build);
  const second = await scene.work(scene.build);
  const looked = await scene.work(scene.preview);
  const cleaned = await scene.work(scene.clean);
  scene.lose();
  const restored = await scene.work(scene.build);
  const acceptance = await scene.work(scene.accept);
  return { graph, planned, first, second, looked, cleaned, restored, acceptance };
}

describe.each(Object.entries(shapes))('%s', (_, shape) => {
  test('twice as many stages are twice the work', async () => {
    const [small, large] = [await works(shape, 40), await works(shape, 80)];
    const growth = Object.entries(small).map(([what, count]) => [what, large[what]! / count] as const);
    // Four times would be quadratic; looking things up in a sorted list costs a little more than twice.
    expect(growth.filter(([, factor]) => factor > 2.3)).toEqual([]);
  });
});
