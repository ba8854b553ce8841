// The engine is killed while commands run: what started them ends them for it. What is left to the next build where that
// is killed as well is in crash.test.ts.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { builtFrom, nodeUnderTest, pipeCommand, Rig } from '../rig/rig.ts';
import { gate, gone, lifeline, saw, tell } from './signs.ts';

/** Elsewhere commands are started by the engine itself. */
const onLinux: typeof test = process.platform === 'linux' ? test : ((() => {}) as unknown as typeof test);

onLinux(
  'what a killed engine ran is asked to end, and can clean up first, however much it prints',
  async () => {
    // Its output is in nobody's way: neither when the engine has stopped reading nor when it is gone.
    const flood = 'seq 400000';
    await using rig = await Rig.compiled(
      { 'clean-up.sh': `trap '${flood}; echo >&2; echo cleaned > cleaned; exit 3' TERM\n` },
      `{ stages: {
      plain: { produces: ['a.txt'], run: 'exec 9> plain; sleep 1000 & echo "by $PPID." >&9; wait' },
      work: { produces: ['b.txt'], run: '. ./clean-up.sh; exec 9> work; echo at work >&9; ${flood}; while :; do sleep 0.01; done' },
    } }`,
    );
    const lives = [lifeline(rig, 'plain'), lifeline(rig, 'work')] as const;
    const running = rig.start(['build', '--json', '-j', '2']);
    const [by] = await Promise.all(lives.map(({ firstLine }) => firstLine));
    const [starter = ''] = by!.match(/\d+/) ?? [];
    expect(Number(starter)).not.toBe(running.child.pid);
    running.child.kill('SIGSTOP');
    running.child.kill('SIGKILL');
    await Promise.all(lives.map(({ cut }) => cut));
    expect(rig.read('cleaned')).toBe('cleaned\n');
    await gone(starter);
  },
);

onLinux(
  'what does not hear that is killed after a while, in whatever state it is and wherever it went',
  async () => {
    await using rig = await Rig.compiled(
      { 'deaf.sh': "trap '' TERM; exec 9> $1; echo $$ >&9; while :; do sleep 0.01; done" },
      `{ stages: {
      deaf: { produces: ['a.txt'], run: 'sh deaf.sh deaf' },
      left: { produces: ['b.txt'], run: 'setsid --wait sh deaf.sh left; echo' },
      stopped: { produces: ['c.txt'], run: "trap 'echo heard > heard; exit 1' TERM; exec 9> stopped; echo $$ >&9; kill -STOP $$; echo" },
      loop: { produces: ['d.txt'], run: async () => {
        const fs = await import('node:fs');
        fs.writeSync(fs.openSync('loop', 'w'), process.pid + '\\n');
        for (;;);
      } },
    } }`,
    );
    const lives = ['deaf', 'left', 'stopped', 'loop'].map((name) => lifeline(rig, name));
    const running = rig.start(['build', '--json', '-j', '4']);
    await Promise.all(lives.map(({ firstLine }) => firstLine));
    running.child.kill('SIGKILL');
    await Promise.all(lives.map(({ cut }) => cut));
    expect(rig.read('heard')).toBe('heard\n');
  },
);

onLinux('the next build waits while it cleans up, and does not ask it a second time', async () => {
  const work = `import fs from 'node:fs';
    process.on('SIGTERM', async () => {
      fs.appendFileSync('told', 'told ');
      for (const gate of ['asked', 'cleaning']) await fs.promises.readFile(gate);
      fs.writeFileSync('cleaned', 'cleaned');
      process.exit(3);
    });
    if (fs.existsSync('go')) fs.writeFileSync('a.txt', '');
    else setInterval(() => {}, 1000);
    console.log('at ' + process.pid + '.');`;
  await using rig = await Rig.compiled(
    { 'work.mjs': work },
    `{ stages: { work: { produces: ['a.txt'], run: 'node work.mjs' } } }`,
  );
  for (const name of ['asked', 'cleaning']) gate(rig, name);
  const running = rig.start(['build', '--json']);
  await saw(running, /at \d+\./);
  rig.write('go', '');
  // It waits already: what is killed after a while must not be killed while a build starts.
  const next = rig.start(['build', '--json']);
  await saw(next, /run-blocked/);
  running.child.kill('SIGKILL');
  await tell(rig, 'asked');
  await saw(next, /had left 1 program running; it is ended first/);
  expect(rig.exists('cleaned')).toBe(false);
  await tell(rig, 'cleaning');
  expect((await next.ended).code).toBe(0);
  expect(['told', 'cleaned'].map((file) => rig.read(file))).toEqual(['told ', 'cleaned']);
});

onLinux('a service that it had started ends with it', async () => {
  await using rig = await Rig.compiled(
    {},
    `{
      services: { s: { check: 'test -e up', start: 'exec 9> service; echo $$ >&9; echo > up; exec sleep 1000', interval: '20ms' } },
      stages: { work: { services: ['s'], produces: ['a.txt'], run: 'echo at work; exec sleep 1000' } },
    }`,
  );
  const service = lifeline(rig, 'service');
  const running = rig.start(['build', '--json']);
  await saw(running, /at work/);
  running.child.kill('SIGKILL');
  await service.cut;
});

onLinux('so do the commands of a build of another root inside one of its stages', async () => {
  await using outer = await Rig.compiled(
    {},
    `{ stages: { work: { produces: ['a.txt'], env: { INNER: true }, run: 'exec 9> engine; ${nodeUnderTest} -- ${pipeCommand} build --root "$INNER"' } } }`,
  );
  await using inner = await Rig.compiled(
    {},
    `{ stages: { work: { produces: ['a.txt'], run: 'exec 9> life; echo $$ >&9; exec sleep 1000' } } }`,
  );
  const lives = [lifeline(outer, 'engine'), lifeline(inner, 'life')] as const;
  const running = outer.start(['build', '--json'], { env: { INNER: inner.root } });
  await lives[1].firstLine;
  running.child.kill('SIGKILL');
  await Promise.all(lives.map(({ cut }) => cut));
});

onLinux('an engine that is suspended is not gone', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { work: { produces: ['out.txt'], run: 'echo "at $PPID."; read _ < first; echo > there; read _ < second; echo > out.txt' } } }`,
  );
  for (const name of ['first', 'there', 'second']) gate(rig, name);
  const running = rig.start(['build', '--json']);
  await saw(running, /at (\d+)\./);
  running.child.kill('SIGSTOP');
  await tell(rig, 'first');
  await fs.promises.readFile(rig.path('there'));
  running.child.kill('SIGCONT');
  await tell(rig, 'second');
  expect((await running.ended).code).toBe(0);
});

onLinux(
  'where what starts the commands is killed, they are ended and have failed, and the build says so',
  async () => {
    await using rig = await Rig.compiled(
      {},
      `{ stages: {
      work: { produces: ['a.txt'], run: 'exec 9> work; echo "by $PPID."; exec sleep 1000' },
      next: { requires: ['a.txt'], produces: ['b.txt'], run: 'cp a.txt b.txt' },
    } }`,
    );
    const { cut } = lifeline(rig, 'work');
    const build = rig.start(['build', '--json']);
    // Heard by way of the starter: it has told by then which process it started, which may wait a moment.
    const starter = await saw(build, /by (\d+)\./);
    process.kill(Number(starter), 'SIGKILL');
    const built = builtFrom(await build.ended);
    await cut;
    expect(built.code).toBe(1);
    expect(built.end('work')?.failure).toMatchObject({ kind: 'spawn' });
    expect(built.end('next')?.outcome).toBe('skipped');
  },
);
