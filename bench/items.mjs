// What very many items cost: one stage for each of so many files, next to one stage that has the same files as inputs.
//
//   node bench/items.mjs [items, default 10000] [--rounds 7] [--cold] [--kinds items,gathered,chained] [--batch 50]
//                        [--pipe dist/pipe.cjs]
//
// Each round: nothing to do, of all, in turn; then one item edited, added, renamed and deleted, each until the first
// command starts, until the last one does, and until the end. `items`: one stage with items; `gathered`: and a stage that
// requires what all of them make; `chained`: two stages with items, one after the other, and what gathers them. With
// `--cold` the first build executes each item; else outputs are written beforehand and accepted. With `--batch` a
// process serves so many items. Memory is the most that the process itself held, where the system tells (Linux).
import './in-words.mjs';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { builtCommand, chosenFrom, countIn } from './mistakes.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    cold: { type: 'boolean', default: false },
    kinds: { type: 'string', default: 'items,gathered,chained' },
    batch: { type: 'string' },
    pipe: { type: 'string', default: 'dist/pipe.cjs' },
  },
});
const count = countIn(positionals[0] ?? 10_000);
const rounds = countIn(options.rounds);
const pipe = builtCommand(options.pipe);
const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` };
delete env.NODE_EXTRA_CA_CERTS;

const item = (i) => `${String(i).padStart(6, '0')}.txt`;
/** A stage that copies from folder to folder, item by item. */
const copies = (from, to) => {
  const work =
    options.batch === undefined
      ? `run: 'cp {item} ${to}/{name}.txt'`
      : `batch: { size: ${countIn(options.batch)} }, run: ${JSON.stringify(batchOf(to))}`;
  return `{ forEach: '${from}/{name}.txt', produces: ['${to}/{name}.txt'], ${work} }`;
};
const batchOf = (to) => `sed -e 's/.*"item":"\\([^"]*\\)".*/\\1/' "$PIPE_ITEMS" | xargs cp -t ${to}`;
const gathers = (from) =>
  `{ requires: ['${from}/*.txt'], produces: ['all.txt'], run: 'ls ${from} > all.txt' }`;
const kinds = {
  plain: { folders: [], stages: { plain: gathers('in') } },
  items: { folders: ['out'], stages: { items: copies('in', 'out') } },
  gathered: { folders: ['out'], stages: { items: copies('in', 'out'), gather: gathers('out') } },
  chained: {
    folders: ['mid', 'out'],
    stages: { first: copies('in', 'mid'), second: copies('mid', 'out'), gather: gathers('out') },
  },
};
chosenFrom(kinds, options.kinds);
const chosen = ['plain', ...options.kinds.split(',')];

/** A workspace in which all is made, as far as it is not to be executed. */
function place(kind) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `pipe-items-${kind}-`));
  const write = (file, text) => fs.writeFileSync(path.join(folder, file), text);
  const { folders, stages } = kinds[kind];
  for (const one of ['in', ...folders]) fs.mkdirSync(path.join(folder, one));
  for (let i = 0; i < count; i++)
    for (const one of ['in', ...(options.cold ? [] : folders)]) write(`${one}/${item(i)}`, `source ${i}\n`);
  if (!options.cold) write('all.txt', Array.from({ length: count }, (_, i) => `${item(i)}\n`).join(''));
  const text = Object.entries(stages).map(([name, stage]) => `    ${name}: ${stage},\n`);
  write(
    'pipeline.config.ts',
    `import { definePipeline } from 'pipe-build';\n\nexport default definePipeline({\n  stages: {\n${text.join('')}  },\n});\n`,
  );
  return folder;
}

/** Milliseconds until the end, until the first command, and the most memory in MB. */
function run(folder, args = ['build']) {
  const { promise, resolve, reject } = Promise.withResolvers?.() ?? deferred();
  const began = { at: Date.now(), ms: performance.now() };
  const child = spawn(process.execPath, [pipe, ...args], { cwd: folder, env, stdio: 'ignore' });
  let peakMb = 0;
  const watch = setInterval(() => {
    try {
      const status = fs.readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has ended, or this is another system.
    }
  }, 2);
  child.on('exit', (code, signal) => {
    const ms = performance.now() - began.ms;
    clearInterval(watch);
    const [firstMs, lastMs] = commandsOf(folder).map((at) => at - began.at);
    if (code === 0) resolve({ ms, peakMb, firstMs, lastMs });
    else reject(new Error(`pipe ${args.join(' ')}: exit code ${code} ${signal} in ${folder}`));
  });
  return promise;
}

function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

/** When the first and the last command of the last run began. */
function commandsOf(folder) {
  const runs = path.join(folder, '.pipeline-cache/runs');
  if (!fs.existsSync(runs)) return [Number.NaN, Number.NaN];
  const last = fs.readdirSync(runs).sort().at(-1);
  const lines = fs.readFileSync(path.join(runs, last, 'events.jsonl'), 'utf8').split('\n');
  const begun = lines.filter((line) => line.includes('"kind":"task-started"'));
  return [begun[0], begun.at(-1)].map((line) =>
    line === undefined ? Number.NaN : Date.parse(JSON.parse(line).at),
  );
}

/** Builds until the next one sees at a glance that nothing is to be done. */
async function settle(folder) {
  const runs = path.join(folder, '.pipeline-cache/runs');
  for (let builds = 0; builds < 10; builds++) {
    if (
      fs.existsSync(runs) &&
      fs.readdirSync(runs).some((one) => fs.existsSync(path.join(runs, one, 'glance')))
    )
      return;
    await run(folder);
  }
  throw new Error('no glance is enough');
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const folders = Object.fromEntries(chosen.map((kind) => [kind, place(kind)]));
const steps = {
  'nothing to do': () => {},
  'one edited': (folder) => fs.appendFileSync(path.join(folder, 'in', item(0)), 'edit\n'),
  'one added': (folder, i) => fs.writeFileSync(path.join(folder, 'in', `new-${i}.txt`), 'new\n'),
  'one renamed': (folder, i) =>
    fs.renameSync(path.join(folder, 'in', `new-${i}.txt`), path.join(folder, 'in', `other-${i}.txt`)),
  'one deleted': (folder, i) => fs.rmSync(path.join(folder, 'in', `other-${i}.txt`)),
};
try {
  const rows = [];
  for (const [kind, folder] of Object.entries(folders)) {
    if (kind === 'plain') await run(folder);
    else {
      const made = ['accept', ...Object.keys(kinds[kind].stages), '--reason', 'made beforehand'];
      const first = await run(folder, options.cold ? ['build'] : made);
      rows.push([`${kind}: ${options.cold ? 'the first build' : 'pipe accept'}`, [first]]);
    }
    await settle(folder);
    // What was accepted is not pipe's: it is kept aside once, which is no edit as any other.
    if (kind !== 'plain') steps['one edited'](folder);
    await settle(folder);
    await run(folder);
    await settle(folder);
    rows.push([`${kind}: nothing to do, no glance`, [await run(folder, ['build', '-q'])]]);
  }
  const results = new Map();
  for (let round = 0; round < rounds; round++)
    for (const [name, act] of Object.entries(steps))
      for (const [kind, folder] of Object.entries(folders)) {
        if (kind === 'plain' && act.length > 0) continue;
        act(folder, round);
        const key = `${kind}: ${name}`;
        results.set(key, [...(results.get(key) ?? []), await run(folder)]);
        await settle(folder);
      }
  rows.push(
    ...[...results].sort(([a], [b]) => chosen.indexOf(a.split(':')[0]) - chosen.indexOf(b.split(':')[0])),
  );
  const told = (value) => (Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en'));
  console.log(`${count.toLocaleString('en')} items; medians of ${rounds}; Node ${process.versions.node}\n`);
  console.log('| | ms | until the first command, ms | until the last command, ms | memory, MB |');
  console.log('| --- | --: | --: | --: | --: |');
  for (const [name, all] of rows) {
    const values = ['ms', 'firstMs', 'lastMs', 'peakMb'].map((key) => median(all.map((one) => one[key])));
    console.log(`| ${name} | ${values.map(told).join(' | ')} |`);
  }
} finally {
  for (const folder of Object.values(folders)) fs.rmSync(folder, { recursive: true, force: true });
}
