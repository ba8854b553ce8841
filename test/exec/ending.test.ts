// Nothing that a stage started outlives it. Told by the process table.
import { expect, test } from 'vitest';
import { createExecutor } from '../../src/exec/executor.ts';
import { isAlive, Scene } from './scene.ts';

const soon = { interruptMs: 50, terminateMs: 50, settleMs: 20, drainMs: 50 };
/** Longer than any test: a test that needs one of these to pass hangs. */
const never = { interruptMs: 600_000, terminateMs: 600_000, settleMs: 600_000 };

const stubborn =
  "trap '' INT TERM; (echo child $(exec sh -c 'echo $PPID'); while :; do sleep 1000; done) & wait";

test('cancelled gently, a program that heeds INT ends at once', async () => {
  using scene = new Scene();
  const running = createExecutor({ periods: never }).start(
    scene.execution({ kind: 'exec', argv: ['sh', '-c', 'echo pid $$; exec sleep 1000'] }),
  );
  const pid = await scene.saw(/pid (\d+)\n/);
  running.cancel('gently');
  expect(await running.ended).toEqual({ kind: 'cancelled' });
  expect(isAlive(pid)).toBe(false);
});

test('what a program did on INT is still captured, and it counts as cancelled though it exits with 0', async () => {
  using scene = new Scene();
  scene.fifo('never');
  const running = createExecutor({ periods: never }).start(
    scene.shell("trap 'echo cleaned; exit 0' INT; echo ready; read -r _ < never", 'echo next'),
  );
  await scene.saw(/ready/);
  running.cancel('gently');
  expect(await running.ended).toEqual({ kind: 'cancelled' });
  expect(scene.stdout).toBe('ready\ncleaned\n');
});

test('cancelled gently, a family that ignores INT and TERM is killed', async () => {
  using scene = new Scene();
  const running = createExecutor({ periods: soon }).start(scene.shell(`echo leader $$; ${stubborn}`));
  const pids = [await scene.saw(/leader (\d+)\n/), await scene.saw(/child (\d+)\n/)];
  expect(pids.map(isAlive)).toEqual([true, true]);
  running.cancel('gently');
  expect(await running.ended).toEqual({ kind: 'cancelled' });
  expect(pids.map(isAlive)).toEqual([false, false]);
});

test('cancelled now, nothing is waited for', async () => {
  using scene = new Scene();
  const running = createExecutor({ periods: never }).start(scene.shell(stubborn));
  const pid = await scene.saw(/child (\d+)\n/);
  running.cancel('gently');
  running.cancel('now');
  expect(await running.ended).toEqual({ kind: 'cancelled' });
  expect(isAlive(pid)).toBe(false);
});

test('after a cancellation no further line starts', async () => {
  using scene = new Scene();
  const running = createExecutor().start(scene.shell('echo first', 'echo second'));
  running.cancel('now');
  expect(await running.ended).toEqual({ kind: 'cancelled' });
  expect(scene.stdout).not.toContain('second');
});

test('a cancellation after the end does nothing', async () => {
  using scene = new Scene();
  const running = createExecutor().start(scene.shell('true'));
  expect(await running.ended).toEqual({ kind: 'succeeded' });
  running.cancel('gently');
  running.cancel('now');
  expect(await running.ended).toEqual({ kind: 'succeeded' });
});

test('the time limit ends the whole family and is told with its line', async () => {
  using scene = new Scene();
  const running = createExecutor({ periods: soon }).start({
    ...scene.shell('true', stubborn),
    timeoutMs: 1500,
  });
  const pid = await scene.saw(/child (\d+)\n/);
  expect(await running.ended).toMatchObject({
    failure: { kind: 'timeout', timeoutMs: 1500, line: stubborn },
    tail: [`child ${pid}`],
  });
  expect(isAlive(pid)).toBe(false);
});

test('the time limit counts for each line anew', async () => {
  using scene = new Scene();
  const lines = Array.from({ length: 4 }, () => 'sleep 0.6');
  const end = await createExecutor().start({ ...scene.shell(...lines), timeoutMs: 2000 }).ended;
  expect(end).toEqual({ kind: 'succeeded' });
});

test('what a program leaves running in the background is ended, also when it ignores TERM', async () => {
  using scene = new Scene();
  scene.fifo('ready');
  const left =
    "(trap '' TERM; echo child $(exec sh -c 'echo $PPID'); echo > ready; while :; do sleep 1000; done) &";
  const end = await createExecutor({ periods: soon }).start(scene.shell(`${left}\nread -r _ < ready`)).ended;
  expect(end).toEqual({ kind: 'succeeded' });
  expect(isAlive(await scene.saw(/child (\d+)\n/))).toBe(false);
});

test('a child that is about to finish may finish', async () => {
  using scene = new Scene();
  scene.fifo('go');
  const running = createExecutor({ periods: never }).start(
    scene.shell('(read -r _ < go; echo late) & echo leaving'),
  );
  await scene.saw(/leaving/);
  await scene.tell('go');
  expect(await running.ended).toEqual({ kind: 'succeeded' });
  expect(scene.stdout).toBe('leaving\nlate\n');
});

/** Starts a process that leaves the group, says who it is, and goes on as `then` says. */
const escaping = (then: string, daemon = 'setInterval(() => {}, 1000)') => ({
  kind: 'exec' as const,
  argv: [
    'node',
    '-e',
    `const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(`${daemon}; console.log('escaped ' + process.pid + '.')`)}],
      { detached: true, stdio: 'inherit' });
    child.unref();
    ${then}`,
  ],
});

/** What marks a process as the stage's. */
const marks = (stage: string) => ({
  PATH: process.env.PATH ?? '',
  PIPE_RUN_ID: `run-of-${process.pid}`,
  PIPE_STAGE: stage,
});

const untilTold = 'setInterval(() => {}, 1000);';

test('a process that left the group lives on when its program ends by itself, and does not hold it open', async () => {
  using scene = new Scene();
  scene.fifo('go');
  const running = createExecutor({ periods: soon }).start(
    scene.execution(escaping("require('node:fs').readFileSync('go')"), { env: marks('daemon') }),
  );
  const pid = await scene.saw(/escaped (\d+)\./);
  await scene.tell('go');
  expect(await running.ended).toEqual({ kind: 'succeeded' });
  expect(isAlive(pid)).toBe(true);
  process.kill(Number(pid), 'SIGKILL');
});

test.each(['gently', 'now'] as const)(
  'cancelled %s, a program is ended with what left its group',
  async (how) => {
    using scene = new Scene();
    const running = createExecutor({ periods: never }).start(
      scene.execution(escaping(untilTold), { env: marks('cancelled') }),
    );
    const pid = await scene.saw(/escaped (\d+)\./);
    running.cancel(how);
    expect(await running.ended).toEqual({ kind: 'cancelled' });
    expect(isAlive(pid)).toBe(false);
  },
);

test('so it is when its time is over, however deaf what left the group is', async () => {
  using scene = new Scene();
  const deaf =
    "for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => {}); setInterval(() => {}, 1000)";
  const running = createExecutor({ periods: soon }).start(
    scene.execution(escaping(untilTold, deaf), { env: marks('late'), timeoutMs: 2000 }),
  );
  const pid = await scene.saw(/escaped (\d+)\./);
  expect(await running.ended).toMatchObject({ failure: { kind: 'timeout' } });
  expect(isAlive(pid)).toBe(false);
});

test('what left the group of another stage of the same run is not touched', async () => {
  using one = new Scene();
  using other = new Scene();
  const executor = createExecutor({ periods: soon });
  const spared = executor.start(one.execution(escaping(untilTold), { env: marks('one') }));
  const ended = executor.start(other.execution(escaping(untilTold), { env: marks('other') }));
  const pids = [await one.saw(/escaped (\d+)\./), await other.saw(/escaped (\d+)\./)];
  ended.cancel('gently');
  await ended.ended;
  expect(pids.map(isAlive)).toEqual([true, false]);
  spared.cancel('now');
  await spared.ended;
  expect(pids.map(isAlive)).toEqual([false, false]);
});
