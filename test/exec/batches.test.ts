// How a process that serves many items is told which, and what it can say of each.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Execution } from '../../src/engine/executor.ts';
import { createExecutor } from '../../src/exec/executor.ts';
import { taskOf } from '../../src/model/task.ts';
import { accepted } from '../model/validation/sample-config.ts';
import { Scene } from './scene.ts';

const executor = createExecutor({ pollMs: 5 });

const pipeline = accepted({
  stages: { s: { forEach: 'in/{n}.txt', produces: 'out/{n}.txt', cwd: 'in', batch: { size: 9 }, run: 'x' } },
});

const item = (name: string) => ({
  key: `in/${name}.txt`,
  captures: { n: name },
  value: null,
  requires: [`in/${name}.txt`, 'style.md'],
  produces: [`out/${name}.txt`],
});

function batchOf(scene: Scene, line: string): { readonly execution: Execution; readonly said: string[] } {
  const said: string[] = [];
  const shell = scene.shell(line);
  const batch = {
    onDone: (name: string) => void said.push(`done ${name}`),
    onFailed: (name: string, why: string) => void said.push(`failed ${name}: ${why}`),
    onMetric: (name: string, values: object) => void said.push(`metric ${name} ${JSON.stringify(values)}`),
  };
  const context = { ...shell.context, items: [item('a'), item('-b')] };
  return { execution: { ...shell, task: taskOf(pipeline.stages[0]!), batch, context }, said };
}

test('PIPE_ITEMS names a file with a line for each item, its paths as seen from the working folder', async () => {
  using scene = new Scene();
  const { execution } = batchOf(scene, 'cat "$PIPE_ITEMS"');
  expect(await executor.start(execution).ended).toEqual({ kind: 'succeeded' });
  const lines = scene.stdout.split('\n').filter(Boolean);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      ...{ item: 'in/a.txt', path: 'a.txt', captures: { n: 'a' }, value: null },
      ...{ requires: ['a.txt', '../style.md'], produces: ['../out/a.txt'] },
    },
    {
      ...{ item: 'in/-b.txt', path: './-b.txt', captures: { n: '-b' }, value: null },
      ...{ requires: ['./-b.txt', '../style.md'], produces: ['../out/-b.txt'] },
    },
  ]);
  expect(() => readFileSync(`${scene.logPath}.items.jsonl`)).toThrow(/ENOENT/);
});

test('what is said of items in PIPE_OUTPUT is heard while the process runs, without secrets', async () => {
  using scene = new Scene();
  scene.fifo('go');
  const lines = [
    '{"item":"in/a.txt","done":true}',
    '{"item":"in/-b.txt","failed":"no hush-hush","metric":{"usd":1}}',
    ...['{"item":"in/c.txt","done":true}', '{"item":"in/a.txt"}', '{"item":"in/a.txt","done":false}'],
    '{"item":"in/a.txt","done":true,"failed":"why"}',
  ];
  scene.write('lines', lines.map((line) => `${line}\n`).join(''));
  const { execution, said } = batchOf(scene, 'cat lines >> "$PIPE_OUTPUT"; read -r _ < go');
  const heard = new Promise<void>((resolve) => {
    const onFailed = execution.batch!.onFailed;
    Object.assign(execution.batch!, {
      onFailed: (name: string, why: string) => {
        onFailed(name, why);
        resolve();
      },
    });
  });
  const running = executor.start({ ...execution, secretValues: ['hush-hush'] });
  await heard;
  await scene.tell('go');
  await running.ended;
  expect(said).toEqual([
    ...['done in/a.txt', 'metric in/-b.txt {"usd":1}', 'failed in/-b.txt: no ***'],
    // Of an item the first word counts; what is unclear about a failure does not make it a success.
    'failed in/a.txt: why',
  ]);
  expect(scene.log()).toContain('4 lines in PIPE_OUTPUT could not be understood');
});

test('what is said of items is heard at once, however seldom the file is looked at', async () => {
  using scene = new Scene();
  scene.fifo('go');
  const { execution, said } = batchOf(
    scene,
    `echo '{"item":"in/a.txt","done":true}' >> "$PIPE_OUTPUT"; read -r _ < go; exit 3`,
  );
  const heard = new Promise<void>((resolve) => {
    Object.assign(execution.batch!, { onDone: (name: string) => resolve(void said.push(name)) });
  });
  const running = createExecutor({ pollMs: 1_000_000 }).start(execution);
  await heard;
  await scene.tell('go');
  expect(await running.ended).toMatchObject({ failure: { code: 3 } });
  expect(said).toEqual(['in/a.txt']);
});

test('where PIPE_OUTPUT is written anew, the end alone makes no item succeed', async () => {
  using scene = new Scene();
  const told = async (line: string) => {
    const { execution, said } = batchOf(scene, line);
    return { end: await executor.start(execution).ended, heard: new Set(said) };
  };
  const lost =
    "PIPE_OUTPUT was written anew, and what had been said in it may be lost: open it for appending (>>, mode 'a')";
  const [done, failed] = [
    `echo '{"item":"in/a.txt","done":true}'`,
    `echo '{"item":"in/-b.txt","failed":"no"}'`,
  ];
  // Of the other item something may have been said between the two.
  expect(await told(`${done} > "$PIPE_OUTPUT"; ${done} > "$PIPE_OUTPUT"`)).toEqual({
    end: { kind: 'failed', failure: { kind: 'words-lost', message: lost }, tail: [`pipe: ${lost}`] },
    heard: new Set(['done in/a.txt']),
  });
  // Opened once, and of each item something is heard: nothing is left to guess.
  expect(await told(`{ ${failed}; ${done}; } > "$PIPE_OUTPUT"`)).toEqual({
    end: { kind: 'succeeded' },
    heard: new Set(['done in/a.txt', 'failed in/-b.txt: no']),
  });
});

test('a failure that is told of nobody fails those that are not done; a number is the key that it makes', async () => {
  using scene = new Scene();
  const told = async (...lines: readonly object[]) => {
    scene.write('lines', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { execution, said } = batchOf(scene, 'cat lines >> "$PIPE_OUTPUT"');
    const items = [...execution.context.items, { ...item('7'), key: '7' }];
    const context = { ...execution.context, items };
    const end = await executor.start({ ...execution, context, secretValues: ['hush-hush'] }).ended;
    return { end, said };
  };
  expect(await told({ item: 'a.txt', failed: 'no hush-hush' })).toMatchObject({
    end: { failure: { kind: 'reported', message: 'an item that is not in the batch, "a.txt": no ***' } },
  });
  expect(await told({ item: 7, failed: true }, { item: 'in/a.txt', failed: false })).toEqual({
    ...{ end: { kind: 'succeeded' }, said: ['failed 7: true'] },
  });
  expect(await told({ item: 'a.txt', done: true })).toEqual({ end: { kind: 'succeeded' }, said: [] });
});
