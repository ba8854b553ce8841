// How long a watch takes from the end of a save to the start of the command, and what it costs at rest.
// `node bench/watch.mjs [stages] [files] [saves]`; `dist/` must be built. With `--cpu-prof` as a fourth word, a profile; with
// any flag of Node it is started with that one alone, and not with those that the command would give it.
import './in-words.mjs';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { builtCommand, countIn } from './mistakes.mjs';

const [stages = 1000, files = 10, saves = 40] = process.argv.slice(2, 5).map(countIn);
const nodeFlags = process.argv.slice(5);
const command = builtCommand();
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-bench-watch-'));

fs.writeFileSync(
  path.join(root, 'pipeline.config.ts'),
  `import { definePipeline } from 'pipe-build';
const stages = {};
for (let i = 0; i < ${stages}; i++)
  stages['s' + i] = { requires: ['in/' + i + '/*.txt'], produces: ['out/' + i + '.txt'], run: 'echo $(date +%s%N) > out/' + i + '.txt' };
export default definePipeline({ stages });`,
);
for (let i = 0; i < stages; i++) {
  fs.mkdirSync(path.join(root, `in/${i}`), { recursive: true });
  for (let j = 0; j < files; j++) fs.writeFileSync(path.join(root, `in/${i}/${j}.txt`), `${i} ${j}\n`);
}

const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
// As people start it: the command gives Node flags of its own.
const [program, ...before] =
  nodeFlags.length === 0 ? [command] : [process.execPath, ...nodeFlags, '--', command];
const child = spawn(program, [...before, 'watch', '--no-cache'], {
  cwd: root,
  env: { ...env, CI: '1', PATH: `${path.dirname(process.execPath)}:${env.PATH}` },
  stdio: ['ignore', 'pipe', 'pipe'],
});
/** @type {Set<() => void>} */
const waiting = new Set();
let stdout = '';
let rested = 0;
child.stdout.setEncoding('utf8').on('data', (text) => {
  stdout += text;
  rested += text.split('up to date, ').length - 1;
  for (const check of [...waiting]) check();
});
child.stderr.pipe(process.stderr);

/** Resolves, in ms of `performance.now`, when it is so. @param {() => boolean} isSo @returns {Promise<number>} */
const until = (isSo) =>
  new Promise((resolve) => {
    const check = () => {
      if (!isSo()) return;
      waiting.delete(check);
      resolve(performance.now());
    };
    waiting.add(check);
    check();
  });

const startedMs = performance.now();
await until(() => rested === 1);
const readyMs = performance.now() - startedMs;
const rss = () =>
  Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
const cpuMs = () => {
  const fields = fs.readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

const told = [];
const begun = [];
for (let i = 0; i < saves; i++) {
  const stage = (i * 37) % stages;
  stdout = '';
  const before = rested;
  fs.appendFileSync(path.join(root, `in/${stage}/0.txt`), 'more\n');
  const savedAtMs = Date.now();
  const savedMs = performance.now();
  told.push((await until(() => stdout.includes('run  '))) - savedMs);
  await until(() => rested > before);
  const startedNs = BigInt(fs.readFileSync(path.join(root, `out/${stage}.txt`), 'utf8').trim());
  begun.push(Number(startedNs / 1000n) / 1000 - savedAtMs);
}
const cpuBefore = cpuMs();
const idleFrom = performance.now();
await new Promise((resolve) => setTimeout(resolve, 5000));
const idle = ((cpuMs() - cpuBefore) / (performance.now() - idleFrom)) * 100;

/** @param {readonly number[]} values @param {number} part */
const quantile = (values, part) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
const ms = (value) => `${value.toFixed(0)} ms`;
console.log(`${stages} stages × ${files} files: ready, all built: ${ms(readyMs)}`);
console.log(`save → told that it runs: median ${ms(quantile(told, 0.5))}, 95 % ${ms(quantile(told, 0.95))}`);
console.log(`save → command runs: median ${ms(quantile(begun, 0.5))}, 95 % ${ms(quantile(begun, 0.95))}`);
console.log(`memory ${rss().toFixed(0)} MB, at rest ${idle.toFixed(2)} % of a core`);
child.kill('SIGINT');
await new Promise((resolve) => child.on('close', resolve));
fs.rmSync(root, { recursive: true, force: true });
