// The folder in which the lock lies: told from others, also where another one takes its place at any moment.
import fs from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { giveBack } from '../../src/lock/owed-claims.ts';
import { placeOf } from '../../src/lock/place.ts';
import { ownIdentity } from '../../src/lock/process-identity.ts';
import { WorkspaceLock } from '../../src/lock/workspace-lock.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

test.each<[string, number, boolean]>([
  ['ext', 0xef53, true],
  ['an overlay', 0x794c7630, false],
  ['FUSE', 0x65735546, false],
  ['what nobody knows', 0x12345, false],
])('on %s the number of a folder tells which it is: %j', (_name, type, tells) => {
  pretendToBe(type);
  expect(placeOf(temporaryFolder()) !== null).toBe(tells);
});

test.each<['readFileSync' | 'linkSync', number]>([
  ['readFileSync', 7],
  ['linkSync', 8],
])(
  'a folder that takes the place of another while one takes the lock there robs nobody (%s)',
  async (call, number) => {
    pretendToBe(0xef53);
    const state = temporaryFolder();
    // Of a holder that is dead.
    forgeHolder(state, 7, '1');
    swapAfter(call, state, number);
    const lock = new WorkspaceLock({ state, onTrouble: () => {} });
    onTestFinished(() => lock.release());
    const asked = { wait: false, command: 'pipe build', signal: new AbortController().signal };
    expect((await lock.acquire({ ...asked, onBlocked: () => {} })).kind).toBe('busy');
    expect(fs.readdirSync(path.join(state, 'lock'))).toEqual([String(number)]);
  },
);

test('a claim is given back where it was found, and a folder that takes the place of its own keeps all that it has', () => {
  const state = temporaryFolder();
  const folder = path.join(state, 'lock');
  forgeHolder(state, 7);
  fs.writeFileSync(path.join(folder, '6'), 'released\n');
  // A stranger's claim has a lower number, so it would be cleared away.
  swapAfter('readFileSync', state, 7, 3);
  expect(giveBack({ folder, number: 7, nonce: 'n', place: placeOf(folder) })).toEqual({ kind: 'done' });
  // Elsewhere a folder that is open has no path of its own.
  if (process.platform !== 'linux') return;
  expect(fs.readdirSync(folder)).toEqual(['3']);
  expect(fs.readdirSync(path.join(state, 'away'))).toEqual(['7']);
  expect(fs.readFileSync(path.join(state, 'away', '7'), 'utf8')).toBe('released\n');
});

/** As if all lay on a file system of this kind. */
function pretendToBe(type: number): void {
  const real = fs.statfsSync('/');
  const spy = vi.spyOn(fs, 'statfsSync').mockReturnValue({ ...real, type });
  onTestFinished(() => spy.mockRestore());
}

/** Makes it look as if this process held the lock, or one that had its number before. */
function forgeHolder(state: string, number: number, started = ownIdentity().started): void {
  fs.mkdirSync(path.join(state, 'lock'), { recursive: true });
  const claim = { ...ownIdentity(), started, command: 'forged', sinceMs: 5, nonce: 'n' };
  fs.writeFileSync(path.join(state, 'lock', String(number)), JSON.stringify(claim));
}

/** Right after the first `call` on the claim of this number another folder lies there, in which this process holds the lock. */
function swapAfter(call: 'readFileSync' | 'linkSync', state: string, number: number, held = number): void {
  const lock = path.join(state, 'lock');
  const original = fs[call] as (...args: unknown[]) => unknown;
  const spy = vi.spyOn(fs, call as 'linkSync').mockImplementation((...args: unknown[]) => {
    const answer = original(...args);
    if (args.some((arg) => String(arg).endsWith(`/${number}`))) {
      spy.mockRestore();
      fs.renameSync(lock, path.join(state, 'away'));
      forgeHolder(state, held);
    }
    return answer;
  });
  onTestFinished(() => spy.mockRestore());
}
