// Programs and the place where their output is shown: they wait for room there, and nothing is lost for it.
import { expect, test } from 'vitest';
import { createExecutor } from '../../src/exec/executor.ts';
import { FullOutlet } from '../rig/full-outlet.ts';
import { Scene } from './scene.ts';

const amountBytes = 8 * 1024 * 1024;
const flooding = `yes 'a line of usual length' | head -c ${amountBytes}`;

test('a program that prints much is not read further than there is room, and then to its end', async () => {
  using scene = new Scene();
  const outlet = new FullOutlet();
  const running = createExecutor({ outlet }).start(scene.shell(flooding));
  await outlet.isWaitedFor;
  using beside = new Scene();
  await createExecutor().start(beside.shell(flooding)).ended;
  // What came with the first reading is taken, and in all that time no more.
  expect(scene.stdout.length).toBeGreaterThan(0);
  expect(scene.stdout.length).toBeLessThan(amountBytes / 4);
  outlet.become('open');
  expect(await running.ended).toEqual({ kind: 'succeeded' });
  expect(scene.stdout.length).toBe(amountBytes);
  expect(scene.log()).toBe(scene.stdout);
});

test('what a program has printed when it ends waits for room, however long that takes', async () => {
  using scene = new Scene();
  const outlet = new FullOutlet();
  const drainMs = 5;
  const running = createExecutor({ outlet, periods: { drainMs } }).start(
    scene.shell(`yes 'a line of usual length' | head -c 150000; echo >&2`),
  );
  await outlet.isWaitedFor;
  // The reader is away for far longer than output may pause before it is taken for complete.
  setTimeout(() => outlet.become('open'), 40 * drainMs);
  expect(await running.ended).toEqual({ kind: 'succeeded' });
  expect(scene.stdout.length).toBe(150_000);
  expect(scene.stderr).toBe('\n');
});

test('a program that is ended does not wait for room', async () => {
  using scene = new Scene();
  const outlet = new FullOutlet();
  const running = createExecutor({ outlet }).start(scene.shell('exec yes'));
  await outlet.isWaitedFor;
  running.cancel('now');
  outlet.become('given-up');
  expect(await running.ended).toEqual({ kind: 'cancelled' });
});

test('what nobody waits for any longer is in the log alone', async () => {
  using scene = new Scene();
  const outlet = new FullOutlet();
  outlet.become('given-up');
  const running = createExecutor({ outlet }).start(scene.shell(flooding));
  expect(await running.ended).toEqual({ kind: 'succeeded' });
  expect(scene.stdout).toBe('');
  expect(scene.log().length).toBe(amountBytes);
});

test('notes in PIPE_OUTPUT wait for room like what is printed', async () => {
  using scene = new Scene();
  const outlet = new FullOutlet();
  const notes = 20_000;
  const running = createExecutor({ outlet, pollMs: 600_000 }).start(
    scene.shell(`yes '{"note":"as a line of JSON"}' | head -n ${notes} > "$PIPE_OUTPUT"`),
  );
  await outlet.isWaitedFor;
  expect(scene.stdout).toBe('');
  outlet.become('open');
  expect(await running.ended).toEqual({ kind: 'succeeded' });
  expect(scene.stdout).toBe('as a line of JSON\n'.repeat(notes));
});
