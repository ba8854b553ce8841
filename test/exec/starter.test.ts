import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createExecutor } from '../../src/exec/executor.ts';
import { type StartLeader, spawnLeader } from '../../src/exec/leader.ts';
import { leadersByStarter } from '../../src/exec/starter.ts';
import { frameHead, starterProgram } from '../../src/exec/starter-program.ts';
import type { Command } from '../../src/model/stage.ts';
import { isAlive, Scene } from './scene.ts';

const byStarter = leadersByStarter('/usr/bin/perl');
const parentOf = (scene: Scene) => scene.shell('echo $PPID');

async function printed(scene: Scene, command: Command, startLeader: StartLeader, env = {}): Promise<string> {
  const execution = scene.execution(command);
  const end = await createExecutor({ startLeader }).start({ ...execution, env: { ...execution.env, ...env } })
    .ended;
  expect(end).toEqual({ kind: 'succeeded' });
  return scene.stdout;
}

test('commands are started by one process, and that is not this one', async () => {
  const parents = await Promise.all(
    [1, 2, 3].map(async () => {
      using scene = new Scene();
      return await printed(scene, parentOf(scene).command, byStarter);
    }),
  );
  expect(new Set(parents).size).toBe(1);
  expect(Number(parents[0])).not.toBe(process.pid);
});

test('what is written to a stream by its name is read like all else', async () => {
  using scene = new Scene();
  const lines = scene.shell('echo one > /dev/stdout; echo two > /dev/stderr; echo three | tee /dev/stderr');
  expect(await createExecutor({ startLeader: byStarter }).start(lines).ended).toEqual({ kind: 'succeeded' });
  expect([scene.stdout, scene.stderr]).toEqual(['one\nthree\n', 'two\nthree\n']);
});

describe.each([
  ['by a starter', byStarter],
  ['by this process', spawnLeader],
])('%s', (_, startLeader) => {
  const executor = createExecutor({ startLeader });

  test('words come as they are', async () => {
    using scene = new Scene();
    const words = ['', 'two words', 'line\nend', 'ü→🎧', '"\'$(x)`', '-e'];
    const argv = ['node', '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words];
    expect(JSON.parse(await printed(scene, { kind: 'exec', argv }, startLeader))).toEqual(words);
  });

  test('a variable is there for the command that has it, and for no later one', async () => {
    using scene = new Scene();
    const argv = ['sh', '-c', 'echo "$A $B."'];
    await printed(scene, { kind: 'exec', argv }, startLeader, { A: 'a=1', B: '' });
    await printed(scene, { kind: 'exec', argv }, startLeader, { B: 'two\nlines ' });
    expect(await printed(scene, { kind: 'exec', argv }, startLeader)).toBe('a=1 .\n two\nlines .\n .\n');
  });

  test.each([
    ['exit 0', { kind: 'succeeded' }],
    ['exit 3', { failure: { kind: 'exit', code: 3 } }],
    ['exit 255', { failure: { kind: 'exit', code: 255 } }],
    ['kill -KILL $$', { failure: { kind: 'signal', signal: 'SIGKILL' } }],
    ['kill -USR1 $$', { failure: { kind: 'signal', signal: 'SIGUSR1' } }],
    ['kill -PIPE $$', { failure: { kind: 'signal', signal: 'SIGPIPE' } }],
  ])('%s', async (line, expected) => {
    using scene = new Scene();
    expect(await executor.start(scene.shell(line)).ended).toMatchObject(expected);
  });

  test('what cannot be started says why', async () => {
    using scene = new Scene();
    const program = scene.write('program', '#!/bin/sh\n');
    const orphan = scene.write('orphan', '#!/no/such/interpreter\n', 0o755);
    chmodSync(program, 0o644);
    const why = async (argv: readonly string[], part = {}) => {
      const end = await executor.start(scene.execution({ kind: 'exec', argv }, part)).ended;
      return end.kind === 'failed' && end.failure.kind === 'spawn' ? end.failure.message : end;
    };
    expect(await why(['no-such-program'])).toBe("no-such-program is not on the stage's PATH");
    expect(await why([program])).toBe(`${program} is not executable`);
    expect(await why([orphan])).toBe(`the interpreter that ${orphan} names does not exist`);
    expect(await why(['sh'], { cwd: '/no/such/folder' })).toBe(
      'the working folder /no/such/folder does not exist',
    );
    expect(await why(['echo', 'x'.repeat(4_000_000)])).toBe(
      'the arguments and the environment of echo are too long for the system',
    );
  });

  test('no byte of what is printed is lost, on either stream, of many at the same time', async () => {
    const kilobytes = 700;
    const line = `head -c ${kilobytes}k /dev/zero | tr '\\0' o; head -c ${kilobytes}k /dev/zero | tr '\\0' e >&2`;
    const sizes = Array.from({ length: 8 }, async () => {
      using scene = new Scene();
      await executor.start(scene.shell(line)).ended;
      return [scene.stdout, scene.stderr].map((text) => `${text.length} ${[...new Set(text)].join('')}`);
    });
    const each = [`${kilobytes * 1024} o`, `${kilobytes * 1024} e`];
    expect(await Promise.all(sizes)).toEqual(sizes.map(() => each));
  });

  test('signals have their usual effect in what is started', async () => {
    using scene = new Scene();
    const ignored = "sed -n 's/^SigIgn:[[:space:]]*//p; s/^SigBlk:[[:space:]]*//p' /proc/self/status";
    expect(await printed(scene, scene.shell(ignored).command, startLeader)).toBe(
      `${'0'.repeat(16)}\n`.repeat(2),
    );
  });
});

test('a command has the same descriptors, whoever has started it', async () => {
  const descriptors = [byStarter, spawnLeader].map(async (startLeader) => {
    using scene = new Scene();
    return await printed(scene, scene.shell('ls /proc/self/fd').command, startLeader);
  });
  const [one, other] = await Promise.all(descriptors);
  expect(one).toBe(other);
  expect(one).toContain('0\n1\n2\n');
});

test('where the starter is killed, what it has started is ended and has failed; the next command has a new one', async () => {
  using scene = new Scene();
  const executor = createExecutor({
    startLeader: leadersByStarter('/usr/bin/perl'),
    periods: { settleMs: 20 },
  });
  const running = executor.start(scene.shell('echo of $PPID.; echo self $$.; exec sleep 1000'));
  const [starter, command] = [await scene.saw(/of (\d+)\./), await scene.saw(/self (\d+)\./)];
  process.kill(Number(starter), 'SIGKILL');
  expect(await running.ended).toMatchObject({
    failure: {
      kind: 'spawn',
      message: "pipe's process that starts commands has ended (SIGKILL): nobody knows how it went on",
    },
  });
  expect(isAlive(command)).toBe(false);
  scene.stdout = '';
  expect(await executor.start(parentOf(scene)).ended).toEqual({ kind: 'succeeded' });
  expect([starter, String(process.pid)]).not.toContain(scene.stdout.trim());
});

test.each(['/bin/false', '/bin/true', '/no/such/perl'])(
  'with %s as its program, commands are started without it',
  async (program) => {
    using scene = new Scene();
    const executor = createExecutor({ startLeader: leadersByStarter(program) });
    for (const _ of [1, 2])
      expect(await executor.start(parentOf(scene)).ended).toEqual({ kind: 'succeeded' });
    expect(scene.stdout).toBe(`${process.pid}\n`.repeat(2));
  },
);

test('asked to end before it is there, a command ends all the same', async () => {
  using scene = new Scene();
  const executor = createExecutor({ startLeader: leadersByStarter('/usr/bin/perl') });
  const running = executor.start(scene.shell('exec sleep 1000'));
  running.cancel('gently');
  expect(await running.ended).toEqual({ kind: 'cancelled' });
});

test('what an engine asked for that is gone is not started', async () => {
  using scene = new Scene();
  for (const name of ['go', 'asked']) scene.fifo(name);
  // Of the test, not of the child: Node closes a pipe to a child with that.
  const asked = openSync(scene.path('asked'), 'r+');
  // Its parent is a shell that ends when it is told to.
  const lines = '/usr/bin/perl -e "$1" < asked & read _ < go';
  const shell = spawn('/bin/sh', ['-c', lines, 'sh', starterProgram], {
    ...{ cwd: scene.folder, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const over = new Promise<void>((resolve) => shell.stdout.on('end', resolve));
  const ask = (number: number, line: string) => {
    const fields = [scene.folder, 3, '/bin/sh', '-c', line, 0].join('\0');
    const head = Buffer.alloc(frameHead.lengthBytes);
    head.writeUInt32BE(frameHead.letterBytes + frameHead.numberBytes + fields.length);
    const numberBytes = Buffer.alloc(frameHead.numberBytes);
    numberBytes.writeUInt32BE(number);
    writeSync(asked, Buffer.concat([head, Buffer.from('S'), numberBytes, Buffer.from(fields)]));
  };
  let told = '';
  const ended = new Promise<void>((resolve) =>
    shell.stdout.setEncoding('latin1').on('data', (text: string) => {
      told += text;
      if (told.includes('E')) resolve();
    }),
  );
  ask(1, 'echo > first');
  await ended;
  await Promise.all([once(shell, 'exit'), scene.tell('go')]);
  ask(2, 'echo > second');
  closeSync(asked);
  await over;
  expect(readdirSync(scene.folder).sort()).toEqual(['asked', 'first', 'go']);
  const isTold = [1, 2].map((number) => told.includes(`P\0\0\0${String.fromCharCode(number)}`));
  expect(isTold).toEqual([true, false]);
});
