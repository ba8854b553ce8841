// How long `pipe build` takes when there is nothing to do, beside `node -e 0`, and beside ninja where that is installed:
// medians of rounds run in turn.
//
//   node bench/noop.mjs [--pairs 25] [--sizes 100x10,1000x10] [--pipe dist/pipe.cjs] [--markdown]
//
// Measures the repository's own pipeline and generated ones of STAGESxFILES, each built once before.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const repository = path.resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    pairs: { type: 'string', default: '25' },
    sizes: { type: 'string', default: '100x10,1000x10' },
    pipe: { type: 'string', default: 'dist/pipe.cjs' },
    markdown: { type: 'boolean', default: false },
  },
});
const pairs = countIn(options.pairs);
const sizes = options.sizes.split(',').map((size) => size.split('x').map(countIn));
const pipe = path.resolve(repository, options.pipe);

const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` };
// Extra certificates are read at every start of Node, for both sides of the comparison alike.
delete env.NODE_EXTRA_CA_CERTS;

function countIn(text) {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`expected a count of at least 1, found ${text}`);
  return count;
}

/** Milliseconds; throws unless the command succeeds. */
function timed(command, args, cwd) {
  const start = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error ?? stderr}`);
  return ms;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Each stage joins its own files and the output of the stage that is its parent in a tree of ten branches. */
function generate(folder, stages, files) {
  for (let stage = 0; stage < stages; stage++) {
    fs.mkdirSync(path.join(folder, `src/${stage}`), { recursive: true });
    for (let file = 0; file < files; file++) {
      fs.writeFileSync(
        path.join(folder, `src/${stage}/${file}.txt`),
        `stage ${stage} file ${file}\n`.repeat(8),
      );
    }
  }
  fs.writeFileSync(
    path.join(folder, 'pipeline.config.ts'),
    `import { definePipeline } from 'pipe-build';

const names = Array.from({ length: ${stages} }, (_, stage) => stage);

export default definePipeline({
  stages: Object.fromEntries(
    names.map((stage) => {
      const requires = [\`src/\${stage}/*.txt\`];
      if (stage > 0) requires.push(\`out/\${Math.floor((stage - 1) / 10)}.txt\`);
      const produces = \`out/\${stage}.txt\`;
      return ['stage-' + stage, { requires, produces, run: \`cat {requires} > \${produces}\` }];
    }),
  ),
});
`,
  );
}

/** The same pipeline for ninja, over the same files; its outputs get folders of their own. */
function generateForNinja(folder, stages, files) {
  const lines = ['rule join', '  command = cat $in > $out'];
  for (let stage = 0; stage < stages; stage++) {
    const inputs = Array.from({ length: files }, (_, file) => `src/${stage}/${file}.txt`);
    if (stage > 0) inputs.push(`ninja-out/${Math.floor((stage - 1) / 10)}.txt`);
    lines.push(`build ninja-out/${stage}.txt: join ${inputs.join(' ')}`);
  }
  fs.writeFileSync(path.join(folder, 'build.ninja'), `${lines.join('\n')}\n`);
}

const hasNinja = spawnSync('ninja', ['--version'], { env }).status === 0;

function measure(name, folder) {
  const withNinja = hasNinja && fs.existsSync(path.join(folder, 'build.ninja'));
  if (withNinja) timed('ninja', [], folder);
  // The first brings it up to date, the second learns what was too new to be trusted, the third leaves a proof.
  for (let build = 0; build < 3; build++) timed(pipe, ['build'], folder);
  const runs = Array.from({ length: pairs }, () => ({
    node: timed(process.execPath, ['-e', '0'], folder),
    pipe: timed(pipe, ['build'], folder),
    ninja: withNinja ? timed('ninja', [], folder) : null,
  }));
  const overNinja = runs.map((run) => run.pipe / run.ninja);
  return {
    name,
    nodeMs: median(runs.map((run) => run.node)),
    pipeMs: median(runs.map((run) => run.pipe)),
    ratio: median(runs.map((run) => run.pipe / run.node)),
    ninjaMs: withNinja ? median(runs.map((run) => run.ninja)) : null,
    overNinja: withNinja ? median(overNinja) : null,
  };
}

const rows = [measure('the root pipeline: 5 stages', repository)];
for (const [stages, files] of sizes) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-noop-'));
  try {
    generate(folder, stages, files);
    generateForNinja(folder, stages, files);
    rows.push(measure(`${stages} stages, ${files} files each`, folder));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const cells = rows.map(({ name, nodeMs, pipeMs, ratio, ninjaMs, overNinja }) => [
  name,
  `${nodeMs.toFixed(0)} ms`,
  `${pipeMs.toFixed(0)} ms`,
  `${ratio.toFixed(1)} ×`,
  ninjaMs === null ? '–' : `${ninjaMs.toFixed(0)} ms`,
  overNinja === null ? '–' : `${overNinja.toFixed(1)} ×`,
]);
const header = ['pipeline', '`node -e 0`', '`pipe build`', 'ratio', 'ninja', 'ratio'];
const [processor] = os.cpus();
const machine = `Medians of ${pairs} pairs. Node ${process.versions.node}, ${process.platform}-${process.arch}, ${os.availableParallelism()} × ${processor?.model ?? 'unknown'}.`;
if (options.markdown) {
  const lines = [header, ['---', ...Array(header.length - 1).fill('--:')], ...cells];
  console.log(`${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}\n\n${machine}`);
} else {
  const widths = header.map((_, i) => Math.max(...[header, ...cells].map((line) => line[i].length)));
  for (const line of [header, ...cells]) {
    console.log(
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
    );
  }
  console.log(machine);
}
