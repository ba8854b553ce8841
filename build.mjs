// Builds dist/: one bundled command with lazily loaded parts, the worker processes, the public API and its types.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = import.meta.dirname;
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const out = path.join(root, 'dist');
fs.rmSync(out, { recursive: true, force: true });

const common = {
  absWorkingDir: root,
  outdir: 'dist',
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

execFileSync(
  process.execPath,
  [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  { cwd: root, stdio: 'inherit' },
);

// So that `npx pipe` works in the repository itself: npm links the commands of dependencies only.
const bin = path.join(root, 'node_modules/.bin');
if (fs.existsSync(bin)) {
  for (const name of ['pipe', 'pipe-build']) {
    fs.rmSync(path.join(bin, name), { force: true });
    fs.symlinkSync('../../dist/pipe.js', path.join(bin, name));
  }
}
