// Fault cases × tools: does an exit code of 0 mean outputs as from a clean build? Each cell is an actual run.
//
//   node bench/faults.mjs [--only text] [--quick] [--tool pipe] [--runs 3] [--jobs 2] [--markdown | --json] [--list]
//                         [--pipe dist/pipe.cjs]
//
// `--only` takes the cases whose name holds the text, `--quick` leaves the slow ones out, `--list` only names them.
// Needs Linux, whose table of processes it reads, and npm and git for wireit and Turborepo, which it installs once into
// the system's temporary folder. Every case happens in a temporary folder of its own.

import './in-words.mjs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { groups } from './faults/cases/index.mjs';
import { findTools } from './faults/peers.mjs';
import { closeAllScenes, Scene } from './faults/scene.mjs';
import { markdown, plainLines, summary } from './faults/table.mjs';
import { acrossRuns, notApplicable } from './faults/verdict.mjs';
import { builtCommand, countIn, Mistake } from './mistakes.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    tool: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    pipe: { type: 'string', default: 'dist/pipe.cjs' },
    markdown: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const cases = Object.entries(groups)
  .flatMap(([group, members]) => members.map((one) => ({ group, ...one })))
  .filter((one) => one.name.includes(options.only) && !(options.quick && one.isSlow));

if (cases.length === 0) throw new Mistake(`no case has "${options.only}" in its name`);
if (options.list) {
  for (const { name } of cases) console.log(name);
  process.exit();
}
if (process.platform !== 'linux') throw new Mistake('the processes of a tool can be found on Linux only');

const { tools, missing } = findTools({ pipe: builtCommand(options.pipe), only: options.tool });
for (const what of missing) console.error(`left out: ${what}`);

async function cellOf(one, tool) {
  const lack = one.needs?.find((need) => tool.lacks[need] !== undefined);
  if (lack !== undefined) return notApplicable(tool.lacks[lack]);
  const scene = new Scene(tool);
  try {
    one.arrange?.(scene);
    scene.setUp(one);
    return await one.play(scene);
  } catch (error) {
    // The case could not be played. The others can.
    process.exitCode = 1;
    return { verdict: 'error', seen: error.message.trim().replace(/\s+/g, ' ') };
  } finally {
    await scene.close();
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    closeAllScenes();
    process.exit(130);
  });
}

const runs = countIn(options.runs);
const jobs = countIn(options.jobs);
const isQuiet = options.markdown || options.json;
const cells = new Map();
for (let run = 1; run <= runs; run++) {
  if (runs > 1) console.error(`run ${run} of ${runs}`);
  const rest = [...cases];
  const isTold = run === runs && !isQuiet;
  await Promise.all(Array.from({ length: jobs }, () => worker(rest, isTold)));
}

/** Takes one case after the other, until none is left. */
async function worker(rest, isTold) {
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    for (const tool of tools) {
      const key = `${next.name}\n${tool.name}`;
      cells.set(key, [...(cells.get(key) ?? []), await cellOf(next, tool)]);
    }
    if (isTold) console.log(plainLines(next.name, rowsOf(next)));
  }
}

function rowsOf({ group, name, isLimit = false }) {
  return tools.map((tool) => ({
    group,
    name,
    isLimit,
    tool: tool.name,
    ...acrossRuns(cells.get(`${name}\n${tool.name}`)),
  }));
}

const rows = cases.flatMap(rowsOf);
const machine = `Node ${process.versions.node}, ${process.platform}-${process.arch}, ${os.availableParallelism()} processors.`;
if (options.json) console.log(JSON.stringify(rows, null, 2));
else if (options.markdown) console.log(`${markdown(rows, tools)}\n${machine}`);
else console.log(`\n${summary(rows, tools)}\n${machine}`);
