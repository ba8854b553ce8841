// `pipe run`, `pipe clean`, `pipe accept`, `pipe cache`: commands that change something besides a build.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { gate, tell } from './signs.ts';
import { text, words } from './words.ts';

test('run executes exactly one stage, fresh or not, and shows its output', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  const { code, stdout } = await rig.pipe(['run', 'upper']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^shouting\ndone +upper /m);
  expect(stdout).not.toContain('join');
});

test('run hands its standard input to the stage', async () => {
  await using rig = await Rig.compiled({}, `{ stages: { ask: { produces: ['o'], run: 'cat > o' } } }`);
  expect((await rig.pipe(['run', 'ask'], { stdin: 'typed by hand' })).code).toBe(0);
  expect(rig.read('o')).toBe('typed by hand');

  // In a build it is closed.
  expect((await rig.pipe(['build', '--force'], { stdin: 'typed by hand' })).code).toBe(0);
  expect(rig.read('o')).toBe('');
});

test('run shows a prompt before its line ends, and ends the line when the stage has', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { ask: { produces: ['o'], run: 'printf "your name? "; read name < reply; printf "hello $name" | tee o' } } }`,
  );
  gate(rig, 'reply');
  const running = rig.start(['run', 'ask']);
  await running.printed(/^your name\? $/m);
  await tell(rig, 'reply');
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^your name\? hello go\ndone +ask /m);
});

test('run --json prints events, and the exit code of a failure is 1', async () => {
  await using rig = await Rig.compiled({}, `{ stages: { bad: { run: 'exit 9' } } }`);
  const { code, stdout } = await rig.pipe(['run', 'bad', '--json']);
  expect(code).toBe(1);
  const events = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  expect(events.at(-1)).toMatchObject({ kind: 'run-finished', exitCode: 1, failed: 1 });
});

test('run --no-cache leaves nothing in the cache', async () => {
  await using rig = await Rig.compiled(text, words);
  const entries = async () => JSON.parse((await rig.pipe(['cache', 'stats', '--json'])).stdout).actions;
  expect((await rig.pipe(['run', 'upper', '--no-cache'])).code).toBe(0);
  expect(await entries()).toBe(0);
  await rig.pipe(['run', 'upper']);
  expect(await entries()).toBe(1);
});

test('clean deletes what pipe made, and the next build brings it back from the cache', async () => {
  await using rig = await Rig.compiled({ ...text, 'out/notes.txt': 'mine' }, words);
  await rig.build();
  const { code, stdout } = await rig.pipe(['clean']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^deleted 4 files of 4 stages$/m);
  expect(rig.files()).toEqual(['in.txt', 'out/notes.txt', 'pipeline.config.ts']);
  expect((await rig.build()).restored).toEqual(['count', 'join', 'lower', 'upper']);
});

test('clean of a stage leaves the others, clean --from takes all downstream', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  await rig.pipe(['clean', 'join']);
  expect(rig.files('out')).toEqual(['count.txt', 'lower.txt', 'upper.txt']);
  await rig.build();
  await rig.pipe(['clean', '--from', 'join']);
  expect(rig.files('out')).toEqual(['lower.txt', 'upper.txt']);
});

test.each(['-n', '--dry-run'])('clean %s only says what it would delete', async (flag) => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  const { stdout } = await rig.pipe(['clean', flag, 'upper']);
  expect(stdout).toBe('would delete out/upper.txt\nwould delete 1 file of 1 stage\n');
  expect(rig.exists('out/upper.txt')).toBe(true);
});

test('clean keeps an output that was edited by hand', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  rig.write('out/upper.txt', 'by hand');
  const answer = JSON.parse((await rig.pipe(['clean', 'upper', '--json'])).stdout);
  expect(answer).toMatchObject({ v: 1, dryRun: false, removed: [], kept: ['out/upper.txt'] });
  expect(rig.read('out/upper.txt')).toBe('by hand');
});

test('clean --orphans deletes what stages left that are no longer declared, and nothing else', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  await rig.reconfigure(
    `{ stages: { upper: { requires: ['in.txt'], produces: ['out/upper.txt'], run: 'echo shouting; tr a-z A-Z < in.txt > out/upper.txt' } } }`,
  );
  const answer = JSON.parse((await rig.pipe(['clean', '--orphans', '--json'])).stdout);
  expect(answer.removed.toSorted()).toEqual(['out/count.txt', 'out/joined.txt', 'out/lower.txt']);
  expect(rig.files('out')).toEqual(['upper.txt']);
  expect((await rig.pipe(['clean', '--orphans'])).stdout).toBe('nothing to delete\n');
});

test('accept takes present outputs as the result, until the inputs change', async () => {
  await using rig = await Rig.compiled({ ...text, 'out/upper.txt': 'made elsewhere' }, words);
  const { code, stdout } = await rig.pipe(['accept', 'upper', '--reason', 'made on the big machine']);
  expect(code).toBe(0);
  expect(stdout).toBe('accepted 1 output of upper, until its inputs change\n');
  expect((await rig.build(['upper'])).fresh).toEqual(['upper']);
  expect(rig.read('out/upper.txt')).toBe('made elsewhere');

  rig.write('in.txt', 'v1');
  expect((await rig.build(['upper'])).executed).toEqual(['upper']);
});

test('accept takes an edited output by its path, and says so in JSON', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  rig.write('out/upper.txt', 'edited');
  const answer = await rig.pipe(['accept', 'upper.txt', '--reason', 'typo', '--json'], { cwd: 'out' });
  expect(JSON.parse(answer.stdout)).toEqual({
    v: 1,
    accepted: [{ stage: 'upper', outputs: ['out/upper.txt'] }],
  });
  expect((await rig.build(['upper'])).fresh).toEqual(['upper']);
});

test('accept of outputs that are not there is exit code 2', async () => {
  await using rig = await Rig.compiled(text, words);
  const { code, stderr } = await rig.pipe(['accept', 'upper', '--reason', 'hope']);
  expect(code).toBe(2);
  expect(stderr).toContain('PIPE040');
});

test('cache stats counts, cache verify finds damage, cache gc keeps the limit, cache clear empties', async () => {
  await using rig = await Rig.compiled(text, words);
  await rig.build();
  const stats = JSON.parse((await rig.pipe(['cache', 'stats', '--json'])).stdout);
  expect(stats).toMatchObject({ v: 1, actions: 4 });
  expect((await rig.pipe(['cache', 'stats'])).stdout).toMatch(/^4 entries, \d+ blobs, /);

  expect((await rig.pipe(['cache', 'verify'])).stdout).toContain('all sound');
  const blob = rig.files('.pipeline-cache/cas')[0]!;
  rig.remove(`.pipeline-cache/cas/${blob}`);
  rig.write(`.pipeline-cache/cas/${blob}`, 'damaged');
  expect((await rig.pipe(['cache', 'verify'])).stdout).toContain('bad');
  expect((await rig.pipe(['cache', 'verify'])).stdout).toContain('all sound');

  await rig.reconfigure(words.replace("name: 'words',", "cache: { maxSize: '1B' },"));
  const collected = JSON.parse((await rig.pipe(['cache', 'gc', '--json'])).stdout);
  expect(collected.removedActions).toBeGreaterThan(0);

  await rig.build(['--force']);
  expect((await rig.pipe(['cache', 'clear'])).code).toBe(0);
  expect(JSON.parse((await rig.pipe(['cache', 'stats', '--json'])).stdout).actions).toBe(0);
  // Without a cache the files in place are as fresh as before.
  expect((await rig.build()).executed).toEqual([]);
});
