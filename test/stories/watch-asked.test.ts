// While a watch is at work in the same workspace, a plain build asks it what has changed, and looks by itself wherever the
// watch cannot know. Nothing else can say here that there is nothing to do: the lists that builds leave are taken away.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { blinkered } from '../rig/blinkered.ts';
import { Rig, type RunOptions } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';
import { gate, tell } from './signs.ts';

const config = `{ stages: {
  join: { requires: ['in/*.txt'], produces: ['out/all.txt'], run: 'cat in/*.txt > out/all.txt', env: { GREETING: true } },
  slow: { requires: ['slow.txt'], produces: ['out/slow.txt'], run: 'cp slow.txt out/slow.txt; grep -q quick slow.txt || read _ < gate' },
} }`;
const files = { 'in/a.txt': 'a0\n', 'slow.txt': 'quick\n' };
const asking = '.pipeline-cache/asking';

const { glance } = blinkered();

/** What a build says that can only ask. */
function ask(rig: Rig, words: readonly string[] = [], options: RunOptions = {}): Promise<string | null> {
  const runs = rig.path('.pipeline-cache/runs');
  for (const run of fs.readdirSync(runs)) fs.rmSync(`${runs}/${run}/glance`, { force: true });
  return glance(rig.root, words, options);
}

/** Until it is answered: a busy machine may take longer than a build waits. */
async function answer(rig: Rig, words: readonly string[] = [], options: RunOptions = {}): Promise<string> {
  for (;;) {
    const told = await ask(rig, words, options);
    if (told !== null) return told;
  }
}

test('what a watch has found fresh a build need not look at: it says what it would say, and the history has it', async () => {
  await using rig = await Rig.compiled(files, config);
  gate(rig, 'gate');
  const [watcher] = await Watcher.start(rig, ['-v', '-j', '1']);
  await using _ = watcher;
  const timeless = (text: string) => text.replace(/in \d+ms/, 'in no time');
  const told = await answer(rig);
  expect(told).toMatch(/^nothing to do: 2 fresh in \d+ms( \(saved [^)]+\))?\n$/);
  expect(timeless(told)).toBe(timeless((await rig.pipe(['build', '--log-level', 'info'])).stdout));
  const runs = fs.readdirSync(rig.path('.pipeline-cache/runs'));
  for (const run of runs) expect(rig.exists(`.pipeline-cache/runs/${run}/summary.json`)).toBe(true);

  // After each run of the watch it is so at once, and whoever wrote: here another build.
  rig.write('in/b.txt', 'b0\n');
  await watcher.rest();
  expect(await answer(rig)).toContain('2 fresh');
  expect(await rig.build(['--force', 'join'])).toMatchObject({ executed: ['join'] });
  expect(await answer(rig)).toContain('2 fresh');
  expect(fs.readdirSync(rig.path(asking)).filter((name) => name.startsWith('cookie'))).toEqual([]);

  // While something runs, the build is on its own, and waits for its turn.
  rig.write('slow.txt', 'slow\n');
  await watcher.until(/run +slow/);
  expect(await ask(rig)).toBe(null);
  const building = rig.start(['build']);
  await building.printed('waiting for another run in this folder');
  await tell(rig, 'gate');
  expect((await building.ended).code).toBe(0);
  await watcher.rest();
  expect(await answer(rig)).toContain('2 fresh');
  expect((await watcher.quit()).code).toBe(130);
  expect(fs.readdirSync(rig.path(asking))).toEqual([]);
});

test('another question is not answered, nor one to a watch that does not hear it', async () => {
  await using rig = await Rig.compiled(files, config);
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  await answer(rig);
  expect(await ask(rig, [], { env: { GREETING: 'hi' } })).toBe(null);
  expect(await ask(rig, [], { env: { OTHER: 'hi' } })).toContain('2 fresh');
  expect(await ask(rig, ['join'])).toBe(null);
  expect(await ask(rig, [], { cwd: 'in' })).toBe(null);
  expect(await ask(rig, [], { env: { HOME: '/nowhere' } })).toBe(null);
  expect(await ask(rig, [], { env: { PIPE_STAGE: 'join', PIPE_ROOT: rig.root } })).toBe(null);
  // What is said there is believed, so nobody else may have been there.
  fs.chmodSync(rig.path(asking), 0o755);
  expect(await ask(rig)).toBe(null);
  fs.chmodSync(rig.path(asking), 0o700);
  await answer(rig);

  watcher.running.child.kill('SIGSTOP');
  expect(await ask(rig)).toBe(null);
  rig.write('in/a.txt', 'a1\n');
  expect(await ask(rig)).toBe(null);
  // A build by itself does not wait for it.
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['join'] });
  watcher.running.child.kill('SIGCONT');
  expect(await answer(rig)).toContain('2 fresh');
  expect(rig.read('out/all.txt')).toBe('a1\n');

  watcher.running.child.kill('SIGKILL');
  await watcher.running.ended;
  expect(fs.readdirSync(rig.path(asking))).toHaveLength(1);
  expect(await ask(rig)).toBe(null);
  const [next] = await Watcher.start(rig);
  await using __ = next;
  await answer(rig);
});

test('a watch that does not build what a plain build does is nobody to ask', async () => {
  await using rig = await Rig.compiled(files, config);
  const [watcher] = await Watcher.start(rig, ['--no-cache']);
  await using _ = watcher;
  expect(rig.exists(asking)).toBe(false);
  expect(await ask(rig)).toBe(null);
});

test('where a build would have something to say, or to look at besides, it does so', async () => {
  let version = 0;
  const make = "make: { produces: ['made/out'], run: 'echo 1 > made/out' }";
  // Each time something runs, so that it is told when all has been looked at.
  const config = (...stages: readonly string[]) =>
    `{ stages: { use: { requires: ['made/*'], produces: ['used.txt'], run: 'cat made/* > used.txt', version: '${version++}' }, ${stages.join(', ')} } }`;
  await using rig = await Rig.compiled({ 'made/own': '1' }, config(make));
  const [watcher, first] = await Watcher.start(rig);
  expect(first.done).toContain('use');
  await using _ = watcher;
  await answer(rig);
  // A program that a killed build left, and a mark of the folder that is gone.
  rig.write('.pipeline-cache/running/1-0', '{}');
  expect(await ask(rig)).toBe(null);
  rig.remove('.pipeline-cache/running/1-0');
  rig.remove('.pipeline-cache/CACHEDIR.TAG');
  expect(await ask(rig)).toBe(null);
  rig.write('.pipeline-cache/CACHEDIR.TAG', '');
  await answer(rig);

  for (const stages of [
    [make, "manual: { requires: ['made/own'], run: 'true', watch: 'manual' }"],
    [make, "always: { run: 'true' }"],
    [make, "tooled: { requires: ['made/own'], run: 'true', tools: { node: '*' } }"],
    // What a stage left that is there no more is warned of each time.
    [],
  ]) {
    rig.config(config(...stages));
    expect((await watcher.rest()).done, stages.join()).toContain('use');
    expect(await ask(rig), stages.join()).toBe(null);
  }
});

/** Loaded before the command: as long as the file `refuse` is there, the disk does not say what make.sh is. */
const refusing = `
  const fs = require('node:fs');
  const { lstatSync } = fs;
  fs.lstatSync = (file, ...rest) => {
    if (!String(file).endsWith('/make.sh') || !fs.existsSync('refuse')) return lstatSync(file, ...rest);
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO', errno: -5, syscall: 'lstat' });
  };`;

test('where a look was refused the watch vouches for nothing, and looks at everything the next time', async () => {
  await using rig = await Rig.compiled(
    { 'in/a.txt': 'a0\n', 'make.sh': 'cat in/*.txt > all.txt', 'refusing.cjs': refusing },
    `{ stages: { join: { requires: ['in/*.txt'], produces: ['all.txt'], run: 'sh make.sh' } } }`,
  );
  const env = { NODE_OPTIONS: `--require ${rig.path('refusing.cjs')}` };
  const [watcher] = await Watcher.start(rig, [], { env });
  await using _ = watcher;
  expect(await answer(rig)).toContain('1 fresh');
  rig.write('refuse', '');
  rig.write('in/a.txt', 'a1\n');
  await watcher.until(/the file system refused: EIO/);
  expect(await ask(rig)).toBe(null);
  rig.remove('refuse');
  rig.write('in/b.txt', 'b1\n');
  expect(await watcher.rest()).toMatchObject({ done: ['join'] });
  expect(rig.read('all.txt')).toBe('a1\nb1\n');
});
