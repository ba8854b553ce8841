// A crash or a refusal at every single call through a port: the next plain build must put all right.
import { expect, test } from 'vitest';
import { Assessor } from '../../src/engine/assess.ts';
import { isFailure } from '../../src/engine/assessment.ts';
import { performCleaning, planCleaning } from '../../src/engine/clean.ts';
import { exitOne } from '../rig/fake-executor.ts';
import { build, type FakeWorld, Machine, planOf, sessionOf } from '../rig/fake-world.ts';
import { type Fault, watched } from '../rig/faulty-world.ts';

const plan = planOf({
  a: { requires: 'in.txt', produces: ['out/a.txt', 'out/second.txt'] },
  b: { requires: 'out/a.txt', produces: 'b/' },
});

/** `b` owns a folder, so it says itself what is in it. */
function scripted(world: FakeWorld): void {
  world.executor.scripts.set('b', ({ disk }) => {
    disk.write('b/b.txt', `b(${disk.read('out/a.txt')})`);
    disk.folder('b/empty');
    return undefined;
  });
}

const built = (machine: Machine) => build(machine, plan, { before: scripted });

interface Scene {
  readonly name: string;
  readonly prepare: () => Promise<Machine>;
  /** What a person made and must find again, wherever it was put. */
  readonly byHand: readonly string[];
  readonly script?: (world: FakeWorld) => void;
}

const scenes: readonly Scene[] = [
  {
    name: 'a first build over files made by hand',
    prepare: async () => Machine.with({ 'in.txt': '1', 'out/a.txt': 'by hand', 'b/note.txt': 'a note' }),
    byHand: ['by hand', 'a note'],
  },
  {
    name: 'a rebuild after an edit',
    prepare: async () => {
      const machine = Machine.with({ 'in.txt': '0' });
      await built(machine);
      machine.edit('in.txt', '1');
      return machine;
    },
    byHand: [],
  },
  {
    name: 'a restoring over an output that was edited by hand',
    prepare: async () => {
      const machine = Machine.with({ 'in.txt': '1' });
      await built(machine);
      machine.edit('in.txt', '0');
      await built(machine);
      machine.edit('in.txt', '1');
      machine.edit('out/a.txt', 'by hand');
      return machine;
    },
    byHand: ['by hand'],
  },
  {
    name: 'a restoring from a cache with a bad blob',
    prepare: async () => {
      const machine = Machine.with({ 'in.txt': '1' });
      await built(machine);
      machine.edit('in.txt', '0');
      await built(machine);
      machine.edit('in.txt', '1');
      for (const [path, node] of machine.disk.nodes)
        if (path.includes('/cas/') && node.kind === 'file' && node.content.startsWith('a(1'))
          node.content = 'a(x)';
      return machine;
    },
    byHand: [],
  },
  {
    name: 'an execution that fails',
    prepare: async () => Machine.with({ 'in.txt': '1' }),
    byHand: [],
    script: (world) => {
      world.executor.scripts.set('a', ({ disk }) => {
        disk.write('out/a.txt', 'half');
        return exitOne;
      });
    },
  },
];

const expected = {
  'in.txt': '1',
  'out/a.txt': 'a(1)',
  'out/second.txt': 'a(1)',
  'b/b.txt': 'b(a(1))',
};

let lastCalls: readonly string[] = [];

/** Answers whether the fault came into play. */
async function survives(scene: Scene, fault: Fault): Promise<boolean> {
  const machine = await scene.prepare();
  const fake = machine.start();
  const { world, calls, hit, point } = watched(fake, fault);
  lastCalls = calls;
  scripted(fake);
  fake.executor.scripts.set('a', ({ disk, work }) => {
    disk.write('out/second.txt', 'half');
    point('while it runs');
    work();
    return undefined;
  });
  scene.script?.(fake);
  const end = await sessionOf(world, plan)
    .build('test')
    .catch(() => null);
  if (end?.kind === 'finished' && end.event.exitCode === 0) expect(machine.disk.contents()).toEqual(expected);

  // The next process: the lock of a dead one is free.
  machine.lock.holder = null;
  machine.disk.tick();
  const assessor = new Assessor(machine.start());
  const { disk } = machine;
  const inputs = { a: disk.text('in.txt'), b: disk.text('out/a.txt') };
  const outputs = { a: ['out/a.txt', 'out/second.txt'], b: ['b/b.txt'] };
  for (const name of ['a', 'b'] as const) {
    const assessed = assessor.assess(plan.task(name));
    if (isFailure(assessed) || assessed.verdict.kind !== 'fresh') continue;
    // Fresh is what was made of the inputs that are there.
    for (const path of outputs[name]) expect(disk.text(path)).toBe(`${name}(${inputs[name]})`);
  }
  const again = await built(machine);
  expect(again.end).toMatchObject({ kind: 'finished', event: { exitCode: 0 } });
  expect(machine.disk.contents()).toEqual(expected);
  expect(machine.disk.isEmptyFolder('b/empty')).toBe(true);
  const everything = [...machine.disk.nodes.values()].flatMap((node) =>
    node.kind === 'file' ? [node.content] : [],
  );
  for (const content of scene.byHand) expect(everything).toContain(content);
  expect((await built(machine)).executed).toEqual([]);
  return hit();
}

test.each(scenes.flatMap((scene) => (['dies', 'refuses'] as const).map((how) => ({ ...scene, how }))))(
  '$name: whichever call $how, the next build puts all right',
  async (scene) => {
    let at = 1;
    while (
      await survives(scene, { at, how: scene.how }).catch((error: unknown) => {
        throw new Error(`at call ${at}: ${lastCalls.slice(at - 2, at + 1).join(', ')}`, { cause: error });
      })
    )
      at++;
    expect(at).toBeGreaterThan(20);
  },
);

test.each(['dies', 'refuses'] as const)(
  'an update in place over files made by hand: whichever call %s, they are found again, also after cleaning',
  async (how) => {
    const inPlace = planOf({ a: { requires: 'in.txt', produces: 'out/*', clean: false } });
    const scriptOf = (fake: FakeWorld, point: (name: string) => void = () => undefined) =>
      fake.executor.scripts.set('a', ({ disk }) => {
        disk.write('out/page', 'half');
        point('while it runs');
        disk.write('out/page', disk.read('in.txt'));
        return undefined;
      });
    let at = 1;
    for (let struck = true; struck; at++) {
      const machine = Machine.with({ 'in.txt': '1', 'out/notes': 'a note', 'out/page': 'an edit' });
      const fake = machine.start();
      const { world, hit, point } = watched(fake, { at, how });
      scriptOf(fake, point);
      await sessionOf(world, inPlace)
        .build('test')
        .catch(() => null);
      machine.lock.holder = null;
      machine.disk.tick();
      const again = await build(machine, inPlace, { before: (next) => void scriptOf(next) });
      expect(again.end).toMatchObject({ event: { exitCode: 0 } });
      expect(machine.disk.text('out/page')).toBe('1');
      const last = machine.start();
      for (const record of last.records.all())
        performCleaning(
          last,
          planCleaning(last, record, () => false),
          ['out'],
        );
      const texts = [...machine.disk.nodes.values()].map((node) => node.kind === 'file' && node.content);
      expect([at, ...texts]).toEqual(expect.arrayContaining(['a note', 'an edit']));
      struck = hit();
    }
    expect(at).toBeGreaterThan(20);
  },
);
