// What failing disks have shown: each a fault at one call that is named.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { StateRunFolders } from '../../src/journal/run-folders.ts';
import { makeRunId } from '../../src/journal/run-id.ts';
import type { Failure } from '../../src/model/failure.ts';
import { RealWorld, type Told } from '../rig/real-world.ts';
import { seeded } from '../rig/seeded.ts';
import { DiskUser } from '../rig/tapped-disk.ts';
import { begin, type Scene, scenes, stages, work } from './scenes.ts';

/** The scene, prepared; `begin` goes back to its beginning. */
async function opened(name: string): Promise<{ world: RealWorld; scene: Scene; begin: () => void }> {
  const scene = scenes.find((one) => one.name === name)!;
  const world = new RealWorld(stages, work);
  onTestFinished(() => world[Symbol.dispose]());
  await scene.prepare(world);
  const saving = world.save();
  const again = () => begin(world, scene, saving);
  again();
  return { world, scene, begin: again };
}

/** Near the end of a run: when it lets go of the lock. */
const release = /^rename \.pipeline-cache\/lock\//;

const failuresOf = ({ events }: Told): readonly (Failure | undefined)[] =>
  events.flatMap((event) =>
    event.kind === 'task-finished' && event.outcome === 'failed' ? [event.failure] : [],
  );

test('an output that cannot be looked at is not overwritten: it may be a person’s', async () => {
  const { world, scene } = await opened('a restore over an output edited by hand');
  const told = await scene.act(world, new DiskUser({ kind: 'refuses', at: /^stat out\/list.txt$/, pick: 0 }));
  expect(failuresOf(told)).toEqual([
    expect.objectContaining({ kind: 'output-blocked', path: 'out/list.txt' }),
  ]);
  expect(fs.readFileSync(world.path('out/list.txt'), 'utf8')).toBe('my list');
});

test('a person’s file that is moved to another disk is written there before the original goes', async () => {
  const name = 'a build with the state folder on a disk of its own';
  const { world, scene, begin } = await opened(name);
  for (let seed = 0; seed < 8; seed++) {
    begin();
    world.disk.unsynced.recording = true;
    await scene.act(world, new DiskUser({ kind: 'dies', at: release }));
    world.disk.unsynced.lose(seeded(seed));
    const kept = [...world.save()].map(({ content }) => String(content));
    expect(kept, `seed ${seed}`).toEqual(expect.arrayContaining(['my list', 'my leaf']));
  }
});

test('where old outputs cannot be moved aside, they go: a build needs no room in the state folder for them', async () => {
  const { world, scene } = await opened('a rebuild after an edit, over an output edited by hand');
  const told = await scene.act(world, new DiskUser({ kind: 'refuses', at: /^rename .*aside/, pick: 1 }));
  expect(told.end).toMatchObject({ event: { exitCode: 0, executed: 3 } });
  expect(world.tree()).toEqual(scene.mayBecome[0]);
});

test('what a failed stage made and cannot be moved away goes, and does not hide why it failed', async () => {
  const { world, scene } = await opened('a stage that fails halfway');
  const told = await scene.act(world, new DiskUser({ kind: 'refuses', at: /^rename .*rejected/, pick: 1 }));
  expect(failuresOf(told)).toEqual([expect.objectContaining({ kind: 'exit', code: 1 })]);
  expect(told.warnings).toEqual([]);
  expect(fs.existsSync(world.path('tree/deep/half.txt'))).toBe(false);
  expect((await world.build(new DiskUser())).end).toMatchObject({ event: { exitCode: 0 } });
  expect(world.tree()).toEqual(scene.mayBecome[0]);
});

test('so it is where it cannot be removed either; and that is told', async () => {
  const { world, scene } = await opened('a stage that fails halfway');
  const user = new DiskUser({ kind: 'refuses for good', at: /^rename .*rejected/, code: 'EROFS' });
  const told = await scene.act(world, user);
  expect(failuresOf(told)).toEqual([expect.objectContaining({ kind: 'exit', code: 1 })]);
  expect(told.warnings).toContainEqual(
    expect.stringContaining('what tree made cannot be moved out of the way'),
  );
  expect((await world.build(new DiskUser())).end).toMatchObject({ event: { exitCode: 0 } });
  expect(world.tree()).toEqual(scene.mayBecome[0]);
});

test('of each hand-made file that was moved it is told where it is, also when the next cannot be moved', async () => {
  const name = 'a first build over files made by hand';
  const { world, scene } = await opened(name);
  const told = await scene.act(
    world,
    new DiskUser({
      ...{ kind: 'refuses for good', code: 'EIO', at: /^rename .*displaced\/.*\/tree\/mine\/other/ },
    }),
  );
  expect(failuresOf(told)).toEqual([expect.objectContaining({ kind: 'io' })]);
  expect(told.warnings).toContainEqual(expect.stringContaining('tree/mine/leaf.txt was not made by pipe'));
});

test('a hand-made file that the state folder refuses is kept among temporary files, and it is told where', async () => {
  const { world, scene } = await opened('a first build over files made by hand');
  const refused = /^rename \.pipeline-cache\/displaced\/.*\/tree\/mine\/other/;
  const told = await scene.act(world, new DiskUser({ kind: 'refuses', at: refused, pick: 1 }));
  expect(told.end).toMatchObject({ event: { exitCode: 0 } });
  expect(world.tree()).toEqual(scene.mayBecome[0]);
  const [kept] = told.warnings.flatMap(
    (one) => one.match(/tree\/mine\/other.txt .* kept as (\/\S+), among/)?.[1] ?? [],
  );
  expect(fs.readFileSync(kept!, 'utf8')).toBe('my other leaf');
  expect(kept!.startsWith(`${world.temporary}/`)).toBe(true);
});

test('what a kill left and neither folder takes stays where it is: the stage fails, and the next build puts it away', async () => {
  const { world, scene } = await opened(
    'a rebuild after a kill, with a state folder that has no room for what the kill left',
  );
  const told = await scene.act(
    world,
    new DiskUser({ kind: 'refuses for good', code: 'EACCES', at: /^rename .*~killed\/tree\/tool/ }),
  );
  expect(failuresOf(told)).toEqual([expect.objectContaining({ kind: 'io' })]);
  expect(fs.readFileSync(world.path('tree/tool'), 'utf8')).toBe('my tool');
  const next = await world.build(new DiskUser());
  expect(next.warnings).toContainEqual(
    expect.stringMatching(/killed attempt at tree left .*, kept among temporary files in .*: ENOSPC/),
  );
  expect(world.tree()).toEqual(scene.mayBecome[0]);
});

test('the marks of the state folder are whole or absent, and no reason to keep anything elsewhere', async () => {
  const { world, scene, begin } = await opened('a first build over files made by hand');
  const told = await scene.act(world, new DiskUser({ kind: 'refuses', at: /create .*gitignore/, pick: 0 }));
  expect(told.end).toMatchObject({ event: { exitCode: 0 } });
  expect(fs.readdirSync(world.temporary)).toEqual([]);
  for (let seed = 0; seed < 8; seed++) {
    begin();
    world.disk.unsynced.recording = true;
    await scene.act(world, new DiskUser({ kind: 'dies', at: release }));
    world.disk.unsynced.lose(seeded(seed));
    const mark = world.save().find(({ path }) => path === '.pipeline-cache/.gitignore');
    expect([undefined, '*\n']).toContain(mark === undefined ? mark : String(mark.content));
  }
});

test('what a restore had begun when the power failed goes, though the start marker is lost as well', async () => {
  const { world, scene } = await opened('a restore over an output edited by hand');
  await scene.act(world, new DiskUser({ kind: 'dies', at: /^copy tree\/\.pipe-tmp/ }));
  const state = fs.readFileSync(`${world.state}/state`, 'utf8');
  fs.writeFileSync(`${world.state}/state`, state.slice(0, state.lastIndexOf('["b","tree"') - 18));
  world.reboot();
  const next = await world.build(new DiskUser());
  expect(next.end).toMatchObject({ event: { exitCode: 0 } });
  expect(world.tree()).toEqual(scene.mayBecome[0]);
});

test('a folder that cannot be removed after its files were moved away does not become part of the result', async () => {
  const { world, scene } = await opened('a first build over files made by hand');
  const told = await scene.act(world, new DiskUser({ kind: 'refuses', at: /^rmdir tree\/mine$/, pick: 0 }));
  expect(failuresOf(told)).toEqual([expect.objectContaining({ kind: 'io' })]);
  // And of what was in it is told where it is.
  expect(told.warnings).toContainEqual(expect.stringContaining('tree/mine/leaf.txt was not made by pipe'));
  expect((await world.build(new DiskUser())).end).toMatchObject({ event: { exitCode: 0 } });
  expect(world.tree()).toEqual(scene.mayBecome[0]);
});

test('where a person’s file is kept is told rightly, whichever call is refused on the way there', async () => {
  const { world, scene, begin } = await opened('a restore over an output edited by hand');
  const user = new DiskUser();
  await scene.act(world, user);
  const moved = user.calls.findIndex((call) => /^rename .*displaced.*list\.txt$/.test(call)) + 1;
  expect(moved).toBeGreaterThan(0);
  const places: string[] = [];
  // Runs differ by a few calls.
  for (let at = moved - 20; at <= moved + 20; at++) {
    begin();
    const { warnings } = await scene.act(world, new DiskUser({ kind: 'refuses', at, pick: 1 }));
    const [place] = warnings.flatMap((text) => /kept as ([^\s,]+)/.exec(text)?.slice(1) ?? []);
    // Nothing was moved where nothing is told.
    const file = path.resolve(world.root, place ?? 'out/list.txt');
    expect(fs.readFileSync(file, 'utf8'), `${at}: ${warnings}`).toBe('my list');
    places.push(file);
  }
  for (const folder of [world.state, world.temporary])
    expect(places).toContainEqual(expect.stringContaining(`${folder}/`));
});

test('what was kept among temporary files stays where these cannot be listed at the end of the run', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'listed-'));
  onTestFinished(() => fs.rmSync(root, { recursive: true }));
  const { TMPDIR } = process.env;
  process.env.TMPDIR = root;
  const options = { root, state: path.join(root, '.pipeline-cache'), onTrouble: () => {} };
  const folders = new StateRunFolders({ ...options, runId: makeRunId(0) });
  const [place] = folders.placesElsewhere('displaced', 'make' as TaskId);
  process.env.TMPDIR = TMPDIR;
  fs.mkdirSync(place!, { recursive: true });
  fs.writeFileSync(path.join(place!, 'work'), 'of weeks');
  const listing = vi.spyOn(fs, 'readdirSync').mockImplementation(() => {
    throw Object.assign(new Error('no'), { code: 'EMFILE' });
  });
  folders.close();
  expect(listing).toHaveBeenCalled();
  listing.mockRestore();
  expect(fs.readFileSync(path.join(place!, 'work'), 'utf8')).toBe('of weeks');
});
