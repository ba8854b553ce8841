// What a failed test leaves behind ends with it, and what its commands had printed is told.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { notePipe, seeToLeftovers } from './leftovers.ts';
import { Running } from './rig.ts';

type Task = Parameters<typeof seeToLeftovers>[0]['task'];

test('after a failure commands are ended, and whoever waits at a named pipe goes on', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-leftovers-'));
  const never = path.join(folder, 'never');
  execFileSync('mkfifo', [never]);
  notePipe(never);
  const reader = fs.promises.readFile(never, 'utf8');
  const running = new Running(spawn('sh', ['-c', 'echo at work; exec sleep 1000']));
  await running.printed('at work');
  const failure = new Error('not equal');
  seeToLeftovers({ task: { result: { state: 'fail', errors: [failure] } } as unknown as Task });
  expect(failure.message).toBe('not equal\nStill at work, having printed:\nat work\n');
  expect(failure.stack).toMatch(/^Error: not equal\n {4}at [\s\S]*leftovers\.test\.ts[\s\S]*\nat work\n$/);
  expect((await running.ended).signal).toBe('SIGKILL');
  expect(await reader).toBe('');
  fs.rmSync(folder, { recursive: true });
});

test('of a test that took too long, what it had printed is told in place of a stack that says nothing', async () => {
  const running = new Running(spawn('sh', ['-c', 'echo at work; exec sleep 1000']));
  await running.printed('at work');
  const failure = { message: 'took too long', stack: 'Error: STACK_TRACE_ERROR\n    at task' };
  seeToLeftovers({ task: { result: { state: 'fail', errors: [failure] } } as unknown as Task });
  expect(failure.stack).toBe('took too long\nStill at work, having printed:\nat work\n');
  await running.ended;
});

test('what is at work after a test that passed is left alone', async () => {
  const running = new Running(spawn('cat'));
  seeToLeftovers({ task: { result: { state: 'pass' } } as unknown as Task });
  running.child.stdin!.end('still there');
  expect(await running.ended).toMatchObject({ code: 0, stdout: 'still there' });
});
