// What large files cost: `pipe` hashing, storing and restoring, beside one processor hashing and `cp`; with peak memory.
//
//   node bench/bytes.mjs [--inputs 4000] [--files 40] [--output 2000] [--rounds 3] [--folder TMP] [--pipe dist/pipe.cjs] [--markdown]
//
// Sizes in megabytes; `--inputs` are spread over `--files`. What is compared runs in turn, so that what else the machine
// does slows both. One processor hashing is Node's own SHA-256 in one thread, in pieces as `pipe` reads them.

import './in-words.mjs';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { builtCommand, countIn } from './mistakes.mjs';

const repository = path.resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    inputs: { type: 'string', default: '4000' },
    files: { type: 'string', default: '40' },
    output: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
    folder: { type: 'string', default: os.tmpdir() },
    pipe: { type: 'string', default: 'dist/pipe.cjs' },
    markdown: { type: 'boolean', default: false },
  },
});
const [inputs, files, output, rounds] = ['inputs', 'files', 'output', 'rounds'].map((name) =>
  countIn(options[name]),
);
const pipe = builtCommand(options.pipe);
const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` };
delete env.NODE_EXTRA_CA_CERTS;

const hashInOneThread = `
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const buffer = Buffer.allocUnsafe(128 << 10);
for (const file of process.argv.slice(1)) {
  const hash = createHash('sha256');
  const fd = fs.openSync(file);
  for (let read; (read = fs.readSync(fd, buffer)) > 0; ) hash.update(buffer.subarray(0, read));
  fs.closeSync(fd);
  hash.digest('hex');
}`;

/** Seconds, and the most memory that the process itself held, in MB, where the system tells. */
async function run(command, args, cwd) {
  const start = process.hrtime.bigint();
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  let peakMb = 0;
  const watch = setInterval(() => {
    try {
      const status = fs.readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // Gone, or not Linux.
    }
  }, 10);
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  clearInterval(watch);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 2).join(' ')}: exit code ${code}\n${stderr}`);
  return { seconds, peakMb };
}

function fill(file, megabytes, seed) {
  const chunk = Buffer.alloc(1 << 20, `${seed} of no interest\n`);
  const fd = fs.openSync(file, 'w');
  for (let i = 0; i < megabytes; i++) {
    chunk.writeUInt32LE(i, 0);
    fs.writeSync(fd, chunk);
  }
  fs.closeSync(fd);
}

function configure(folder, stage) {
  fs.writeFileSync(
    path.join(folder, 'pipeline.config.ts'),
    `import { definePipeline } from 'pipe-build';\n\nexport default definePipeline({ stages: { work: ${stage} }, cache: { maxSize: '100GB' } });\n`,
  );
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** `theirs` and `ours` in turn; each gives seconds. */
async function compare(name, target, theirs, ours) {
  const pairs = [];
  let peakMb = 0;
  for (let round = 0; round < rounds; round++) {
    const them = await theirs(round);
    const us = await ours(round);
    peakMb = Math.max(peakMb, us.peakMb);
    pairs.push({ them, us: us.seconds, ratio: us.seconds / them });
  }
  return {
    name,
    target,
    theirs: median(pairs.map((pair) => pair.them)),
    ours: median(pairs.map((pair) => pair.us)),
    ratio: median(pairs.map((pair) => pair.ratio)),
    peakMb,
  };
}

const place = fs.mkdtempSync(path.join(path.resolve(options.folder), 'pipe-bytes-'));
const rows = [];
try {
  const start = await run(pipe, ['--version'], repository);

  const reading = path.join(place, 'reading');
  fs.mkdirSync(path.join(reading, 'src'), { recursive: true });
  const names = Array.from({ length: files }, (_, i) => `src/${i}.bin`);
  for (const name of names) fill(path.join(reading, name), Math.ceil(inputs / files), name);
  configure(reading, `{ requires: ['src/*.bin'], produces: ['out.txt'], run: 'ls src > out.txt' }`);
  await run(pipe, ['build'], reading);
  const touched = () => {
    const now = new Date();
    for (const name of names) fs.utimesSync(path.join(reading, name), now, now);
  };
  rows.push(
    await compare(
      `hash ${inputs} MB in ${files} files, all touched`,
      `≤ ${(1 / 1.8).toFixed(2)} × on 2 processors`,
      async () => (await run(process.execPath, ['-e', hashInOneThread, ...names], reading)).seconds,
      async () => {
        touched();
        const { seconds, peakMb } = await run(pipe, ['build'], reading);
        return { seconds: seconds - start.seconds, peakMb };
      },
    ),
  );
  fs.rmSync(reading, { recursive: true });

  const writing = path.join(place, 'writing');
  fs.mkdirSync(writing);
  fill(path.join(writing, 'made.bin'), output, 'made');
  // Without work of its own: the output is moved in.
  configure(
    writing,
    `{ requires: ['in.txt'], produces: ['out.bin'], run: 'mv made.bin out.bin', clean: true }`,
  );
  const out = path.join(writing, 'out.bin');
  const copyAndHash = async (from) => {
    const copy = path.join(writing, 'copy.bin');
    const copied = await run('cp', [from, copy], writing);
    const hashed = await run(process.execPath, ['-e', hashInOneThread, copy], writing);
    fs.rmSync(copy);
    return copied.seconds + hashed.seconds;
  };
  const state = path.join(writing, '.pipeline-cache');
  rows.push(
    await compare(
      `store an output of ${output} MB`,
      '≤ 1.30 ×',
      () => copyAndHash(path.join(writing, 'made.bin')),
      async (round) => {
        fs.writeFileSync(path.join(writing, 'in.txt'), `round ${round}\n`);
        fs.rmSync(path.join(state, 'cas'), { recursive: true, force: true });
        const { seconds, peakMb } = await run(pipe, ['build'], writing);
        if (round + 1 < rounds) fs.renameSync(out, path.join(writing, 'made.bin'));
        return { seconds: seconds - start.seconds, peakMb };
      },
    ),
  );
  rows.push(
    await compare(
      `restore it`,
      '≤ 1.30 ×',
      () => copyAndHash(out),
      async () => {
        fs.rmSync(out);
        const { seconds, peakMb } = await run(pipe, ['build'], writing);
        return { seconds: seconds - start.seconds, peakMb };
      },
    ),
  );
} finally {
  fs.rmSync(place, { recursive: true, force: true });
}

const header = ['work', 'one thread, or `cp` and one hash', '`pipe`', 'ratio', 'target', 'peak memory'];
const cells = rows.map(({ name, theirs, ours, ratio, target, peakMb }) => [
  name,
  `${theirs.toFixed(2)} s`,
  `${ours.toFixed(2)} s`,
  `${ratio.toFixed(2)} ×`,
  target,
  peakMb === 0 ? '–' : `${peakMb.toFixed(0)} MB`,
]);
if (options.markdown) {
  const lines = [header, ['---', ...header.slice(1).map(() => '--:')], ...cells];
  console.log(lines.map((line) => `| ${line.join(' | ')} |`).join('\n'));
} else {
  const widths = header.map((_, i) => Math.max(...[header, ...cells].map((line) => line[i].length)));
  for (const line of [header, ...cells])
    console.log(
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
    );
}
const [processor] = os.cpus();
const fileSystem = spawnSync('stat', ['-f', '-c', '%T', options.folder], { encoding: 'utf8' }).stdout?.trim();
console.log(
  `\nMedians of ${rounds} rounds, the start of \`pipe\` taken off. Node ${process.versions.node}, ${process.platform}-${process.arch}, ${os.availableParallelism()} × ${processor?.model ?? 'unknown'}, ${fileSystem || 'unknown file system'}.`,
);
