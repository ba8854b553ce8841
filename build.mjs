// Builds dist/: one bundled command with lazily loaded parts, the worker processes, the public API and its types.
import { execFileSync } from 'node:child_process';
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

await build({
  ...common,
  entryPoints: { pipe: 'src/cli/main.ts' },
  // What a command does not need is not loaded: esbuild above all.
  splitting: true,
  minify: true,
  keepNames: true,
  external: ['esbuild'],
  chunkNames: 'parts/[name]-[hash]',
  define: { PIPE_VERSION: JSON.stringify(version) },
  // Bundled CommonJS packages still ask for Node's own modules with require.
  banner: {
    js: "import { createRequire as pipeCreateRequire } from 'node:module'; const require = pipeCreateRequire(import.meta.url);",
  },
});
fs.chmodSync(path.join(out, 'pipe.js'), 0o755);

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
    fs.symlinkSync('../../dist/pipe.js', path.join(bin, name));
  }
}
