// `pipe watch` where the system tells nothing, or not all: events that are lost, watches that are refused.
import { once } from 'node:events';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { blinkered } from '../rig/blinkered.ts';
import { Rig } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';

const { glance } = blinkered();
/** Once a night. */
const isLong = process.env.PIPE_FAULTS === 'all';

const chain = `{ stages: {
  join: { requires: ['in/**/*.txt'], produces: ['out/all.txt'], run: 'find in -type f -name "*.txt" | sort | xargs cat > out/all.txt' },
} }`;

test('events that the system dropped are made up for by looking at everything', async () => {
  await using rig = await Rig.compiled({ 'in/a.txt': 'a0\n', 'in/z/z.txt': 'z0\n' }, chain);
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  const { child } = watcher.running;
  // More than the system keeps for who does not fetch them (16,384 by default); what comes then is dropped. Of several
  // in a row that are alike it keeps but one. To make as many files takes longer.
  const place = (i: number) => rig.path(isLong ? `in/${i}` : `in/${i % 2}`);
  for (let i = 0; i < (isLong ? 20_000 : 2); i++) fs.writeFileSync(place(i), '');
  const overflow = () => {
    child.kill('SIGSTOP');
    for (let i = 0; i < 20_000; i++) fs.utimesSync(place(i), 1, i);
  };
  overflow();
  rig.write('in/z/z.txt', 'z1\n');
  rig.write('in/new/n.txt', 'n1\n');
  child.kill('SIGCONT');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join'] });
  expect(rig.read('out/all.txt')).toBe('a0\nn1\nz1\n');
  // A build that asks in the middle of it is told nothing that is not so.
  overflow();
  rig.write('in/z/z.txt', 'z2\n');
  const asking = glance(rig.root);
  child.kill('SIGCONT');
  if ((await asking) !== null) expect(rig.read('out/all.txt')).toBe('a0\nn1\nz2\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join'] });
  expect(rig.read('out/all.txt')).toBe('a0\nn1\nz2\n');
  // And it still hears of what comes afterwards, in the folder that nobody told of as well.
  rig.write('in/new/n.txt', 'n2\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join'] });
});

/** Loaded before the command: the system grants `granted` watches and no more. */
const stingy = (granted: number, code: string) => `
  const fs = require('node:fs');
  const { watch } = fs;
  let left = ${granted};
  fs.watch = (...args) => {
    if (left-- > 0) return watch(...args);
    throw Object.assign(new Error('${code}: System limit for number of file watchers reached'), { code: '${code}' });
  };`;

test('where the system gives no more watches, it says what to do about it and looks again and again', async () => {
  await using rig = await Rig.compiled({ 'in/a/a.txt': 'a0\n', 'stingy.cjs': stingy(2, 'ENOSPC') }, chain);
  const env = { NODE_OPTIONS: `--require ${rig.path('stingy.cjs')}` };
  const [watcher, first] = await Watcher.start(rig, [], { env });
  await using _ = watcher;
  expect(first.text).toMatch(/fs\.inotify\.max_user_watches/);
  expect(first.text).toMatch(/up to date, looking again and again/);
  rig.write('in/a/a.txt', 'a1\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join'] });
});

test('with --poll it looks again and again, at the configuration as well', async () => {
  await using rig = await Rig.compiled({ 'in/a.txt': 'a0\n' }, chain);
  const [watcher] = await Watcher.start(rig, ['--poll', '0.1']);
  await using _ = watcher;
  rig.write('in/b/b.txt', 'b0\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join'] });
  rig.config(chain.replace("'in/**/*.txt'", "'in/*/*.txt'").replace('find in', 'find in/b'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join'] });
  expect(rig.read('out/all.txt')).toBe('b0\n');
});

/** Loaded before the command: what it does every 100 ms it says, and while there is a file `refuse` it cannot look at `lib.txt`. */
const ticking = `
  const fs = require('node:fs');
  const { lstatSync } = fs;
  const { setInterval } = globalThis;
  globalThis.setInterval = (act, ms) => setInterval(() => { if (ms === 100) process.stderr.write('tick\\n'); act(); }, ms);
  fs.lstatSync = (file, ...rest) => {
    if (!String(file).endsWith('/lib.txt') || !fs.existsSync('refuse')) return lstatSync(file, ...rest);
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO', errno: -5, syscall: 'lstat' });
  };`;

test('with --poll, what stands in the way is told of once, however often it looks', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '0\n', 'lib.txt': '0\n', 'ticking.cjs': ticking },
    `{ stages: { one: { requires: ['in.txt', 'lib.txt'], produces: ['out.txt'], run: 'cat in.txt lib.txt > out.txt' } } }`,
  );
  const env = { NODE_OPTIONS: `--require ${rig.path('ticking.cjs')}` };
  const [watcher] = await Watcher.start(rig, ['--poll', '0.1'], { env });
  await using _ = watcher;
  const looks = async () => {
    const ticks = () => watcher.running.stderr.split('tick\n').length;
    const enough = ticks() + 10;
    while (ticks() < enough) await once(watcher.running.child.stderr!, 'data');
  };
  rig.remove('in.txt');
  expect((await watcher.rest()).text).toContain('nothing can be built as it is');
  await looks();
  rig.write('in.txt', '1\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['one'] });
  rig.write('refuse', '');
  expect((await watcher.rest()).text).toMatch(
    /the file system refused: EIO.*\nnothing can be built as it is/,
  );
  await looks();
  rig.remove('refuse');
  rig.write('in.txt', '2\n');
  const { text, done } = await watcher.rest();
  expect([text.match(/refused/), done]).toEqual([null, ['one']]);
});

/** Loaded before the command: writes a file into this folder when it is about to be watched. */
const lateFile = `
  const fs = require('node:fs');
  const { watch } = fs;
  let isWritten = false;
  fs.watch = (folder, ...rest) => {
    if (folder.endsWith('/in/new') && !isWritten) {
      isWritten = true;
      fs.writeFileSync(folder + '/n.txt', 'n1\\n');
    }
    return watch(folder, ...rest);
  };`;

test('a file that is made just before its new folder is watched is seen: after the watching comes another look', async () => {
  await using rig = await Rig.compiled({ 'in/a.txt': 'a0\n', 'late.cjs': lateFile }, chain);
  const env = { NODE_OPTIONS: `--require ${rig.path('late.cjs')}` };
  const [watcher] = await Watcher.start(rig, [], { env });
  await using _ = watcher;
  fs.mkdirSync(rig.path('in/new'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['join'] });
  expect(rig.read('out/all.txt')).toBe('a0\nn1\n');
});

/** Loaded before the command: it is told of this file and of nothing else. */
const onlyOf = (name: string) => `
  const fs = require('node:fs');
  const { watch } = fs;
  fs.watch = (folder, onEvent) =>
    watch(folder, (event, file) => {
      if (String(file) === '${name}') onEvent(event, file);
    });`;

test('what a run has done is looked at after it, whether or not the system has told of it', async () => {
  const stages = `{ stages: {
    copy: { requires: ['in.txt'], produces: ['mid.txt'], run: 'cp in.txt mid.txt' },
    good: { requires: ['mid.txt'], produces: ['out.txt'], run: 'grep good mid.txt > out.txt' },
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'good\n', 'only.cjs': onlyOf('in.txt') }, stages);
  const env = { NODE_OPTIONS: `--require ${rig.path('only.cjs')}` };
  const [watcher] = await Watcher.start(rig, [], { env });
  await using _ = watcher;
  rig.write('in.txt', 'bad\n');
  const pass = await watcher.rest();
  expect(pass).toMatchObject({ runs: 1, done: ['copy'], failed: ['good'] });
  expect(pass.text).toMatch(
    /good failed: it runs again when something it requires changes\nall else is up to date/,
  );
});
