// How long it takes from the end of a save to the new output, in `pipe watch`, `wireit --watch` and `turbo watch`: all at
// work at once, each saved for in turn. `node bench/watch-peers.mjs [stages] [files of each] [rounds]`; `dist/` must be built.
import './in-words.mjs';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { builtCommand, countIn } from './mistakes.mjs';
import { fileName, writeAll, writeSources } from './speed/pipeline.mjs';
import { findTools, folderOf } from './speed/tools.mjs';

const [stages = 20, files = 10, rounds = 15] = process.argv.slice(2).map(countIn);
const size = { stages, files };
const command = builtCommand();
const pipes = [{ name: 'pipe', node: process.execPath, command }];
const { tools, missing } = findTools({ pipes, only: ['pipe', 'wireit', 'Turborepo'] });
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-bench-watch-peers-'));
/** Of what never comes. */
const patienceMs = 20_000;

/** The same as for a build, but to go on. */
const watching = {
  pipe: [command, 'watch'],
  wireit: ['npm', 'run', 'build', '--watch'],
  Turborepo: ['node_modules/.bin/turbo', 'watch', 'build'],
};

const peers = tools.map((tool) => {
  const folder = path.join(root, tool.home ?? tool.name);
  writeSources(folder, size, (stage) => folderOf(tool, stage));
  writeAll(folder, tool.describe(size));
  tool.prepare?.(folder);
  if (tool.out !== undefined) fs.mkdirSync(path.join(folder, tool.out), { recursive: true });
  const [program = '', ...args] = watching[tool.name];
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...env, CI: '1', ...tool.env },
    stdio: 'ignore',
    detached: true,
  });
  const outOf = (stage) =>
    path.join(folder, tool.out === undefined ? `packages/s${stage}/out.txt` : `${tool.out}/s${stage}.txt`);
  const inputOf = (stage) => path.join(folder, folderOf(tool, stage), fileName(0));
  return { tool, child, outOf, inputOf, tookMs: [] };
});

/** Tools take the old output away before they make the new one. */
function textOf(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** Looks every millisecond: that is less than what is measured, and the same for all. @returns {Promise<boolean>} */
async function until(isSo) {
  const untilMs = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > untilMs) return false;
    await pause(1);
  }
  return true;
}

try {
  for (const { tool, outOf } of peers) {
    for (let tries = 0; tries < 10; tries++)
      if (await until(() => fs.existsSync(outOf(stages - 1)) && fs.existsSync(outOf(0)))) break;
    if (!fs.existsSync(outOf(stages - 1))) throw new Error(`${tool.name} has built nothing`);
  }
  await pause(5000);
  for (let round = 0; round < rounds; round++) {
    // Nothing comes after the last ones.
    const stage = stages - 1 - (round % Math.min(5, stages));
    for (const { outOf, inputOf, tookMs } of peers) {
      const mark = `save ${round}`;
      fs.appendFileSync(inputOf(stage), `${mark}\n`);
      const savedMs = performance.now();
      const isThere = () => textOf(outOf(stage)).includes(mark);
      tookMs.push((await until(isThere)) ? performance.now() - savedMs : Number.POSITIVE_INFINITY);
      await pause(700);
    }
  }
  const quantile = (values, part) =>
    [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
  console.log(`| save → new output, ${stages} stages × ${files} files | median | 95 % |`);
  console.log('| --- | --: | --: |');
  for (const { tool, tookMs } of peers)
    console.log(
      `| ${tool.name} ${tool.version} | ${quantile(tookMs, 0.5).toFixed(0)} ms | ${quantile(tookMs, 0.95).toFixed(0)} ms |`,
    );
  for (const one of missing) console.log(`not measured: ${one}`);
} finally {
  for (const { child } of peers) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  await pause(500);
  fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}
