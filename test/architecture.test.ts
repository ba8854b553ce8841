// The plan of the house, held against the source: who may know whom, and how a file looks.
import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { together } from '../vitest.config.ts';

const src = path.resolve(import.meta.dirname, '../src');

const adapters = [
  'checks',
  'files',
  'glance',
  'store',
  'lock',
  'journal',
  'exec',
  'services',
  'audit',
  'profile',
  'config',
  'watch',
  'render',
];
const ranks: Readonly<Record<string, number>> = {
  base: 0,
  model: 1,
  engine: 2,
  ...Object.fromEntries(adapters.map((folder) => [folder, 3])),
  cli: 4,
};

interface SourceFile {
  /** Relative to src/. */
  readonly path: string;
  readonly text: string;
  /** Without comments, so that prose is no offence. Lines stay where they are. */
  readonly code: string;
  readonly imports: readonly string[];
}

function filesBelow(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

/** Good for code in our formatting: a comment is a line of its own or follows a space. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (all) => all.replace(/[^\n]/g, ''))
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}

function importsIn(code: string): readonly string[] {
  const statement =
    /^(?:import|export)\b[^;'"]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;
  return [...code.matchAll(statement)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

function readSource(file: string): SourceFile {
  const text = fs.readFileSync(path.join(src, file), 'utf8');
  const code = withoutComments(text);
  return { path: file, text, code, imports: importsIn(code) };
}

const files = filesBelow(src).map(readSource);
const folderOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');
const isRelative = (specifier: string) => specifier.startsWith('.');
const targetOf = (file: SourceFile, specifier: string) =>
  path.posix.normalize(path.posix.join(path.posix.dirname(file.path), specifier));
const localImports = (file: SourceFile) =>
  file.imports.filter(isRelative).map((specifier) => targetOf(file, specifier));

/** Lines on which `pattern` is found, as `path:line: what`. */
function offences(file: SourceFile, pattern: RegExp): readonly string[] {
  return file.code.split('\n').flatMap((line, i) => {
    const found = pattern.exec(line)?.[0];
    return found === undefined ? [] : [`${file.path}:${i + 1}: ${found}`];
  });
}

describe('the reader of imports', () => {
  test('finds every form of import, and none in comments or texts', () => {
    const code = withoutComments(
      [
        "import fs from 'node:fs';",
        'import {',
        '  a,',
        "} from '../a.ts';",
        "import type { B } from './b.ts';",
        "export * from './c.ts';",
        "export type { D } from './d.ts';",
        "import './e.ts';",
        "const f = await import('./f.ts');",
        "// import g from './g.ts';",
        "/** import h from './h.ts'; */",
        "const text = `import i from './i.ts'`;",
      ].join('\n'),
    );
    expect(importsIn(code)).toEqual(['node:fs', '../a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts']);
  });

  test('sees the source', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(localImports).length).toBeGreaterThan(files.length);
  });
});

describe('ranks', () => {
  test('every folder of src has its rank', () => {
    const folders = new Set(files.map((file) => folderOf(file.path)));
    // The public API stands on its own at the top: see below.
    folders.delete('');
    expect([...folders].filter((folder) => ranks[folder] === undefined)).toEqual([]);
    expect(files.filter((file) => folderOf(file.path) === '').map((file) => file.path)).toEqual(['index.ts']);
  });

  test('imports go down a rank or stay in their folder; adapters do not know each other', () => {
    const wrong = files.flatMap((file) => {
      const from = folderOf(file.path);
      if (from === '') return [];
      return localImports(file)
        .filter((target) => {
          const to = folderOf(target);
          return to !== from && !((ranks[to] ?? Number.POSITIVE_INFINITY) < ranks[from]!);
        })
        .map((target) => `${file.path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test('the public API is the language of the model alone', () => {
    // src/index.ts is bundled into every configuration: the engine or an adapter in it would start with each.
    const api = files.find((file) => file.path === 'index.ts')!;
    expect(new Set(localImports(api).map(folderOf))).toEqual(new Set(['model']));
  });

  test('the launcher is plain Node', () => {
    // src/cli/launch.ts runs before the compile cache does: whatever it imports is compiled at each start.
    const launcher = files.find((file) => file.path === 'cli/launch.ts')!;
    expect(launcher.imports.filter((specifier) => !specifier.startsWith('node:'))).toEqual([]);
    expect(files.filter((file) => localImports(file).includes('cli/launch.ts'))).toEqual([]);
  });

  test('every import names a file that is there', () => {
    const known = new Set(files.map((file) => file.path));
    const wrong = files.flatMap((file) =>
      localImports(file)
        .filter((target) => !known.has(target))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no files import each other in a circle', () => {
    expect(circleIn(new Map(files.map((file) => [file.path, localImports(file)])))).toBe(null);
  });

  test('a circle is found, whoever asks', () => {
    const circle = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['b']],
    ]);
    expect(circleIn(circle)).toBe('b → d → b');
  });
});

describe('packages', () => {
  const external = files.flatMap((file) =>
    file.imports
      .filter((specifier) => !isRelative(specifier) && !specifier.startsWith('node:'))
      .map((specifier) => ({ specifier, file: file.path })),
  );

  test('each third-party package is known to exactly one file', () => {
    const users = new Map<string, Set<string>>();
    for (const { specifier, file } of external) {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      users.set(name, (users.get(name) ?? new Set()).add(file));
    }
    const wrong = [...users].filter(([, places]) => places.size > 1);
    expect(wrong.map(([name, places]) => `${name}: ${[...places].join(', ')}`)).toEqual([]);
    expect(users.size).toBeGreaterThan(3);
  });

  test("Node's own modules are imported with their prefix", () => {
    const builtins = new Set(builtinModules);
    const wrong = external.filter(({ specifier }) => builtins.has(specifier));
    expect(wrong.map(({ specifier, file }) => `${file}: ${specifier}`)).toEqual([]);
  });
});

describe('files', () => {
  test('each begins with the comment that says its purpose', () => {
    const wrong = files.filter((file) => !/^\/\/ \S.{10,}\n/.test(file.text));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('none is longer than 250 lines', () => {
    const lines = (file: SourceFile) => file.text.trimEnd().split('\n').length;
    const wrong = files.filter((file) => lines(file) > 250);
    expect(wrong.map((file) => `${file.path}: ${lines(file)}`)).toEqual([]);
  });

  test('none has a name that could stand for anything', () => {
    const vague = /\b(?:utils?|helpers?|common|managers?|misc)\b/i;
    expect(files.map((file) => file.path).filter((name) => vague.test(name))).toEqual([]);
  });
});

describe('what leaves the process', () => {
  const allowed = (name: string) => (file: SourceFile) => file.path !== name;

  test('is written through the streams that keep secrets out', () => {
    // The guard that loads a configuration takes what that prints, and what a worker prints is captured.
    const writing = /\bprocess\.(?:stdout|stderr)\b|\bconsole\.(?:log|error|warn|info)\b|\bwriteSync\([12]\b/;
    const wrong = files
      // The launcher knows the version alone.
      .filter(allowed('cli/launch.ts'))
      .filter(allowed('cli/standard-streams.ts'))
      .filter(allowed('config/settle.ts'))
      .filter(allowed('exec/worker.ts'))
      .flatMap((file) => offences(file, writing));
    expect(wrong).toEqual([]);
  });

  test('is JSON where it is written as it is, of data without secrets', () => {
    const users = files.filter((file) => file.code.includes('standardOutputForJson'));
    expect(users.map((file) => file.path)).toEqual([
      'cli/graph.ts',
      'cli/print.ts',
      'cli/showing.ts',
      'cli/standard-streams.ts',
    ]);
    expect(files.filter((file) => /new EventStream\(/.test(file.code)).map((file) => file.path)).toEqual([
      'cli/glance-build.ts',
      'cli/world.ts',
    ]);
  });
});

describe('the model', () => {
  const model = files.filter((file) => ['model', 'base'].includes(folderOf(file.path)));
  // To load a module by its path, and to call a function that may be anybody's, are services of the platform that
  // every rank above base may need.
  const services = ['base/load-module.ts', 'base/foreign-call.ts', 'base/refused-exit.ts'];
  const isNoService = (file: SourceFile) => !services.includes(file.path);

  test('reaches for no clock, no chance and no process', () => {
    const impure = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.|\bprocess\.|\bsetTimeout\b/;
    expect(model.filter(isNoService).flatMap((file) => offences(file, impure))).toEqual([]);
  });

  test('of Node it knows hashes and paths only', () => {
    const allowed = new Set(['node:crypto', 'node:path', 'node:path/posix']);
    const wrong = model
      .filter(isNoService)
      .flatMap((file) =>
        file.imports
          .filter((specifier) => specifier.startsWith('node:') && !allowed.has(specifier))
          .map((specifier) => `${file.path}: ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  test('is synchronous', () => {
    const waiting = /\basync\b|\bawait\b|\bPromise</;
    const wrong = model
      .filter((file) => folderOf(file.path) === 'model')
      // The language of configurations types the functions of users, which may be asynchronous.
      .filter((file) => file.path !== 'model/spec.ts')
      .flatMap((file) => offences(file, waiting));
    expect(wrong).toEqual([]);
  });

  test('imports no node:path but in its POSIX form', () => {
    const wrong = model
      .filter((file) => file.imports.includes('node:path'))
      .filter((file) => !/import \{ posix(?: as \w+)? \} from 'node:path'/.test(file.code));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });
});

test('tests that share a process change nothing of it', () => {
  const changes =
    /\bprocess\.(?:env(?:\.\w+|\[[^\]]+\]) = |chdir\(|umask\(|exitCode = )|\bdelete process\.env\b|\bvi\.\w+\(|\btapDisk\(|\bnew RealWorld\(/;
  const wrong = together.flatMap((folder) =>
    filesBelow(path.join(import.meta.dirname, folder))
      .map((name) => ({ name, text: fs.readFileSync(path.join(import.meta.dirname, folder, name), 'utf8') }))
      .filter(({ text }) => changes.test(withoutComments(text)))
      .map(({ name }) => `test/${folder}/${name}`),
  );
  expect(wrong).toEqual([]);
});

/** The first circle found, as `a → b → a`. */
function circleIn(edges: ReadonlyMap<string, readonly string[]>): string | null {
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): string | null => {
    const at = trail.indexOf(file);
    if (at >= 0) return [...trail.slice(at), file].join(' → ');
    if (done.has(file)) return null;
    for (const next of edges.get(file) ?? []) {
      const circle = visit(next, [...trail, file]);
      if (circle !== null) return circle;
    }
    done.add(file);
    return null;
  };
  for (const file of edges.keys()) {
    const circle = visit(file, []);
    if (circle !== null) return circle;
  }
  return null;
}
