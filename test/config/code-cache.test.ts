// When a compiled module still holds, and when it is compiled anew.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { CompiledModule } from '../../src/config/code-cache.ts';
import { apiPath, bundled, TempProject } from './temp-project.ts';

const config = `import { a } from './helper.ts';\nexport default { name: a, stages: {} };`;

/** What Yarn writes where it installs no `node_modules`; what lies in `node_modules` it leaves alone. */
const pnp = JSON.stringify({
  __info: [],
  dependencyTreeRoots: [{ name: 'w', reference: 'workspace:.' }],
  enableTopLevelFallback: true,
  ignorePatternData: '.*',
  fallbackExclusionList: [],
  fallbackPool: [],
  packageRegistryData: [],
});

/** Compiled, with manifests whose stamps all count. */
async function settledProject(files: Readonly<Record<string, string>> = {}): Promise<TempProject> {
  const project = TempProject.with({
    'pipeline.config.ts': config,
    'helper.ts': `export const a = 'one';`,
    ...files,
  });
  project.letTimePass();
  await obtain(project);
  return project;
}

async function obtain(
  project: TempProject,
  options: Parameters<TempProject['cache']>[0] = {},
  entry = 'pipeline.config.ts',
): Promise<CompiledModule> {
  const result = await project.cache(options).obtain(project.path(entry));
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The compiled file is written anew by each compilation, so its inode and times tell. */
function compilation(module: CompiledModule): string {
  const { ino, ctimeNs } = fs.statSync(module.path, { bigint: true });
  return `${module.path} ${ino} ${ctimeNs}`;
}

function manifestFile(project: TempProject): string {
  return path.join(project.folder, 'pipeline.config.ts.json');
}

/** As if the clock were set back by an hour as soon as it has been asked once. */
function setClockBackSoon(project: TempProject): void {
  const { statSync } = fs;
  let isFirst = true;
  vi.spyOn(fs, 'statSync').mockImplementation(((place: string, options: { bigint: true }) => {
    const stat = statSync(place, options);
    if (!isFirst || path.dirname(place) !== project.folder || !path.basename(place).startsWith('now-'))
      return stat;
    isFirst = false;
    return { ...stat, mtimeNs: stat.mtimeNs + 3_600_000_000_000n };
  }) as never);
}

describe('what is unchanged is not compiled again', () => {
  test('a second process uses the same file and writes nothing', async () => {
    using project = await settledProject();
    const first = await obtain(project);
    const before = [compilation(first), fs.statSync(manifestFile(project), { bigint: true }).ctimeNs];
    const second = await obtain(project);
    expect([compilation(second), fs.statSync(manifestFile(project), { bigint: true }).ctimeNs]).toEqual(
      before,
    );
  });

  test('a touched file is read, and its new stamp kept where that is allowed', async () => {
    using project = await settledProject();
    const before = compilation(await obtain(project));
    const manifest = fs.readFileSync(manifestFile(project), 'utf8');
    fs.utimesSync(project.path('helper.ts'), 1, 1);
    project.letTimePass();

    expect(compilation(await obtain(project, { writes: false }))).toBe(before);
    expect(fs.readFileSync(manifestFile(project), 'utf8')).toBe(manifest);
    expect(compilation(await obtain(project, { writes: true }))).toBe(before);
    const refreshed = fs.readFileSync(manifestFile(project), 'utf8');
    expect(refreshed).not.toBe(manifest);
    expect(JSON.parse(refreshed)).toMatchObject({
      local: [{ stamp: expect.stringContaining(' 1000000000 ') }, { stamp: expect.any(String) }],
    });
  });

  test('an edit that is taken back is not compiled again', async () => {
    using project = await settledProject();
    const before = compilation(await obtain(project));
    project.write('helper.ts', 'something else');
    project.write('helper.ts', `export const a = 'one';`);
    expect(compilation(await obtain(project))).toBe(before);
  });

  test('the warm path neither loads esbuild nor starts a process', async () => {
    using project = await settledProject();
    await project.load();
    const output = execFileSync(process.execPath, [bundled('./warm-load.ts'), project.root, apiPath]);
    expect(JSON.parse(output.toString())).toMatchObject({
      result: { ok: true, value: { spec: { name: 'one' } } },
    });
  });

  test('a module beside the one that is taken makes no difference', async () => {
    using project = await settledProject({
      'pipeline.config.ts': `import { word } from './word'; export default { name: word, stages: {} };`,
      'word.ts': `export const word = 'taken';`,
      'word/index.ts': '',
    });
    const before = compilation(await obtain(project));
    project.write('word.js', '');
    expect(compilation(await obtain(project))).toBe(before);
  });
});

describe('what changed is compiled', () => {
  test.each([
    ['the configuration', 'pipeline.config.ts', `export default { name: 'new', stages: {} };`, 'new'],
    ['an imported helper', 'helper.ts', `export const a = 'two';`, 'two'],
  ])('%s edited', async (_, file, text, name) => {
    using project = await settledProject();
    expect((await project.load()).spec).toMatchObject({ name: 'one' });
    project.write(file, text);
    expect((await project.load()).spec).toMatchObject({ name });
  });

  test('an edit of the same size with the time put back', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': config,
      'helper.ts': `export const a = 'one';`,
    });
    fs.utimesSync(project.path('helper.ts'), 1000, 1000);
    project.letTimePass();
    expect((await project.load()).spec).toMatchObject({ name: 'one' });
    project.write('helper.ts', `export const a = 'two';`);
    fs.utimesSync(project.path('helper.ts'), 1000, 1000);
    expect((await project.load()).spec).toMatchObject({ name: 'two' });
  });

  test('a file from the future is never known by its stamp', async () => {
    const future = new Date(Date.now() + 3_600_000);
    using project = TempProject.with({
      'pipeline.config.ts': config,
      'helper.ts': `export const a = 'one';`,
    });
    fs.utimesSync(project.path('helper.ts'), future, future);
    project.letTimePass();
    const { manifest } = await obtain(project);
    expect(manifest.local.map((file) => file.stamp)).toEqual([null, expect.any(String)]);

    // A look that changes nothing writes nothing, however often it has to read.
    const before = fs.statSync(manifestFile(project), { bigint: true }).ctimeNs;
    await obtain(project);
    expect(fs.statSync(manifestFile(project), { bigint: true }).ctimeNs).toBe(before);
  });

  test('what was compiled while the clock was set back is compiled anew, once', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': config,
      'helper.ts': `export const a = 'one';`,
    });
    setClockBackSoon(project);
    const first = compilation(await obtain(project));
    vi.restoreAllMocks();
    const second = compilation(await obtain(project));
    expect(second).not.toBe(first);
    expect(compilation(await obtain(project))).toBe(second);
  });

  test('a helper that is gone is a diagnostic', async () => {
    using project = await settledProject();
    fs.rmSync(project.path('helper.ts'));
    expect(await project.problems()).toMatchObject([{ code: 'PIPE002', at: 'pipeline.config.ts:1:19' }]);
  });

  test('a configuration that is a link, and leads elsewhere', async () => {
    using project = TempProject.with({ 'one.ts': 'export default 1;', 'two.ts': 'export default 2;' });
    fs.symlinkSync('one.ts', project.path('pipeline.config.ts'));
    project.letTimePass();
    const before = compilation(await obtain(project));
    expect(compilation(await obtain(project))).toBe(before);
    fs.rmSync(project.path('pipeline.config.ts'));
    fs.symlinkSync('two.ts', project.path('pipeline.config.ts'));
    expect(fs.readFileSync((await obtain(project)).path, 'utf8')).toContain('default = 2');
  });

  test('a tsconfig that appears or changes', async () => {
    using project = await settledProject({
      'pipeline.config.ts': `import { a } from './x/a.ts';\nexport default { name: a, stages: {} };`,
      'x/a.ts': `import { b } from '#b'; export const a = b;`,
      'package.json': '{ "imports": { "#b": "./b1.ts" } }',
      'b1.ts': 'export const b = 1;',
      'b2.ts': 'export const b = 2;',
    });
    expect((await project.load()).spec).toMatchObject({ name: 1 });
    project.write('tsconfig.json', '{ "compilerOptions": { "paths": { "#b": ["./b2.ts"] } } }');
    expect((await project.load()).spec).toMatchObject({ name: 2 });
    project.write('tsconfig.json', '{ "compilerOptions": { "paths": { "#b": ["./b1.ts"] } } }');
    expect((await project.load()).spec).toMatchObject({ name: 1 });
  });

  test('a package that another version replaces', async () => {
    using project = await settledProject({
      'pipeline.config.ts': `import a from 'p';\nexport default { name: a, stages: {} };`,
      'node_modules/p/package.json': '{ "version": "1.0.0", "main": "one.js" }',
      'node_modules/p/one.js': `module.exports = 'one';`,
      'node_modules/p/two.js': `module.exports = 'two';`,
    });
    expect((await project.load()).spec).toMatchObject({ name: 'one' });
    project.write('node_modules/p/package.json', '{ "version": "2.0.0", "main": "two.js" }');
    expect((await project.load()).spec).toMatchObject({ name: 'two' });
  });

  test.each<[string, { specifier: string; has: Record<string, string>; comes: string }]>([
    ['a TypeScript module', { specifier: './lib/word', has: { 'lib/word.js': '' }, comes: 'lib/word.ts' }],
    ['a file', { specifier: './lib/word', has: { 'lib/word/index.js': '' }, comes: 'lib/word.json' }],
    [
      'an earlier index',
      { specifier: './lib/word', has: { 'lib/word/index.js': '' }, comes: 'lib/word/index.ts' },
    ],
    ['the very name', { specifier: './lib/word.js', has: { 'lib/word.ts': '' }, comes: 'lib/word.js' }],
    [
      'a module of a path of the tsconfig',
      {
        specifier: '@/word',
        has: {
          'lib/word.js': '',
          'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] } } }',
        },
        comes: 'lib/word.tsx',
      },
    ],
  ])('%s that is taken before the one that was there', async (_, { specifier, has, comes }) => {
    const word = (file: string, text: string) =>
      file.endsWith('.json') ? JSON.stringify({ word: text }) : `export const word = '${text}';`;
    const files = Object.entries(has).map(([file, text]) => [file, text || word(file, 'old')]);
    using project = await settledProject({
      'pipeline.config.ts': `import { word } from '${specifier}'; export default { name: word, stages: {} };`,
      ...Object.fromEntries(files),
    });
    expect((await project.load()).spec).toMatchObject({ name: 'old' });
    project.write(comes, word(comes, 'new'));
    expect((await project.load()).spec).toMatchObject({ name: 'new' });
    // And is then known again.
    expect(compilation(await obtain(project))).toBe(compilation(await obtain(project)));
  });

  test('a module or a package that it tried to import in vain', async () => {
    using project = await settledProject({
      'pipeline.config.ts': `
        let name = 'none';
        try { name = require('./lib/word').word; } catch {}
        try { name = (await import('packed')).word; } catch {}
        export default { name, stages: {} };`,
    });
    expect((await project.load()).spec).toMatchObject({ name: 'none' });
    project.write('lib/word.ts', `export const word = 'module';`);
    expect((await project.load()).spec).toMatchObject({ name: 'module' });
    project.write('node_modules/packed/package.json', '{ "main": "main.cjs" }');
    project.write('node_modules/packed/main.cjs', `exports.word = 'package';`);
    expect((await project.load()).spec).toMatchObject({ name: 'package' });
  });

  test('a package that is nearer than the one that was there', async () => {
    const packed = (folder: string, word: string) => ({
      [`${folder}/node_modules/packed/package.json`]: '{ "main": "main.cjs" }',
      [`${folder}/node_modules/packed/main.cjs`]: `exports.word = '${word}';`,
    });
    using project = await settledProject({
      'pipeline.config.ts': `import { word } from './lib/word.ts'; export default { name: word, stages: {} };`,
      'lib/word.ts': `export { word } from 'packed';`,
      ...packed('.', 'far'),
    });
    expect((await project.load()).spec).toMatchObject({ name: 'far' });
    for (const [file, text] of Object.entries(packed('lib', 'near'))) project.write(file, text);
    expect((await project.load()).spec).toMatchObject({ name: 'near' });
  });

  const main = (file: string) => JSON.stringify({ main: file });
  const mapped = (...places: string[]) => JSON.stringify({ compilerOptions: { paths: { '@/*': places } } });

  type Case = { imports: string; has: Record<string, string>; comes: Record<string, string> };
  test.each<[string, Case]>([
    [
      'the package.json of a folder that is imported',
      {
        imports: './lib',
        has: { 'lib/package.json': main('old.js') },
        comes: { 'lib/package.json': main('new.js') },
      },
    ],
    [
      'that of a folder from which something else is taken',
      {
        imports: './lib',
        has: { 'lib/package.json': main('../old.js') },
        comes: { 'lib/package.json': main('new.js') },
      },
    ],
    [
      'one that comes to be in such a folder',
      { imports: './lib', has: { 'lib/index.js': '' }, comes: { 'lib/package.json': main('new.js') } },
    ],
    [
      'that of a package of the same workspace, which is linked',
      {
        imports: 'own',
        has: {
          'lib/package.json': '{ "name": "own", "exports": "./old.js" }',
          'node_modules/own': '-> ../lib',
        },
        comes: { 'lib/package.json': '{ "name": "own", "exports": "./new.js" }' },
      },
    ],
    [
      'the imports of the one above',
      {
        imports: '#word',
        has: { 'package.json': '{ "imports": { "#word": "./lib/old.js" } }' },
        comes: { 'package.json': '{ "imports": { "#word": "./lib/new.js" } }' },
      },
    ],
    [
      'an earlier folder of a path of the tsconfig',
      {
        imports: '@/old',
        has: { 'tsconfig.json': mapped('./early/*', './lib/*') },
        comes: { 'early/old.ts': '' },
      },
    ],
    [
      'such a folder, where a package was taken',
      {
        imports: '@/p',
        has: {
          'tsconfig.json': mapped('./early/*'),
          'node_modules/@/p/package.json': main('old.cjs'),
          'node_modules/@/p/old.cjs': "exports.word = 'old';",
        },
        comes: { 'early/p/index.ts': '' },
      },
    ],
    [
      'a tsconfig that another one extends',
      {
        imports: '@/word',
        has: {
          'tsconfig.json': '{ // as all do\n "extends": ["./base"], }',
          'base.json': mapped('./lib/old/*'),
          'lib/old/word.js': '',
        },
        comes: { 'base.json': mapped('./lib/new/*'), 'lib/new/word.js': '' },
      },
    ],
    ...(
      [
        ['by a name in its exports', { exports: { './c': './sub/c.json' } }, '@me/conf/c'],
        [
          'by a pattern',
          { exports: { './*': { types: './no.json', default: './sub/*.json' } } },
          '@me/conf/c',
        ],
        ['by its field', { tsconfig: 'sub/c' }, '@me/conf'],
      ] as const
    ).map(([how, manifest, name]): [string, Case] => [
      `a tsconfig that a package names ${how}`,
      {
        imports: '@/word',
        has: {
          'tsconfig.json': JSON.stringify({ extends: name }),
          'node_modules/@me/conf/package.json': JSON.stringify(manifest),
          'node_modules/@me/conf/sub/c.json': mapped('../../../../lib/old/*'),
          'lib/old/word.js': '',
        },
        comes: {
          'node_modules/@me/conf/sub/c.json': mapped('../../../../lib/new/*'),
          'lib/new/word.js': '',
        },
      },
    ]),
    [
      'a package that names another tsconfig',
      {
        imports: '@/word',
        has: {
          'tsconfig.json': '{ "extends": "conf/c" }',
          'node_modules/conf/package.json': JSON.stringify({ exports: { './c': './old.json' } }),
          'node_modules/conf/old.json': mapped('../../lib/old/*'),
          'node_modules/conf/new.json': mapped('../../lib/new/*'),
          'lib/old/word.js': '',
        },
        comes: {
          'node_modules/conf/package.json': JSON.stringify({ exports: { './c': './new.json' } }),
          'lib/new/word.js': '',
        },
      },
    ],
    [
      'a file below the base of the tsconfig',
      {
        imports: 'p',
        has: {
          'tsconfig.json': '{ "compilerOptions": { "baseUrl": "early" } }',
          'node_modules/p/package.json': main('old.cjs'),
          'node_modules/p/old.cjs': "exports.word = 'old';",
        },
        comes: { 'early/p.ts': '' },
      },
    ],
  ])('%s', async (_, { imports, has, comes }) => {
    const written = (project: TempProject, files: Record<string, string>, word: string) => {
      for (const [file, text] of Object.entries(files)) {
        if (text.startsWith('-> ')) {
          fs.mkdirSync(path.dirname(project.path(file)), { recursive: true });
          fs.symlinkSync(text.slice('-> '.length), project.path(file));
        } else project.write(file, text || `export const word = '${word}';`);
      }
    };
    using project = TempProject.with({
      'pipeline.config.ts': `import { word } from '${imports}'; export default { name: word, stages: {} };`,
    });
    written(project, { 'lib/old.js': '', 'old.js': '', ...has }, 'old');
    written(project, { 'lib/new.js': '' }, 'new');
    project.letTimePass();
    expect((await project.load()).spec).toMatchObject({ name: 'old' });
    project.letTimePass();
    expect(compilation(await obtain(project))).toBe(compilation(await obtain(project)));
    written(project, comes, 'new');
    expect((await project.load()).spec).toMatchObject({ name: 'new' });
    // And is then known again.
    expect(compilation(await obtain(project))).toBe(compilation(await obtain(project)));
  });

  test.each([
    ['that may be chosen by its name', `(name) => import(\`./lib/\${name}.ts\`)`],
    ['that is imported with a query', `() => import('./lib/word.ts?v=1')`],
  ])('a module %s is part of the code', async (_, imports) => {
    using project = await settledProject({
      'pipeline.config.ts': `export default { stages: {}, choose: ${imports} };`,
      'lib/word.ts': `import './more.ts'; export const word = 'one';`,
      'lib/more.ts': '',
    });
    const identities = [(await obtain(project)).manifest.identity];
    for (const file of ['lib/more.ts', 'lib/word.ts']) {
      project.write(file, `export const word = 'two';`);
      identities.push((await obtain(project)).manifest.identity);
    }
    expect(new Set(identities).size).toBe(3);
  });

  test('where Yarn says in which archives packages are, nothing is known of what would be compiled', async () => {
    using project = await settledProject({
      'pipeline.config.ts': `import { word } from 'p'; export default { name: word, stages: {} };`,
      'node_modules/p/index.js': `exports.word = 'one';`,
    });
    const before = compilation(await obtain(project));
    expect(compilation(await obtain(project))).toBe(before);
    project.write('.pnp.data.json', pnp);
    const { manifest } = await obtain(project);
    expect(manifest.isFollowed).toBe(false);
    expect(compilation(await obtain(project))).not.toBe(compilation(await obtain(project)));
  });

  test('the kind of module that the package.json above says, and one that comes to be nearer', async () => {
    using project = await settledProject({
      'pipeline.config.ts': `import said from './lib/said.ts'; export default { name: typeof said, stages: {} };`,
      'lib/said.ts': `import said from '../word.cjs'; export default said;`,
      'word.cjs': 'exports.__esModule = true; exports.default = "text";',
      'package.json': '{}',
    });
    expect((await project.load()).spec).toMatchObject({ name: 'string' });
    project.write('package.json', '{ "type": "module" }');
    expect((await project.load()).spec).toMatchObject({ name: 'object' });
    project.write('lib/package.json', '{}');
    expect((await project.load()).spec).toMatchObject({ name: 'string' });
  });

  test('another version of pipe, or another place of its API', async () => {
    using project = await settledProject();
    const before = compilation(await obtain(project));
    const next = compilation(await obtain(project, { version: '1.0.1' }));
    expect(next).not.toBe(before);
    project.write('api.ts', 'export const definePipeline = (x) => x;');
    expect(
      compilation(await obtain(project, { version: '1.0.1', apiPath: project.path('api.ts') })),
    ).not.toBe(next);
  });
});

describe('what is broken counts as absent', () => {
  test('a manifest cut short at every tenth byte', async () => {
    using project = await settledProject();
    const whole = fs.readFileSync(manifestFile(project));
    for (let length = 0; length < whole.length - 1; length += 10) {
      fs.writeFileSync(manifestFile(project), whole.subarray(0, length));
      const before = project.compiled().length;
      const result = await obtain(project);
      expect(fs.existsSync(result.path)).toBe(true);
      expect(project.compiled().length).toBe(before);
      expect(JSON.parse(fs.readFileSync(manifestFile(project), 'utf8'))).toMatchObject({ format: 6 });
    }
  });

  test.each(['null', '[]', '{}', '{"format":1,"version":"1.0.0"}', '{"format":99}'])(
    'a manifest that says %s',
    async (text) => {
      using project = await settledProject();
      fs.writeFileSync(manifestFile(project), text);
      expect((await project.load()).spec).toMatchObject({ name: 'one' });
    },
  );

  test('a compiled module that is gone, cut short, or altered', async () => {
    using project = await settledProject();
    const { compiledPath } = await project.load();
    const text = fs.readFileSync(compiledPath, 'utf8');
    for (const spoil of [
      () => fs.rmSync(compiledPath),
      () => fs.truncateSync(compiledPath, 20),
      () => fs.writeFileSync(compiledPath, text.replace('one', 'eno')),
    ]) {
      spoil();
      await obtain(project);
      expect(fs.readFileSync(compiledPath, 'utf8')).toBe(text);
    }
  });

  test('a folder that was moved with its cache', async () => {
    using project = await settledProject({
      'pipeline.config.ts': 'export default { name: import.meta.dirname, stages: {} };',
    });
    await project.load();
    using moved = new TempProject();
    fs.cpSync(project.root, moved.root, { recursive: true });
    expect((await moved.load()).spec).toMatchObject({ name: moved.root });
  });
});

describe('the folder', () => {
  test('that cannot be made is replaced by a temporary one', async () => {
    using project = TempProject.with({
      'pipeline.config.ts': config,
      'helper.ts': `export const a = 'one';`,
      '.pipeline-cache': 'a file is in the way',
    });
    const cache = project.cache();
    const loaded = await project.load('pipeline.config.ts', { cache });
    expect(loaded.spec).toMatchObject({ name: 'one' });
    expect(loaded.compiledPath.startsWith(project.root)).toBe(false);
    // The same process does not compile twice.
    const again = await cache.obtain(project.path('pipeline.config.ts'));
    expect(again).toMatchObject({
      ok: true,
      value: { path: loaded.compiledPath, manifest: { vetted: true } },
    });
  });

  test('that is temporary goes with the process', () => {
    const module = bundled('../../src/config/cache-folder.ts');
    const text = `import { openCacheFolder } from ${JSON.stringify(module)};
      process.stdout.write(openCacheFolder('/dev/null/none').writable());`;
    const made = execFileSync(process.execPath, ['--input-type=module', '-e', text]).toString();
    expect(path.basename(made)).toMatch(/^pipe-config-/);
    expect(fs.existsSync(made)).toBe(false);
  });

  test('keeps a replaced compilation for a day, because a build may still run on it', async () => {
    using project = await settledProject();
    const one = (await obtain(project)).path;
    project.write('helper.ts', `export const a = 'two';`);
    const two = (await obtain(project)).path;
    expect(fs.existsSync(one)).toBe(true);

    const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
    fs.utimesSync(one, twoDaysAgo, twoDaysAgo);
    fs.utimesSync(two, twoDaysAgo, twoDaysAgo);
    const left = path.join(project.folder, 'left-behind.tmp');
    fs.writeFileSync(left, '');
    fs.utimesSync(left, twoDaysAgo, twoDaysAgo);
    project.write('helper.ts', `export const a = 'three';`);
    const three = (await obtain(project)).path;
    // `two` was old, but in use until now.
    expect([one, two, three].map((file) => fs.existsSync(file))).toEqual([false, true, true]);
    expect(fs.existsSync(left)).toBe(false);
  });

  test('may serve two workspaces, which never get what the other compiled', async () => {
    using one = await settledProject();
    using two = TempProject.with({ 'pipeline.config.ts': config, 'helper.ts': `export const a = 'two';` });
    const { folder } = one;
    const ofTwo = await obtain(two, { folder });
    expect(ofTwo.manifest.entry).toBe(two.path('pipeline.config.ts'));
    expect((await obtain(one, { folder })).manifest.entry).toBe(one.path('pipeline.config.ts'));
  });

  test('holds a manifest and a module for each entry, whatever its name', async () => {
    const long = `${'x'.repeat(200)}.ts`;
    using project = TempProject.with({ 'a/b.ts': '', 'a+b.ts': '', 'a b%.ts': '', [long]: '', '-a.ts': '' });
    for (const entry of ['a/b.ts', 'a+b.ts', 'a b%.ts', long, '-a.ts']) await obtain(project, {}, entry);
    expect(project.compiled().filter((name) => name.endsWith('.json'))).toHaveLength(5);
    expect(project.compiled()).toHaveLength(10);
    await project.load('a b%.ts').catch((error) => expect(String(error)).toContain('PIPE006'));
  });
});
