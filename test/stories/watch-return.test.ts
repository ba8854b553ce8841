// `pipe watch` where what it stands on goes away, and comes back: it goes on by itself.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';
import { gate, tell } from './signs.ts';

const copying = `import { definePipeline } from 'pipe-build';
export default definePipeline({ stages: {
  copy: { requires: ['in.txt'], produces: ['out.txt'], run: 'cat in.txt > out.txt' },
} });
`;

test('any folder on the way to the root may be moved away and back, or another one may take its place', async () => {
  await using rig = await Rig.with({ 'x/y/root/pipeline.config.ts': copying, 'x/y/root/in.txt': '0\n' });
  const [watcher] = await Watcher.start(rig, [], { cwd: 'x/y/root' });
  await using _ = watcher;
  for (const folder of ['x/y/root', 'x/y', 'x']) {
    fs.renameSync(rig.path(folder), rig.path('away'));
    expect((await watcher.rest()).text).toContain('the configuration is broken');
    fs.renameSync(rig.path('away'), rig.path(folder));
    expect(await watcher.rest()).toMatchObject({ runs: 0 });
    rig.write('x/y/root/in.txt', `${folder}\n`);
    expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['copy'] });
    expect(rig.read('x/y/root/out.txt')).toBe(`${folder}\n`);
  }

  rig.write('other/y/root/pipeline.config.ts', copying);
  rig.write('other/y/root/in.txt', 'other\n');
  fs.renameSync(rig.path('x'), rig.path('away'));
  fs.renameSync(rig.path('other'), rig.path('x'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['copy'] });
  rig.write('x/y/root/in.txt', 'edited\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['copy'] });
  expect([rig.read('x/y/root/out.txt'), rig.read('away/y/root/out.txt')]).toEqual(['edited\n', 'x\n']);
});

test('where the root was away as a run ended nobody waits for that run, neither the watch itself nor a build', async () => {
  const waiting = 'grep -q quick in.txt || { echo at work; read _ < gate; }; cat';
  const config = copying.replace('cat', waiting);
  await using rig = await Rig.with({ 'ws/in.txt': 'slow\n', 'ws/pipeline.config.ts': config });
  gate(rig, 'ws/gate');
  await using watcher = new Watcher(rig.start(['watch', '-v'], { cwd: 'ws' }));
  await watcher.until(/at work/);
  fs.renameSync(rig.path('ws'), rig.path('away'));
  await tell(rig, 'away/gate');
  await watcher.until(/^\d+ failed in/m);
  rig.write('away/in.txt', 'quick\n');
  fs.renameSync(rig.path('away'), rig.path('ws'));
  const text = await watcher.until(/^done +copy/m);
  expect(text).not.toContain('waiting for another run');
  expect(rig.read('ws/out.txt')).toBe('quick\n');
});

test("what is compiled comes back when all that is pipe's own was deleted, or that alone", async () => {
  await using rig = await Rig.compiled(
    {
      'in.txt': '0',
      'job.mjs': "import fs from 'node:fs'; export default () => fs.copyFileSync('in.txt', 'job.txt');",
    },
    `{ stages: {
      job: { requires: ['in.txt'], produces: ['job.txt'], run: script('./job.mjs') },
      fn: { requires: ['in.txt'], produces: ['fn.txt'], run: () => import('node:fs').then((fs) => fs.copyFileSync('in.txt', 'fn.txt')) },
    } }`,
  );
  const [watcher, first] = await Watcher.start(rig, ['-j', '1']);
  await using _ = watcher;
  expect(first).toMatchObject({ done: ['job', 'fn'] });
  fs.renameSync(rig.path('.pipeline-cache'), rig.path('gone'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['job', 'fn'], failed: [] });
  rig.remove('.pipeline-cache/config');
  rig.write('in.txt', '1');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['job', 'fn'], failed: [] });
  expect([rig.read('job.txt'), rig.read('fn.txt')]).toEqual(['1', '1']);
});

test('so it does where that was deleted during a run, over which stages that began later have failed', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '0' },
    `{ jobs: 1, stages: {
      first: { requires: ['in.txt'], produces: ['first.txt'], run: 'echo at work; read _ < gate; cp in.txt first.txt' },
      fn: { requires: ['in.txt'], produces: ['fn.txt'], run: () => import('node:fs').then((fs) => fs.copyFileSync('in.txt', 'fn.txt')) },
    } }`,
  );
  gate(rig, 'gate');
  const watcher = new Watcher(rig.start(['watch', '-v']));
  await using _ = watcher;
  await watcher.until(/at work/);
  rig.remove('.pipeline-cache/config');
  await tell(rig, 'gate');
  expect(await watcher.rest()).toMatchObject({ done: ['first', 'fn'], failed: ['fn'] });
  expect(rig.read('fn.txt')).toBe('0');
});

test('nor does a check that stands in the configuration stay broken over that', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '0' },
    `{ stages: {
      first: { requires: ['in.txt'], produces: ['first.txt'], run: 'echo at $$.; read _ < gate; cp in.txt first.txt', check: async (file) => (await file.text()) === '0' },
    } }`,
  );
  gate(rig, 'gate');
  const watcher = new Watcher(rig.start(['watch', '-v']));
  await using _ = watcher;
  await watcher.until(/at \d+\./);
  rig.remove('.pipeline-cache/config');
  await tell(rig, 'gate');
  await watcher.until(/its check cannot be made/);
  await tell(rig, 'gate');
  expect(await watcher.rest()).toMatchObject({ done: ['first'], failed: ['first'] });
});

test('what the pipeline does at the end of a run fails with it over that, and is there again for the next', async () => {
  await using rig = await Rig.compiled(
    {
      'in.txt': 'ok',
      'tell.mjs': "import fs from 'node:fs'; export default () => fs.appendFileSync('told', 'failed\\n');",
    },
    `import fs from 'node:fs';
    import { definePipeline, script } from 'pipe-build';
    export default definePipeline({
      hooks: { after: () => fs.appendFileSync('told', 'well\\n'), onFailure: script('./tell.mjs') },
      stages: {
        s: { requires: ['in.txt'], produces: ['out.txt'], run: 'echo at $$.; read _ < gate; cp in.txt out.txt; grep ok in.txt' },
      },
    });`,
  );
  gate(rig, 'gate');
  await using watcher = new Watcher(rig.start(['watch', '-v']));
  const told = () => (rig.exists('told') ? rig.read('told') : '');
  const run = async (text: string, meanwhile: () => void = () => {}) => {
    rig.write('told', '');
    rig.write('in.txt', text);
    await watcher.until(/at \d+\./);
    meanwhile();
    await tell(rig, 'gate');
    return [(await watcher.rest()).text, told()] as const;
  };
  const takeAway = () => rig.remove('.pipeline-cache/config');
  const gone = (hook: string) =>
    expect.stringMatching(new RegExp(`^hook +${hook} +failed: threw Cannot find`, 'm'));
  const [text, what] = await run('ok 1', takeAway);
  expect([text, text, text, what]).toEqual([
    gone('after'),
    gone('onFailure'),
    expect.stringMatching(/^the pipeline's hook "after" failed: 1 ran/m),
    '',
  ]);
  expect((await run('ok 2'))[1]).toBe('well\n');
  expect(await run('bad 1', takeAway)).toEqual([gone('onFailure'), '']);
  expect((await run('bad 2'))[1]).toBe('failed\n');
});

test('what is broken is mended by a module under another name, or by a package that is installed', async () => {
  const word = (text: string) => `export const word = '${text}';`;
  const saying = (from: string) => `import { definePipeline } from 'pipe-build';
    import { word } from '${from}';
    export default definePipeline({ stages: { say: { produces: ['out.txt'], run: 'echo ' + word + ' > out.txt' } } });`;
  await using rig = await Rig.compiled({ 'lib/word.ts': word('first') }, saying('./lib/word'));
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  rig.remove('lib');
  expect((await watcher.rest()).text).toContain('the configuration is broken');
  rig.write('lib/word.js', word('second'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['say'] });
  rig.config(saying('packed'));
  expect((await watcher.rest()).text).toContain('the configuration is broken');
  rig.write('node_modules/packed/lib/main.cjs', `exports.word = 'third';`);
  rig.write('node_modules/packed/package.json', '{ "main": "lib/main.cjs" }');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['say'] });
  expect(rig.read('out.txt')).toBe('third\n');
});

test('what a folder says is to be imported of it is heard of, and comes to be', async () => {
  const word = (text: string) => `export const word = '${text}';`;
  const main = (file: string) => JSON.stringify({ main: file });
  await using rig = await Rig.compiled(
    { 'lib/package.json': main('one.js'), 'lib/one.js': word('first'), 'lib/two.js': word('second') },
    `import { definePipeline } from 'pipe-build';
     import { word } from './lib';
     export default definePipeline({ stages: { say: { produces: ['out.txt'], run: 'echo ' + word + ' > out.txt' } } });`,
  );
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  rig.write('lib/package.json', main('two.js'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['say'] });
  expect(rig.read('out.txt')).toBe('second\n');
  rig.write('lib/package.json', main('made.js'));
  expect((await watcher.rest()).text).toContain('the configuration is broken');
  rig.write('lib/made.js', word('third'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['say'] });
  expect(rig.read('out.txt')).toBe('third\n');
});

test('where the compiler is killed again and again that is told, and a watch goes on; once, it is begun anew', async () => {
  const compiler = createRequire(createRequire(import.meta.url).resolve('esbuild')).resolve(
    `@esbuild/${process.platform}-${process.arch}/bin/esbuild`,
  );
  const saying = (word: string) => `{ stages: {
    say: { requires: ['in.txt'], produces: ['out.txt'], run: 'echo ${word} > out.txt' },
    job: { requires: ['in.txt'], produces: ['job.txt'], run: script('./job.mjs') },
  } }`;
  const job = (word: string) =>
    `import fs from 'node:fs'; export default () => fs.writeFileSync('job.txt', '${word}');`;
  await using rig = await Rig.compiled(
    {
      'in.txt': '0',
      'job.mjs': job('first'),
      'esbuild.sh': `#!/bin/sh\ntest -e dead && kill -9 $$\necho $$ > pid\nexec '${compiler}' "$@"\n`,
    },
    saying('first'),
  );
  fs.chmodSync(rig.path('esbuild.sh'), 0o755);
  const env = { ESBUILD_BINARY_PATH: rig.path('esbuild.sh') };
  rig.write('dead', '');
  // Whether it is the configuration or the module of a stage.
  await using watcher = new Watcher(rig.start(['watch'], { env }));
  expect((await watcher.rest()).text).toContain('the configuration is broken');
  await watcher.running.printed(
    'PIPE009 esbuild could not compile it: it ended before it was done\n  at job.mjs',
  );
  rig.remove('dead');
  rig.write('job.mjs', job('first'));
  expect(await watcher.rest()).toMatchObject({ done: ['say', 'job'], failed: [] });

  process.kill(Number(rig.read('pid')), 'SIGKILL');
  rig.write('job.mjs', job('second'));
  expect(await watcher.rest()).toMatchObject({ done: ['job'], failed: [] });
  expect(rig.read('job.txt')).toBe('second');

  process.kill(Number(rig.read('pid')), 'SIGKILL');
  rig.write('dead', '');
  rig.write('job.mjs', job('third'));
  expect((await watcher.rest()).text).toContain('the configuration is broken');
  const build = await rig.build(['-k'], { env });
  expect([build.code, build.stderr]).toEqual([2, expect.stringMatching(/^PIPE009 .*\n {2}at job\.mjs\n/)]);
  rig.remove('dead');
  rig.write('in.txt', '2');
  await watcher.rest();
  expect(rig.read('job.txt')).toBe('third');
});

test('a folder that was passed by when a module was sought is followed', async () => {
  const word = (text: string) => `export const word = '${text}';`;
  await using rig = await Rig.with({
    'lib.ts': word('module'),
    'lib/a.txt': '',
    'pipeline.config.ts': `import { definePipeline } from 'pipe-build';
      import { word } from './lib';
      export default definePipeline({ stages: { say: { produces: ['out.txt'], run: 'echo ' + word + ' > out.txt' } } });`,
  });
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  rig.remove('lib');
  rig.write('lib', word('file'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['say'] });
  expect(rig.read('out.txt')).toBe('file\n');
  rig.remove('lib');
  rig.write('lib/a.txt', '');
  expect(await watcher.rest()).toMatchObject({ runs: 1, restored: ['say'] });
  expect(rig.read('out.txt')).toBe('module\n');
});

test('a module of a stage is mended in the same way', async () => {
  const word = (text: string) => `export const word = '${text}';`;
  await using rig = await Rig.compiled(
    {
      'job.ts': `import fs from 'node:fs'; import { word } from './lib/word'; export default () => fs.writeFileSync('out.txt', word);`,
      'lib/word.ts': word('first'),
    },
    `{ stages: { job: { produces: ['out.txt'], run: script('./job.ts') } } }`,
  );
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  rig.remove('lib/word.ts');
  expect((await watcher.rest()).text).toMatch(/nothing can be built|job failed/);
  rig.write('lib/word.js', word('second'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['job'] });
  expect(rig.read('out.txt')).toBe('second');
});
