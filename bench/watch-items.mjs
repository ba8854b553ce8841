// How long a watch of very many items takes from the end of a save to the start of the first command that follows.
//
//   node bench/watch-items.mjs [items, default 10000] [--rounds 20] [--kind gathered] [--pipe dist/pipe.cjs] [--flags …]
//
// Each round: one item edited, one added, one renamed, one deleted. `items`: one stage with items; `gathered`: and a
// stage that requires what all of them make; `chained`: two stages with items, one after the other, and what gathers them.
// Outputs are written beforehand and accepted. `--flags`: for the Node of the watch.
import './in-words.mjs';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { builtCommand, chosenFrom, countIn } from './mistakes.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '20' },
    kind: { type: 'string', default: 'gathered' },
    pipe: { type: 'string', default: 'dist/pipe.cjs' },
    flags: { type: 'string', default: '' },
  },
});
const count = countIn(positionals[0] ?? 10_000);
const rounds = countIn(options.rounds);
const pipe = builtCommand(options.pipe);
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-bench-watch-items-'));
const log = `${root}-began`;
const began = `date +%s%N >> ${log}`;
const copies = (from, to) =>
  `{ forEach: '${from}/{name}.txt', produces: ['${to}/{name}.txt'], run: '${began}; cp {item} ${to}/{name}.txt' }`;
const gathers = (from) =>
  `{ requires: ['${from}/*.txt'], produces: ['all.txt'], run: '${began}; ls ${from} > all.txt' }`;
const kinds = {
  items: { folders: ['out'], stages: { items: copies('in', 'out') } },
  gathered: { folders: ['out'], stages: { items: copies('in', 'out'), gather: gathers('out') } },
  chained: {
    folders: ['mid', 'out'],
    stages: { first: copies('in', 'mid'), second: copies('mid', 'out'), gather: gathers('out') },
  },
};
const [{ folders, stages }] = chosenFrom(kinds, options.kind);
const item = (i) => `${String(i).padStart(6, '0')}.txt`;
const write = (file, text) => fs.writeFileSync(path.join(root, file), text);
for (const folder of ['in', ...folders]) {
  fs.mkdirSync(path.join(root, folder));
  for (let i = 0; i < count; i++) write(`${folder}/${item(i)}`, `source ${i}\n`);
}
write('all.txt', Array.from({ length: count }, (_, i) => `${item(i)}\n`).join(''));
write(
  'pipeline.config.ts',
  `import { definePipeline } from 'pipe-build';\n\nexport default definePipeline({ stages: {\n${Object.entries(
    stages,
  )
    .map(([name, stage]) => `  ${name}: ${stage},\n`)
    .join('')}} });\n`,
);
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
spawnSync(process.execPath, [pipe, 'accept', ...Object.keys(stages), '--reason', 'made beforehand'], {
  cwd: root,
  env,
});

const child = spawn(process.execPath, [...options.flags.split(' ').filter(Boolean), pipe, 'watch'], {
  cwd: root,
  env: { ...env, CI: '1' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let told = '';
let wake = () => {};
child.stdout.setEncoding('utf8').on('data', (text) => {
  told += text;
  wake();
});
const until = async (isSo) => {
  while (!isSo())
    await new Promise((resolve) => {
      wake = resolve;
    });
  return performance.now();
};
const rests = () => told.split('up to date, ').length - 1;
const startedMs = performance.now();
await until(() => rests() === 1);
const readyMs = performance.now() - startedMs;

const steps = {
  edited: () => fs.appendFileSync(path.join(root, 'in', item(0)), 'edit\n'),
  added: (i) => write(`in/new-${i}.txt`, 'new\n'),
  renamed: (i) => fs.renameSync(path.join(root, `in/new-${i}.txt`), path.join(root, `in/other-${i}.txt`)),
  deleted: (i) => fs.rmSync(path.join(root, `in/other-${i}.txt`)),
};
const took = Object.fromEntries(Object.keys(steps).map((step) => [step, { first: [], last: [], rest: [] }]));
for (let round = 0; round < rounds; round++)
  for (const [step, act] of Object.entries(steps)) {
    fs.rmSync(log, { force: true });
    const before = rests();
    act(round);
    const savedMs = Date.now();
    const at = performance.now();
    const restedMs = await until(() => rests() > before);
    const lines = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n') : [];
    const begunMs = lines.map((line) => Number(BigInt(line) / 1000n) / 1000 - savedMs);
    if (begunMs.length > 0) {
      took[step].first.push(begunMs[0]);
      took[step].last.push(begunMs.at(-1));
    }
    took[step].rest.push(restedMs - at);
  }
const quantile = (values, part) =>
  values.length === 0
    ? Number.NaN
    : [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
const both = (values) =>
  values.length === 0 ? '–' : [0.5, 0.95].map((part) => quantile(values, part).toFixed(0)).join(', ');
const rss = Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
console.log(
  `${options.kind}, ${count} items; ready after ${readyMs.toFixed(0)} ms; memory ${rss.toFixed(0)} MB\n`,
);
console.log(
  '| median, 95 % in ms | until the first command | until the last one | until rest |\n| --- | --: | --: | --: |',
);
for (const [step, { first, last, rest }] of Object.entries(took))
  console.log(`| one ${step} | ${both(first)} | ${both(last)} | ${both(rest)} |`);
child.kill('SIGINT');
await new Promise((resolve) => child.on('close', resolve));
fs.rmSync(root, { recursive: true, force: true });
fs.rmSync(log, { force: true });
