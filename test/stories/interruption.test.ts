// Ctrl-C, a closed terminal, a reader that leaves: the run ends, nothing of it is left, the next one recovers.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { isAlive } from '../exec/scene.ts';
import { builtFrom, Rig } from '../rig/rig.ts';
import { gate, lifeline, saw, tell } from './signs.ts';

/** A stage that writes half of its output, says who it is and who its child is, and waits for ever; then one that never starts. */
const hanging = `{
  stages: {
    slow: {
      requires: ['in.txt'], produces: ['out/slow.txt'],
      run: 'echo half > out/slow.txt; test -e go && { cp in.txt out/slow.txt; exit; }; sleep 1000 & echo "pids $$ $!"; wait',
    },
    later: { requires: ['out/slow.txt'], produces: ['out/later.txt'], run: 'cp out/slow.txt out/later.txt' },
  },
}`;

/** The same, deaf to INT and TERM. */
const stubborn = hanging.replace('echo half', 'trap "" INT TERM; echo half');

const pidsOf = async (running: Parameters<typeof saw>[0]) =>
  (await saw(running, /pids (\d+ \d+)\b/)).split(' ').map(Number);

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'one %s ends the running stage with all its processes: exit 130, and the next build recovers',
  async (signal) => {
    await using rig = await Rig.compiled({ 'in.txt': 'whole' }, hanging);
    const running = rig.start(['build', '--json']);
    const pids = await pidsOf(running);
    expect(pids.map(isAlive)).toEqual([true, true]);

    running.child.kill(signal);
    const built = builtFrom(await running.ended);
    expect(built).toMatchObject({ code: 130, cancelled: ['later', 'slow'] });
    expect(built.finished).toMatchObject({ outcome: 'cancelled', exitCode: 130, cancelled: 2 });
    expect(pids.map(isAlive)).toEqual([false, false]);
    // What the attempt had written is no output.
    expect(rig.files('out')).toEqual([]);

    rig.write('go', '');
    const next = await rig.build();
    expect(next).toMatchObject({ code: 0, executed: ['later', 'slow'] });
    expect(next.reasonsOf('slow')).toContainEqual({ code: 'unfinished' });
    expect(rig.read('out/later.txt')).toBe('whole');
  },
);

test('Ctrl-C is heard while an input is read that would take hours', async () => {
  await using rig = await Rig.compiled(
    { 'in.bin': '' },
    `{ stages: { use: { requires: ['in.bin'], produces: ['out.txt'], run: 'touch out.txt' } } }`,
  );
  // A hole: it takes no room.
  fs.truncateSync(rig.path('in.bin'), 4 * 2 ** 40);
  const running = rig.start(['build', '--json']);
  await saw(running, /"kind":"task-(started)"/);
  running.child.kill('SIGINT');
  expect(builtFrom(await running.ended)).toMatchObject({ code: 130, cancelled: ['use'] });

  rig.write('in.bin', 'short');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['use'] });
});

test.each(['build', 'watch'])(
  'a terminal that is closed, which is told more than once, lets stages of pipe %s clean up',
  async (command) => {
    // It is told to end twice at most before it is killed, and the second time is no matter here.
    const polite = `trap '' TERM
      trap 'echo cleaning; read _ < gate; echo still; read _ < last; echo cleaned > cleaned; exit 1' INT
      echo ready; while :; do sleep 0.1; done`;
    await using rig = await Rig.compiled(
      { 'polite.sh': polite },
      `{ stages: { polite: { produces: ['out.txt'], run: 'exec sh polite.sh' } } }`,
    );
    for (const name of ['gate', 'last']) gate(rig, name);
    const running = rig.start([command, '-v']);
    await saw(running, /\bready/);
    running.child.kill('SIGHUP');
    await saw(running, /\bcleaning/);
    running.child.kill('SIGHUP');
    await tell(rig, 'gate');
    // Later than the second signal.
    await saw(running, /\bstill/);
    await tell(rig, 'last');
    expect((await running.ended).code).toBe(130);
    expect(rig.read('cleaned')).toBe('cleaned\n');
  },
);

test('the stage itself gets INT, so that it can clean up behind itself', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { polite: { produces: ['out.txt'], run: 'trap "echo cleaned > cleaned; exit 1" INT; echo ready; read _ < never' } } }`,
  );
  gate(rig, 'never');
  const running = rig.start(['build', '-v']);
  await saw(running, /ready/);
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130 });
  expect(rig.read('cleaned')).toBe('cleaned\n');
});

test('a second Ctrl-C ends a stage that is deaf to INT and TERM at once', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, stubborn);
  const running = rig.start(['build', '--json']);
  const pids = await pidsOf(running);
  const startedMs = performance.now();
  running.child.kill('SIGINT');
  running.child.kill('SIGINT');
  // Two signals of one kind may reach a process as one: another kind counts as the second one too.
  running.child.kill('SIGTERM');
  const built = builtFrom(await running.ended);
  expect(built).toMatchObject({ code: 130, cancelled: ['later', 'slow'] });
  expect(pids.map(isAlive)).toEqual([false, false]);
  // Far below the five seconds that one signal leaves before TERM.
  expect(performance.now() - startedMs).toBeLessThan(4000);
});

test('one Ctrl-C ends even a deaf stage, with TERM and KILL after their grace times', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, stubborn);
  const running = rig.start(['build', '--json']);
  const pids = await pidsOf(running);
  running.child.kill('SIGINT');
  expect(builtFrom(await running.ended)).toMatchObject({ code: 130, cancelled: ['later', 'slow'] });
  expect(pids.map(isAlive)).toEqual([false, false]);
});

test('Ctrl-C ends all stages that run, however many', async () => {
  const stage = (name: string) =>
    `${name}: { produces: ['${name}.txt'], run: 'echo "pid-${name} $$"; sleep 1000' }`;
  await using rig = await Rig.compiled({}, `{ stages: { ${['a', 'b', 'c'].map(stage).join(', ')} } }`);
  const running = rig.start(['build', '--json', '-j', '3']);
  const pids: number[] = [];
  for (const name of ['a', 'b', 'c']) pids.push(Number(await saw(running, new RegExp(`pid-${name} (\\d+)`))));
  running.child.kill('SIGINT');
  expect(builtFrom(await running.ended)).toMatchObject({ code: 130, cancelled: ['a', 'b', 'c'] });
  expect(pids.filter(isAlive)).toEqual([]);
});

test('Ctrl-C ends what left the process group of its stage, too', async () => {
  const daemon =
    "process.on('SIGINT', () => {}); setInterval(() => {}, 1000); console.log('daemon ' + process.pid + '.')";
  await using rig = await Rig.compiled(
    {
      'start.cjs': `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(daemon)}], { detached: true, stdio: 'inherit' });
        setInterval(() => {}, 1000);`,
    },
    `{ stages: { work: { produces: ['out.txt'], run: 'node start.cjs' } } }`,
  );
  const running = rig.start(['build', '--json']);
  const pid = await saw(running, /daemon (\d+)\./);
  running.child.kill('SIGINT');
  expect(builtFrom(await running.ended)).toMatchObject({ code: 130, cancelled: ['work'] });
  expect(isAlive(pid)).toBe(false);
});

test('Ctrl-C ends a stage function, which may hear of it by its signal', async () => {
  await using rig = await Rig.compiled(
    {
      'stage.ts': `
        import fs from 'node:fs';
        import type { StageContext } from 'pipe-build';
        export default (ctx: StageContext) => new Promise((_, reject) => {
          const keepAlive = setInterval(() => {}, 1000);
          ctx.signal.addEventListener('abort', () => {
            fs.writeFileSync('heard', '');
            clearInterval(keepAlive);
            reject(new Error('stopped'));
          });
          ctx.log('pid ' + process.pid + '.');
        });`,
    },
    `{ stages: { work: { produces: ['out.txt'], run: script('./stage.ts') } } }`,
  );
  const running = rig.start(['build', '--json']);
  const pid = await saw(running, /pid (\d+)\./);
  running.child.kill('SIGINT');
  expect(builtFrom(await running.ended)).toMatchObject({ code: 130, cancelled: ['work'] });
  expect(isAlive(pid)).toBe(false);
  expect(rig.exists('heard')).toBe(true);
});

test('what is done before Ctrl-C stays done', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0' },
    `{ stages: {
      first: { requires: ['in.txt'], produces: ['first.txt'], run: 'cp in.txt first.txt' },
      second: { requires: ['first.txt'], produces: ['second.txt'], run: 'test -e go || { echo ready; sleep 1000; }; cp first.txt second.txt' },
    } }`,
  );
  const running = rig.start(['build', '--json']);
  await saw(running, /ready/);
  running.child.kill('SIGINT');
  expect(builtFrom(await running.ended)).toMatchObject({ executed: ['first'], cancelled: ['second'] });
  rig.write('go', '');
  expect(await rig.build()).toMatchObject({ fresh: ['first'], executed: ['second'] });
});

test.each([
  ['plain', []],
  ['JSON', ['--json']],
] as const)(
  'a reader of %s output that leaves ends the run without a crash and without a process left',
  async (_, flags) => {
    await using rig = await Rig.compiled(
      {},
      `{ stages: {
        a: { produces: ['a.txt'], run: 'echo $$ > pid; sleep 1000 & echo $! > child; echo go > at; i=0; while :; do echo line $i; done' },
      } }`,
    );
    gate(rig, 'at');
    const running = rig.start(['build', '-v', ...flags]);
    await fs.promises.readFile(rig.path('at'));
    const pids = [rig.read('pid'), rig.read('child')].map(Number);
    running.child.stdout!.destroy();
    const ended = await running.ended;
    expect(ended.signal).toBe(null);
    expect(ended.code).toBe(130);
    expect(ended.stderr).not.toMatch(/EPIPE|bug|at .*\.js/);
    expect(pids.filter(isAlive)).toEqual([]);
  },
);

test('a stage that leaves a process behind succeeds, and the process is ended', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { work: { produces: ['out.txt'], run: '(echo $(exec sh -c "echo \\\\$PPID") > left; echo > ready; sleep 1000) & read _ < ready; echo made > out.txt' } } }`,
  );
  gate(rig, 'ready');
  const built = await rig.build();
  expect(built).toMatchObject({ code: 0, executed: ['work'] });
  const left = Number(rig.read('left'));
  expect(left).toBeGreaterThan(1);
  expect(isAlive(left)).toBe(false);
});

test('Ctrl-C while waiting for another build ends the waiting alone', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { work: { produces: ['out.txt'], run: 'echo ready; read _ < go; echo made > out.txt' } } }`,
  );
  gate(rig, 'go');
  const first = rig.start(['build', '--json']);
  await saw(first, /ready/);
  const second = rig.start(['build', '--json']);
  await second.printed('run-blocked');
  second.child.kill('SIGINT');
  expect(builtFrom(await second.ended)).toMatchObject({
    code: 130,
    finished: { outcome: 'cancelled', exitCode: 130 },
  });
  await tell(rig, 'go');
  expect(builtFrom(await first.ended)).toMatchObject({ code: 0, executed: ['work'] });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'one %s while a configuration loops leaves no process behind',
  async (signal) => {
    await using rig = await Rig.with(
      {},
      `import fs from 'node:fs';
      fs.writeFileSync('pid', String(process.pid));
      for (;;);`,
    );
    gate(rig, 'pid');
    const running = rig.start(['build']);
    const pid = Number(await fs.promises.readFile(rig.path('pid'), 'utf8'));
    expect(isAlive(pid)).toBe(true);

    running.child.kill(signal);
    expect((await running.ended).signal).toBe(signal);
    expect(isAlive(pid)).toBe(false);
  },
);

test('a configuration that loops ends with its engine, also when that is killed', async () => {
  await using rig = await Rig.with(
    {},
    `import fs from 'node:fs';
    fs.writeSync(fs.openSync('alive', 'w'), 'looping\\n');
    for (;;);`,
  );
  const loop = lifeline(rig, 'alive');
  const running = rig.start(['build']);
  expect(await loop.firstLine).toBe('looping');
  running.child.kill('SIGKILL');
  await running.ended;
  await loop.cut;
});
