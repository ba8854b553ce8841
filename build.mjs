// Builds dist/: one bundled command with lazily loaded parts, the worker processes, the public API and its types.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = import.meta.dirname;
const { values: options } = parseArgs({
  options: { out: { type: 'string', default: 'dist' }, 'no-types': { type: 'boolean', default: false } },
});
const out = path.resolve(root, options.out);
const isDist = out === path.join(root, 'dist');
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
fs.rmSync(out, { recursive: true, force: true });

const common = {
  absWorkingDir: root,
  outdir: out,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  legalComments: 'none',
};

// On their own: the API is bundled into every configuration, the others are whole processes.
await build({
  ...common,
  entryPoints: { index: 'src/index.ts', worker: 'src/exec/worker.ts', vet: 'src/config/vet.ts' },
});

// What most runs can do without, by the dynamic imports that ask for it; each comes with a library.
const apart = {
  walk: 'src/files/walk.ts',
  'yaml-document': 'src/files/yaml-document.ts',
  'live-block': 'src/render/live-block.ts',
  compile: 'src/config/compile.ts',
  auditing: 'src/cli/auditing.ts',
  profiling: 'src/cli/profiling.ts',
  'json-schema': 'src/checks/json-schema.ts',
};
await build({
  ...common,
  format: 'cjs',
  entryPoints: {
    ...apart,
    'glance-worker': 'src/glance/glance-worker.ts',
    'hash-worker': 'src/files/hash-worker.ts',
  },
  outExtension: { '.js': '.cjs' },
  minify: true,
  external: ['esbuild'],
});

// One CommonJS file: it starts faster than modules do, and what is imported dynamically is only run when asked for.
const command = {
  ...common,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  minify: true,
  external: ['esbuild'],
  // Code from a compile cache cannot import, but it can require.
  supported: { 'dynamic-import': false },
  define: { PIPE_VERSION: JSON.stringify(version), 'import.meta.dirname': '__dirname' },
  // A function as Node makes one of each CommonJS module, written out so that the launcher need not.
  banner: {
    js: '(function (exports, require, module, __filename, __dirname) {',
  },
  footer: { js: '})' },
};
await build({
  ...command,
  entryPoints: {
    main: 'src/cli/main.ts',
    'glance-build': 'src/cli/glance-build.ts',
    'plain-build': 'src/cli/plain-build.ts',
  },
  plugins: [lazyBuiltins(), ownBundles(Object.keys(apart)), quickSpreads()],
});
// The same command line, to tell of itself alone.
await build({
  ...command,
  entryPoints: { help: 'src/cli/main.ts' },
  plugins: [lazyBuiltins(), withoutActions()],
});

// The command itself. A shell reads its first lines and hands over to Node: behind `--`, for otherwise Node takes
// `--env-file` for its own wherever it stands. A watch lives long, and how much it holds besides what it needs is settled
// when Node starts: how much room V8 gives to what is young (64 MB and more with Node 24), and in how many places the
// C library of Linux keeps what threads have let go of. `01`, so that the launcher knows it from what a person has set.
const banner = [
  '#!/usr/bin/env sh',
  '":" //; [ "$1" != watch ] || { [ "$MALLOC_ARENA_MAX" ] || export MALLOC_ARENA_MAX=01; exec node --max-semi-space-size=4 -- "$0" "$@"; }',
  '":" //; exec node -- "$0" "$@"',
];
const bundles = ['main', 'help', 'glance-build', 'plain-build', ...Object.keys(apart)]
  .map((name) => `${name}.cjs`)
  .map((name) => fs.readFileSync(path.join(out, name)));
const buildId = createHash('sha256').update(Buffer.concat(bundles)).digest('hex').slice(0, 16);
await build({
  ...common,
  format: 'cjs',
  entryPoints: { pipe: 'src/cli/launch.ts' },
  outExtension: { '.js': '.cjs' },
  define: { PIPE_BUILD_ID: JSON.stringify(buildId), PIPE_VERSION: JSON.stringify(version) },
  banner: { js: banner.join('\n') },
});
fs.chmodSync(path.join(out, 'pipe.cjs'), 0o755);

if (!options['no-types']) {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const args = ['-p', 'tsconfig.build.json', '--outDir', path.join(out, 'types')];
  execFileSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' });
}

if (isDist) linkCommands();

/** So that `npx pipe` works in the repository itself: npm links the commands of dependencies only. */
function linkCommands() {
  const bin = path.join(root, 'node_modules/.bin');
  if (!fs.existsSync(bin)) return;
  for (const name of ['pipe', 'pipe-build']) {
    fs.rmSync(path.join(bin, name), { force: true });
    fs.symlinkSync('../../dist/pipe.cjs', path.join(bin, name));
  }
}

/**
 * Node's own modules are loaded when first called, not when first named: `node:crypto` and
 * `node:child_process` alone cost as much as a build that has nothing to do. Wrappers also spare
 * esbuild's copy of all exports for each importing file.
 */
function lazyBuiltins() {
  const lazy = new Set([
    ...[
      'crypto',
      'child_process',
      'net',
      'util',
      'timers/promises',
      'string_decoder',
      'url',
      'zlib',
      'fs/promises',
    ],
    ...['os', 'worker_threads', 'module', 'v8'],
  ]);
  return {
    name: 'lazy-builtins',
    setup(context) {
      context.onResolve(
        { filter: /^(node:|child_process$|crypto$)/ },
        ({ path: named, importer, namespace }) => {
          const name = named.startsWith('node:') ? named : `node:${named}`;
          const isOurs = !importer.includes('/node_modules/');
          // Packages get wrappers only in place of what they may never call.
          const wrapped = namespace !== 'builtin' && (isOurs || lazy.has(name.slice('node:'.length)));
          return wrapped ? { path: name, namespace: 'builtin' } : { path: name, external: true };
        },
      );
      // Only stages that name tools ask for version ranges, only terminals for colours and the width of letters.
      context.onResolve(
        { filter: /^(semver\/|picocolors$|get-east-asian-width$)/ },
        ({ path: name, namespace, importer }) =>
          namespace === 'lazy-package'
            ? undefined
            : { path: name, namespace: 'lazy-package', pluginData: path.dirname(importer) },
      );
      context.onLoad({ filter: /.*/, namespace: 'lazy-package' }, ({ path: name, pluginData }) => ({
        contents:
          {
            picocolors:
              "export default { createColors: (...args) => require('picocolors').createColors(...args) };",
            'get-east-asian-width':
              "export const eastAsianWidth = (...args) => require('get-east-asian-width').eastAsianWidth(...args);",
          }[name] ?? `export default (...args) => require('${name}')(...args);`,
        resolveDir: pluginData,
      }));
      context.onLoad({ filter: /.*/, namespace: 'builtin' }, async ({ path: name }) => {
        const real = await import(name);
        const names = Object.keys(real).filter((key) => key !== 'default' && key !== 'module.exports');
        const isLazy = lazy.has(name.slice('node:'.length));
        const exported = names.map((key) =>
          isLazy && typeof real[key] === 'object' && real[key] !== null
            ? `export const ${key} = { ${Object.keys(real[key]).map((part) => `get ${JSON.stringify(part)}() { return real().${key}[${JSON.stringify(part)}]; }`)} };`
            : isLazy
              ? `export function ${key}(...args) { return new.target ? new (real().${key})(...args) : real().${key}(...args); }`
              : // A call, so that it goes away where it is not used: only to look at some of these is deprecated.
                `export const ${key} = /* @__PURE__ */ member('${key}');`,
        );
        const whole = isLazy ? '' : 'export default /* @__PURE__ */ real();';
        return {
          contents: `let loaded; function real() { return loaded ??= require('${name}'); }\nfunction member(key) { return real()[key]; }\n${whole}\n${exported.join('\n')}`,
        };
      });
    },
  };
}

/**
 * `{ ...one, more: 1 }` takes V8 of Node 20 two microseconds for each field that follows, twenty times what it takes to
 * write them all out, and an attempt has dozens of these. Where the copy is not the first thing in the literal it is
 * quick, so what is undefined goes before it. By a variable: a word for it would be taken out again.
 */
function quickSpreads() {
  return {
    name: 'quick-spreads',
    setup(context) {
      context.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path: file }) => ({
        // A literal in a literal is written out by esbuild itself.
        contents: `${fs.readFileSync(file, 'utf8').replace(/\{(\s*)\.\.\.(?=[\w(])/g, '{$1...nothingBefore, ...')}\nvar nothingBefore: undefined;\n`,
        loader: 'ts',
      }));
    },
  };
}

/** Leaves dynamic imports of these modules to the bundles of their own. */
function ownBundles(names) {
  return {
    name: 'own-bundles',
    setup(context) {
      context.onResolve({ filter: new RegExp(`/(${names.join('|')})\\.ts$`) }, ({ path: asked, kind }) =>
        kind === 'dynamic-import'
          ? { path: `./${path.basename(asked, '.ts')}.cjs`, external: true }
          : undefined,
      );
    },
  };
}

/** Whatever the command line could be asked to do is left out. */
function withoutActions() {
  return {
    name: 'without-actions',
    setup(context) {
      context.onResolve({ filter: /^\.\/[^/]+\.ts$/ }, ({ importer, kind }) =>
        kind === 'dynamic-import' && importer.endsWith('/commands.ts')
          ? { path: './main.cjs', external: true }
          : undefined,
      );
    },
  };
}
