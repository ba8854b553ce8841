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

// One CommonJS file: it starts faster than modules do, and what is imported dynamically is only run when asked for.
await build({
  ...common,
  format: 'cjs',
  entryPoints: { pipe: 'src/cli/main.ts' },
  outExtension: { '.js': '.cjs' },
  minify: true,
  keepNames: true,
  external: ['esbuild'],
  define: { PIPE_VERSION: JSON.stringify(version), 'import.meta.url': 'pipeUrl' },
  banner: { js: "const pipeUrl = require('node:url').pathToFileURL(__filename).href;" },
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
