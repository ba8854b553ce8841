import { readdirSync, readFileSync, statSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createExecutor } from '../../src/exec/executor.ts';
import { Scene } from './scene.ts';

const executor = createExecutor({ pollMs: 5 });

test('shell lines run in order and their output goes to the log and to the listener', async () => {
  using scene = new Scene();
  const end = await executor.start(scene.shell('echo one', 'echo two >&2', 'echo three')).ended;
  expect(end).toEqual({ kind: 'succeeded' });
  expect(scene.log()).toBe('one\ntwo\nthree\n');
  expect([scene.stdout, scene.stderr]).toEqual(['one\nthree\n', 'two\n']);
});

test('the first line that fails ends the stage, and is named with its code and the last output', async () => {
  using scene = new Scene();
  const end = await executor.start(scene.shell('echo before', 'echo why >&2; exit 7', 'echo never')).ended;
  expect(end).toEqual({
    kind: 'failed',
    failure: { kind: 'exit', code: 7, line: 'echo why >&2; exit 7' },
    tail: ['before', 'why'],
  });
});

test('a shell line stops at its first failing command', async () => {
  using scene = new Scene();
  const end = await executor.start(scene.shell('false\necho never')).ended;
  expect(end).toMatchObject({ failure: { kind: 'exit', code: 1 } });
  expect(scene.stdout).toBe('');
});

test('what a stage starts has its priority, with what that starts in turn', async () => {
  using scene = new Scene();
  const lines = scene.shell('nice; sh -c "nice; true"');
  await executor.start({ ...lines, nice: 3 }).ended;
  const expected = Math.min(getPriority() + 3, 19);
  expect(scene.stdout).toBe(`${expected}\n${expected}\n`);
});

test('the shell of the stage runs its lines', async () => {
  using scene = new Scene();
  const shell = scene.write('own-shell', '#!/bin/sh\necho "asked: $*"\n', 0o755);
  await executor.start({ ...scene.shell('do this'), shell }).ended;
  expect(scene.stdout).toBe('asked: -c do this\n');
});

test('a program gets its arguments as they are, the stage folder and only the given environment', async () => {
  using scene = new Scene();
  const code =
    'console.log(JSON.stringify([process.argv.slice(1), process.cwd(), Object.keys(process.env).sort()]))';
  await executor.start(scene.execution({ kind: 'exec', argv: ['node', '-e', code, '$HOME *', "it's"] }))
    .ended;
  expect(JSON.parse(scene.stdout)).toEqual([
    ['$HOME *', "it's"],
    scene.folder,
    ['HOME', 'PATH', 'PIPE_OUTPUT'],
  ]);
});

test('standard input is at its end at once', async () => {
  using scene = new Scene();
  expect(await executor.start(scene.shell('cat')).ended).toEqual({ kind: 'succeeded' });
});

test('a program that a signal ended is told by the signal', async () => {
  using scene = new Scene();
  const line = 'kill -USR1 $$';
  const end = await executor.start(scene.shell(line)).ended;
  expect(end).toMatchObject({ failure: { kind: 'signal', signal: 'SIGUSR1', line } });
});

test('what cannot be started is told with the reason', async () => {
  using scene = new Scene();
  scene.write('plain.txt', 'hello');
  scene.write('odd.sh', '#!/no/such/interpreter\n', 0o755);
  const reasonOf = async (argv: readonly string[], part = {}) => {
    const end = await executor.start(scene.execution({ kind: 'exec', argv }, part)).ended;
    return end.kind === 'failed' && end.failure.kind === 'spawn' ? end.failure.message : end;
  };
  expect(await reasonOf(['no-such-program'])).toBe("no-such-program is not on the stage's PATH");
  expect(await reasonOf(['./missing.sh'])).toBe('./missing.sh does not exist');
  expect(await reasonOf([join(scene.folder, 'odd.sh')])).toMatch(
    /the interpreter that .*odd.sh names does not exist/,
  );
  expect(await reasonOf(['./plain.txt'])).toBe('./plain.txt is not executable');
  expect(await reasonOf(['true'], { cwd: scene.path('gone') })).toMatch(
    /the working folder .*gone does not exist/,
  );
  expect(await reasonOf(['true', 'x'.repeat(3_000_000)])).toMatch(/too long/);
});

test('a shell line may be longer than an argument, and stops at its first failing command as any other', async () => {
  using scene = new Scene();
  const words = Array.from({ length: 20_000 }, (_, i) => `'größe ${i} 😀'`).join(' ');
  const end = await executor.start(
    scene.shell(`# all\nls -d ${words} 2> seen || wc -l < seen; echo "$#"\nfalse; echo no`),
  ).ended;
  expect(scene.stdout.trim()).toBe('20000\n0');
  expect(end).toMatchObject({ kind: 'failed', failure: { kind: 'exit', code: 1 } });
});

test('of a command with very many files the beginning is told', async () => {
  using scene = new Scene();
  const line = `false ${'😀'.repeat(20_000)}`;
  for (const command of [scene.shell(line), scene.execution({ kind: 'exec', argv: ['false', line] })]) {
    const end = await executor.start(command).ended;
    const told = end.kind === 'failed' && end.failure.kind === 'exit' ? end.failure.line : '';
    expect(told).toMatch(/^false .*😀 …$/u);
    expect(told.length).toBeLessThan(1100);
  }
});

test('a missing program inside a shell line is an exit with 127', async () => {
  using scene = new Scene();
  const end = await executor.start(scene.shell('no-such-program')).ended;
  expect(end).toMatchObject({ failure: { kind: 'exit', code: 127 } });
});

test('bytes that are no UTF-8 become replacement characters', async () => {
  using scene = new Scene();
  await executor.start(scene.shell("printf '\\377 caf\\303\\251\\n'")).ended;
  expect(scene.log()).toBe('\uFFFD café\n');
});

test('a secret is blanked out, also when it is written in two pieces', async () => {
  using scene = new Scene();
  scene.fifo('go');
  const line = "printf 'key sec'; echo half >&2; read -r _ < go; printf 'ret-1234 end\\n'";
  const running = executor.start({ ...scene.shell(line), secretValues: ['secret-1234'] });
  await scene.saw(/half/);
  await scene.tell('go');
  expect(await running.ended).toEqual({ kind: 'succeeded' });
  expect(scene.stdout).toBe('key *** end\n');
  expect(scene.log()).not.toContain('1234');
});

test('output is passed on by whole lines, and what has no line end comes at the end', async () => {
  using scene = new Scene();
  scene.fifo('go');
  const pieces: string[] = [];
  const running = executor.start({
    ...scene.shell("printf 'a'; echo here >&2; read -r _ < go; printf 'b\\nc'"),
    onOutput: (stream, text) => {
      if (stream === 'stdout') pieces.push(text);
      else void scene.tell('go');
    },
  });
  await running.ended;
  expect(pieces).toEqual(['ab\n', 'c']);
});

test('the tail is the last 20 lines, long ones cut, progress bars as they stood last', async () => {
  using scene = new Scene();
  const program = [
    'for (let i = 1; i <= 100; i += 1) console.log("line " + i);',
    'console.log("x".repeat(50_000));',
    'process.stdout.write("10%\\r50%\\r100%\\n");',
    'process.exitCode = 1',
  ].join('');
  const end = await executor.start(scene.execution({ kind: 'exec', argv: ['node', '-e', program] })).ended;
  const tail = end.kind === 'failed' ? end.tail : [];
  expect(tail).toHaveLength(20);
  expect(tail.slice(0, 2)).toEqual(['line 83', 'line 84']);
  expect(tail.slice(18)).toEqual(['x'.repeat(2000), '100%']);
});

test.each([
  ['many short lines', 'yes | head -c 200000000'],
  ['one endless line', "head -c 200000000 /dev/zero | tr '\\0' x"],
])('200 MB of output as %s is written whole and held by nobody', async (_, line) => {
  using scene = new Scene();
  const before = process.memoryUsage().rss;
  let highest = 0;
  let pieces = 0;
  const end = await executor.start({
    ...scene.shell(line),
    onOutput: () => {
      pieces += 1;
      if (pieces % 100 === 0) highest = Math.max(highest, process.memoryUsage.rss());
    },
  }).ended;
  expect(end).toEqual({ kind: 'succeeded' });
  expect(statSync(scene.logPath).size).toBe(200_000_000);
  expect(highest - before).toBeLessThan(100_000_000);
});

test('a log that cannot be written costs the log and not the stage, and is told', async () => {
  using scene = new Scene();
  const end = await executor.start({ ...scene.shell('echo hello'), logPath: scene.path('no/folder/x.log') })
    .ended;
  expect(end).toEqual({ kind: 'succeeded' });
  expect(scene.stdout).toBe('hello\n');
  expect(scene.stderr).toMatch(/the log cannot be written/);
});

test('PIPE_OUTPUT is read while the command runs', async () => {
  using scene = new Scene();
  scene.fifo('go');
  const say = (json: string) => `echo '${json}' >> "$PIPE_OUTPUT"`;
  const running = executor.start(
    scene.shell(
      `${say('{"progress":{"done":3,"total":10}}')}; read -r _ < go; ${say('{"metric":{"usd":0.02},"note":"paid"}')}`,
    ),
  );
  expect(await scene.sawProgress()).toEqual([3, 10]);
  await scene.tell('go');
  await running.ended;
  expect(scene.metrics).toEqual([{ usd: 0.02 }]);
  expect(scene.stdout).toBe('paid\n');
  expect(() => statSync(`${scene.logPath}.output.jsonl`)).toThrow(/ENOENT/);
});

test('an execution is on record until its PIPE_OUTPUT is gone', async () => {
  using scene = new Scene();
  const runningFolder = scene.path('running');
  const recorded = () =>
    readdirSync(runningFolder).map((name) => readFileSync(`${runningFolder}/${name}`, 'utf8'));
  let atTheEnd: readonly string[] = [];
  const onMetric = () => {
    atTheEnd = recorded();
  };
  // Read for the last time when the command has ended.
  const rare = createExecutor({ runningFolder, pollMs: 1_000_000 });
  const execution = scene.shell(`echo '{"metric":{"usd":1}}' >> "$PIPE_OUTPUT"`);
  await rare.start({ ...execution, onMetric }).ended;
  expect(atTheEnd).toEqual([expect.stringContaining('work.log.output.jsonl')]);
  expect(recorded()).toEqual(['']);
});

test('a command may ask in PIPE_OUTPUT for a delay before another attempt', async () => {
  using scene = new Scene();
  scene.write('lines', '{"retryAfter":"30s"}\n{"retryAfter":50,"note":"busy"}\n{"retryAfter":"soon"}\n');
  const asked: number[] = [];
  const onRetryAfter = (delayMs: number) => void asked.push(delayMs);
  await executor.start({ ...scene.shell('cat lines >> "$PIPE_OUTPUT"'), onRetryAfter }).ended;
  expect(asked).toEqual([30_000, 50]);
  expect(scene.log()).toBe(
    'busy\npipe: a line in PIPE_OUTPUT could not be understood and did not count: {"retryAfter":"soon"}\n',
  );
});

test('a PIPE_OUTPUT that is written anew is told of, for words of before may be lost, as is one that is taken away', async () => {
  using scene = new Scene();
  const told: unknown[] = [];
  const end = async (line: string) => {
    const onUnclear = (...what: readonly unknown[]) => void told.push(what);
    return await rare.start({ ...scene.shell(line), onUnclear }).ended;
  };
  const rare = createExecutor({ pollMs: 1_000_000 });
  const pay = `echo '{"metric":{"usd":1}}' > "$PIPE_OUTPUT"`;
  // Of the same length each time, and never read in between.
  expect(await end(`${pay}; ${pay}; ${pay}`)).toEqual({ kind: 'succeeded' });
  expect(scene.metrics).toEqual([{ usd: 1 }]);
  const lost = (how: string) =>
    `PIPE_OUTPUT was ${how}, and what had been said in it may be lost: open it for appending (>>, mode 'a')`;
  expect(told.splice(0)).toEqual([[lost('written anew'), 'perhaps']]);
  expect(scene.log()).toBe(`pipe: ${lost('written anew')}\n`);
  await end('rm "$PIPE_OUTPUT"');
  expect(told.splice(0)).toEqual([[lost('taken away'), 'perhaps']]);
  await end(`echo '{"metric":{"usd":2}}' > other; mv other "$PIPE_OUTPUT"`);
  expect(scene.metrics).toEqual([{ usd: 1 }, { usd: 2 }]);
  expect(told.splice(0)).toEqual([[lost('written anew'), 'perhaps']]);
  await end(':');
  await end(`${pay.replace('>', '>>')}; ${pay.replace('>', '>>')}`);
  expect(told).toEqual([]);
});

test('lines in PIPE_OUTPUT that mean nothing become one warning in the log', async () => {
  using scene = new Scene();
  const lines = ['{"progress":3}', '{"metric":{"usd":"much"}}', '', '{"metric":{"usd":1}}', 'nonsense'];
  const names = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m${index}`, 1]));
  const hostile = [
    '{"metric":{"usd":-1}}',
    '{"metric":{"usd":1e999}}',
    '{"metric":{"":1}}',
    JSON.stringify({ metric: names }),
  ];
  scene.write('lines', [...lines, ...hostile].join('\n'));
  await executor.start(scene.shell('cat lines >> "$PIPE_OUTPUT"')).ended;
  expect(scene.metrics).toEqual([{ usd: 1 }]);
  expect(scene.log()).toBe(
    'pipe: 7 lines in PIPE_OUTPUT could not be understood and did not count: {"progress":3}\n',
  );
});
