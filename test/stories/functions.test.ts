// Stages in TypeScript: inline functions and script() modules, in a process of their own.
import { expect, test } from 'vitest';
import { isAlive } from '../exec/scene.ts';
import { builtFrom, Rig } from '../rig/rig.ts';
import { gate, saw, tell } from './signs.ts';

const scripted = `{ stages: { work: { requires: ['in.txt'], produces: ['out.txt'], run: script('./stages/work.ts') } } }`;

/** A configuration whose stage `work` is this function. */
const inline = (body: string) => `
import { definePipeline, type StageContext } from 'pipe-build';
import fs from 'node:fs';

export default definePipeline({
  stages: {
    work: {
      requires: ['in.txt'],
      produces: ['out.txt'],
      run: async (ctx: StageContext) => {
        ${body}
      },
    },
  },
});`;

test('a function and a module get the same context', async () => {
  const body = `
    const { root, stage, requires, produces, runId, attempt, scratch } = ctx;
    ctx.log('a line');
    ctx.progress(1, 2);
    ctx.metric({ usd: 0.5 });
    ctx.metric({ usd: 0.25, tokens: 3 });
    fs.writeFileSync('out.txt', JSON.stringify({ root, stage, requires, produces, runId, attempt, scratch,
      aborted: ctx.signal.aborted, cwd: process.cwd(), seen: process.env.PIPE_STAGE }));`;
  for (const kind of ['inline', 'script']) {
    await using rig = await Rig.compiled(
      {
        'in.txt': '',
        'stages/work.ts': `import fs from 'node:fs';\nimport type { StageContext } from 'pipe-build';\nexport default async (ctx: StageContext) => {${body}};`,
      },
      kind === 'inline' ? inline(body) : scripted,
    );
    const built = await rig.build();
    expect(built).toMatchObject({ code: 0, executed: ['work'] });
    const context = JSON.parse(rig.read('out.txt')) as Record<string, unknown>;
    expect(context).toMatchObject({
      ...{ root: rig.root, cwd: rig.root, stage: 'work', seen: 'work', attempt: 1, aborted: false },
      ...{ runId: built.events[0]!.runId, produces: ['out.txt'] },
    });
    expect(context.requires).toContain('in.txt');
    expect(context.scratch).toMatch(/\.pipeline-cache\/scratch\//);
    expect(built.end('work')?.metrics).toEqual({ usd: 0.75, tokens: 3 });
    expect(built.events).toContainEqual(
      expect.objectContaining({ kind: 'task-progress', done: 1, total: 2 }),
    );
    expect(built.events).toContainEqual(expect.objectContaining({ kind: 'task-output', text: 'a line\n' }));
    expect((await rig.build()).fresh).toEqual(['work']);
  }
});

test("an error shows the message, and the user's own file and line", async () => {
  await using rig = await Rig.compiled(
    {
      'in.txt': '',
      'stages/work.ts': `import { check } from './check.ts';\n\nexport default function work() {\n  check({ value: 1 });\n}\n`,
      'stages/check.ts': `interface Checked { readonly value: number }\n\n// Types take lines away.\nexport function check(checked: Checked): void {\n  throw new TypeError('value ' + checked.value + ' is no good');\n}\n`,
    },
    scripted,
  );
  const built = await rig.build();
  expect(built.end('work')).toMatchObject({
    failure: { kind: 'threw', message: expect.stringContaining('value 1 is no good') },
  });
  const { stdout } = await rig.pipe(['build']);
  expect(stdout).toContain('value 1 is no good');
  expect(stdout).toMatch(/stages\/check\.ts:5:\d+/);
  expect(stdout).toMatch(/stages\/work\.ts:4:\d+/);
});

test('the error of an inline function points into the configuration', async () => {
  await using rig = await Rig.compiled({ 'in.txt': '' }, inline("throw new Error('inline trouble');"));
  const line =
    rig
      .read('pipeline.config.ts')
      .split('\n')
      .findIndex((text) => text.includes('inline trouble')) + 1;
  const { code, stdout } = await rig.pipe(['build']);
  expect(code).toBe(1);
  expect(stdout).toContain('inline trouble');
  expect(stdout).toMatch(new RegExp(`pipeline\\.config\\.ts:${line}:\\d+`));
});

test.each<[string, string, RegExp]>([
  ['throws something that is no error', "throw 'just text';", /just text/],
  ['throws nothing', 'throw undefined;', /undefined/],
  [
    'rejects later, unheard',
    "setTimeout(() => Promise.reject(new Error('unheard')), 1); await new Promise((resolve) => setTimeout(resolve, 60_000));",
    /unheard/,
  ],
  ['ends the process', 'process.exit(0);', /exit code 0/],
  ['ends the process with a code', 'process.exit(4);', /exit code 4/],
  ['waits for what cannot happen', 'await new Promise(() => {});', /never happen/],
])('a function that %s fails', async (_, body, message) => {
  await using rig = await Rig.compiled({ 'in.txt': '' }, inline(`fs.writeFileSync('out.txt', ''); ${body}`));
  const built = await rig.build();
  expect(built).toMatchObject({ code: 1, failed: ['work'] });
  const { failure } = built.end('work')!;
  expect(failure).toMatchObject({ kind: 'threw' });
  expect(failure?.kind === 'threw' && failure.message).toMatch(message);
  expect(rig.exists('out.txt')).toBe(false);
});

test('a function that kills its own process fails by that signal', async () => {
  await using rig = await Rig.compiled({ 'in.txt': '' }, inline("process.kill(process.pid, 'SIGKILL');"));
  expect((await rig.build()).end('work')).toMatchObject({ failure: { kind: 'signal', signal: 'SIGKILL' } });
});

test('an edit of a module that a script imports reruns it, and names the module', async () => {
  await using rig = await Rig.compiled(
    {
      'in.txt': 'hello',
      'stages/work.ts': `import fs from 'node:fs';\nimport { shout } from '../lib/shout.ts';\nexport default () => fs.writeFileSync('out.txt', shout(fs.readFileSync('in.txt', 'utf8')));`,
      'lib/shout.ts': `export const shout = (text: string) => text.toUpperCase();`,
      'lib/unrelated.ts': 'export {};',
    },
    scripted,
  );
  await rig.build();
  expect(rig.read('out.txt')).toBe('HELLO');

  rig.write('lib/shout.ts', "export const shout = (text: string) => text.toUpperCase() + '!';");
  const built = await rig.build();
  expect(built.reasonsOf('work')).toEqual([{ code: 'input-changed', path: 'lib/shout.ts' }]);
  expect(rig.read('out.txt')).toBe('HELLO!');

  rig.write('lib/unrelated.ts', 'export const nothing = 0;');
  expect((await rig.build()).fresh).toEqual(['work']);
});

test('an edit of the configuration reruns an inline function but no script, and why points to script()', async () => {
  const config = (comment: string) => `
    import { definePipeline, script } from 'pipe-build';
    import fs from 'node:fs';
    // ${comment}
    export default definePipeline({ stages: {
      inline: { requires: ['in.txt'], produces: ['inline.txt'], run: () => fs.writeFileSync('inline.txt', '') },
      scripted: { requires: ['in.txt'], produces: ['scripted.txt'], run: script('./stage.ts') },
    } });`;
  await using rig = await Rig.compiled(
    {
      'in.txt': '',
      'stage.ts': "import fs from 'node:fs'; export default () => fs.writeFileSync('scripted.txt', '');",
    },
    config('one'),
  );
  await rig.build();
  rig.config(config('two'));
  expect((await rig.pipe(['why', 'inline'])).stdout).toContain('script(');
  const built = await rig.build();
  expect(built).toMatchObject({ executed: ['inline'], fresh: ['scripted'] });
  expect(built.reasonsOf('inline')).toEqual([{ code: 'input-changed', path: 'pipeline.config.ts' }]);
});

test('a module without a function as its default export fails with that', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '', 'stages/work.ts': 'export const work = 1;' },
    scripted,
  );
  const { code, stdout, stderr } = await rig.pipe(['build']);
  expect(code).toBe(1);
  expect(stdout + stderr).toContain('stages/work.ts has no function as its default export');
});

test('a module that does not compile or is not there is a configuration error', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '', 'stages/work.ts': 'export default () => {' },
    scripted,
  );
  const broken = await rig.pipe(['build']);
  expect(broken.code).toBe(2);
  expect(broken.stderr).toMatch(/stages\/work\.ts:1/);
  rig.remove('stages/work.ts');
  const missing = await rig.pipe(['build']);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('stages/work.ts');
});

test('what a function prints is captured in order, to the last byte', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '' },
    inline(
      `for (let i = 0; i < 20000; i++) console.log('line ' + i); console.error('end'); fs.writeFileSync('out.txt', '');`,
    ),
  );
  expect((await rig.build()).code).toBe(0);
  const { stdout } = await rig.pipe(['logs', 'work']);
  const lines = stdout.split('\n').filter((line) => line.startsWith('line '));
  expect(lines).toHaveLength(20_000);
  expect(lines.at(-1)).toBe('line 19999');
});

test('functions run beside each other and outside of the engine', async () => {
  await using rig = await Rig.compiled(
    {},
    `
    import { definePipeline } from 'pipe-build';
    import fs from 'node:fs';
    const stage = (name: string) => ({
      produces: [name + '.txt'],
      run: () => { console.log('pid-' + name + ' ' + process.pid + '.'); fs.readFileSync('gate-' + name); fs.writeFileSync(name + '.txt', ''); },
    });
    export default definePipeline({ stages: { a: stage('a'), b: stage('b') } });`,
  );
  for (const name of ['a', 'b']) gate(rig, `gate-${name}`);
  const running = rig.start(['build', '--json', '-j', '2']);
  const pids = [await saw(running, /pid-a (\d+)\./), await saw(running, /pid-b (\d+)\./)];
  expect(new Set([...pids.map(Number), running.child.pid]).size).toBe(3);
  for (const name of ['a', 'b']) await tell(rig, `gate-${name}`);
  expect(builtFrom(await running.ended)).toMatchObject({ code: 0, executed: ['a', 'b'] });
  expect(pids.filter(isAlive)).toEqual([]);
});
