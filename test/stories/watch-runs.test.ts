// `pipe watch` while something runs, fails or is broken: what is edited meanwhile, what waits, how it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import type { PipeEvent } from '../../src/model/events.ts';
import { isAlive } from '../exec/scene.ts';
import { environment, nodeUnderTest, pipeCommand, Rig } from '../rig/rig.ts';
import { type Pass, Watcher } from '../rig/watcher.ts';
import { gate, saw, tell } from './signs.ts';

/** One that says who it is and waits at its gate after the first time, with one beside it and one behind it. */
const slow = `{ stages: {
  slow: { requires: ['in.txt'], produces: ['out/slow.txt'], run: 'cp in.txt out/slow.txt; grep -q quick in.txt || { echo "pid $$ at work"; read _ < gate; }' },
  other: { requires: ['other.txt'], produces: ['out/other.txt'], run: 'cp other.txt out/other.txt' },
  after: { requires: ['out/slow.txt', 'out/other.txt'], produces: ['out/after.txt'], run: 'cat out/slow.txt out/other.txt > out/after.txt' },
} }`;

test('an edit while a stage runs ends it and begins it anew; one that does not concern it lets it go on', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'quick 0\n', 'other.txt': 'o0\n' }, slow);
  gate(rig, 'gate');
  const [watcher] = await Watcher.start(rig, ['-v', '-j', '2']);
  await using _ = watcher;

  rig.write('in.txt', 'one\n');
  const pid = Number(/pid (\d+) at work/.exec(await watcher.until(/pid \d+ at work/))![1]);
  // The other one is built in a pass of its own, after this one.
  rig.write('other.txt', 'o1\n');
  rig.write('in.txt', 'two\n');
  const pid2 = Number(/pid (\d+) at work/.exec(await watcher.until(/pid \d+ at work/))![1]);
  expect([isAlive(pid), isAlive(pid2)]).toEqual([false, true]);
  await tell(rig, 'gate');
  // It goes on to its end, and one more run brings what was edited beside it.
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['slow', 'after', 'other', 'after'] });
  expect(rig.read('out/after.txt')).toBe('two\no1\n');
});

test('with --on-change wait a stage comes to its end first; what it made of old inputs does not count', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'quick 0\n', 'other.txt': 'o\n' }, slow);
  gate(rig, 'gate');
  const [watcher] = await Watcher.start(rig, ['-v', '--on-change', 'wait']);
  await using _ = watcher;
  rig.write('in.txt', 'one\n');
  const pid = Number(/pid (\d+) at work/.exec(await watcher.until(/pid \d+ at work/))![1]);
  rig.write('in.txt', 'quick two\n');
  expect(isAlive(pid)).toBe(true);
  await tell(rig, 'gate');
  const pass = await watcher.rest();
  expect(pass).toMatchObject({ done: ['slow', 'after'], again: ['slow'] });
  expect(rig.read('out/after.txt')).toBe('quick two\no\n');
});

test('an edit that another stage in the same run has to see first ends it for good, and the next run does both in order', async () => {
  const shared = `{ stages: {
    first: { requires: ['in.txt'], produces: ['out/first.txt'], run: 'cp in.txt out/first.txt' },
    second: { requires: ['out/first.txt', 'in.txt'], produces: ['out/second.txt'], run: 'cat out/first.txt in.txt > out/second.txt; grep -q quick in.txt || { echo "pid $$ at work"; read _ < gate; }' },
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'quick 0\n' }, shared);
  gate(rig, 'gate');
  const [watcher] = await Watcher.start(rig, ['-v']);
  await using _ = watcher;
  rig.write('in.txt', 'one\n');
  await watcher.until(/pid \d+ at work/);
  rig.write('in.txt', 'quick two\n');
  expect(await watcher.rest()).toMatchObject({ cancelled: ['second'], done: ['first', 'second'], runs: 1 });
  expect(rig.read('out/second.txt')).toBe('quick two\nquick two\n');
});

test('what fails is tried again when something it requires changes, and for nothing else; only then it is a failure to be told of', async () => {
  await using rig = await Rig.compiled(
    { 'a.txt': 'bad', 'b.txt': 'b0' },
    `{
      hooks: { before: 'true', after: 'true', onFailure: 'echo "$PIPE_FAILED" >> told.txt' },
      stages: {
        picky: { requires: ['a.txt'], produces: ['out/a.txt'], run: 'grep good a.txt > out/a.txt' },
        behind: { requires: ['out/a.txt'], produces: ['out/behind.txt'], run: 'cp out/a.txt out/behind.txt' },
        alarm: { when: 'failure', after: ['behind'], run: 'true' },
        tidy: { when: 'always', after: ['behind'], run: 'true' },
        beside: { requires: ['b.txt'], produces: ['out/b.txt'], run: 'cp b.txt out/b.txt' },
      },
    }`,
  );
  const [watcher, first] = await Watcher.start(rig, ['-j', '1']);
  await using _ = watcher;
  const hooks = ({ text }: Pass) => [...text.matchAll(/^hook +(\S+) +\d/gm)].map(([, name]) => name);
  expect(first).toMatchObject({ runs: 1, failed: ['picky'], done: ['beside', 'alarm', 'tidy'] });
  expect(hooks(first)).toEqual(['before', 'onFailure']);
  expect(first.text).toContain('picky failed: it runs again when something it requires changes');
  rig.write('b.txt', 'b1');
  const beside = await watcher.rest();
  expect(beside).toMatchObject({ runs: 1, failed: [], done: ['beside'] });
  expect(hooks(beside)).toEqual(['before']);
  rig.write('a.txt', 'worse');
  const worse = await watcher.rest();
  expect(worse).toMatchObject({ runs: 1, failed: ['picky'], done: ['alarm', 'tidy'] });
  expect(hooks(worse)).toEqual(['before', 'onFailure']);
  rig.write('a.txt', 'good');
  const good = await watcher.rest();
  expect(good).toMatchObject({ runs: 1, done: ['picky', 'behind', 'tidy'] });
  expect(hooks(good)).toEqual(['before', 'after']);
  expect(rig.read('told.txt')).toBe('picky\npicky\n');
});

test('a stage for any end that lacks a file of what has failed waits for it, and the watch is at rest', async () => {
  await using rig = await Rig.compiled(
    { 'a.txt': 'bad', 'in/1.txt': 'bad', 'b.txt': 'b0' },
    `{ stages: {
      picky: { requires: ['a.txt'], produces: ['out/a.txt'], run: 'grep good a.txt > out/a.txt' },
      each: { forEach: 'in/{n}.txt', produces: ['each/{n}.txt'], run: 'grep good {item} > each/{n}.txt' },
      behind: { requires: ['out/a.txt'], produces: ['out/behind.txt'], run: 'cp out/a.txt out/behind.txt' },
      tidy: { when: 'always', after: ['behind'], requires: ['out/a.txt'], produces: ['tidy.txt'], run: 'cp out/a.txt tidy.txt' },
      list: { when: 'always', requires: ['each/*.txt'], produces: ['list.txt'], run: 'ls each > list.txt' },
      copies: { when: 'always', forEach: 'each/{n}.txt', produces: ['copies/{n}.txt'], run: 'cp {item} copies/{n}.txt' },
      beside: { requires: ['b.txt'], produces: ['out/b.txt'], run: 'cp b.txt out/b.txt' },
    } }`,
  );
  const [watcher, first] = await Watcher.start(rig, ['-j', '1']);
  await using _ = watcher;
  expect(first).toMatchObject({ runs: 1, failed: ['picky', 'each:in/1.txt'], done: ['beside'] });
  expect(first.text).toContain('– tidy waits for picky\n');
  expect(first.text).toContain('– list waits for each:in/1.txt\n');
  rig.write('b.txt', 'b1');
  expect(await watcher.rest()).toMatchObject({ runs: 1, failed: [], done: ['beside'] });
  rig.write('a.txt', 'good');
  expect(await watcher.rest()).toMatchObject({ runs: 1, failed: [], done: ['picky', 'behind', 'tidy'] });
  rig.write('in/1.txt', 'good');
  expect(await watcher.rest()).toMatchObject({
    runs: 1,
    done: ['each:in/1.txt', 'list', 'copies:each/1.txt'],
  });
});

test('what is to be asked for is pending, with what it took the last time, and what is behind it waits', async () => {
  const config = `{ stages: {
    cheap: { requires: ['in.txt'], produces: ['out/cheap.txt'], run: 'cp in.txt out/cheap.txt' },
    costly: { requires: ['in.txt'], produces: ['out/costly.txt'], run: 'cp in.txt out/costly.txt', watch: 'manual' },
    behind: { requires: ['out/costly.txt'], produces: ['out/behind.txt'], run: 'cp out/costly.txt out/behind.txt' },
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': '0' }, config);
  const [watcher, first] = await Watcher.start(rig);
  await using _ = watcher;
  expect(first).toMatchObject({ runs: 1, done: ['cheap'] });
  expect(first.text).toMatch(/costly is pending: pipe build costly runs it/);

  // Somebody does: it is noticed, and what is behind it runs.
  expect(await rig.build(['costly'])).toMatchObject({ code: 0, executed: ['costly'] });
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['behind'] });
  rig.write('in.txt', '1');
  const pass = await watcher.rest();
  expect(pass).toMatchObject({ runs: 1, done: ['cheap'] });
  expect(pass.text).toMatch(/costly is pending: pipe build costly runs it \(took \d+ms the last time\)/);
  expect(rig.read('out/behind.txt')).toBe('0');
});

test('while what is pending is built in another terminal, item by item, nothing is said again', async () => {
  const config = `{ stages: {
    each: { forEach: 'in/{n}.txt', produces: ['each/{n}.txt'], run: 'cp {item} each/{n}.txt', watch: 'manual' },
    all: { requires: ['each/*.txt'], produces: ['all.txt'], run: 'cat each/*.txt > all.txt' },
  } }`;
  await using rig = await Rig.compiled({ 'in/1.txt': '1', 'in/2.txt': '2', 'in/3.txt': '3' }, config);
  const [watcher, first] = await Watcher.start(rig);
  await using _ = watcher;
  expect(first.text).toContain('– all waits for each:in/1.txt\n');
  for (const n of [1, 2, 3]) expect(await rig.build([`each:in/${n}.txt`])).toMatchObject({ code: 0 });
  const pass = await watcher.rest();
  expect(pass).toMatchObject({ runs: 1, done: ['all'] });
  expect(pass.text).not.toContain('is pending');
});

test('a configuration that breaks is told of, and mended it goes on with what is still valid', async () => {
  const stage = (text: string) => `
    import { definePipeline } from 'pipe-build';
    import { suffix } from './lib/suffix.ts';
    export default definePipeline({ stages: {
      same: { requires: ['in.txt'], produces: ['out/same.txt'], run: 'cp in.txt out/same.txt' },
      other: { requires: ['in.txt'], produces: ['out/other.txt'], run: \`{ cat in.txt; echo ${text}\${suffix}; } > out/other.txt\` },
    } });`;
  await using rig = await Rig.compiled(
    { 'in.txt': 'in\n', 'lib/suffix.ts': "export const suffix = '!';" },
    stage('one'),
  );
  // Broken from the start.
  rig.write('lib/suffix.ts', 'export const suffix = (');
  const [watcher] = await Watcher.start(rig, ['-j', '1']);
  await using _ = watcher;
  await watcher.running.printed(/PIPE002 .*\n +at lib\/suffix.ts:1/);
  rig.write('lib/suffix.ts', "export const suffix = '!';");
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['same', 'other'] });

  rig.config(stage('two'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['other'] });
  rig.write('lib/suffix.ts', "throw new Error('not now'); export const suffix = '';");
  await watcher.rest();
  await watcher.running.printed('the configuration throws Error: not now');
  // What is edited meanwhile is not lost.
  rig.write('in.txt', 'edited\n');
  rig.write('lib/suffix.ts', "export const suffix = '?';");
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['same', 'other'] });
  expect(rig.read('out/other.txt')).toBe('edited\ntwo?\n');
});

test('stages that feed each other are told of after four runs, and there is a pause in which it can be mended', async () => {
  const feeding = (more: string) => `{ stages: {
    one: { requires: ['x.txt'], produces: ['out/one.txt'], run: 'cp x.txt out/one.txt; echo more >> y.txt' },
    two: { requires: ['y.txt'], produces: ['out/two.txt'], run: 'cp y.txt out/two.txt${more}' },
  } }`;
  await using rig = await Rig.compiled({ 'x.txt': '0\n', 'y.txt': '0\n' }, feeding('; echo more >> x.txt'));
  await using watcher = new Watcher(rig.start(['watch', '-j', '1']));
  const text = await watcher.until(/runs follow each other/);
  expect(text.match(/ · 2 tasks$/gm)).toHaveLength(4);
  rig.config(feeding(''));
  await watcher.rest();
  expect(await rig.build()).toMatchObject({ code: 0, executed: [], restored: [] });
});

test('an edit during the first build is heard; a signal ends it with all that runs: exit 130', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'slow\n', 'other.txt': 'o\n' }, slow);
  gate(rig, 'gate');
  await using watcher = new Watcher(rig.start(['watch', '-v']));
  const atWork = async () => Number(/pid (\d+) at work/.exec(await watcher.until(/pid \d+ at work/))![1]);
  const stale = await atWork();
  rig.write('in.txt', 'slow, too\n');
  const pid = await atWork();
  expect([isAlive(stale), isAlive(pid)]).toEqual([false, true]);
  const ended = await watcher.quit('SIGHUP');
  expect(ended.code).toBe(130);
  expect(ended.stdout).toMatch(/cancelled +slow/);
  expect(isAlive(pid)).toBe(false);
});

test('another build in the same folder is waited for, and waits in turn', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'quick 0\n', 'other.txt': 'o\n' }, slow);
  gate(rig, 'gate');
  const [watcher] = await Watcher.start(rig, ['-v']);
  await using _ = watcher;
  const build = (async () => {
    rig.write('in.txt', 'held\n');
    await watcher.until(/pid \d+ at work/);
    const building = rig.start(['build', '--force', 'other']);
    await building.printed('waiting for another run in this folder');
    // What it waits for may be stopped: that has to be told, else nobody knows why nothing comes of it.
    watcher.running.child.kill('SIGSTOP');
    const pid = Number(await saw(building, /\(pipe watch -v\), is suspended: fg or kill -CONT (\d+) lets/));
    process.kill(pid, 'SIGCONT');
    await tell(rig, 'gate');
    return building.ended;
  })();
  expect((await build).code).toBe(0);
  expect(await watcher.rest()).toMatchObject({ runs: 0, done: ['slow', 'after'] });
  expect(await watcher.quit()).toMatchObject({ code: 130 });
});

test('with --json the events of all runs are on standard output, each run with an id and a journal of its own', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'quick 0\n', 'other.txt': 'o0\n' }, slow);
  const running = rig.start(['watch', '--json']);
  await running.printed('up to date, watching');
  rig.write('other.txt', 'o1\n');
  await running.printed(/(?:run-finished[\s\S]*){2}/);
  running.child.kill('SIGINT');
  const { stdout } = await running.ended;
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PipeEvent);
  const ids = [...new Set(events.map((event) => event.runId))];
  expect(ids).toHaveLength(2);
  for (const id of ids) {
    const seqs = events.filter((event) => event.runId === id).map((event) => event.seq);
    expect(seqs).toEqual(seqs.map((_, i) => i));
    expect(fs.existsSync(rig.path(`.pipeline-cache/runs/${id}/summary.json`))).toBe(true);
  }
});

test('--exec runs a server beside it, anew after each run that went well, and ends it with all else', async () => {
  const config = `{ stages: { page: { requires: ['in.txt'], produces: ['out.txt'], run: 'grep good in.txt > out.txt' } } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'good 0\n' }, config);
  const exec = 'echo "server $$ has $(cat out.txt)"; sleep 1000 & wait';
  await using watcher = new Watcher(rig.start(['watch', '--exec', exec]));
  const served = /exec \S+ server (\d+) has (.*)\n/;
  const pidOf = async (content: string) => {
    const [, pid, has] = served.exec(await watcher.until(served))!;
    expect(has).toBe(content);
    return Number(pid);
  };
  const first = await pidOf('good 0');
  rig.write('in.txt', 'bad\n');
  await watcher.until(/page failed: it runs again/);
  expect(isAlive(first)).toBe(true);
  rig.write('in.txt', 'good 1\n');
  const second = await pidOf('good 1');
  expect([isAlive(first), isAlive(second)]).toEqual([false, true]);
  expect(await watcher.quit()).toMatchObject({ code: 130 });
  expect(isAlive(second)).toBe(false);
});

test('a required file that is missing is told of in full once, and at each rest; the root may be gone for a while', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '0', 'other.txt': '0' },
    `{ stages: {
      one: { requires: ['in.txt'], produces: ['out/one.txt'], run: 'cp in.txt out/one.txt' },
      two: { requires: ['other.txt'], produces: ['out/two.txt'], run: 'cp other.txt out/two.txt' },
    } }`,
  );
  const [watcher] = await Watcher.start(rig, ['-j', '1']);
  await using _ = watcher;
  rig.remove('in.txt');
  expect((await watcher.rest()).text).toContain('nothing can be built as it is');
  await watcher.running.printed('PIPE050 stage "one" requires in.txt');
  rig.write('other.txt', '1');
  const reason = '✗ stage "one" requires in.txt, which is not there, and no stage makes it';
  expect(await watcher.rest()).toMatchObject({
    runs: 0,
    text: expect.stringContaining(`${reason}\nnothing can`),
  });
  rig.write('in.txt', '1');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['one', 'two'] });
  expect(watcher.running.stderr.match(/PIPE050/g)).toHaveLength(1);

  fs.renameSync(rig.root, `${rig.root}-away`);
  expect((await watcher.rest()).text).toContain('the configuration is broken');
  fs.renameSync(`${rig.root}-away`, rig.root);
  expect(await watcher.rest()).toMatchObject({ runs: 0 });
  rig.write('in.txt', '2');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['one'] });
});

test('the first build of a configuration that is mended is that which was asked for', async () => {
  const stages = (run: string) =>
    `{ stages: {
      page: { requires: ['in.txt'], produces: ['out.txt'], run: ${run} },
      hello: { run: 'echo hello' },
    } }`;
  const good = stages(`'cp in.txt out.txt'`);
  await using rig = await Rig.compiled({ 'in.txt': '0' }, good);
  await rig.build();
  await rig.reconfigure(stages('7'));
  const [watcher, first] = await Watcher.start(rig, ['--force', '-j', '1']);
  await using _ = watcher;
  expect(first).toMatchObject({ runs: 0 });
  await rig.reconfigure(good);
  // What is fresh too, as `--force` says, and what has nothing by which it could be stale.
  const mended = await watcher.rest();
  expect(mended).toMatchObject({ runs: 1 });
  expect([...mended.done].sort()).toEqual(['hello', 'page']);
  rig.write('in.txt', '1');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['page'] });
});

test('nobody reads any more: what runs is ended, and the watch with it', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'quick 0\n', 'other.txt': 'o\n' }, slow);
  const [watcher] = await Watcher.start(rig, ['-v']);
  await using _ = watcher;
  watcher.running.child.stdout!.destroy();
  rig.write('other.txt', 'o1\n');
  expect((await watcher.running.ended).code).toBe(130);
});

test('nobody reads any more while it is at rest: it ends without waiting for something to say', async () => {
  await using rig = await Rig.compiled({ 'in.txt': '0' }, '{ stages: { hello: { run: "echo hello" } } }');
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  // As Node gives it to what it starts, a socket; then a pipe, with and without `--json`.
  watcher.running.child.stdout!.destroy();
  expect((await watcher.running.ended).code).toBe(130);
  const readers = { plain: ['', '/^up to date/q'], json: ['--json', '/"run-finished"/q'] } as const;
  for (const [name, [flag, lastLine]] of Object.entries(readers)) {
    const watch = `"${nodeUnderTest}" -- "${pipeCommand}" watch ${flag}; echo $? > ${name}.txt`;
    const line = `{ ${watch}; } | sed '${lastLine}'`;
    const shell = spawn('sh', ['-c', line], { cwd: rig.root, env: environment(), stdio: 'ignore' });
    await once(shell, 'exit');
    expect(rig.read(`${name}.txt`)).toBe('130\n');
  }
});
