// The engine dies, or what it remembers is damaged: the next build recovers by itself and never claims fresh what is not.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../exec/scene.ts';
import { Rig } from '../rig/rig.ts';
import { everyFile, gate, gone, killWithStarter, saw } from './signs.ts';

/** Writes half of its output, says so, and waits; with a file `go` there it finishes. */
const halfway = (more = '') => `{
  ${more}
  stages: {
    work: {
      requires: ['in.txt'], produces: ['out/work.txt'],
      run: 'echo half > out/work.txt; test -e go || { echo "pid $$."; read _ < never; }; cp in.txt out/work.txt',
    },
    after: { requires: ['out/work.txt'], produces: ['out/after.txt'], run: 'tr a-z A-Z < out/work.txt > out/after.txt' },
  },
}`;

/** Kills the engine; what it ran is gone then. */
async function killDuringWork(rig: Rig, args: readonly string[] = []): Promise<void> {
  const running = rig.start(['build', '--json', ...args]);
  const pid = Number(await saw(running, /pid (\d+)\./));
  expect((await killWithStarter(running)).signal).toBe('SIGKILL');
  process.kill(-pid, 'SIGKILL');
  await gone(pid);
}

for (const freshness of ['hash', 'mtime'] as const) {
  test(`a stage whose engine was killed is executed again (${freshness})`, async () => {
    await using rig = await Rig.compiled({ 'in.txt': 'whole\n' }, halfway(`freshness: '${freshness}',`));
    gate(rig, 'never');
    await killDuringWork(rig);
    expect(rig.read('out/work.txt')).toBe('half\n');

    const status = await rig.pipe(['status', '--check']);
    expect(status.code).toBe(1);
    rig.write('go', '');
    const next = await rig.build();
    expect(next).toMatchObject({ code: 0, executed: ['after', 'work'], warnings: [] });
    expect(next.reasonsOf('work')).toContainEqual({ code: 'unfinished' });
    expect(rig.read('out/after.txt')).toBe('WHOLE\n');
    expect((await rig.build()).fresh).toEqual(['after', 'work']);
  });

  test(`so is a stage that was built before, though its old outputs were there (${freshness})`, async () => {
    await using rig = await Rig.compiled(
      { 'in.txt': 'old\n', go: '' },
      halfway(`freshness: '${freshness}',`),
    );
    gate(rig, 'never');
    await rig.build();
    rig.write('in.txt', 'new\n');
    rig.remove('go');
    await killDuringWork(rig);

    // Back to the old input: the record of the old result may not vouch for the half-written output.
    rig.write('in.txt', 'old\n');
    rig.write('go', '');
    const next = await rig.build(['--no-cache']);
    expect(next.executed).toContain('work');
    expect(rig.read('out/work.txt')).toBe('old\n');
    expect(rig.read('out/after.txt')).toBe('OLD\n');
  });
}

test('by time a half-written output is newer than its input, and stale all the same', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'old\n', go: '' }, halfway("freshness: 'mtime',"));
  gate(rig, 'never');
  await rig.build();
  rig.write('in.txt', 'new\n');
  rig.remove('go');
  await killDuringWork(rig);
  expect(rig.read('out/work.txt')).toBe('half\n');

  rig.write('go', '');
  const next = await rig.build();
  expect(next.reasonsOf('work')).toContainEqual({ code: 'unfinished' });
  expect(rig.read('out/after.txt')).toBe('NEW\n');
});

test('a stage that its dead engine left running does not disturb the next build', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'whole\n' }, halfway());
  gate(rig, 'never');
  const running = rig.start(['build', '--json']);
  const pid = Number(await saw(running, /pid (\d+)\./));
  await killWithStarter(running);
  expect(isAlive(pid)).toBe(true);

  rig.write('go', '');
  const next = await rig.build();
  expect(next).toMatchObject({ code: 0, executed: ['after', 'work'] });
  expect(next.warnings).toEqual([expect.stringContaining('left 1 program running')]);
  expect(isAlive(pid)).toBe(false);
  expect(rig.read('out/after.txt')).toBe('WHOLE\n');
  expect((await rig.build(['--force'])).warnings).toEqual([]);
});

test('nor do processes that such a stage left behind itself, nor a stage function', async () => {
  await using rig = await Rig.compiled(
    { 'stage.ts': "export default () => { console.log('function ' + process.pid + '.'); for (;;) {} };" },
    `{ stages: {
      shell: { produces: ['shell.txt'], run: 'test -e go || { sleep 1000 & echo "child $!."; exec 1>&- 2>&-; wait; }; echo > shell.txt' },
      work: { produces: ['work.txt'], run: script('./stage.ts') },
    } }`,
  );
  const running = rig.start(['build', '--json', '-j', '2']);
  const pids = [await saw(running, /child (\d+)\./), await saw(running, /function (\d+)\./)];
  await killWithStarter(running);
  rig.write('go', '');
  expect(await rig.build(['shell'])).toMatchObject({ code: 0, executed: ['shell'] });
  expect(pids.filter(isAlive)).toEqual([]);
});

test('nor does a daemon that went out of the process group of such a stage', async () => {
  const daemon =
    "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('daemon ' + process.pid + '.')";
  await using rig = await Rig.compiled(
    {
      'start.cjs': `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(daemon)}], { detached: true, stdio: 'inherit' });
        require('node:fs').writeFileSync('out.txt', '');
        if (!require('node:fs').existsSync('go')) setInterval(() => {}, 1000); else child.kill('SIGKILL');`,
    },
    `{ stages: { work: { produces: ['out.txt'], run: 'node start.cjs' } } }`,
  );
  const running = rig.start(['build', '--json']);
  const pid = await saw(running, /daemon (\d+)\./);
  await killWithStarter(running);
  expect(isAlive(pid)).toBe(true);
  rig.write('go', '');
  const next = await rig.build();
  expect(next).toMatchObject({ code: 0, executed: ['work'] });
  expect(next.warnings).toEqual([expect.stringContaining('left 1 program running')]);
  expect(isAlive(pid)).toBe(false);
});

test('a program is on record before it starts, and until it has ended', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { work: { produces: ['out.txt'], run: 'cat .pipeline-cache/running/* > out.txt' } } }`,
  );
  const built = await rig.build();
  expect(rig.read('out.txt')).toContain(`PIPE_RUN_ID=${built.events[0]?.runId}`);
  expect(fs.readdirSync(rig.path('.pipeline-cache/running'))).toEqual([]);
});

test('nor a program that was started just before the engine could note its number', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n', go: '' }, halfway());
  const left = spawn('sleep', ['1000'], {
    detached: true,
    env: { ...process.env, PIPE_RUN_ID: `run-${rig.root}` },
  });
  const over = once(left, 'exit');
  await once(left, 'spawn');
  rig.write(
    '.pipeline-cache/running/1-0',
    `${JSON.stringify({ marks: [`PIPE_RUN_ID=run-${rig.root}`], leaves: [] })}\n`,
  );
  const next = await rig.build();
  expect(next.warnings).toEqual([expect.stringContaining('left 1 program running')]);
  expect(await over).toEqual([null, 'SIGTERM']);
});

test.each<[string, (strangerId: number) => string]>([
  ['the number of a group', (id) => `{"marks":["PIPE_RUN_ID=20240101-000000-0000"],"leaves":[]}\n${id}\n`],
  ['marks that every stage has', (id) => `{"marks":["PIPE_STAGE=work"],"leaves":[]}\n${id}\n`],
  ['a run without a name', (id) => `{"marks":["PIPE_RUN_ID="],"leaves":[]}\n${id}\n`],
  ['no marks at all', (id) => `{"marks":[],"leaves":[]}\n${id}\n`],
  ['marks of another kind', (id) => `{"marks":"PIPE_RUN_ID=x","leaves":7}\n${id}\n`],
  ['half a line', () => '{"marks":["PIPE_RUN_'],
  ['nothing', () => ''],
])('a record of a running program that names %s ends nobody', async (_, text) => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n', go: '' }, halfway());
  const env = { ...process.env, PIPE_STAGE: 'work', PIPE_RUN_ID: '' };
  const stranger = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore', env });
  await once(stranger, 'spawn');
  rig.write('.pipeline-cache/running/1-0', text(stranger.pid!));
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['after', 'work'], warnings: [] });
  expect(isAlive(stranger.pid!)).toBe(true);
  stranger.kill('SIGKILL');
  expect(rig.files('.pipeline-cache/running')).toEqual([]);
});

/** Steps of a restore by what is in the folder: copies under temporary names, and files in place. */
const restoreSteps: Readonly<Record<string, (copies: number, placed: number, files: number) => boolean>> = {
  'copies stand beside the old files': (copies, placed, files) => copies > 0 && placed === files,
  'old files go': (copies, placed, files) => copies === files && placed < files,
  'copies get their names': (copies, placed, files) => placed > 0 && copies > 0 && copies + placed === files,
};

test('killed at any step of a restore, of two results in turn, it is made good', async () => {
  const files = 500;
  await using rig = await Rig.compiled(
    { 'in.txt': 'old' },
    `{ stages: { many: { requires: ['in.txt'], produces: ['out/'], run: 'seq -f "$(cat in.txt) %g" ${files} | split -a 3 -l 1 - out/' } } }`,
  );
  await rig.build();
  rig.write('in.txt', 'new');
  await rig.build();

  for (const [i, [step, isAt]] of Object.entries(restoreSteps).entries()) {
    const text = i % 2 === 0 ? 'old' : 'new';
    rig.write('in.txt', text);
    const running = rig.start(['build', '--json']);
    const isOver = () => running.child.exitCode !== null || running.child.signalCode !== null;
    const seen = () => {
      const names = fs.readdirSync(rig.path('out'));
      const copies = names.filter((name) => name.startsWith('.')).length;
      return isAt(copies, names.length - copies, files);
    };
    // On a busy machine the step may pass unseen; then the restore is done and the rest must hold all the same.
    while (!seen() && !isOver()) await new Promise((resolve) => setImmediate(resolve));
    running.child.kill('SIGKILL');
    await running.ended;

    const next = await rig.build();
    expect(next, `killed while ${step}`).toMatchObject({ code: 0, executed: [], warnings: [] });
    const lines = rig.files('out').map((file) => rig.read(`out/${file}`));
    expect(lines, `killed while ${step}`).toEqual(
      Array.from({ length: files }, (_, n) => `${text} ${n + 1}\n`),
    );
    expect((await rig.build()).fresh).toEqual(['many']);
  }
}, 120_000);

test('the state file cut off anywhere costs work, never correctness', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n', go: '' }, halfway());
  await rig.build();
  const state = fs.readFileSync(rig.path('.pipeline-cache/state'));
  for (const part of [0, 1, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]) {
    const length = part === 1 ? state.length - 1 : Math.floor(state.length * part);
    rig.write('.pipeline-cache/state', state.subarray(0, length));
    const next = await rig.build();
    expect(next, `the first ${length} bytes`).toMatchObject({ code: 0, executed: [], failed: [] });
    expect(rig.read('out/after.txt')).toBe('V0\n');
    expect((await rig.build()).fresh).toEqual(['after', 'work']);
  }
});

test('a state file full of other things is no state', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n', go: '' }, halfway());
  await rig.build();
  const state = fs.readFileSync(rig.path('.pipeline-cache/state'));
  const flipped = Buffer.from(state.map((byte, i) => (i % 97 === 50 ? byte ^ 4 : byte)));
  for (const damage of [
    flipped,
    Buffer.alloc(state.length),
    Buffer.from('{}\n'),
    Buffer.concat([state, state]),
  ]) {
    rig.write('.pipeline-cache/state', damage);
    rig.write('out/work.txt', 'spoiled\n');
    expect((await rig.build()).code).toBe(0);
    expect(rig.read('out/work.txt')).toBe('v0\n');
    expect(rig.read('out/after.txt')).toBe('V0\n');
  }
});

test('without its state file a build restores; without .pipeline-cache it executes', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n', go: '' }, halfway());
  await rig.build();
  rig.remove('.pipeline-cache/state');
  expect(await rig.build()).toMatchObject({ code: 0, executed: [], restored: ['after', 'work'] });
  rig.remove('.pipeline-cache');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['after', 'work'] });
  expect((await rig.build()).fresh).toEqual(['after', 'work']);
});

test('.pipeline-cache deleted while a stage runs does not fail the build', async () => {
  // Away in one step: "rm -rf" on its own gives up when something is written into the folder meanwhile.
  const remove = 'mv .pipeline-cache gone && rm -rf gone';
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0\n' },
    `{ stages: {
      work: { requires: ['in.txt'], produces: ['out/work.txt'], run: '${remove}; cp in.txt out/work.txt; echo done' },
      after: { requires: ['out/work.txt'], produces: ['out/after.txt'], run: 'tr a-z A-Z < out/work.txt > out/after.txt' },
    } }`,
  );
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['after', 'work'] });
  expect(rig.read('out/after.txt')).toBe('V0\n');
  rig.write('in.txt', 'v1\n');
  expect(await rig.build()).toMatchObject({ code: 0 });
  expect(rig.read('out/after.txt')).toBe('V1\n');
});

test('killed after every line of its story, a build is recovered by the next one', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '0' },
    `{ stages: {
      a: { requires: ['in.txt'], produces: ['a.txt'], run: 'cp in.txt a.txt; echo a' },
      b: { requires: ['a.txt'], produces: ['b.txt'], run: 'cp a.txt b.txt; echo b' },
      c: { requires: ['b.txt'], produces: ['c.txt'], run: 'cp b.txt c.txt; echo c' },
    } }`,
  );
  const whole = await rig.build();
  for (let line = 1; line <= whole.events.length; line++) {
    rig.write('in.txt', String(line));
    const running = rig.start(['build', '--json']);
    await running.printed(new RegExp(`(?:.*\\n){${line}}`)).catch(() => undefined);
    running.child.kill('SIGKILL');
    await running.ended;
    expect((await rig.build()).code, `killed after line ${line}`).toBe(0);
    expect(rig.read('c.txt')).toBe(String(line));
    expect((await rig.build()).fresh).toEqual(['a', 'b', 'c']);
  }
});

test('what a killed attempt left in the cache folder does not stay for good', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'whole\n' }, halfway());
  gate(rig, 'never');
  await killDuringWork(rig);
  rig.write('go', '');
  await rig.build();
  expect(everyFile(rig).filter((file) => file.endsWith('.tmp') || file.includes('/aside/'))).toEqual([]);
});

test('an edit after a crash is still there when the next attempt fails in its place', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'whole\n' }, halfway());
  gate(rig, 'never');
  await killDuringWork(rig);
  rig.write('out/work.txt', 'my words\n');
  await rig.reconfigure(halfway().replace('cp in.txt out/work.txt', 'exit 1'));
  rig.write('go', '');
  expect((await rig.build()).failed).toEqual(['work']);
  const kept = everyFile(rig, '.pipeline-cache/rejected').map((file) => fs.readFileSync(file, 'utf8'));
  expect(kept.sort()).toEqual(['half\n', 'my words\n']);
});

test('what a killed restore left in a folder below is no part of the result', async () => {
  const config = (first: string) => `{ stages: {
    work: { requires: ['in.txt'], produces: ['out/'], run: '${first}mkdir -p out/new; cp in.txt out/new/x' },
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'text' }, config('echo "pid $$."; read _ < never; '));
  gate(rig, 'never');
  await killDuringWork(rig);
  rig.write('out/old/.pipe-tmp-1-0', 'half');
  await rig.reconfigure(config(''));
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
  expect(rig.files('out')).toEqual(['new/x']);
  expect(rig.exists('out/old')).toBe(false);
  expect((await rig.build()).fresh).toEqual(['work']);
});

describe('a half-written file of an attempt that was killed', () => {
  const torn = 'echo torn > out/a.txt; echo "pid $$."; read _ < never';
  const config = (stages: string) => `{ stages: { ${stages}
    all: { requires: ['out/*.txt'], produces: ['all.txt'], run: 'cat {requires} > all.txt' },
  } }`;

  async function killed(more = ''): Promise<Rig> {
    const rig = await Rig.compiled(
      { 'in.txt': 'whole\n', 'out/b.txt': 'b\n' },
      config(`a: { requires: ['in.txt'], produces: ['out/a.txt'], run: '${torn}', ${more} },`),
    );
    gate(rig, 'never');
    await killDuringWork(rig);
    expect(rig.read('out/a.txt')).toBe('torn\n');
    return rig;
  }

  test('is no input of another stage when its own makes other files now', async () => {
    await using rig = await killed();
    await rig.reconfigure(
      config(`a: { requires: ['in.txt'], produces: ['other/a.txt'], run: 'cp in.txt other/a.txt' },`),
    );
    expect(await rig.build()).toMatchObject({ code: 0, executed: ['a', 'all'] });
    expect(rig.read('all.txt')).toBe('b\n');
    expect((await rig.build()).fresh).toEqual(['a', 'all']);
  });

  test('nor when its stage is gone', async () => {
    await using rig = await killed();
    await rig.reconfigure(config(''));
    expect(await rig.build()).toMatchObject({ code: 0, executed: ['all'] });
    expect(rig.read('all.txt')).toBe('b\n');
  });

  test('nor, by time, the result of a stage with another name', async () => {
    await using rig = await killed(`freshness: 'mtime'`);
    await rig.reconfigure(
      config(
        `other: { requires: ['in.txt'], produces: ['out/a.txt'], freshness: 'mtime', run: 'cp in.txt out/a.txt' },`,
      ),
    );
    expect(await rig.build()).toMatchObject({ code: 0, executed: ['all', 'other'] });
    expect(rig.read('all.txt')).toBe('whole\nb\n');
  });

  test('does not stop a protected stage with another name: nobody edited anything', async () => {
    await using rig = await killed('protect: true');
    await rig.reconfigure(
      config(
        `other: { requires: ['in.txt'], produces: ['out/a.txt'], protect: true, run: 'cp in.txt out/a.txt' },`,
      ),
    );
    expect(await rig.build()).toMatchObject({ code: 0, executed: ['all', 'other'], waiting: [] });
  });

  test('is told of when its stage is left out of the run', async () => {
    await using rig = await killed();
    const { warnings } = await rig.build(['--only', 'all']);
    expect(warnings).toContainEqual(
      expect.stringContaining('requires out/a.txt, which may be half-written: an attempt at "a" was killed'),
    );
  });
});

test('what a killed engine left running is ended also by a build that has nothing to do', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'whole\n' },
    `{ stages: {
      work: { produces: ['out.txt'], run: 'sleep 1000 & echo "pid $!."; wait' },
      done: { requires: ['in.txt'], produces: ['done.txt'], run: 'cp in.txt done.txt' },
    } }`,
  );
  await rig.build(['done']);
  const running = rig.start(['build', '--json', 'work']);
  const pid = await saw(running, /pid (\d+)\./);
  await killWithStarter(running);
  expect(isAlive(pid)).toBe(true);

  const next = await rig.build(['done']);
  expect(next).toMatchObject({ code: 0, fresh: ['done'] });
  expect(next.warnings).toEqual([expect.stringContaining('left 1 program running')]);
  expect(isAlive(pid)).toBe(false);
});
