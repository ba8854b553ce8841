import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import type { Execution, Executor } from '../../src/engine/executor.ts';
import { createExecutor } from '../../src/exec/executor.ts';
import type { Failure } from '../../src/model/failure.ts';
import { FullOutlet } from '../rig/full-outlet.ts';
import { isAlive, Scene } from './scene.ts';

const dist = mkdtempSync(join(tmpdir(), 'pipe-worker-'));
const workerPath = join(dist, 'worker.js');
let executor: Executor;

beforeAll(async () => {
  const entryPoints = ['src/exec/worker.ts'];
  await build({ entryPoints, outfile: workerPath, bundle: true, platform: 'node', format: 'esm' });
  executor = createExecutor({ workerPath });
});
afterAll(() => rmSync(dist, { recursive: true, force: true }));

/** A stage module with the text as the body of its function. */
function script(scene: Scene, body: string, part: Partial<Execution> = {}): Execution {
  return scriptModule(scene, `export default async function work(ctx) {\n${body}\n}\n`, part);
}

function scriptModule(scene: Scene, text: string, part: Partial<Execution> = {}): Execution {
  const command = { kind: 'script', module: 'stages/work.ts' as FilePath } as const;
  return scene.execution(command, { module: scene.write('work.mjs', text), ...part });
}

function inConfig(scene: Scene, text: string): Execution {
  return scene.execution({ kind: 'function' }, { module: scene.write('config.mjs', text) });
}

async function failureOf(execution: Execution, by = executor): Promise<Failure | null> {
  const end = await by.start(execution).ended;
  return end.kind === 'failed' ? end.failure : null;
}

test('a function may ask for a delay before another attempt', async () => {
  using scene = new Scene();
  const asked: number[] = [];
  const onRetryAfter = (delayMs: number) => void asked.push(delayMs);
  const body = "ctx.retryAfter('1.5s'); ctx.retryAfter('soon');";
  expect(await failureOf(script(scene, body, { onRetryAfter }))).toMatchObject({
    kind: 'threw',
    message: "ctx.retryAfter takes a duration such as '30s'",
  });
  expect(asked).toEqual([1500]);
});

test('a function is called with its context in its folder', async () => {
  using scene = new Scene();
  const body =
    'const { signal, ...rest } = ctx; console.log(JSON.stringify([rest, signal.aborted, process.cwd()]));';
  expect(await executor.start(script(scene, body)).ended).toEqual({ kind: 'succeeded' });
  expect(JSON.parse(scene.stdout)).toEqual([
    {
      root: scene.folder,
      stage: 'work',
      item: null,
      items: [],
      requires: ['in.txt'],
      produces: ['out/*.txt'],
      params: {},
      runId: 'run-1',
      attempt: 1,
      scratch: scene.path('scratch'),
    },
    false,
    scene.folder,
  ]);
});

test('progress, metrics and lines for the log arrive while the function runs, in order', async () => {
  using scene = new Scene();
  scene.fifo('go');
  const running = executor.start(
    script(
      scene,
      `ctx.progress(3, 10);
       console.log('printed'); ctx.log('logged'); console.log('printed again');
       await (await import('node:fs/promises')).readFile('go');
       ctx.metric({ usd: 0.02, tokens: 900 });`,
    ),
  );
  expect(await scene.sawProgress()).toEqual([3, 10]);
  await scene.tell('go');
  expect(await running.ended).toEqual({ kind: 'succeeded' });
  expect(scene.metrics).toEqual([{ usd: 0.02, tokens: 900 }]);
  expect(scene.log()).toBe('printed\nlogged\nprinted again\n');
});

test('a request of many files arrives whole', async () => {
  using scene = new Scene();
  const execution = script(scene, 'console.log(ctx.requires.length)');
  const requires = Array.from({ length: 50_000 }, (_, i) => `data/some/folder/file-${i}.txt`);
  await executor.start({ ...execution, context: { ...execution.context, requires } }).ended;
  expect(scene.stdout).toBe('50000\n');
});

test('what a function throws is told with its cause, without frames of pipe or Node', async () => {
  using scene = new Scene();
  const body =
    "console.log('last words'); throw new Error('no disk', { cause: new TypeError('bad plate') });";
  const end = await executor.start(script(scene, body)).ended;
  expect(end).toMatchObject({ failure: { kind: 'threw', message: 'no disk' }, tail: ['last words'] });
  const stack = end.kind === 'failed' && end.failure.kind === 'threw' ? end.failure.stack : null;
  expect(stack).toMatch(
    /^Error: no disk\n {4}at .*work \(.*work\.mjs:2:\d+\)\ncaused by: TypeError: bad plate\n {4}at /,
  );
  expect(stack).not.toMatch(/worker\.js|node:internal/);
  expect(scene.log()).toBe(`last words\n${stack}\n`);
});

test('the stack shows the file that the user wrote', async () => {
  using scene = new Scene();
  scene.write('work.ts', `interface Nothing {}\n\nexport default () => {\n  throw new Error('here');\n};\n`);
  const outfile = scene.path('out/work.mjs');
  mkdirSync(scene.path('out'));
  await build({ entryPoints: [scene.path('work.ts')], outfile, sourcemap: 'inline', format: 'esm' });
  const command = { kind: 'script', module: 'work.ts' as FilePath } as const;
  const failure = await failureOf(scene.execution(command, { module: outfile }));
  expect(failure).toMatchObject({ kind: 'threw', stack: expect.stringMatching(/work\.ts:4:\d+/) });
});

test.each([
  ['throws no error', 'throw { code: 3 };', '{ code: 3 }'],
  ['throws text', "throw 'no such era';", 'no such era'],
  ['throws empty text', "throw '';", "''"],
  ['ends the process', 'process.exit(3);', 'the function ended the process with exit code 3'],
  [
    'ends the process as if all were well',
    'process.exit(0);',
    'the function ended the process with exit code 0',
  ],
  [
    'waits for nothing',
    'await new Promise(() => {});',
    'the function waits for something that can never happen',
  ],
  [
    'forgets a rejection',
    "Promise.reject(new Error('lost')); await new Promise(() => setInterval(() => {}, 1000));",
    'lost',
  ],
  ['throws in a callback', "setImmediate(() => { throw new Error('later'); });", 'later'],
  [
    'sets an exit code',
    'process.exitCode = 4;',
    'the function returned, then the process ended with exit code 4',
  ],
  ['reports nonsense', 'ctx.progress("3", 10);', 'ctx.progress takes two numbers'],
  [
    'measures nonsense',
    'ctx.metric({ usd: NaN });',
    'ctx.metric takes an object of numbers with names, none below 0',
  ],
  [
    'names nothing',
    "ctx.metric({ ' ': 1 });",
    'ctx.metric takes an object of numbers with names, none below 0',
  ],
  [
    'gives back',
    'ctx.metric({ usd: -1 });',
    'ctx.metric takes an object of numbers with names, none below 0',
  ],
  [
    'names too much',
    'for (let n = 0; n <= 100; n++) ctx.metric({ [n]: 1 });',
    'ctx.metric takes 100 names at most',
  ],
])('a function that %s has failed', async (_, body, message) => {
  using scene = new Scene();
  expect(await failureOf(script(scene, body))).toMatchObject({ kind: 'threw', message });
});

test('what was reported before the process ended itself is not lost', async () => {
  using scene = new Scene();
  await executor.start(
    script(scene, "console.log('x'.repeat(3_000_000)); ctx.metric({ n: 1 }); process.exit(1);"),
  ).ended;
  expect(scene.metrics).toEqual([{ n: 1 }]);
  expect(scene.stdout).toHaveLength(3_000_001);
});

test('a process that a signal ended is told by the signal', async () => {
  using scene = new Scene();
  expect(await failureOf(script(scene, "process.kill(process.pid, 'SIGKILL'); for (;;);"))).toMatchObject({
    kind: 'signal',
    signal: 'SIGKILL',
    line: 'script stages/work.ts',
  });
});

test('a module without a function says so', async () => {
  using scene = new Scene();
  expect(await failureOf(scriptModule(scene, 'export const work = 1;'))).toEqual({
    kind: 'threw',
    message: 'stages/work.ts has no function as its default export',
    stack: null,
  });
});

test('a module that throws while it loads has failed', async () => {
  using scene = new Scene();
  expect(await failureOf(scriptModule(scene, "throw new RangeError('early');"))).toMatchObject({
    message: 'early',
  });
});

test.each([
  ['a pipeline', 'export default pipeline;'],
  ['a promise of a pipeline', 'export default Promise.resolve(pipeline);'],
  ['a function that returns a pipeline', 'export default async () => pipeline;'],
])('the function of a stage is found in %s', async (_, line) => {
  using scene = new Scene();
  const text = `const pipeline = { stages: { work: { run: (ctx) => console.log('at', ctx.stage) } } };\n${line}`;
  expect(await executor.start(inConfig(scene, text)).ended).toEqual({ kind: 'succeeded' });
  expect(scene.stdout).toBe('at work\n');
});

test('a configuration without that function says so', async () => {
  using scene = new Scene();
  expect(await failureOf(inConfig(scene, 'export default { stages: {} };'))).toMatchObject({
    message: 'stage "work" has no function in the configuration',
  });
});

test('what a function did not wait for is still finished', async () => {
  using scene = new Scene();
  const body =
    "const s = (await import('node:fs')).createWriteStream('big'); s.write('x'.repeat(5_000_000)); s.end('end');";
  expect(await executor.start(script(scene, body)).ended).toEqual({ kind: 'succeeded' });
  expect(readFileSync(scene.path('big'), 'utf8')).toHaveLength(5_000_003);
});

test('what a function leaves open for ever does not hold the stage', async () => {
  using scene = new Scene();
  const hasty = createExecutor({ workerPath, periods: { lingerMs: 20 } });
  expect(await hasty.start(script(scene, 'setInterval(() => {}, 1000);')).ended).toEqual({
    kind: 'succeeded',
  });
  expect(scene.stderr).toMatch(/something it opened is not closed/);
});

test('a function that never yields is killed at its time limit', async () => {
  using scene = new Scene();
  const hasty = createExecutor({ workerPath, periods: { terminateMs: 50 } });
  const execution = script(scene, 'console.log("pid " + process.pid); void ctx.signal; for (;;);', {
    timeoutMs: 2000,
  });
  expect(await failureOf(execution, hasty)).toEqual({
    kind: 'timeout',
    timeoutMs: 2000,
    line: 'script stages/work.ts',
  });
  expect(isAlive(await scene.saw(/pid (\d+)/))).toBe(false);
});

test('what a function reports waits for room where it is shown', async () => {
  using scene = new Scene();
  const outlet = new FullOutlet();
  const reports = 100_000;
  const body = `for (let done = 1; done <= ${reports}; done++) ctx.progress(done, ${reports});`;
  const running = createExecutor({ workerPath, outlet }).start(script(scene, body));
  await outlet.isWaitedFor;
  expect(scene.progress.length).toBeGreaterThan(0);
  expect(scene.progress.length).toBeLessThan(reports / 4);
  outlet.become('open');
  expect(await running.ended).toEqual({ kind: 'succeeded' });
  expect(scene.progress.length).toBe(reports);
});

const patient = { interruptMs: 600_000, terminateMs: 600_000, settleMs: 600_000 };

test('cancelled, a function that listens to its signal can clean up', async () => {
  using scene = new Scene();
  const body = `const stopped = new Promise((resolve) => ctx.signal.addEventListener('abort', resolve));
    const awake = setInterval(() => {}, 1000);
    console.log('ready'); await stopped; clearInterval(awake); console.log('cleaned');`;
  const running = createExecutor({ workerPath, periods: patient }).start(script(scene, body));
  await scene.saw(/ready/);
  running.cancel('gently');
  expect(await running.ended).toEqual({ kind: 'cancelled' });
  expect(scene.stdout).toBe('ready\ncleaned\n');
});

test('cancelled, a function that does not listen ends at once, and so does what it started', async () => {
  using scene = new Scene();
  const body = `const { spawn } = await import('node:child_process');
    const child = spawn('sleep', ['1000']); console.log('child ' + child.pid);
    await new Promise(() => {});`;
  const running = createExecutor({ workerPath, periods: patient }).start(script(scene, body));
  const pid = await scene.saw(/child (\d+)\n/);
  running.cancel('gently');
  expect(await running.ended).toEqual({ kind: 'cancelled' });
  expect(isAlive(pid)).toBe(false);
});

test('secrets are blanked out in what a function throws', async () => {
  using scene = new Scene();
  const end = await executor.start(
    script(scene, "throw new Error('key hunter2-long');", { secretValues: ['hunter2-long'] }),
  ).ended;
  expect(end).toMatchObject({ failure: { message: 'key ***' } });
  expect(JSON.stringify(end) + scene.log()).not.toContain('hunter2');
});

test('a function whose engine was killed ends by itself', async () => {
  using scene = new Scene();
  scene.fifo('go');
  const module = scene.write(
    'work.mjs',
    "export default () => { setInterval(() => {}, 1000); console.log('ready'); };",
  );
  const context = { stage: 'work', items: [] };
  scene.write(
    'request',
    JSON.stringify({ module, export: 'default', does: 'work', name: 'x', context, lingerMs: 600_000 }),
  );
  const line = '"$0" "$1" 3< request & echo "pid $!"; read -r _ < go';
  const engine = spawn('/bin/sh', ['-c', line, process.execPath, workerPath], { cwd: scene.folder });
  let printed = '';
  engine.stdout.on('data', (chunk) => {
    printed += chunk;
    if (/ready/.test(printed)) void scene.tell('go');
  });
  // Both hold the pipe, so this is the end of the function's process too.
  await new Promise((resolve) => engine.once('close', resolve));
  const pid = /pid (\d+)/.exec(printed)?.[1];
  expect(pid).toBeDefined();
  expect(isAlive(pid!)).toBe(false);
});
