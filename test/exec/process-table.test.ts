// Whether a group of processes still lives.
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { isGroupAlive, marksIn } from '../../src/exec/process-table.ts';

test.runIf(process.platform === 'linux')(
  'one that starts another and ends, before it is looked at, hides nobody',
  async () => {
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    await new Promise((resolve) => child.once('spawn', resolve));
    // The first list has only one that is gone by now.
    const lists = [[2 ** 30], [child.pid!], [2 ** 30], [2 ** 30]];
    const list = () => lists.shift()!;
    expect(isGroupAlive(child.pid!, list)).toBe(true);
    expect(isGroupAlive(child.pid!, list)).toBe(false);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
  },
);

test('a check of a service is told apart from the service, which bears fewer marks', () => {
  const service = { PIPE_RUN_ID: 'r', PIPE_SERVICE: 'db' };
  const marks = marksIn({ ...service, PIPE_SERVICE_CHECK: '1' });
  expect(marks).toEqual(['PIPE_RUN_ID=r', 'PIPE_SERVICE=db', 'PIPE_SERVICE_CHECK=1']);
  expect(marksIn(service)).toEqual(marks.slice(0, 2));
});

test('a batch is told from others of its stage, and from its items alone, by the file that names what is in it', () => {
  const stage = { PIPE_RUN_ID: 'r', PIPE_STAGE: 's' };
  const marks = marksIn({ ...stage, PIPE_ITEM: '', PIPE_ITEMS: '/one' });
  expect(marks).toEqual(['PIPE_RUN_ID=r', 'PIPE_STAGE=s', 'PIPE_ITEMS=/one']);
  expect(marksIn({ ...stage, PIPE_ITEM: 'a' })).toEqual([...marks.slice(0, 2), 'PIPE_ITEM=a']);
});

test('a hook of the pipeline is told by its name from all else that its run has started', () => {
  expect(marksIn({ PIPE_RUN_ID: 'r', PIPE_HOOK: 'after' })).toEqual(['PIPE_RUN_ID=r', 'PIPE_HOOK=after']);
});
