// Results on their way into the cache and back.
import { expect, test } from 'vitest';
import type { Digest, FilePath } from '../../src/base/brand.ts';
import { findAction, mayStay, replayLog, saveArtifacts, stageAction } from '../../src/engine/artifacts.ts';
import type { ActionResult } from '../../src/engine/ports.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import type { FileEntry } from '../../src/model/manifest.ts';
import { blobOf, Machine, planOf } from '../rig/fake-world.ts';
import { FullOutlet } from '../rig/full-outlet.ts';

const plan = planOf({
  a: { produces: ['out/*', '!out/not'] },
  none: { requires: 'x' },
  uncached: { produces: 'u', cache: false },
  always: {},
});
const fingerprint = digestOf('fingerprint');
const all = () => true;

function fileEntry(path: string, content: string, executable = false): FileEntry {
  const sizeBytes = Buffer.byteLength(content);
  return { path: path as FilePath, kind: 'file', executable, digest: digestOf(content), sizeBytes };
}

function resultOf(outputs: readonly FileEntry[], log: Digest | null = null): ActionResult {
  return { fingerprint, outputs, durationMs: 1, metrics: {}, log, createdAtMs: 0 };
}

function save(machine: Machine, name: string, outputs: readonly FileEntry[]) {
  const result = { fingerprint, outputs, durationMs: 1, metrics: {} };
  return saveArtifacts(machine.start(), plan.task(name), result);
}

test('outputs are saved as blobs with an entry, and come back with their executable bits and links', () => {
  const machine = Machine.with({ 'out/1': 'one' });
  machine.disk.write('out/2', 'two', true);
  machine.disk.link('out/3', '1');
  const world = machine.start();
  const { files } = world.files.expand(plan.stage('a').produces!, 'output');
  const { manifest } = world.files.observe(files, 'output');
  expect(save(machine, 'a', manifest)).toBe(null);
  machine.disk.remove('out');
  const action = findAction(world, { task: plan.task('a'), parts: [] }, fingerprint)!;
  const staged = stageAction(machine.start(), action, all)!;
  expect(machine.disk.text('out/1')).toBe(null);
  staged.place();
  const again = machine.start();
  expect(
    again.files.observe(again.files.expand(plan.stage('a').produces!, 'output').files, 'output').manifest,
  ).toEqual(manifest);
  expect(machine.disk.nodes.get('out/3')).toMatchObject({ kind: 'link', target: '1' });
});

test('an entry with an output that the stage may not produce is none', () => {
  const machine = Machine.with({});
  const world = machine.start();
  machine.actions.put(resultOf([fileEntry('out/1', 'x')]));
  expect(findAction(world, { task: plan.task('a'), parts: [] }, fingerprint)).not.toBe(null);
  for (const path of ['elsewhere', 'out/not', 'out/deep/1', '../out/1', '/etc/passwd']) {
    machine.actions.put(resultOf([fileEntry('out/1', 'x'), fileEntry(path, 'x')]));
    expect(findAction(world, { task: plan.task('a'), parts: [] }, fingerprint)).toBe(null);
  }
  expect(findAction(world, { task: plan.task('none'), parts: [] }, fingerprint)).toBe(null);
  machine.actions.put(resultOf([]));
  expect(findAction(world, { task: plan.task('none'), parts: [] }, fingerprint)).not.toBe(null);
});

test('without a cache, or for a stage that wants none, nothing is found or saved', () => {
  const machine = Machine.with({ u: 'x' });
  machine.actions.put(resultOf([fileEntry('u', 'x')]));
  expect(findAction(machine.start(), { task: plan.task('uncached'), parts: [] }, fingerprint)).toBe(null);
  expect(
    findAction({ ...machine.start(), cache: null }, { task: plan.task('a'), parts: [] }, fingerprint),
  ).toBe(null);
  machine.actions.entries.clear();
  expect(save(machine, 'uncached', [fileEntry('u', 'x')])).toBe(null);
  expect(save(machine, 'always', [])).toBe(null);
  expect(machine.actions.entries.size).toBe(0);
});

test('a blob that is missing or wrong removes the entry and leaves the workspace as it was', () => {
  for (const spoil of ['x', null]) {
    const machine = Machine.with({ 'out/1': 'one', 'out/2': 'two' });
    save(machine, 'a', [fileEntry('out/1', 'one'), fileEntry('out/2', 'two')]);
    if (spoil === null) machine.disk.remove(blobOf('two'));
    else machine.disk.write(blobOf('two'), spoil);
    machine.disk.remove('out');
    const before = machine.disk.contents();
    expect(stageAction(machine.start(), machine.actions.get(fingerprint)!, all)).toBe(null);
    expect(machine.disk.contents()).toEqual(before);
    expect(machine.actions.get(fingerprint)).toBe(null);
    expect(machine.disk.text(blobOf('two'))).toBe(null);
    expect(machine.disk.text(blobOf('one'))).toBe('one');
  }
});

test('a folder or a link in the way is a miss, and the entry stays', () => {
  const machine = Machine.with({ 'out/1': 'one' });
  save(machine, 'a', [fileEntry('out/1', 'one')]);
  machine.disk.remove('out');
  machine.disk.folder('out/1');
  expect(stageAction(machine.start(), machine.actions.get(fingerprint)!, all)).toBe(null);
  machine.disk.remove('out');
  machine.disk.link('out', '/elsewhere');
  expect(stageAction(machine.start(), machine.actions.get(fingerprint)!, all)).toBe(null);
  expect(machine.actions.get(fingerprint)).not.toBe(null);
});

test('the entry is written after all its blobs; an output that changed meanwhile leaves none', () => {
  const machine = Machine.with({ 'out/1': 'one', 'out/2': 'edited meanwhile' });
  const trouble = save(machine, 'a', [fileEntry('out/1', 'one'), fileEntry('out/2', 'two')]);
  expect(trouble?.trouble).toMatch(/no longer has the content/);
  expect(machine.disk.text(blobOf('one'))).toBe('one');
  expect(machine.actions.entries.size).toBe(0);
});

test('outputs stay only if nothing is missing, different or besides', () => {
  const machine = Machine.with({ 'out/1': 'one' });
  const there = (outputs: readonly FileEntry[]) => {
    const world = machine.start();
    const { files } = world.files.expand(plan.stage('a').produces!, 'output');
    return mayStay(world, plan.task('a'), files, resultOf(outputs));
  };
  expect(there([fileEntry('out/1', 'one')])).toBe(true);
  expect(there([fileEntry('out/1', 'two')])).toBe(false);
  expect(there([fileEntry('out/1', 'one', true)])).toBe(false);
  expect(there([])).toBe(false);
  expect(there([fileEntry('out/1', 'one'), fileEntry('out/2', 'two')])).toBe(false);
});

test('a stored log becomes the log of this run; one that is gone is no harm', async () => {
  const machine = Machine.with({});
  const world = machine.start();
  const logPath = world.folders.logPath(plan.task('a').id);
  machine.disk.write(logPath, 'said so\n');
  saveArtifacts(world, plan.task('a'), { fingerprint, outputs: [], durationMs: 1, metrics: {} });
  machine.disk.remove(logPath);
  const told: string[] = [];
  const action = machine.actions.get(fingerprint)!;
  expect(await replayLog(world, plan.task('a'), action, (text) => told.push(text))).toBe(true);
  expect(told).toEqual(['said so\n']);
  expect(machine.disk.text(logPath)).toBe('said so\n');
  machine.disk.remove(blobOf('said so\n'));
  expect(await replayLog(world, plan.task('a'), action, () => {})).toBe(false);
  expect(await replayLog(world, plan.task('a'), resultOf([]), () => {})).toBe(false);
});

test('a stored log is told as there is room for it, and not at all once nobody waits for that', async () => {
  const machine = Machine.with({});
  const world = machine.start();
  const logPath = world.folders.logPath(plan.task('a').id);
  machine.disk.write(logPath, 'said so\n');
  saveArtifacts(world, plan.task('a'), { fingerprint, outputs: [], durationMs: 1, metrics: {} });
  const action = machine.actions.get(fingerprint)!;
  for (const state of ['open', 'given-up'] as const) {
    const outlet = new FullOutlet();
    const told: string[] = [];
    const replayed = replayLog({ ...world, outlet }, plan.task('a'), action, (text) => told.push(text));
    await outlet.isWaitedFor;
    expect(told).toEqual([]);
    outlet.become(state);
    expect(await replayed).toBe(true);
    expect(told).toEqual(state === 'open' ? ['said so\n'] : []);
  }
  expect(machine.disk.text(logPath)).toBe('said so\nsaid so\nsaid so\n');
});

test('a task that printed nothing is saved without a log', () => {
  const machine = Machine.with({});
  save(machine, 'a', []);
  expect(machine.actions.get(fingerprint)?.log).toBe(null);
});
