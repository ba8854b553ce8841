// What very many items cost: one stage for each of so many files, next to one stage that has the same files as inputs.
//
//   node bench/items.mjs [items, default 10000] [--rounds 7] [--cold] [--pipe dist/pipe.cjs]
//
// Each round: nothing to do, of both, in turn; then one item edited, added and deleted, each until its command starts
// and until the end. With `--cold` the first build executes each item; else outputs are written beforehand and accepted.
// Memory is the most that the process itself held, where the system tells (Linux).
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const repository = path.resolve(import.meta.dirname, '..');
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    cold: { type: 'boolean', default: false },
    pipe: { type: 'string', default: 'dist/pipe.cjs' },
  },
});
const count = Number(positionals[0] ?? 10_000);
const rounds = Number(options.rounds);
const pipe = path.resolve(repository, options.pipe);
const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` };
delete env.NODE_EXTRA_CA_CERTS;

const item = (i) => `${String(i).padStart(6, '0')}.txt`;
const stages = {
  items: "{ forEach: 'in/{name}.txt', produces: ['out/{name}.txt'], run: 'cp {item} out/{name}.txt' }",
  plain: "{ requires: ['in/*.txt'], produces: ['all.txt'], run: 'ls in | (cd in && xargs cat) > all.txt' }",
};

/** A workspace in which all is made, as far as it is not to be executed. */
function place(kind) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `pipe-items-${kind}-`));
  const write = (file, text) => fs.writeFileSync(path.join(folder, file), text);
  for (const one of ['in', 'out']) fs.mkdirSync(path.join(folder, one));
  for (let i = 0; i < count; i++) {
    write(`in/${item(i)}`, `source ${i}\n`);
    if (kind === 'items' && !options.cold) write(`out/${item(i)}`, `source ${i}\n`);
  }
  write(
    'pipeline.config.ts',
    `import { definePipeline } from 'pipe-build';\n\nexport default definePipeline({ stages: { all: ${stages[kind]} } });\n`,
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
  child.on('exit', (code) => {
    const ms = performance.now() - began.ms;
    clearInterval(watch);
    if (code === 0) resolve({ ms, peakMb, commandMs: firstCommand(folder) - began.at });
    else reject(new Error(`pipe ${args.join(' ')}: exit code ${code} in ${folder}`));
  });
  return promise;
}

function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

/** When the first command of the last run began. */
function firstCommand(folder) {
  const runs = path.join(folder, '.pipeline-cache/runs');
  if (!fs.existsSync(runs)) return Number.NaN;
  const last = fs.readdirSync(runs).sort().at(-1);
  const [line] = /^.*"kind":"task-started".*$/m.exec(
    fs.readFileSync(path.join(runs, last, 'events.jsonl'), 'utf8'),
  ) ?? [null];
  return line === null ? Number.NaN : Date.parse(JSON.parse(line).at);
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

const folders = { items: place('items'), plain: place('plain') };
try {
  const rows = [];
  const first = options.cold ? ['build'] : ['accept', 'all', '--reason', 'made beforehand'];
  const begun = await run(folders.items, first);
  rows.push([options.cold ? 'the first build' : 'pipe accept', begun.ms, Number.NaN, begun.peakMb]);
  await run(folders.plain);
  for (const folder of Object.values(folders)) await settle(folder);
  const { ms, peakMb } = await run(folders.items, ['build', '-q']);
  rows.push(['nothing to do, no glance', ms, Number.NaN, peakMb]);
  const steps = {
    'nothing to do, plain inputs': [folders.plain, () => {}],
    'nothing to do': [folders.items, () => {}],
    'one edited': [
      folders.items,
      (i) => fs.appendFileSync(path.join(folders.items, 'in', item(i)), 'edit\n'),
    ],
    'one added': [
      folders.items,
      (i) => fs.writeFileSync(path.join(folders.items, 'in', `new-${i}.txt`), 'new\n'),
    ],
    'one deleted': [folders.items, (i) => fs.rmSync(path.join(folders.items, 'in', `new-${i}.txt`))],
  };
  const results = Object.fromEntries(Object.keys(steps).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, [folder, act]] of Object.entries(steps)) {
      act(round);
      results[name].push(await run(folder));
      await settle(folder);
    }
  for (const [name, all] of Object.entries(results))
    rows.push([name, ...['ms', 'commandMs', 'peakMb'].map((key) => median(all.map((one) => one[key])))]);
  const told = (value) => (Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en'));
  console.log(`${count.toLocaleString('en')} items; medians of ${rounds}; Node ${process.versions.node}\n`);
  console.log('| | ms | until its command starts, ms | memory, MB |\n| --- | --: | --: | --: |');
  for (const [name, ...values] of rows) console.log(`| ${name} | ${values.map(told).join(' | ')} |`);
} finally {
  for (const folder of Object.values(folders)) fs.rmSync(folder, { recursive: true, force: true });
}
