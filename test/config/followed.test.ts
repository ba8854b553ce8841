// Where the compiler finds modules, and what of that is known: whatever comes, goes or changes around a configuration,
// a compilation that is kept must be the one that would be made now.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CodeCache, openCodeCache } from '../../src/config/code-cache.ts';
import { seeded } from '../rig/seeded.ts';
import { apiPath, TempProject } from './temp-project.ts';

/** Text of files; `-> text` is a link. */
type Tree = Readonly<Record<string, string>>;

/** How many changes each of them is tried with; all of them take minutes. */
const most = process.env.PIPE_FAULTS === 'all' ? Number.POSITIVE_INFINITY : 12;
const seed = Number(process.env.PIPE_FAULTS_SEED ?? Math.floor(Math.random() * 1e9));
const within = { timeout: 10 * 60_000 };

const json = JSON.stringify;
const word = (text: string) => `export const word = '${text}';`;

const cases: Readonly<Record<string, { readonly imports: string; readonly has: Tree }>> = {
  'a name without its ending': { imports: './lib/a', has: { 'lib/a.js': '' } },
  'a name with the ending of another': { imports: './lib/a.js', has: { 'lib/a.tsx': '' } },
  'a folder': { imports: './lib', has: { 'lib/index.js': '' } },
  'a file beside a folder of its name': { imports: './lib', has: { 'lib.ts': '', 'lib/other.txt': 'none' } },
  'a folder with a main': {
    imports: './lib',
    has: { 'lib/package.json': json({ main: './m' }), 'lib/m.js': '', 'lib/index.js': '' },
  },
  'a folder with a main that is one': {
    imports: './lib',
    has: { 'lib/package.json': json({ main: './m' }), 'lib/m/index.js': '' },
  },
  'a query': { imports: './lib/a.ts?v=1', has: { 'lib/a.ts': '' } },
  'paths, the second of which is there': {
    imports: '@/a',
    has: {
      'tsconfig.json': json({
        compilerOptions: { paths: { '@/*': ['./x/*', './lib/*'], '@/a/*': ['./no'] } },
      }),
      'lib/a.js': '',
    },
  },
  'a path that is the very name, before a pattern': {
    imports: 'word',
    has: {
      'tsconfig.json': json({
        compilerOptions: { paths: { word: ['./types/word.d.ts', './lib/a'], '*': ['./x/*'] } },
      }),
      'lib/a.js': '',
      'types/word.d.ts': '',
    },
  },
  'paths of one that is extended, with the base of another': {
    imports: '@/a',
    has: {
      'tsconfig.json': json({ extends: './conf/base', compilerOptions: { baseUrl: './src' } }),
      'conf/base.json': json({ compilerOptions: { paths: { '@/*': ['lib/*'] } } }),
      'src/lib/a.js': '',
    },
  },
  'paths from the folder of the configuration': {
    imports: '@/a',
    has: {
      'tsconfig.json': json({ extends: ['./conf/none', './conf/base'] }),
      'conf/base.json': json({ compilerOptions: { paths: { '@/*': [`\${configDir}/lib/*`] } } }),
      'lib/a.js': '',
    },
  },
  'a base, and a package': {
    imports: 'p/a',
    has: {
      'tsconfig.json': json({ compilerOptions: { baseUrl: '.' } }),
      'node_modules/p/a.js': 'exports.word = "p";',
    },
  },
  'a jsconfig': {
    imports: '@/a',
    has: {
      'jsconfig.json': json({ compilerOptions: { paths: { '@/*': ['./lib/*'] } } }),
      'lib/a.js': '',
    },
  },
  'a tsconfig in the folder of a package, by its exports': {
    imports: '@/a',
    has: {
      'tsconfig.json': json({ extends: '@me/conf/base' }),
      'node_modules/@me/conf/package.json': json({
        exports: {
          './base': { import: './esm.json', types: null, node: ['./cjs.json'], default: './d.json' },
        },
      }),
      'node_modules/@me/conf/cjs.json': json({ compilerOptions: { paths: { '@/*': ['../../../lib/*'] } } }),
      'node_modules/@me/conf/base.json': json({ compilerOptions: { paths: { '@/*': ['../../../no/*'] } } }),
      'lib/a.js': '',
    },
  },
  'a tsconfig in the folder of a package, by its field': {
    imports: '@/a',
    has: {
      'tsconfig.json': json({ extends: 'conf' }),
      'node_modules/conf/package.json': json({ tsconfig: './sub' }),
      'node_modules/conf/sub/tsconfig.json': json({
        compilerOptions: { paths: { '@/*': ['../../../lib/*'] } },
      }),
      'node_modules/conf/tsconfig.json': json({ compilerOptions: { paths: { '@/*': ['../../no/*'] } } }),
      'lib/a.js': '',
    },
  },
  'a package by its main': {
    imports: 'p',
    has: { 'node_modules/p/package.json': json({ main: 'a' }), 'node_modules/p/a.js': 'exports.word = "p";' },
  },
  'a package by its exports': {
    imports: 'p/sub/a.js',
    has: {
      'node_modules/p/package.json': json({
        exports: {
          './sub/*': {
            browser: './no/*',
            node: { require: './cjs/*', import: ['./esm/*'] },
            default: './d/*',
          },
          './sub/b*': null,
          './': './',
        },
      }),
      'node_modules/p/esm/a.js': 'exports.word = "p";',
      'node_modules/p/cjs/a.js': 'exports.word = "no";',
      'node_modules/p/sub/a.js': 'exports.word = "no";',
    },
  },
  'a package by a folder of its exports': {
    imports: 'p/sub/a',
    has: {
      'node_modules/p/package.json': json({ exports: { './sub/': './lib/' } }),
      'node_modules/p/lib/a.js': 'exports.word = "p";',
    },
  },
  'a package above': {
    imports: './lib/deep/a.ts',
    has: {
      'lib/deep/a.ts': `export { word } from 'p';`,
      'node_modules/p/index.js': 'exports.word = "p";',
    },
  },
  'an import of the package itself': {
    imports: '#w',
    has: {
      'package.json': json({ imports: { '#w': { browser: './no.ts', import: ['./lib/a.js', './b.js'] } } }),
      'lib/a.ts': '',
    },
  },
  'such an import by a pattern, which is a package': {
    imports: '#dep/a',
    has: {
      'package.json': json({ imports: { '#dep/*': { node: 'p/*' }, '#dep/b': null } }),
      'node_modules/p/a.js': 'exports.word = "p";',
    },
  },
  'the own name': {
    imports: 'me/a',
    has: {
      'package.json': json({ name: 'me', exports: { './*': './lib/*.ts' } }),
      'lib/a.ts': '',
      'node_modules/other/index.js': '',
    },
  },
  'a package of the same workspace': {
    imports: 'p',
    has: {
      'node_modules/p': '-> ../lib',
      'lib/package.json': json({ main: 'a.ts' }),
      'lib/a.ts': '',
      'b/a.ts': '',
    },
  },
  'a package that is linked, and lies in another node_modules': {
    imports: 'p',
    has: {
      'node_modules/p': '-> .store/p@1/node_modules/p',
      'node_modules/.store/p@1/node_modules/p/index.js': 'exports.word = "p";',
      'node_modules/.store/p@2/node_modules/p/index.js': 'exports.word = "p";',
    },
  },
  'a link': { imports: './a.ts', has: { 'a.ts': '-> lib/a.ts', 'lib/a.ts': '', 'b/a.ts': '' } },
  'a link that leads on': {
    imports: './l/a',
    has: {
      l: '-> m',
      m: '-> lib',
      'lib/a.ts': `export { word } from './b.ts';`,
      'lib/b.ts': '',
      'b/a.ts': '',
    },
  },
  'a link that leads nowhere, before a file': { imports: './a', has: { 'a.ts': '-> lib/a.ts', 'a.js': '' } },
  'a tsconfig that is a link': {
    imports: '@/a',
    has: {
      'tsconfig.json': '-> conf/tsconfig.json',
      'conf/tsconfig.json': json({ extends: './base.json' }),
      'conf/base.json': json({ compilerOptions: { paths: { '@/*': ['../lib/*'] } } }),
      'other/tsconfig.json': json({ extends: './base.json' }),
      'lib/a.js': '',
    },
  },
};

const inVain: Readonly<Record<string, { readonly imports: string; readonly has: Tree }>> = {
  'a path': { imports: './lib/a.js', has: {} },
  'a path of the tsconfig': {
    imports: '@/a',
    has: { 'tsconfig.json': json({ compilerOptions: { paths: { '@/*': ['./lib/*'] } } }) },
  },
  'a package': { imports: 'p', has: {} },
  'a part of a package': { imports: 'p/a', has: { 'node_modules/p/package.json': '{}' } },
  'what a package does not export': {
    imports: 'p/a',
    has: { 'node_modules/p/package.json': json({ exports: { './a': './a.js' } }) },
  },
  'an import of the package itself': {
    imports: '#w',
    has: { 'package.json': json({ imports: { '#w': './lib/a.ts' } }) },
  },
  'the own name': {
    imports: 'me/a',
    has: { 'package.json': json({ name: 'me', exports: { './a': './a.ts' } }) },
  },
};

describe('what is kept is what would be compiled now, where it imports', () => {
  test.each(Object.entries(cases))('%s', within, async (_, { imports, has }) => {
    await isFollowed(`import { word } from '${imports}'; export default { word };`, imports, has);
  });

  test.each(Object.entries(inVain))('in vain %s', within, async (_, { imports, has }) => {
    const config = `let word; try { word = await import('${imports}') } catch {} export default { word };`;
    await isFollowed(config, imports, has);
    await isFollowed(
      `let word; try { word = require('${imports}') } catch {} export default { word };`,
      imports,
      has,
    );
  });

  test('any of the modules of a folder', within, async () => {
    const has = { 'lib/a.ts': '', 'lib/deep/b.ts': '', 'lib/a.js': '' };
    await isFollowed(
      `const name = process.env.A; export default { word: () => import(\`./lib/\${name}.ts\`) };`,
      './lib/c.ts',
      has,
    );
  });
});

async function isFollowed(config: string, imports: string, has: Tree): Promise<void> {
  using project = TempProject.with({ 'pipeline.config.ts': config });
  for (const [file, text] of Object.entries(has)) put(project, file, text || word(file));
  project.letTimePass();
  const kept = await compiled(project.cache(), project);
  expect(kept).toContain('word');
  // It is not compiled again and again: else nothing below would be of any worth.
  expect(await held(project.cache({ writes: false }), project)).toBe(kept);

  const random = seeded(seed);
  const changes = [...changesOf(project, imports)];
  while (changes.length > most) changes.splice(random.upTo(changes.length - 1), 1);
  const looking = project.cache({ writes: false });
  for (const { what, make, undo } of changes) {
    make();
    const still = await held(looking, project);
    if (still !== null) expect(still, `${what}; PIPE_FAULTS_SEED=${seed}`).toBe(await afresh(project));
    undo();
  }
}

interface Change {
  readonly what: string;
  make(): void;
  undo(): void;
}

function* changesOf(project: TempProject, imports: string): Iterable<Change> {
  const there = filesOf(project);
  for (const file of there) {
    const place = project.path(file);
    const aside = `${project.root}-aside`;
    const back = () => {
      fs.rmSync(place, { force: true });
      fs.renameSync(aside, place);
    };
    const away = () => fs.renameSync(place, aside);
    if (file !== 'pipeline.config.ts') yield { what: `${file} goes`, make: away, undo: back };
    const others = fs.lstatSync(place).isSymbolicLink()
      ? ['b', 'lib', 'b/a.ts', 'other/tsconfig.json', '.store/p@2/node_modules/p'].map((to) => `-> ${to}`)
      : file.endsWith('.json')
        ? textsOf(file)
        : [word('other')];
    for (const text of others)
      yield {
        what: `${file} becomes ${text}`,
        make: () => {
          away();
          put(project, file, text);
        },
        undo: back,
      };
  }
  for (const folder of new Set(there.map((file) => path.dirname(file)).filter((one) => one !== '.'))) {
    const place = project.path(folder);
    const aside = `${project.root}-aside`;
    yield {
      what: `the folder ${folder} becomes a file`,
      make: () => {
        fs.renameSync(place, aside);
        put(project, folder, word('new'));
      },
      undo: () => {
        fs.rmSync(place);
        fs.renameSync(aside, place);
      },
    };
  }
  for (const file of placesAround(there, imports)) {
    if (fs.existsSync(project.path(file)) || there.includes(file)) continue;
    for (const text of textsOf(file)) {
      const first = firstMissing(project, file);
      if (first === null) continue;
      yield {
        what: `${file} comes: ${text}`,
        make: () => put(project, file, text),
        undo: () => fs.rmSync(project.path(first), { recursive: true }),
      };
    }
  }
}

function textsOf(file: string): readonly string[] {
  const name = path.basename(file);
  if (name === 'package.json')
    return [
      {},
      { main: './a' },
      { name: 'me', exports: { './*': './b/*' } },
      { imports: { '#*': './b/*.ts', '#w': './b.js' } },
      { exports: './index.js', tsconfig: './b.json' },
    ].map((said) => json(said));
  if (name.endsWith('.json') && name !== 'a.json' && name !== 'index.json')
    return [{}, { baseUrl: '.' }, { paths: { '*': ['./b/*'], '@/*': ['./b/*'] } }].map((compilerOptions) =>
      json({ compilerOptions }),
    );
  return [name.endsWith('.json') ? '{ "word": "new" }' : word('new')];
}

function* placesAround(there: readonly string[], imports: string): Iterable<string> {
  const folders = new Set([
    '.',
    'lib',
    'lib/a',
    'b',
    'x',
    'src',
    'conf',
    'node_modules/p',
    'lib/node_modules/p',
  ]);
  for (const file of there)
    for (let at = path.dirname(file); !folders.has(at); at = path.dirname(at)) folders.add(at);
  const stems = new Set(['a', 'b', 'm', 'index', 'p', path.basename(imports)]);
  const endings = ['', '.ts', '.tsx', '.js', '.jsx', '.json', '.css'];
  for (const folder of folders) {
    for (const name of ['package.json', 'tsconfig.json', 'jsconfig.json', 'base', 'base.json'])
      yield path.join(folder, name);
    for (const stem of stems) for (const ending of endings) yield path.join(folder, stem + ending);
  }
}

function filesOf(project: TempProject): readonly string[] {
  return fs
    .readdirSync(project.root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(project.root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('.pipeline-cache'))
    .sort();
}

function firstMissing(project: TempProject, file: string): string | null {
  const folders = file.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'));
  const at = folders.find((one) => !fs.existsSync(project.path(one)));
  const isBelowFile = folders.some(
    (one) => one !== file && fs.statSync(project.path(one), { throwIfNoEntry: false })?.isFile(),
  );
  return isBelowFile ? null : (at ?? null);
}

function put(project: TempProject, file: string, text: string): void {
  if (!text.startsWith('-> ')) {
    project.write(file, text);
    return;
  }
  fs.mkdirSync(path.dirname(project.path(file)), { recursive: true });
  fs.symlinkSync(text.slice('-> '.length), project.path(file));
}

/** What is kept, where it still holds. */
async function held(cache: CodeCache, project: TempProject): Promise<string | null> {
  const result = await cache.obtain(project.path('pipeline.config.ts'));
  const isKept = result.ok && path.dirname(result.value.path) === project.folder;
  return isKept ? fs.readFileSync(result.value.path, 'utf8') : null;
}

/** What nobody has compiled before. */
async function afresh(project: TempProject): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-test-'));
  try {
    return await compiled(
      openCodeCache({ folder, root: project.root, apiPath, version: '1.0.0', writes: true }),
      project,
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function compiled(cache: CodeCache, project: TempProject): Promise<string> {
  const result = await cache.obtain(project.path('pipeline.config.ts'));
  return result.ok ? fs.readFileSync(result.value.path, 'utf8') : json(result.error);
}
