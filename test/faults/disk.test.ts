// The disk fails, the process dies or the power goes at every single call to the file system: the next build puts all right.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isRefusal } from '../../src/engine/refusal.ts';
import { UsageError } from '../../src/model/diagnostic.ts';
import { collectCache } from '../../src/store/collect.ts';
import { errorCodes, isLook, plausibleErrors } from '../rig/plausible-errors.ts';
import { RealWorld, type Saving, type Told } from '../rig/real-world.ts';
import { type Random, seeded } from '../rig/seeded.ts';
import { DiskUser, type Fault } from '../rig/tapped-disk.ts';
import { begin, type Scene, scenes, stages, work } from './scenes.ts';

/** `all`: every fault at every call. Default: as many as fit, chosen by the seed. */
const everything = process.env.PIPE_FAULTS === 'all';
const seed = Number(process.env.PIPE_FAULTS_SEED ?? Math.floor(Math.random() * 1e9));
const budgetMs = 22_000 / scenes.length;
const powerFailures = 2;

/** `power`: dies, and what was not synced is lost by this seed. */
interface Trouble {
  readonly fault: Fault & { readonly at: number };
  readonly power: number | null;
}

const counts = { refusals: 0, crashes: 0, 'power failures': 0, collections: 0 };
const world = new RealWorld(stages, work);

afterAll(() => {
  world[Symbol.dispose]();
  const said = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  process.stdout.write(`faults: ${said.join(', ')}; PIPE_FAULTS_SEED=${seed}\n`);
});

/** One fault, and all that must hold after it. Answers whether it came into play. */
async function survives(scene: Scene, saving: Saving, { fault, power }: Trouble): Promise<boolean> {
  begin(world, scene, saving);
  world.disk.unsynced.recording = power !== null;
  const user = new DiskUser(fault);
  const told = await scene.act(world, user);
  if (!user.reached) return false;
  world.disk.unsynced.recording = false;
  if (fault.kind !== 'dies') endsClearly(scene, told);
  if (power !== null) {
    world.disk.unsynced.lose(seeded(power));
    world.reboot();
  }
  const announced = [...told.warnings];
  scene.afterwards?.(world);
  const next = await world.build(new DiskUser());
  announced.push(...next.warnings);
  expect(next.thrown).toBe(null);
  expect(next.end).toMatchObject({ kind: 'finished', event: { exitCode: 0 } });
  const tree = world.tree();
  const acceptable = scene.mayBecome.find((one) => one['sum.txt'] === tree['sum.txt']);
  expect(tree).toEqual(acceptable ?? scene.mayBecome[0]);
  expect(fs.readFileSync(`${world.state}/.gitignore`, 'utf8')).toBe('*\n');
  handMadeIsThere(scene, fault.kind === 'dies' ? null : announced);

  const again = await world.build(new DiskUser());
  expect(again.end).toMatchObject({
    kind: 'finished',
    event: { exitCode: 0, executed: 0, restored: 0, fresh: Object.keys(stages).length },
  });
  if (power !== null) counts['power failures']++;
  else if (fault.kind === 'dies') counts.crashes++;
  else if (fault.kind === 'meets') counts.collections++;
  else counts.refusals += user.refused;
  return true;
}

/** Well, or with words for a person; never with a stack. */
function endsClearly(scene: Scene, { end, thrown, events }: Told): void {
  const isClear = thrown === null || thrown instanceof UsageError || isRefusal(thrown);
  if (!isClear) throw new Error('it threw', { cause: thrown });
  for (const event of events)
    if (event.kind === 'task-finished') expect(event.failure?.kind).not.toBe('internal');
  if (end?.kind === 'finished' && end.event.exitCode === 0) expect(world.tree()).toEqual(scene.mayBecome[0]);
}

/** In place, or kept aside; and where a process was left the time to say so, it said so. */
function handMadeIsThere(scene: Scene, announced: readonly string[] | null): void {
  const everyFile = [...filesBelow(world.root), ...filesBelow(world.temporary)].filter(
    (file) => !/\/\.pipeline-cache\/(?!displaced\/|rejected\/)/.test(file),
  );
  for (const text of scene.byHand) {
    const places = everyFile.filter((file) => fs.readFileSync(file, 'utf8') === text);
    expect(places, `where is "${text}"?`).not.toEqual([]);
    const isInPlace = places.some((file) => !/\/(displaced|rejected)\//.test(file));
    const displaced = places.filter((file) => file.includes('/displaced/'));
    if (announced === null || isInPlace || displaced.length === 0) continue;
    // A copy whose original could not be removed is there twice; one of them is told.
    const shown = displaced.map((file) => file.replace(`${world.root}/`, ''));
    expect(shown).toSatisfy((files: string[]) =>
      files.some((file) => announced.some((one) => one.includes(file))),
    );
  }
}

function filesBelow(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** The calls of an act without any fault. */
async function callsOf(scene: Scene, saving: Saving): Promise<readonly string[]> {
  begin(world, scene, saving);
  const user = new DiskUser();
  await scene.act(world, user);
  return user.calls;
}

const collection = {
  kind: 'meets',
  act: () => void collectCache({ state: world.state, maxBytes: 0, nowMs: Date.now() + 1000, graceMs: 0 }),
} as const;

/**
 * All that can happen at the call `calls[at - 1]`. After a call that only looked the disk is as it was before: to die
 * there is to have died one call earlier. And one error stands for the others where a look fails.
 */
function* troublesAt(at: number, calls: readonly string[]): Iterable<Trouble> {
  const nameOf = (call = 'none') => call.slice(0, call.indexOf(' '));
  const [before, name] = [nameOf(calls[at - 2]), nameOf(calls[at - 1])];
  const codes = plausibleErrors(name);
  if (isLook(name)) yield { fault: { kind: 'refuses', at, pick: at }, power: null };
  else
    for (let pick = 0; pick < codes.length; pick++)
      yield { fault: { kind: 'refuses', at, pick }, power: null };
  const code = errorCodes[at % errorCodes.length]!;
  yield { fault: { kind: 'refuses for good', at, code }, power: null };
  if (isLook(before)) return;
  yield { fault: { kind: 'dies', at }, power: null };
  for (let i = 0; i < powerFailures; i++) yield { fault: { kind: 'dies', at }, power: at * 1000 + i };
  yield { fault: { ...collection, at }, power: null };
}

function oneOf<T>(all: readonly T[], random: Random): T {
  return all[random.upTo(all.length - 1)]!;
}

async function checked(scene: Scene, saving: Saving, trouble: Trouble, calls: readonly string[]) {
  const { fault, power } = trouble;
  return survives(scene, saving, trouble).catch((error: unknown) => {
    const where = calls.slice(fault.at - 2, fault.at + 1).join(', ');
    throw new Error(`${JSON.stringify({ ...fault, power })} at about ${where}: ${String(error)}`, {
      cause: error,
    });
  });
}

test.each(scenes)(
  '$name: whichever call fails, the next build puts all right',
  async (scene) => {
    begin(world, {}, []);
    await scene.prepare(world);
    const saving = world.save();
    const calls = await callsOf(scene, saving);
    expect(calls.length).toBeGreaterThan(20);
    if (everything) {
      // Runs differ by a few calls, so the end is where a fault is not reached any more.
      for (let at = 1, reached = true; reached; at++) {
        for (const trouble of troublesAt(at, calls)) reached = await checked(scene, saving, trouble, calls);
      }
      return;
    }
    const random = seeded(seed + scenes.indexOf(scene));
    const until = performance.now() + budgetMs;
    do {
      const at = 1 + random.upTo(calls.length - 1);
      await checked(scene, saving, oneOf([...troublesAt(at, calls)], random), calls);
    } while (performance.now() < until);
  },
  everything ? 3_600_000 : 60_000,
);
