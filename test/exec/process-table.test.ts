// Whether a group of processes still lives.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isGroupAlive, MarkedProcesses, marksIn } from '../../src/exec/process-table.ts';
import { Scene } from './scene.ts';

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

test.runIf(process.platform === 'linux')(
  'one that bore the marks counts for as long as it lives: while it dies it shows no environment, and has its files open yet',
  async () => {
    using scene = new Scene();
    scene.fifo('go');
    // To stay without an environment stands for that: nothing stays dying.
    const child = spawn('sh', ['-c', 'read -r _ < go; exec env -i sleep 1000'], {
      ...{ cwd: scene.folder, stdio: 'ignore', detached: true },
      env: { PATH: process.env.PATH, PIPE_RUN_ID: `run-of-${process.pid}`, PIPE_STAGE: 'dies' },
    });
    const id = child.pid!;
    const marks = marksIn({ PIPE_RUN_ID: `run-of-${process.pid}`, PIPE_STAGE: 'dies' });
    const marked = new MarkedProcesses(marks);
    await new Promise((resolve) => child.once('spawn', resolve));
    expect(marked.now()).toEqual([{ id, groupId: id }]);
    await scene.tell('go');
    while (readFileSync(`/proc/${id}/environ`, 'utf8') !== '') await new Promise(setImmediate);
    expect(marked.now()).toEqual([{ id, groupId: id }]);
    expect(new MarkedProcesses(marks).now()).toEqual([]);
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(marked.now()).toEqual([]);
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
