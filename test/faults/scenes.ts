// What is going on when the disk fails: a small pipeline, and scenes that each begin in a workspace of their own.
import fs from 'node:fs';
import { acceptOutputs } from '../../src/engine/accept.ts';
import { performCleaning, planCleaning } from '../../src/engine/clean.ts';
import { taskOf } from '../../src/model/task.ts';
import { collectCache } from '../../src/store/collect.ts';
import type { RealWorld, Saving, Told, Work } from '../rig/real-world.ts';
import { DiskUser } from '../rig/tapped-disk.ts';

export const stages = {
  list: { requires: ['in/*.txt'], produces: ['out/list.txt', 'out/count.txt'] },
  tree: { requires: ['out/list.txt'], produces: ['tree/'] },
  sum: { requires: ['tree/**', 'out/count.txt'], produces: ['sum.txt'] },
};

const names = ['a.txt', 'b.txt'];

export const work: Readonly<Record<string, Work>> = {
  list: (root) => {
    const texts = names.map((name) => fs.readFileSync(`${root}/in/${name}`, 'utf8'));
    fs.writeFileSync(`${root}/out/list.txt`, listOf(texts));
    fs.writeFileSync(`${root}/out/count.txt`, countOf(texts));
  },
  tree: (root) => {
    const list = fs.readFileSync(`${root}/out/list.txt`, 'utf8');
    fs.mkdirSync(`${root}/tree/deep/er`, { recursive: true });
    fs.writeFileSync(`${root}/tree/deep/er/leaf.txt`, leafOf(list));
    fs.writeFileSync(`${root}/tree/tool`, toolOf(list));
    fs.chmodSync(`${root}/tree/tool`, 0o755);
    fs.symlinkSync('deep/er/leaf.txt', `${root}/tree/link`);
    fs.mkdirSync(`${root}/tree/empty`);
  },
  sum: (root) => {
    const read = (file: string) => fs.readFileSync(`${root}/${file}`, 'utf8');
    const sum = sumOf(read('tree/deep/er/leaf.txt'), read('tree/tool'), read('out/count.txt'));
    fs.writeFileSync(`${root}/sum.txt`, sum);
  },
};

const listOf = (texts: readonly string[]) => `list of ${texts.join(' and ')}\n`;
const countOf = (texts: readonly string[]) => `${texts.join('').length} characters\n`;
const leafOf = (list: string) => `leaf of ${list}`;
const toolOf = (list: string) => `#!/bin/sh\n# tool of ${list}`;
const sumOf = (...parts: readonly string[]) => `sum of ${parts.join('')}`;

/** What a build from nothing gives, worked out without one. */
export function cleanBuild(texts: readonly string[]): Readonly<Record<string, string>> {
  const list = listOf(texts);
  return {
    in: 'folder',
    'in/a.txt': `file: ${texts[0]}`,
    'in/b.txt': `file: ${texts[1]}`,
    'notes.txt': 'file: a note that no stage knows',
    out: 'folder',
    'out/count.txt': `file: ${countOf(texts)}`,
    'out/list.txt': `file: ${list}`,
    'sum.txt': `file: ${sumOf(leafOf(list), toolOf(list), countOf(texts))}`,
    tree: 'folder',
    'tree/deep': 'folder',
    'tree/deep/er': 'folder',
    'tree/deep/er/leaf.txt': `file: ${leafOf(list)}`,
    'tree/empty': 'folder',
    'tree/link': 'link to deep/er/leaf.txt',
    'tree/tool': `program: ${toolOf(list)}`,
  };
}

export interface Scene {
  readonly name: string;
  readonly prepare: (world: RealWorld) => Promise<void>;
  readonly act: (world: RealWorld, user: DiskUser) => Promise<Told>;
  /** Before the plain build that follows. */
  readonly afterwards?: (world: RealWorld) => void;
  /** What a person made and must find again, wherever it was put. */
  readonly byHand: readonly string[];
  /** What the workspace may be like in the end; the first alone where the act itself ends well and says so. */
  readonly mayBecome: readonly Readonly<Record<string, string>>[];
  /** The state folder is on a file system of its own; `full`: in which there is no room for outputs. */
  readonly apart?: 'roomy' | 'full';
}

const [old, now] = [
  ['one', 'two'],
  ['one', 'two and a half'],
];
const asNow = [cleanBuild(now)];
const build = (world: RealWorld, user: DiskUser) => world.build(user);

/** The workspace of the scene as it was saved, on its disks. */
export function begin(world: RealWorld, { apart }: Pick<Scene, 'apart'>, saving: Saving): void {
  world.load(saving);
  world.disk.otherDisk = apart === undefined ? null : world.state;
  world.disk.isOtherDiskFull = apart === 'full';
}

async function built(world: RealWorld): Promise<void> {
  const told = await world.build(new DiskUser());
  if (told.end?.kind !== 'finished' || told.end.event.exitCode !== 0)
    throw new Error(`a build without faults failed: ${JSON.stringify(told)}`, { cause: told.thrown });
}

function inputs(world: RealWorld, texts: readonly string[]): void {
  for (const [i, name] of names.entries()) world.edit(`in/${name}`, texts[i]!);
  world.edit('notes.txt', 'a note that no stage knows');
}

/** Built with both inputs, so that either result is in the cache; the newer one is in place. */
async function builtTwice(world: RealWorld, last: readonly string[]): Promise<void> {
  inputs(world, last === now ? old : now);
  await built(world);
  inputs(world, last);
  await built(world);
}

export const scenes: readonly Scene[] = [
  {
    name: 'a first build over files made by hand',
    prepare: async (world) => {
      inputs(world, now);
      world.edit('sum.txt', 'my sum');
      world.edit('tree/mine/leaf.txt', 'my leaf');
      world.edit('tree/mine/other.txt', 'my other leaf');
    },
    act: build,
    byHand: ['my sum', 'my leaf', 'my other leaf'],
    mayBecome: asNow,
  },
  {
    name: 'a rebuild after an edit, over an output edited by hand',
    prepare: async (world) => {
      inputs(world, old);
      await built(world);
      inputs(world, now);
      world.edit('tree/tool', 'my tool');
    },
    act: build,
    byHand: ['my tool'],
    mayBecome: asNow,
  },
  {
    name: 'a stage that fails halfway',
    prepare: async (world) => {
      inputs(world, old);
      await built(world);
      inputs(world, now);
    },
    act: (world, user) =>
      world.build(user, {
        tree: (root) => {
          fs.mkdirSync(`${root}/tree/deep`, { recursive: true });
          fs.writeFileSync(`${root}/tree/deep/half.txt`, 'half of it');
          throw new Error('no luck');
        },
      }),
    byHand: [],
    mayBecome: asNow,
  },
  {
    name: 'a restore over an output edited by hand',
    prepare: async (world) => {
      await builtTwice(world, old);
      inputs(world, now);
      world.edit('out/list.txt', 'my list');
    },
    act: build,
    byHand: ['my list'],
    mayBecome: asNow,
  },
  {
    name: 'a restore from a damaged cache',
    prepare: async (world) => {
      await builtTwice(world, old);
      inputs(world, now);
      const folder = `${world.state}/cas`;
      for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const file = `${folder}/${name}`;
        if (!fs.statSync(file).isFile() || !fs.readFileSync(file, 'utf8').startsWith('leaf of')) continue;
        fs.chmodSync(file, 0o600);
        fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('leaf', 'loaf'));
      }
    },
    act: build,
    byHand: [],
    mayBecome: asNow,
  },
  {
    name: 'a build with the state folder on a disk of its own',
    apart: 'roomy',
    prepare: async (world) => {
      await builtTwice(world, old);
      inputs(world, now);
      world.edit('out/list.txt', 'my list');
      world.edit('tree/mine.txt', 'my leaf');
    },
    act: build,
    byHand: ['my list', 'my leaf'],
    mayBecome: asNow,
  },
  {
    name: 'a rebuild after a kill, with a state folder that has no room for what the kill left',
    apart: 'full',
    prepare: async (world) => {
      inputs(world, old);
      await built(world);
      inputs(world, now);
      await world.build(new DiskUser({ kind: 'dies', at: /^symlink tree\/link/ }));
      world.edit('tree/tool', 'my tool');
    },
    act: build,
    byHand: ['my tool'],
    mayBecome: asNow,
  },
  {
    name: 'a build that finds all fresh and learns stamps',
    prepare: async (world) => {
      inputs(world, now);
      await built(world);
      inputs(world, now);
    },
    act: build,
    byHand: [],
    mayBecome: asNow,
  },
  {
    name: 'a collection of the cache',
    prepare: (world) => builtTwice(world, now),
    act: (world, user) =>
      world.locked(
        user,
        () => void collectCache({ state: world.state, maxBytes: 1500, nowMs: Date.now(), graceMs: 0 }),
      ),
    afterwards: (world) => {
      fs.rmSync(world.path('tree'), { recursive: true });
      fs.rmSync(world.path('out'), { recursive: true });
    },
    byHand: [],
    mayBecome: asNow,
  },
  {
    name: 'a cleaning next to an output edited by hand',
    prepare: async (world) => {
      inputs(world, now);
      await built(world);
      world.edit('tree/tool', 'my tool');
    },
    act: (world, user) =>
      world.locked(user, (open) => {
        for (const record of open.records.all())
          performCleaning(
            open,
            planCleaning(open, record, () => false),
            record.task === 'tree' ? ['tree'] : ['out'],
          );
      }),
    byHand: ['my tool'],
    mayBecome: asNow,
  },
  {
    name: 'the acceptance of an output edited by hand',
    prepare: async (world) => {
      inputs(world, now);
      await built(world);
      world.edit('sum.txt', 'my sum');
    },
    act: (world, user) =>
      world.locked(user, (open) => {
        const acceptance = { by: 'ann', atMs: Date.now(), reason: 'better' };
        const end = acceptOutputs(open, { graph: world.graph, task: taskOf(world.stage('sum')), acceptance });
        if ('failure' in end && end.failure.kind === 'internal') throw new Error(end.failure.message);
      }),
    byHand: ['my sum'],
    mayBecome: [{ ...cleanBuild(now), 'sum.txt': 'file: my sum' }, cleanBuild(now)],
  },
];
