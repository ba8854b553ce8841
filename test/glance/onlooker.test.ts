// What may vouch for a look: only stamps that any later change must alter.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileClock, readClock, wasSetBack } from '../../src/glance/file-clock.ts';
import { Onlooker, type Vouched } from '../../src/glance/onlooker.ts';
import { encodedPaths } from '../../src/glance/path-list.ts';
import { changesAmong } from '../../src/glance/shared-look.ts';

let root = '';
beforeEach(() => {
  root = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'pipe-seal-'));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const at = (file: string) => path.join(root, file);

/** Until the clock that stamps files has left the present behind by more than its tick. */
function letTheClockTick(): void {
  const now = () => {
    fs.writeFileSync(at('clock'), '');
    const { mtimeMs } = fs.statSync(at('clock'));
    fs.unlinkSync(at('clock'));
    return mtimeMs;
  };
  const start = now();
  while (now() < start + 30);
}

/** One that looks as if the process had begun with it. */
function onlooker(): Onlooker {
  return new Onlooker(root, { fileMs: fileClock(at('probe')).fileMs });
}

function sealed(one: Onlooker): Vouched | null {
  return one.vouched();
}

function holds({ paths, stamps }: Vouched): boolean {
  return changesAmong({ root, paths: encodedPaths(paths), stamps }).length === 0;
}

test('what is older than the look is vouched for, and any change of it shows', () => {
  fs.writeFileSync(at('a'), '1');
  letTheClockTick();
  const one = onlooker();
  one.saw(at('a'), true);
  one.saw(at('none'), false);
  const proof = sealed(one)!;
  expect(holds(proof)).toBe(true);
  fs.writeFileSync(at('none'), '');
  expect(holds(proof)).toBe(false);
  fs.rmSync(at('none'));
  expect(holds(proof)).toBe(true);
  fs.renameSync(at('a'), at('b'));
  expect(holds(proof)).toBe(false);
  // A file that is moved and moved back has another time of change.
  fs.renameSync(at('b'), at('a'));
  expect(holds(proof)).toBe(false);
});

test('a folder vouches for its entries', () => {
  fs.mkdirSync(at('folder'));
  letTheClockTick();
  const one = onlooker();
  one.saw(at('folder'));
  const proof = sealed(one)!;
  expect(holds(proof)).toBe(true);
  fs.writeFileSync(at('folder/new'), '');
  expect(holds(proof)).toBe(false);
});

test('what was changed just before or during the look is not', () => {
  letTheClockTick();
  fs.writeFileSync(at('a'), '1');
  const before = onlooker();
  before.saw(at('a'), true);
  expect(sealed(before)).toBeNull();
  letTheClockTick();
  const during = onlooker();
  during.saw(at('a'), true);
  fs.utimesSync(at('a'), 1, 1);
  expect(sealed(during)).toBeNull();
});

test('by the clock of its own file system it need only have gone on: for folders, and for files that were read so', () => {
  fs.mkdirSync(at('folder'));
  fs.writeFileSync(at('file'), '1');
  const { dev } = fs.statSync(root);
  const isVouchedFor = (name: string, ms: number, device?: number, isRead?: (file: string) => boolean) => {
    const fileMs = fs.statSync(at(name)).ctimeMs + ms;
    const one = new Onlooker(root, device === undefined ? { fileMs } : { fileMs, device }, isRead);
    one.saw(at(name), true);
    return sealed(one) !== null;
  };
  const wasRead = (file: string) => file === at('file');
  expect([0, 1, 2].map((ms) => isVouchedFor('folder', ms, dev))).toEqual([false, false, true]);
  expect([0, 1, 2].map((ms) => isVouchedFor('file', ms, dev, wasRead))).toEqual([false, false, true]);
  // Somebody may be in the middle of writing to it, or the clock be another.
  expect([2, 11].map((ms) => isVouchedFor('file', ms, dev))).toEqual([false, true]);
  expect([2, 11].map((ms) => isVouchedFor('file', ms, dev + 1, wasRead))).toEqual([false, true]);
  expect([2, 11].map((ms) => isVouchedFor('folder', ms))).toEqual([false, true]);
  expect([2, 11].map((ms) => isVouchedFor('folder', ms, dev + 1))).toEqual([false, true]);
});

test('of a link its text counts, and, where it was followed, what lies at its end', () => {
  fs.writeFileSync(at('a'), '1');
  fs.writeFileSync(at('b'), '1');
  fs.symlinkSync('a', at('middle'));
  fs.symlinkSync('middle', at('link'));
  letTheClockTick();
  const text = onlooker();
  text.saw(at('link'));
  const end = onlooker();
  end.followed(at('link'), true);
  const [ofText, ofEnd] = [sealed(text)!, sealed(end)!];
  expect([holds(ofText), holds(ofEnd)]).toEqual([true, true]);
  fs.writeFileSync(at('a'), '2');
  expect([holds(ofText), holds(ofEnd)]).toEqual([true, false]);
  letTheClockTick();
  const again = onlooker();
  again.followed(at('link'), true);
  const ofAgain = sealed(again)!;
  fs.rmSync(at('middle'));
  fs.symlinkSync('b', at('middle'));
  expect([holds(ofText), holds(ofAgain)]).toEqual([true, false]);
  fs.rmSync(at('link'));
  fs.symlinkSync('middle', at('link'));
  expect(holds(ofText)).toBe(false);
});

test('a file whose name looks like that of another look is not vouched for', () => {
  fs.writeFileSync(at('\u0001a'), '1');
  letTheClockTick();
  const one = onlooker();
  one.saw(at('\u0001a'), true);
  expect(sealed(one)).toBeNull();
});

test('what came, went, or was both there and not is not', () => {
  fs.writeFileSync(at('a'), '1');
  letTheClockTick();
  const came = onlooker();
  came.saw(at('a'), false);
  expect(sealed(came)).toBeNull();
  const went = onlooker();
  went.saw(at('b'), true);
  expect(sealed(went)).toBeNull();
  const both = onlooker();
  both.saw(at('a'), true);
  both.saw(at('a'), false);
  expect(sealed(both)).toBeNull();
  const unsure = onlooker();
  unsure.unsure();
  expect(sealed(unsure)).toBeNull();
});

test('of some tasks: those of which all is vouched for, and what concerns all', () => {
  for (const file of ['all', 'a', 'b', 'both', 'young']) fs.writeFileSync(at(file), file);
  letTheClockTick();
  const one = onlooker();
  one.saw(at('all'), true);
  const looks: Readonly<Record<string, readonly string[]>> = {
    a: ['a', 'all', 'none'],
    b: ['b', 'young'],
    c: ['both'],
    d: ['both', 'b'],
    e: ['b', 'none'],
  };
  for (const [task, files] of Object.entries(looks)) {
    one.looksFor(task);
    for (const file of files)
      one.saw(at(file), fs.existsSync(at(file)) && !(task === 'd' && file === 'both'));
    one.looksFor(null);
  }
  fs.writeFileSync(at('young'), 'younger');
  expect(sealed(one)).toBeNull();
  const some = one.vouchedOf(['e', 'a', 'b', 'c', 'd', 'unheard-of'])!;
  expect(some.paths).toEqual(['all', 'a', 'none', 'b']);
  expect(some.common).toEqual([0]);
  expect([...some.byTask]).toEqual([
    ['e', [3, 2]],
    ['a', [1, 0, 2]],
  ]);
  expect(holds(some)).toBe(true);
  fs.writeFileSync(at('b'), 'B');
  expect(changesAmong({ root, paths: encodedPaths(some.paths), stamps: some.stamps })).toEqual([3]);
  fs.writeFileSync(at('all'), 'ALL');
  expect(one.vouchedOf(['a'])).toBeNull();
});

test('while a run works, what is asked for no task is its own business, and so is what it is unsure of', () => {
  for (const file of ['a', 'made', 'code']) fs.writeFileSync(at(file), file);
  letTheClockTick();
  const one = onlooker();
  one.asks('own');
  expect(one.isListening).toBe(false);
  one.saw(at('made'), true);
  one.unsure();
  one.looksFor('a');
  expect(one.isListening).toBe(true);
  one.saw(at('a'), true);
  one.looksFor(null);
  expect(one.isListening).toBe(false);
  fs.writeFileSync(at('made'), 'anew');
  one.asks('all');
  one.saw(at('code'), true);
  const { paths, common, byTask } = one.vouchedOf(['a'])!;
  expect([paths, common, [...byTask]]).toEqual([['a', 'code'], [1], [['a', [0]]]]);
  one.looksFor('a');
  one.unsure();
  expect(one.vouchedOf(['a'])).toBeNull();
});

test('what is not there, and nobody knows since when, is vouched for by the folder around it', () => {
  letTheClockTick();
  const settled = onlooker();
  settled.saw(at('no/such/file'));
  // The probe itself has just changed the root.
  expect(sealed(settled)).toBeNull();
  fs.mkdirSync(at('around'));
  letTheClockTick();
  const one = onlooker();
  one.saw(at('around/no/such/file'));
  expect(holds(sealed(one)!)).toBe(true);
});

test('what changes only with something else is vouched for however young it is, and its changes show', () => {
  fs.mkdirSync(at('own'));
  letTheClockTick();
  fs.writeFileSync(at('own/new'), '');
  const strict = onlooker();
  strict.saw(at('own'));
  const one = onlooker();
  one.sawOwn(at('own'));
  expect(sealed(strict)).toBeNull();
  const proof = sealed(one)!;
  expect(holds(proof)).toBe(true);
  letTheClockTick();
  fs.rmSync(at('own/new'));
  expect(holds(proof)).toBe(false);
});

test('a clock that goes on with time was not set back; one that falls behind it was, by more than it can tell', () => {
  const before = { fileMs: 5_000.25, elapsedMs: 100 };
  const after = (fileMs: number) => wasSetBack(before, { fileMs, elapsedMs: 1_100 });
  expect(after(6_000.25)).toBe(false);
  // It goes in steps, and may have been put forward.
  expect(after(5_992.5)).toBe(false);
  expect(after(3_606_000.25)).toBe(false);
  expect(after(5_980.5)).toBe(true);
  expect(after(-3_594_000.5)).toBe(true);
  // Whole seconds alone: it cannot tell more.
  const coarse = (fileMs: number) =>
    wasSetBack({ fileMs: 5_000, elapsedMs: 100 }, { fileMs, elapsedMs: 3_100 });
  expect([coarse(7_000), coarse(5_000)]).toEqual([false, true]);
  expect(wasSetBack(readClock(at('probe')), readClock(at('probe')))).toBe(false);
});
