// How long builds take, with `pipe` and with other tools: with nothing to do, from nothing, and after the edit of one
// file. Each figure is a median of rounds in which all tools had their turn.
//
//   node bench/speed.mjs [--sizes 5x10,1000x10,10x10000] [--tools pipe,ninja] [--rounds 15] [--seconds 3]
//                        [--patience 30] [--quick] [--skip-own] [--node /path/to/another/node] [--pipe dist/pipe.cjs]
//                        [--json] [--write]
//
// A size is STAGESxFILES, files of each stage. `--seconds`: how long one tool may be measured in one way at one size,
// after its first round; `--patience`: after how many seconds a build is given up,
// of `pipe` and ninja never. `--node` measures `pipe` under that
// Node as well, and may be repeated. `--skip-own` leaves out this repository's own pipeline. `--write` puts the figures into docs/performance.md, and a plot beside it.
//
// make, ninja, doit and Snakemake are used where they are on the PATH; wireit, Turborepo and Nx come from npm, once,
// into the system's temporary folder. What is not there is said and left out.

import './in-words.mjs';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { builtCommand, countIn } from './mistakes.mjs';
import { dateInWords, machineInWords } from './speed/machine.mjs';
import { inTurn, measureSize } from './speed/measure.mjs';
import { sizeIn, sizeInWords } from './speed/pipeline.mjs';
import { barPlot } from './speed/plot.mjs';
import { isPipe, markdownOf, plainOf, startTable, tablesOf, withFigures } from './speed/tables.mjs';
import { environment, median, timed } from './speed/timing.mjs';
import { findTools } from './speed/tools.mjs';

const repository = path.resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string' },
    tools: { type: 'string', default: '' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    patience: { type: 'string', default: '30' },
    node: { type: 'string', multiple: true, default: [] },
    pipe: { type: 'string', default: 'dist/pipe.cjs' },
    quick: { type: 'boolean', default: false },
    'skip-own': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const { quick } = options;
const sizes = (options.sizes ?? (quick ? '5x10,200x10' : '5x10,1000x10,10x10000')).split(',').map(sizeIn);
const effort = {
  rounds: countIn(options.rounds ?? (quick ? '5' : '15')),
  budgetMs: countIn(options.seconds ?? (quick ? '1' : '3')) * 1000,
  patienceMs: countIn(options.patience) * 1000,
};
const command = builtCommand(options.pipe);
const say = (text) => console.error(text);
/** What else was going on: above the number of processors, programs had to wait for each other. */
const [loadBefore] = os.loadavg();

const nodes = [process.execPath, ...options.node].map((node) => {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  return {
    node,
    version,
    suffix: options.node.length === 0 ? '' : ` on Node ${version.split('.')[0].slice(1)}`,
  };
});
const pipes = nodes.map(({ node, suffix }) => ({ name: `\`pipe\`${suffix}`, node, command }));
const starts = nodes.map(({ node, suffix }) => ({ name: `\`node -e 0\`${suffix}`, node }));
const only = options.tools.split(',').filter((name) => name !== '');
const { tools, missing } = findTools({
  pipes,
  only: only.map((name) => (name === 'pipe' ? '`pipe`' : name)),
});
for (const what of missing) say(`left out: ${what}`);

// Before all else: the files of the sizes are still being removed when these are done.
const started = tools.some(({ name }) => isPipe(name)) ? await measureStarts() : [];
const results = [];
for (const size of sizes) {
  const tell = (step) => say(`${sizeInWords(size)}: ${step}`);
  results.push(await measureSize(size, tools, starts, effort, tell));
}

const tables = [
  ...tablesOf(results, tools, effort.patienceMs),
  ...(started.length > 0 ? [startTable(started)] : []),
];
const versions = nodes.map(({ version }) => version.slice(1)).join(' and ');
const machine = `Medians of up to ${effort.rounds} rounds (as many as ${effort.budgetMs / 1000} s allow; from nothing up to 3) on ${dateInWords()}. Node ${versions}; ${machineInWords()}; load ${loadBefore.toFixed(1)} at the start.`;
if (options.json) console.log(JSON.stringify({ results, started, machine }, null, 2));
else console.log(`${tables.map(plainOf).join('\n\n')}\n\n${machine}`);
if (options.write) write();

/** What every command pays, and the repository's own pipeline, which has nothing to do either. */
async function measureStarts() {
  say('starting');
  const [{ node }] = nodes;
  const own = [command, 'build'];
  const inRepository = { cwd: repository, env: environment() };
  const isBuilt =
    !options['skip-own'] &&
    (await timed(own, inRepository).then(
      () => true,
      () => false,
    ));
  const commands = [
    { name: '`node -e 0`', build: [node, '-e', '0'] },
    { name: '`pipe --version`', build: [command, '--version'] },
    { name: '`pipe --help`', build: [command, '--help'] },
    ...(isBuilt ? [{ name: "`pipe build`, this repository's own pipeline", build: own }] : []),
  ];
  for (const one of [...commands, ...commands]) await timed(one.build, inRepository);
  const times = await inTurn(
    commands,
    { ...effort, rounds: effort.rounds * 2 },
    () => {},
    (one) => timed(one.build, inRepository),
  );
  return commands.map((one) => ({
    name: one.name,
    ms: median(times.get(one)),
    overNode:
      one === commands[0]
        ? null
        : median(
            times
              .get(one)
              .map((ms, round) => ms / (times.get(commands[0])[round] ?? Number.NaN))
              .filter(Number.isFinite),
          ),
  }));
}

function write() {
  const page = path.join(repository, 'docs/performance.md');
  const sections = tables.map((table) => {
    const text = `### ${table.title}\n\n${markdownOf(table)}`;
    const plot = plotOf(table);
    return plot === null
      ? text
      : `${text}\n\n![${table.title}, with each tool, on a logarithmic scale](${plot})`;
  });
  const figures = [...sections, machine].join('\n\n');
  const words = [
    'node bench/speed.mjs --write',
    ...(quick ? ['--quick'] : []),
    ...(options.sizes ? [`--sizes ${options.sizes}`] : []),
    // Where it lies is of no use to anybody else.
    ...options.node.map(() => '--node /path/to/another/node'),
  ];
  fs.writeFileSync(
    page,
    withFigures(fs.readFileSync(page, 'utf8'), `npm run build && ${words.join(' ')}`, figures),
  );
  say('written: docs/performance.md, docs/plots');
}

/** Written beside the page; its path from there. `null`: of this nothing can be seen better than in the table. */
function plotOf({ measure, title }) {
  if (measure === undefined || measure === 'memoryMb') return null;
  const bars = ({ figures, startsMs }) =>
    [
      ...Object.entries(measure === 'noop' ? startsMs : {}).map(([name, value]) => ({
        name,
        value,
        isOurs: false,
      })),
      ...tools.map(({ name }) => ({ name, value: figures[name][measure], isOurs: isPipe(name) })),
    ].filter(({ value }) => typeof value === 'number');
  const plot = `plots/${title.toLowerCase().replaceAll(' ', '-')}.svg`;
  const groups = results.map((result) => ({ name: sizeInWords(result.size), bars: bars(result) }));
  fs.mkdirSync(path.join(repository, 'docs/plots'), { recursive: true });
  fs.writeFileSync(
    path.join(repository, 'docs', plot),
    barPlot({ title: `${title}, in milliseconds`, unit: 'ms', groups }),
  );
  return plot;
}
