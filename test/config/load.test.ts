// What a configuration may be, and what is said of one that is wrong.
import fs from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { names } from '../../src/config/compile-problems.ts';
import * as language from '../../src/index.ts';
import { TempProject } from './temp-project.ts';

const stages = `{ stages: { a: { run: 'true' } } }`;

describe('a configuration', () => {
  test.each(['ts', 'mts', 'js', 'mjs'])('loads from .%s', async (extension) => {
    using project = TempProject.with({ [`pipeline.config.${extension}`]: `export default ${stages};` });
    const loaded = await project.load(`pipeline.config.${extension}`);
    expect(loaded.spec).toEqual({ stages: { a: { run: 'true' } } });
    expect(loaded.modules).toEqual([project.path(`pipeline.config.${extension}`)]);
  });

  test('may import pipe-build where there is no node_modules at all', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `
        import { definePipeline, exec, optional, script, type StageContext } from 'pipe-build';
        export default definePipeline({ stages: {
          a: { requires: optional('*.x'), run: exec('node', 'a.js') },
          b: { after: 'a', run: script('./b.ts') },
        } });`,
    });
    const { spec, modules } = await project.load();
    expect(spec).toEqual({
      stages: {
        a: {
          requires: { kind: 'optional', patterns: ['*.x'] },
          run: { kind: 'exec', file: 'node', args: ['a.js'] },
        },
        b: { after: 'a', run: { kind: 'script', module: './b.ts' } },
      },
    });
    expect(modules).toEqual([project.path('pipeline.config.ts')]);
  });

  test('may be a promise, a function, or a function that gives a promise', async () => {
    using project = TempProject.with({
      'promise.ts': `export default Promise.resolve(${stages});`,
      'function.ts': `export default () => (${stages});`,
      'async.ts': `export default async () => (${stages});`,
    });
    for (const config of ['promise.ts', 'function.ts', 'async.ts']) {
      expect((await project.load(config)).spec).toEqual({ stages: { a: { run: 'true' } } });
    }
  });

  test('may import local modules, JSON, and paths of a tsconfig', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `
        import { name } from './lib/name.ts';
        import jobs from './jobs.json' with { type: 'json' };
        import { stages } from '@/stages.js';
        export default { name, ...jobs, stages };`,
      'lib/name.ts': `export enum N { A = 'enum' }\nexport const name: string = N.A;`,
      'jobs.json': '{ "jobs": 3 }',
      'src/stages.ts': `export const stages = { a: { run: 'true' } };`,
      'tsconfig.json': `{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }`,
    });
    const { spec, modules } = await project.load();
    expect(spec).toEqual({ name: 'enum', jobs: 3, stages: { a: { run: 'true' } } });
    expect(modules).toEqual(
      ['jobs.json', 'lib/name.ts', 'pipeline.config.ts', 'src/stages.ts'].map((file) => project.path(file)),
    );
  });

  test('gets packages from node_modules, ESM and CommonJS, as Node would', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `
        import { where } from 'esm-package/sub';
        import cjs from 'cjs-package';
        import { readFileSync } from 'fs';
        import { nested } from './packages/lib/nested.ts';
        const late = (await import('cjs-package')).default;
        export default { where, cjs: cjs.name, same: late === cjs, node: typeof readFileSync, nested, stages: {} };`,
      'node_modules/esm-package/package.json': `{ "type": "module", "exports": { "./sub": {
        "module": "./bundlers-only.js", "import": "./lib/sub.js" } } }`,
      'node_modules/esm-package/lib/sub.js': 'export const where = import.meta.url;',
      'node_modules/esm-package/bundlers-only.js': 'export const where = "wrong";',
      'node_modules/cjs-package/package.json': `{ "main": "main.js", "module": "wrong.js" }`,
      'node_modules/cjs-package/main.js': `module.exports = { name: require('./other').name };`,
      'node_modules/cjs-package/other.js': `exports.name = 'from cjs';`,
      'packages/lib/nested.ts': `import cjs from 'cjs-package'; export const nested = cjs.name;`,
      // The nearest one counts, for each importer.
      'packages/lib/node_modules/cjs-package/index.js': `module.exports = { name: 'nested one' };`,
    });
    const { spec, modules } = await project.load();
    expect(spec).toMatchObject({
      where: `file://${project.path('node_modules/esm-package/lib/sub.js')}`,
      cjs: 'from cjs',
      same: true,
      node: 'function',
      nested: 'nested one',
    });
    expect(modules).toEqual([project.path('packages/lib/nested.ts'), project.path('pipeline.config.ts')]);
  });

  test('may use CommonJS modules of its own that require packages and builtins', async () => {
    using project = TempProject.with({
      'pipeline.config.js': `import lib from './lib.cjs'; export default { ...lib, stages: {} };`,
      'lib.cjs': `const path = require('path'); const { name } = require('cjs-package');
        module.exports = { name, dir: __dirname, base: path.basename(__filename) };`,
      'node_modules/cjs-package/index.js': `exports.name = 'required';`,
    });
    expect((await project.load('pipeline.config.js')).spec).toEqual({
      name: 'required',
      dir: project.root,
      base: 'lib.cjs',
      stages: {},
    });
  });

  test('sees where its modules were written, not where they were compiled to', async () => {
    using project = TempProject.with({
      'pipeline.config.mts': `#!/usr/bin/env node
        import { here } from './lib/here.js';
        export default { config: import.meta.dirname, here, stages: {} };`,
      'lib/here.js': `
        import { fileURLToPath } from 'node:url';
        export const here = {
          url: import.meta.url, dirname: import.meta.dirname, filename: import.meta.filename,
          old: [__dirname, __filename], path: fileURLToPath(new URL('./x.txt', import.meta.url)),
          shadowed: ((__dirname) => __dirname)('mine'),
        };`,
    });
    const file = project.path('lib/here.js');
    expect((await project.load('pipeline.config.mts')).spec).toEqual({
      config: project.root,
      here: {
        url: `file://${file}`,
        dirname: project.path('lib'),
        filename: file,
        old: [project.path('lib'), file],
        path: project.path('lib/x.txt'),
        shadowed: 'mine',
      },
      stages: {},
    });
  });

  test('that prints while it loads writes nothing itself', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `process.stdout.write('to stdout'); process.stderr.write('to stderr'); export default ${stages};`,
    });
    const toStdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const toStderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const before = [process.stdout.write, process.stderr.write];
    await project.load();
    const written = [toStdout.mock.calls.length, toStderr.mock.calls.length];
    expect([process.stdout.write, process.stderr.write]).toEqual(before);
    vi.restoreAllMocks();
    // It may be a secret: whoever knows shows it.
    expect(written).toEqual([0, 0]);
    // Once: what the first, separate load prints is not shown twice.
    expect(project.printed).toEqual(['to stdout', 'to stderr']);
  });
});

describe('PIPE002 does not compile', () => {
  test('every error has its place and line', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `import './a.ts';\nimport './b.ts';\nimport './gone.ts';\nexport default {};`,
      'a.ts': `const fine = 1;\nconst x = = 2;`,
      'b.ts': `console.log(import.meta.url, )]`,
    });
    const problems = await project.problems();
    expect(problems.map(({ code, at, hint }) => ({ code, at, hint }))).toEqual(
      expect.arrayContaining([
        { code: 'PIPE002', at: 'a.ts:2:11', hint: 'look at the line: const x = = 2;' },
        { code: 'PIPE002', at: 'b.ts:1:31', hint: 'look at the line: console.log(import.meta.url, )]' },
        { code: 'PIPE002', at: 'pipeline.config.ts:3:8', hint: "look at the line: import './gone.ts';" },
      ]),
    );
    expect(problems).toHaveLength(3);
    expect(problems[2]?.message).toContain('./gone.ts');
  });

  test('a missing package is named with its importer', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `import './lib/helper.ts';\nexport default {};`,
      'lib/helper.ts': `import { a } from '@scope/missing/sub';\nconsole.log(a);`,
    });
    expect(await project.problems()).toEqual([
      {
        code: 'PIPE002',
        message: 'cannot find "@scope/missing/sub", which lib/helper.ts imports',
        at: 'lib/helper.ts:1:19',
        hint: 'install the package: npm install --save-dev @scope/missing',
      },
    ]);
  });

  test('a name that the language does not have is told with those it has', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `import { defineConfig, nonEmtpy } from 'pipe-build';\nexport default defineConfig(nonEmtpy);`,
    });
    expect(await project.problems()).toEqual([
      {
        code: 'PIPE002',
        message: 'pipe-build has no "defineConfig" to import',
        at: 'pipeline.config.ts:1:10',
        hint: 'there are definePipeline, exec, items, jsonSchema, matches, minLines, nonEmpty, optional, script',
      },
      {
        code: 'PIPE002',
        message: 'pipe-build has no "nonEmtpy" to import',
        at: 'pipeline.config.ts:1:24',
        hint: 'did you mean "nonEmpty"?',
      },
    ]);
    expect(names).toEqual(Object.keys(language).sort());
  });

  test('nothing is kept of it, and a repair is seen', async () => {
    using project = TempProject.with({ 'pipeline.config.ts': 'export default {' });
    expect(await project.problems()).toMatchObject([{ code: 'PIPE002' }]);
    expect(project.compiled()).toEqual([]);
    project.write('pipeline.config.ts', `export default ${stages};`);
    expect(await project.problems()).toEqual([]);
  });
});

describe('PIPE003 throws', () => {
  test('an error in a helper shows the line of the helper', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `import { read } from './lib/helper.ts';\nexport default { stages: read() };`,
      'lib/helper.ts': `interface A {\n  a: string;\n}\nexport function read(): A {\n  throw new TypeError('no such thing');\n}`,
    });
    expect(await project.problems()).toEqual([
      {
        code: 'PIPE003',
        message: 'the configuration throws TypeError: no such thing',
        at: 'lib/helper.ts:5',
      },
    ]);
  });

  test.each([
    ['a rejected promise', `\nexport default Promise.reject(new Error('late'));`, 2],
    ['a function', `export default () => {\n\n  throw new Error('late');\n};`, 3],
    ['a timer', `setTimeout(() => {\n  throw new Error('late');\n}, 1);\nawait new Promise(() => {});`, 2],
    [
      'a promise that nobody awaits',
      `\n\nvoid Promise.reject(new Error('late'));\nawait new Promise(() => {});`,
      3,
    ],
  ])('%s is told with its line', async (_, text, line) => {
    using project = TempProject.with({ 'pipeline.config.ts': text });
    expect(await project.problems()).toEqual([
      { code: 'PIPE003', message: 'the configuration throws Error: late', at: `pipeline.config.ts:${line}` },
    ]);
  });

  test('something that is no error is told at the configuration', async () => {
    using project = TempProject.with({ 'pipeline.config.ts': `throw 'plain text';` });
    expect(await project.problems()).toEqual([
      { code: 'PIPE003', message: 'the configuration throws plain text', at: 'pipeline.config.ts' },
    ]);
  });

  test('a package without the imported name is told with the importing line', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `\nimport { nothing } from 'esm-package';\nexport default { nothing };`,
      'node_modules/esm-package/package.json': '{ "type": "module", "main": "index.js" }',
      'node_modules/esm-package/index.js': 'export const something = 1;',
    });
    const [problem] = await project.problems();
    expect(problem).toMatchObject({ code: 'PIPE003', at: 'pipeline.config.ts:2' });
    expect(problem?.message).toContain("does not provide an export named 'nothing'");
  });
});

describe('PIPE004 does not settle', () => {
  test.each([
    [
      'a timer that outlives the limit',
      `setTimeout(() => {}, 60_000);\nawait new Promise(() => {});`,
      '0.3 s',
    ],
    ['an endless loop', 'for (;;);', '0.3 s'],
    ['a promise that nothing resolves', 'await new Promise(() => {});', 'cannot happen'],
    ['a default export that never settles', 'export default new Promise(() => {});', 'cannot happen'],
  ])('%s ends in time', async (_, text, said) => {
    using project = TempProject.with({ 'pipeline.config.ts': text });
    const problems = await project.problems('pipeline.config.ts', 300);
    expect(problems).toMatchObject([{ code: 'PIPE004', at: 'pipeline.config.ts' }]);
    expect(problems[0]?.message).toContain(said);
  });
});

describe('PIPE005 exits', () => {
  test.each([
    ['process.exit(3);', 'process.exit(3)'],
    ['process.exit();', 'process.exit()'],
    [`process.abort();`, 'process.abort()'],
    ['try { process.exit(1); } catch {}\nexport default {};', 'process.exit(1)'],
    ['setTimeout(() => process.exit(4), 1);\nawait new Promise(() => {});', 'process.exit(4)'],
    [`import { kill } from 'node:process';\nkill(process.pid, 'SIGKILL');\nfor (;;);`, 'signal SIGKILL'],
  ])('%s', async (text, call) => {
    using project = TempProject.with({ 'pipeline.config.ts': text });
    expect(await project.problems()).toMatchObject([
      {
        code: 'PIPE005',
        message: `the configuration ends the process while it loads: ${call}`,
        at: 'pipeline.config.ts',
      },
    ]);
  });

  test('what it printed before is shown', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `console.log('no licence key'); process.exit(1);`,
    });
    const problems = await project.problems();
    expect(problems).toMatchObject([{ code: 'PIPE005' }]);
    expect(project.printed).toEqual(['no licence key\n']);
  });
});

describe('PIPE006 exports no pipeline', () => {
  test.each([
    ['export const stages = {};', 'has no default export'],
    ['export default 3;', 'exports a number by default'],
    ['export default null;', 'exports null by default'],
    ['export default [];', 'exports an array by default'],
    ['export default () => {};', 'exports undefined by default'],
  ])('%s', async (text, said) => {
    using project = TempProject.with({ 'pipeline.config.ts': text });
    expect(await project.problems()).toMatchObject([
      { code: 'PIPE006', message: `the configuration ${said}`, at: 'pipeline.config.ts' },
    ]);
  });
});

describe('trying out', () => {
  test('happens once for one content', async () => {
    // Each load leaves its process id.
    using project = TempProject.with({
      'pipeline.config.ts': `import fs from 'node:fs';
        export default () => { fs.appendFileSync(new URL('./pids', import.meta.url), process.pid + '\\n'); return {}; };`,
    });
    const pids = () => fs.readFileSync(project.path('pids'), 'utf8').trim().split('\n').map(Number);
    await project.load();
    await project.load();
    expect(pids()).toEqual([expect.any(Number), process.pid, process.pid]);
    expect(pids()[0]).not.toBe(process.pid);
  });

  test('is repeated after a failure, without compiling again', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': `import fs from 'node:fs';
        if (fs.existsSync(new URL('./broken', import.meta.url))) throw new Error('broken');
        export default ${stages};`,
      broken: '',
    });
    expect(await project.problems()).toMatchObject([{ code: 'PIPE003' }]);
    const before = project.compiled();
    fs.rmSync(project.path('broken'));
    expect(await project.problems()).toEqual([]);
    expect(project.compiled()).toEqual(before);
  });
});
