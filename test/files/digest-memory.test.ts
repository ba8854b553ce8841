// When a file is read, and when its stamp is believed.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import type { Stamp } from '../../src/engine/ports.ts';
import { DigestMemory } from '../../src/files/digest-memory.ts';
import { FileSystemNow, tickOf } from '../../src/files/fs-now.ts';
import { ChangingFile, hashFile } from '../../src/files/hash-file.ts';
import type { FileToHash } from '../../src/files/many-hands.ts';
import { isExecutable, sameStamp, stampOf, stampOfTarget } from '../../src/files/stamp.ts';
import { WorkspaceFiles } from '../../src/files/workspace-files.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import { stamp } from '../store/samples.ts';
import { tree, workspace } from './workspace.ts';

// Tests that run from the sources have no other threads.
vi.mock('../../src/files/many-hands.ts', async (original) => {
  const real = await original<typeof import('../../src/files/many-hands.ts')>();
  return { ...real, hashElsewhere: async (files: readonly FileToHash[]) => real.hashTogether(files) };
});

afterEach(() => void vi.restoreAllMocks());

type Memory = ConstructorParameters<typeof DigestMemory>[0];

function scene(content = 'x') {
  const root = workspace({ a: content, 'state/': '' });
  const entries = new Map<string, NonNullable<ReturnType<Memory['get']>>>();
  const memory: Memory = {
    get: (file) => entries.get(file),
    put: (file, entry) => void entries.set(file, entry),
  };
  const file = path.join(root, 'a');
  const state = path.join(root, 'state');
  return { root, file, state, entries, memory, opens: vi.spyOn(fs, 'openSync') };
}

/** Where the last probe had its name. */
let probed = '';

/** As if the file had last changed this many milliseconds ago, however long the test has taken: the clock is what the probe says. */
function pretendPassed(ms: number): void {
  const { fstatSync, unlinkSync } = fs;
  vi.spyOn(fs, 'unlinkSync').mockImplementation((name) => {
    if (path.basename(String(name)).startsWith('now-')) probed = String(name);
    unlinkSync(name);
  });
  vi.spyOn(fs, 'fstatSync').mockImplementation(((descriptor: number, options: { bigint: true }) => {
    const stat = fstatSync(descriptor, options);
    // The probe alone has no name.
    if (stat.nlink > 0n) return stat;
    // Counted from the file's change, however long this process was kept waiting since.
    const changed = fs.lstatSync(path.join(probed, '../../a'), { bigint: true }).ctimeNs;
    return { ...stat, mtimeNs: changed + BigInt(ms) * 1_000_000n };
  }) as never);
}

function stopPretending(): void {
  vi.mocked(fs.fstatSync).mockRestore();
  vi.mocked(fs.unlinkSync).mockRestore();
}

const readsOf = (opens: { mock: { calls: readonly (readonly unknown[])[] } }, file: string) =>
  opens.mock.calls.filter(([name]) => name === file).length;

test('a settled file is read once and from then on known by its stamp', () => {
  pretendPassed(1000);
  const { file, state, memory, opens } = scene();
  for (let i = 0; i < 3; i++) {
    // Also for another process, which has the memory only.
    const digests = new DigestMemory(memory, state);
    expect(digests.of('a', file, stampOf(file)!).digest).toBe(digestOf('x'));
  }
  expect(readsOf(opens, file)).toBe(1);
});

test('a file that changed just now is read each time, and nothing is remembered of it', () => {
  pretendPassed(0);
  const { file, state, entries, memory, opens } = scene();
  const digests = new DigestMemory(memory, state);
  for (let i = 0; i < 3; i++) digests.of('a', file, stampOf(file)!);
  expect(readsOf(opens, file)).toBe(3);
  expect(entries.size).toBe(0);
});

test('so is one that changed just now after the clock was set back, however late it was before that', () => {
  const { file, state, entries, memory, opens } = scene();
  const wall = vi.spyOn(Date, 'now').mockReturnValue(7_200_000);
  pretendPassed(3_600_000);
  const digests = new DigestMemory(memory, state);
  digests.of('a', file, stampOf(file)!);
  expect(entries.size).toBe(1);
  entries.clear();

  wall.mockReturnValue(3_600_000);
  stopPretending();
  pretendPassed(0);
  // In one process, which remembers what the clock said before.
  for (let i = 0; i < 3; i++) digests.of('a', file, stampOf(file)!);
  expect(readsOf(opens, file)).toBe(4);
  expect(entries.size).toBe(0);
});

test('nobody waits until a clock that was set back has come again to the time of a file', async () => {
  pretendPassed(-3_600_000);
  const { file, state, entries, memory } = scene();
  const digests = new DigestMemory(memory, state);
  digests.of('a', file, stampOf(file)!);
  const waits: number[] = [];
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((then: () => void, ms: number) => {
    waits.push(ms);
    return setImmediate(then);
  }) as never);
  await digests.settle();
  expect(waits.length).toBeGreaterThan(0);
  expect(Math.max(...waits)).toBeLessThanOrEqual(50);
  expect(entries.size).toBe(0);
});

test('a stamp that differs in anything means reading', () => {
  pretendPassed(1000);
  const { file, state, entries, memory, opens } = scene();
  const now = stampOf(file)!;
  const other = { kind: 'link', inode: 1n, sizeBytes: 9n, mtimeNs: 1n, ctimeNs: 1n, mode: 0n } as const;
  for (const key of Object.keys(other) as (keyof typeof other)[]) {
    entries.set('a', { stamp: { ...now, [key]: other[key] }, digest: digestOf('wrong') });
    const before = readsOf(opens, file);
    expect(new DigestMemory(memory, state).of('a', file, now).digest).toBe(digestOf('x'));
    expect([key, readsOf(opens, file)]).toEqual([key, before + 1]);
  }
});

test('without a place for probes what is known is used and nothing is written or learned', async () => {
  const { root, file, entries, memory, opens } = scene();
  const before = tree(root);
  const digests = new DigestMemory(memory, null);
  digests.of('a', file, stampOf(file)!);
  await digests.settle();
  expect(entries.size).toBe(0);
  entries.set('a', { stamp: stampOf(file)!, digest: digestOf('known') });
  expect(digests.of('a', file, stampOf(file)!).digest).toBe(digestOf('known'));
  expect(readsOf(opens, file)).toBe(1);
  expect(tree(root)).toEqual(before);
});

/** So large that several threads would read it: holes, which take no room. */
function largeScene() {
  const { root, state, entries, memory, opens } = scene();
  const names = ['a', 'b'];
  for (const name of names) fs.closeSync(fs.openSync(path.join(root, name), 'a'));
  for (const name of names) fs.truncateSync(path.join(root, name), 50 << 20);
  const unread = names.map((file) => {
    const absolutePath = path.join(root, file);
    return { file, absolutePath, stamp: stampOf(absolutePath)! };
  });
  return { root, state, entries, memory, opens, unread };
}

test('many large files are read together, each once, and known from then on', () => {
  const { state, entries, memory, opens, unread } = largeScene();
  pretendPassed(1000);
  const digests = new DigestMemory(memory, state);
  opens.mockClear();
  const read = digests.ofMany(unread);
  for (const { file, absolutePath, stamp } of unread) {
    expect(digests.of(file, absolutePath, stamp)).toEqual(read.get(file));
    expect(readsOf(opens, absolutePath)).toBe(1);
    expect(entries.get(file)).toEqual(read.get(file));
    expect(read.get(file)).toEqual(hashFile(absolutePath));
  }
  // So few bytes are read one after the other.
  expect(digests.ofMany(unread.slice(0, 1)).size).toBe(0);
});

test('of what changed just now, reading together remembers nothing', () => {
  const { state, entries, memory, unread } = largeScene();
  pretendPassed(0);
  expect(new DigestMemory(memory, state).ofMany(unread).size).toBe(2);
  expect(entries.size).toBe(0);
});

test('nothing is read beforehand where it is little, or where nothing may be remembered', async () => {
  const { state, entries, memory, unread } = largeScene();
  pretendPassed(0);
  const stop = new AbortController();
  expect(new DigestMemory(memory, null).ahead(unread, stop)).toBe(null);
  expect(new DigestMemory(memory, state).ahead(unread.slice(0, 1), stop)).toBe(null);
  // What has not settled could change unseen before it is asked for.
  await new DigestMemory(memory, state).ahead(unread, stop);
  expect(entries.size).toBe(0);
  stopPretending();
  pretendPassed(1000);
  await new DigestMemory(memory, state).ahead(unread, stop);
  expect([...entries.keys()]).toEqual(['a', 'b']);
});

test('a stamp vouches for the content that was read under it, and for no other', () => {
  pretendPassed(1000);
  const { root, file, state, memory } = scene();
  const files = new WorkspaceFiles({ walk: null, root, memory, probeFolder: state });
  const a = 'a' as FilePath;
  expect(files.vouchesFor(a, digestOf('x'))).toBe(false);
  files.observe([{ path: a, kind: 'file' }], 'output');
  expect(files.vouchesFor(a, digestOf('x'))).toBe(true);
  expect(files.vouchesFor(a, digestOf('y'))).toBe(false);
  // Same size and old time, without a word to anybody.
  const { atime, mtime } = fs.statSync(file);
  fs.writeFileSync(file, 'y');
  fs.utimesSync(file, atime, mtime);
  expect(files.vouchesFor(a, digestOf('x'))).toBe(false);
  fs.rmSync(file);
  expect(files.vouchesFor(a, digestOf('x'))).toBe(false);
});

test('settle reads once more what was read too soon, so that the next run need not', async () => {
  const { file, state, entries, memory, opens } = scene();
  const digests = new DigestMemory(memory, state);
  pretendPassed(0);
  digests.of('a', file, stampOf(file)!);
  expect(entries.size).toBe(0);
  stopPretending();
  pretendPassed(1000);
  await digests.settle();
  expect(entries.get('a')).toEqual({ stamp: stampOf(file), digest: digestOf('x') });
  expect(readsOf(opens, file)).toBe(2);
});

test('settle remembers nothing of a file that was edited or deleted since', async () => {
  for (const change of [
    (file: string) => fs.writeFileSync(file, 'longer'),
    (file: string) => fs.rmSync(file),
  ]) {
    const { file, state, entries, memory } = scene();
    pretendPassed(0);
    const digests = new DigestMemory(memory, state);
    digests.of('a', file, stampOf(file)!);
    stopPretending();
    pretendPassed(1000);
    change(file);
    await digests.settle();
    expect(entries.size).toBe(0);
    vi.restoreAllMocks();
  }
});

test('what nobody writes any more is believed as soon as the clock of its own file system has gone on', () => {
  const later = (ms: number, look: (stamp: Stamp) => Stamp = (stamp) => stamp) => {
    pretendPassed(ms);
    const { file, state, entries, memory } = scene();
    new DigestMemory(memory, state).of('a', file, look(stampOf(file)!), 'gone');
    vi.restoreAllMocks();
    return entries.size;
  };
  expect([later(0), later(1), later(2)]).toEqual([0, 0, 1]);
  // By another clock it may be otherwise.
  expect(later(2, (stamp) => ({ ...stamp, device: stamp.device! + 1n }))).toBe(0);
  expect(later(2, ({ device: _, ...stamp }) => stamp)).toBe(0);
  expect(later(11, ({ device: _, ...stamp }) => stamp)).toBe(1);
});

test('what was read before the clock had gone on is read again then, for what has been made and for what may be written', async () => {
  for (const [writers, ms, isBelieved] of [
    ['gone', 2, true],
    [undefined, 2, false],
    [undefined, 11, true],
  ] as const) {
    pretendPassed(0);
    const { file, state, entries, memory } = scene();
    const digests = new DigestMemory(memory, state);
    digests.of('a', file, stampOf(file)!, writers);
    expect(entries.size).toBe(0);
    stopPretending();
    pretendPassed(ms);
    await digests.settle();
    expect(entries.size).toBe(isBelieved ? 1 : 0);
    vi.restoreAllMocks();
  }
});

test('the file system’s clock is asked by a file that is gone at once', () => {
  const { root, state } = scene();
  const before = tree(root);
  const now = new FileSystemNow(state);
  const future = { ...stampOf(path.join(root, 'a'))!, ctimeNs: 2n ** 63n };
  expect(now.isSettled(future)).toBe(false);
  expect(now.isSettled({ ...future, ctimeNs: 1n })).toBe(true);
  expect(tree(root)).toEqual(before);
});

test('where no probe can be written nothing is ever settled', () => {
  const now = new FileSystemNow('/absent/folder');
  expect(now.isSettled({ ...stamp(1, '').stamp, ctimeNs: 1n })).toBe(false);
});

test('a clock without fractions of a second is taken for a coarse one', () => {
  const { stamp: one } = stamp(1, '');
  expect(tickOf({ ...one, ctimeNs: 5_000_000_000n })).toBe(2_000_000_000n);
  expect(tickOf({ ...one, ctimeNs: 5_000_000_001n })).toBe(10_000_000n);
});

test('a file is hashed whole, whatever its size', () => {
  for (const size of [0, 1, 4095, 4096, 4097, (1 << 20) + 1, 3 << 20]) {
    const { file } = scene('z'.repeat(size));
    const hashed = hashFile(file);
    expect(hashed.digest).toBe(digestOf('z'.repeat(size)));
    expect(hashed.stamp).toEqual(stampOf(file));
  }
});

/** Edits the file just after it was read to its end, `times` times. */
function editWhileReading(file: string, times: number): void {
  const { readSync } = fs;
  let left = times;
  vi.spyOn(fs, 'readSync').mockImplementation(((...args: Parameters<typeof readSync>) => {
    const read = readSync(...args);
    if (left-- > 0) fs.appendFileSync(file, '+');
    return read;
  }) as never);
}

test('a file that is edited while it is read is read again; one that does not hold still is refused', () => {
  const once = scene();
  editWhileReading(once.file, 1);
  expect(hashFile(once.file)).toEqual({ digest: digestOf('x+'), stamp: stampOf(once.file) });
  vi.restoreAllMocks();
  const always = scene();
  editWhileReading(always.file, Number.POSITIVE_INFINITY);
  expect(() => hashFile(always.file)).toThrow(ChangingFile);
});

test('what a look has told need not be asked again; where it no longer holds, the file is read as it is by now', () => {
  const { file, root } = scene();
  const known = stampOf(file)!;
  const looks = vi.spyOn(fs, 'fstatSync');
  expect(hashFile(file, { known })).toEqual({ digest: digestOf('x'), stamp: known });
  expect(looks).toHaveBeenCalledTimes(1);
  editWhileReading(file, 1);
  expect(hashFile(file, { known })).toEqual({ digest: digestOf('x+'), stamp: stampOf(file) });
  fs.writeFileSync(file, 'another');
  expect(hashFile(file, { known })).toEqual({ digest: digestOf('another'), stamp: stampOf(file) });
  expect(() => hashFile(root, { known })).toThrow(/not a regular file|EISDIR/);
});

test('what is no regular file is not read', () => {
  expect(() => hashFile(scene().root)).toThrow(/not a regular file|EISDIR/);
});

test('stamps tell links from what they lead to, and absent from unreachable', () => {
  const root = workspace({ a: 'x', l: { link: 'a' }, gone: { link: 'none' }, loop: { link: 'loop' } });
  const at = (name: string) => path.join(root, name);
  expect([stampOf(at('l'))?.kind, stampOfTarget(at('l'))?.kind]).toEqual(['link', 'file']);
  expect([stampOf(at('gone'))?.kind, stampOfTarget(at('gone'))]).toEqual(['link', null]);
  expect([stampOf(at('none')), stampOf(at('a/below')), stampOfTarget(at('a/below'))]).toEqual([
    null,
    null,
    null,
  ]);
  expect(() => stampOfTarget(at('loop'))).toThrow('ELOOP');
  expect(sameStamp(stampOf(at('a'))!, stampOfTarget(at('l'))!)).toBe(true);
  fs.chmodSync(at('a'), 0o700);
  expect(isExecutable(stampOf(at('a'))!)).toBe(true);
});

test('what took the place of a file since it was looked at is not read for ever', () => {
  const { file } = scene('long enough');
  const known = stampOf(file)!;
  fs.rmSync(file);
  fs.symlinkSync('/dev/zero', file);
  expect(() => hashFile(file, { known })).toThrow('is not a regular file');
});
