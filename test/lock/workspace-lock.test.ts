// One writer at a time: dead ones never block, suspended ones are never robbed.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { LockHolder } from '../../src/engine/lock.ts';
import { highestIn } from '../../src/lock/lock-files.ts';
import { placeOf } from '../../src/lock/place.ts';
import { ownIdentity, type ProcessIdentity } from '../../src/lock/process-identity.ts';
import { peekLock, WorkspaceLock } from '../../src/lock/workspace-lock.ts';
import { type Child, compiled, startChild } from '../store/child.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

function lockIn(state: string, more: Partial<ConstructorParameters<typeof WorkspaceLock>[0]> = {}) {
  const onTrouble = (message: string): never => {
    throw new Error(message);
  };
  const lock = new WorkspaceLock({ state, onTrouble, ...more });
  onTestFinished(() => lock.release());
  const tryAcquire = () =>
    lock.acquire({
      wait: false,
      command: 'pipe build',
      signal: new AbortController().signal,
      onBlocked: () => {},
    });
  return { lock, tryAcquire };
}

async function childrenIn(state: string, count: number): Promise<readonly Child[]> {
  const program = compiled(new URL('./locking.child.ts', import.meta.url), temporaryFolder());
  const children = Array.from({ length: count }, () => startChild(program, [state]));
  for (const child of children) expect(await child.hear()).toBe('ready');
  return children;
}

async function ask(child: Child, line: string): Promise<string | null> {
  child.tell(line);
  return child.hear();
}

/** Makes it look as if this process, changed as said, held the lock. */
function forgeHolder(state: string, change: Partial<ProcessIdentity & { readonly place: string }>): void {
  fs.mkdirSync(path.join(state, 'lock'), { recursive: true });
  const claim = { ...ownIdentity(), command: 'forged', sinceMs: 5, nonce: 'n', ...change };
  fs.writeFileSync(path.join(state, 'lock', '7'), JSON.stringify(claim));
}

test('three processes that take the lock 200 times each are never inside together', async () => {
  const state = temporaryFolder();
  const children = await childrenIn(state, 3);
  for (const child of children) child.tell('contend 200');
  for (const child of children) expect(await child.hear()).toBe('done');
  expect(fs.readdirSync(path.join(state, 'lock'))).toEqual(['600']);
});

test('a second process waits, says for whom, and goes on after the release', async () => {
  const state = temporaryFolder();
  const [first, second] = (await childrenIn(state, 2)) as [Child, Child];
  expect(await ask(first, 'acquire')).toBe('held');
  expect(await ask(second, 'try')).toBe('busy');
  expect(await ask(second, 'acquire')).toBe(`blocked by ${first.pid}`);
  expect(await ask(first, 'release')).toBe('released');
  expect(await second.hear()).toBe('held');
  expect(await ask(first, 'acquire')).toBe(`blocked by ${second.pid}`);
  expect(await ask(second, 'release')).toBe('released');
  expect(await first.hear()).toBe('held');
});

test('a holder that was killed does not block', async () => {
  const state = temporaryFolder();
  const [first, second] = (await childrenIn(state, 2)) as [Child, Child];
  expect(await ask(first, 'acquire')).toBe('held');
  expect(await ask(second, 'acquire')).toBe(`blocked by ${first.pid}`);
  first.signal('SIGKILL');
  expect(await second.hear()).toBe('held');
});

test('a suspended holder keeps the lock', async () => {
  const state = temporaryFolder();
  const [first, second] = (await childrenIn(state, 2)) as [Child, Child];
  expect(await ask(first, 'acquire')).toBe('held');
  first.signal('SIGSTOP');
  expect(await ask(second, 'try')).toBe('busy');
  expect(await ask(second, 'try')).toBe('busy');
  first.signal('SIGCONT');
  expect(await ask(first, 'release')).toBe('released');
  expect(await ask(second, 'try')).toBe('held');
});

test('who waits for a holder is told that it was suspended, also where that was so from the beginning', async () => {
  const state = temporaryFolder();
  const [first, second] = (await childrenIn(state, 2)) as [Child, Child];
  expect(await ask(first, 'acquire')).toBe('held');
  expect(await ask(second, 'acquire')).toBe(`blocked by ${first.pid}`);
  expect(peekLock(state)).toEqual({ pid: first.pid, command: 'pipe build', sinceMs: expect.any(Number) });
  first.signal('SIGSTOP');
  expect(await second.hear()).toBe(`blocked by ${first.pid}, suspended`);
  const { lock, tryAcquire } = lockIn(state);
  expect(await tryAcquire()).toMatchObject({ holder: { pid: first.pid, suspended: true } });
  expect(peekLock(state)).toMatchObject({ pid: first.pid, suspended: true });
  const told = new Promise<LockHolder>((onBlocked) => {
    const interruption = new AbortController();
    onTestFinished(() => interruption.abort());
    lock.acquire({ wait: true, command: 'pipe build', signal: interruption.signal, onBlocked });
  });
  expect(await told).toMatchObject({ suspended: true });
  first.signal('SIGCONT');
  expect(await ask(first, 'release')).toBe('released');
});

test('no age of anything robs a suspended holder, however often one asks', async () => {
  const state = temporaryFolder();
  const [first] = (await childrenIn(state, 1)) as [Child];
  expect(await ask(first, 'acquire')).toBe('held');
  first.signal('SIGSTOP');
  const folder = path.join(state, 'lock');
  // As if it had been taken in 1970 and nobody had touched anything since.
  fs.utimesSync(path.join(folder, '1'), 1, 1);
  fs.utimesSync(folder, 1, 1);
  const { lock, tryAcquire } = lockIn(state);
  for (let i = 0; i < 500; i++) expect((await tryAcquire()).kind).toBe('busy');
  expect(fs.readdirSync(folder)).toEqual(['1']);
  first.signal('SIGCONT');
  expect(await ask(first, 'release')).toBe('released');
  expect((await tryAcquire()).kind).toBe('held');
  expect(lock.isMine()).toBe(true);
});

test('a holder whose claim somebody spoiled knows that it has lost, and leaves the next holder alone', async () => {
  for (const text of ['', '{"pid":1', 'released\n']) {
    const state = temporaryFolder();
    const [mine, other] = [lockIn(state), lockIn(state)];
    await mine.tryAcquire();
    fs.writeFileSync(path.join(state, 'lock', '1'), text);
    expect(mine.lock.isMine()).toBe(false);
    expect((await other.tryAcquire()).kind).toBe('held');
    mine.lock.release();
    expect(other.lock.isMine()).toBe(true);
  }
});

test.each<[string, Partial<ProcessIdentity>, 'held' | 'busy']>([
  ['itself', {}, 'busy'],
  ['its pid with another start time', { started: '1' }, 'held'],
  ['its pid with no known start time', { started: null }, 'busy'],
  ['a pid that nobody has', { pid: 2 ** 22 + 1 }, 'held'],
  ['an earlier boot', { boot: 'earlier' }, 'held'],
  ['another host', { boot: 'other', host: 'other' }, 'busy'],
  ['another container of this machine', { pidSpace: 'pid:[1]', pid: 2 ** 22 + 1 }, 'busy'],
  ['the same machine under an old name', { host: 'old-name', pid: 2 ** 22 + 1 }, 'held'],
])('a holder that is %s: %s -> %s', async (_, change, outcome) => {
  const state = temporaryFolder();
  forgeHolder(state, change);
  expect((await lockIn(state).tryAcquire()).kind).toBe(outcome);
});

test('a claim whose folder was away when it was given up is given back when that is there again', async () => {
  const folder = temporaryFolder();
  const state = path.join(folder, 'state');
  const [other] = (await childrenIn(state, 1)) as [Child];
  const { lock, tryAcquire } = lockIn(state);
  const giveUpWhileAway = () => {
    fs.renameSync(state, path.join(folder, 'away'));
    lock.release();
    fs.renameSync(path.join(folder, 'away'), state);
  };
  expect((await tryAcquire()).kind).toBe('held');
  giveUpWhileAway();
  // Who looks before it is given back sees nobody.
  expect(peekLock(state)).toBeNull();
  // Who gave it up does not wait for itself,
  expect((await tryAcquire()).kind).toBe('held');
  giveUpWhileAway();
  // and others need not wait for its end.
  expect(await ask(other, 'acquire')).toBe(`blocked by ${process.pid}`);
  expect(await other.hear()).toBe('held');
});

test('what is given back late robs nobody who has taken the lock meanwhile', async () => {
  const folder = temporaryFolder();
  const state = path.join(folder, 'state');
  const [mine, other] = [lockIn(state), lockIn(state)];
  expect((await mine.tryAcquire()).kind).toBe('held');
  fs.renameSync(state, path.join(folder, 'away'));
  mine.lock.release();
  // Another folder in its place, of the same numbers.
  expect((await other.tryAcquire()).kind).toBe('held');
  expect((await mine.tryAcquire()).kind).toBe('busy');
  expect(other.lock.isMine()).toBe(true);
  other.lock.release();
  fs.rmSync(state, { recursive: true });
  fs.renameSync(path.join(folder, 'away'), state);
  expect((await other.tryAcquire()).kind).toBe('held');
  expect((await mine.tryAcquire()).kind).toBe('busy');
  expect(other.lock.isMine()).toBe(true);
});

/** Where a file system does not keep the numbers of its folders, a copy cannot be told from what was copied. */
const copies = placeOf(tmpdir()) === null ? 'busy' : 'held';

test(`the copy of a folder in which somebody holds the lock is ${copies}, and stays so when the other is moved`, async () => {
  const folder = temporaryFolder();
  const [state, copy, moved] = ['state', 'copy', 'moved'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  const [holder] = (await childrenIn(state, 1)) as [Child];
  expect(await ask(holder, 'acquire')).toBe('held');
  fs.cpSync(state, copy, { recursive: true });
  expect(peekLock(copy) === null).toBe(copies === 'held');
  expect((await lockIn(copy).tryAcquire()).kind).toBe(copies);
  expect((await lockIn(state).tryAcquire()).kind).toBe('busy');
  // The folder is the same wherever it lies.
  fs.renameSync(state, moved);
  expect((await lockIn(moved).tryAcquire()).kind).toBe('busy');
  expect(peekLock(moved)).toMatchObject({ pid: holder.pid });
});

test('whose folder was replaced by a copy of it has lost the lock, as others may take it there', async () => {
  const folder = temporaryFolder();
  const state = path.join(folder, 'state');
  const [mine, other] = [lockIn(state), lockIn(state)];
  await mine.tryAcquire();
  fs.renameSync(state, path.join(folder, 'away'));
  fs.cpSync(path.join(folder, 'away'), state, { recursive: true });
  expect(mine.lock.isMine()).toBe(copies === 'busy');
  expect((await other.tryAcquire()).kind).toBe(copies);
  mine.lock.release();
  expect(other.lock.isMine()).toBe(copies === 'held');
});

test('a claim that does not say where it was made, as earlier versions leave it, counts wherever it lies', async () => {
  const state = temporaryFolder();
  forgeHolder(state, {});
  expect(fs.readFileSync(path.join(state, 'lock', '7'), 'utf8')).not.toContain('place');
  expect((await lockIn(state).tryAcquire()).kind).toBe('busy');
});

test('so does one of another machine, which numbers its folders otherwise', async () => {
  const state = temporaryFolder();
  forgeHolder(state, { boot: 'other', host: 'elsewhere', place: '1:1' });
  expect((await lockIn(state).tryAcquire()).kind).toBe('busy');
});

test('numbers only rise, from release to release', async () => {
  const state = temporaryFolder();
  const { lock, tryAcquire } = lockIn(state);
  for (const number of ['1', '2', '3']) {
    expect(lock.isMine()).toBe(false);
    expect((await tryAcquire()).kind).toBe('held');
    expect((await tryAcquire()).kind).toBe('held');
    expect(lock.isMine()).toBe(true);
    expect(highestIn(path.join(state, 'lock'))).toBe(Number(number));
    lock.release();
    expect(fs.readdirSync(path.join(state, 'lock'))).toEqual([number]);
  }
});

test.each(['', '{"pid":', 'null', '\0\0\0', '{}'])(
  'a claim that a power failure left as %j blocks nobody',
  async (text) => {
    const state = temporaryFolder();
    fs.mkdirSync(path.join(state, 'lock'));
    fs.writeFileSync(path.join(state, 'lock', '41'), text);
    fs.writeFileSync(path.join(state, 'lock', '1-a.tmp'), text);
    const { lock, tryAcquire } = lockIn(state);
    expect((await tryAcquire()).kind).toBe('held');
    lock.release();
    expect(fs.readdirSync(path.join(state, 'lock'))).toEqual(['42']);
  },
);

test('waiting ends when it is told to, and each holder is announced once', async () => {
  const state = temporaryFolder();
  forgeHolder(state, {});
  const { lock } = lockIn(state);
  const controller = new AbortController();
  const blockedBy: LockHolder[] = [];
  let announced = (): void => {};
  const first = new Promise<void>((resolve) => {
    announced = resolve;
  });
  const outcome = lock.acquire({
    wait: true,
    command: 'pipe build',
    signal: controller.signal,
    onBlocked: (holder) => {
      blockedBy.push(holder);
      announced();
    },
  });
  await first;
  controller.abort();
  expect(await outcome).toEqual({ kind: 'cancelled' });
  expect(blockedBy).toEqual([{ pid: process.pid, command: 'forged', sinceMs: 5 }]);
});

test('whoever loses the folder loses the lock, and does not disturb the next holder', async () => {
  const state = temporaryFolder();
  const [mine, other] = [lockIn(state), lockIn(state)];
  await mine.tryAcquire();
  fs.rmSync(path.join(state, 'lock'), { recursive: true });
  expect(mine.lock.isMine()).toBe(false);
  expect((await other.tryAcquire()).kind).toBe('held');
  expect(mine.lock.isMine()).toBe(false);
  mine.lock.release();
  expect(other.lock.isMine()).toBe(true);
});

test('one can look who holds it without leaving a trace', async () => {
  const state = path.join(temporaryFolder(), 'state');
  expect(peekLock(state)).toBeNull();
  expect(fs.existsSync(state)).toBe(false);
  const { lock, tryAcquire } = lockIn(state);
  await tryAcquire();
  expect(peekLock(state)).toMatchObject({ pid: process.pid, command: 'pipe build' });
  lock.release();
  expect(peekLock(state)).toBeNull();
  forgeHolder(state, { started: '1' });
  expect(peekLock(state)).toBeNull();
});

test('where the state folder cannot be written, the lock is kept among the temporary files', async () => {
  const folder = temporaryFolder();
  fs.writeFileSync(path.join(folder, 'file'), '');
  const state = path.join(folder, 'file', 'state');
  const temporary = path.join(folder, 'tmp');
  const [mine, other] = [
    lockIn(state, { temporaryFolder: temporary }),
    lockIn(state, { temporaryFolder: temporary }),
  ];
  expect((await mine.tryAcquire()).kind).toBe('held');
  expect(mine.lock.isMine()).toBe(true);
  expect((await other.tryAcquire()).kind).toBe('busy');
  expect(peekLock(state, ownIdentity(), temporary)).toMatchObject({ pid: process.pid });
  mine.lock.release();
  expect((await other.tryAcquire()).kind).toBe('held');
});

test('a folder that another put in the place of the substitute is not used', async () => {
  const folder = temporaryFolder();
  fs.writeFileSync(path.join(folder, 'file'), '');
  const state = path.join(folder, 'file', 'state');
  const temporary = path.join(folder, 'tmp');
  const first = lockIn(state, { temporaryFolder: temporary });
  await first.tryAcquire();
  first.lock.release();
  const [name] = fs.readdirSync(temporary);
  fs.rmSync(path.join(temporary, name!), { recursive: true });
  fs.mkdirSync(path.join(folder, 'elsewhere'));
  fs.symlinkSync(path.join(folder, 'elsewhere'), path.join(temporary, name!));
  const troubles: string[] = [];
  const { tryAcquire } = lockIn(state, {
    temporaryFolder: temporary,
    onTrouble: (text) => void troubles.push(text),
  });
  expect((await tryAcquire()).kind).toBe('held');
  expect(troubles).toHaveLength(1);
  expect(fs.readdirSync(path.join(folder, 'elsewhere'))).toEqual([]);
});

test('where no lock can be kept at all, the build goes on and says so', async () => {
  const blocked = path.join(temporaryFolder(), 'file');
  fs.writeFileSync(blocked, '');
  const troubles: string[] = [];
  const { lock, tryAcquire } = lockIn(path.join(blocked, 'state'), {
    temporaryFolder: path.join(blocked, 'tmp'),
    onTrouble: (message) => void troubles.push(message),
  });
  expect((await tryAcquire()).kind).toBe('held');
  expect(lock.isMine()).toBe(true);
  expect(troubles).toEqual([expect.stringContaining('two builds at once')]);
  lock.release();
  expect(lock.isMine()).toBe(false);
});
