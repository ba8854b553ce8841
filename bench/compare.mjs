// Whether one state of `pipe` is faster than another: both are built, measured in pairs in turn, and held against each
// other.
//
//   node bench/compare.mjs BEFORE [AFTER] [--sizes 5x10,1000x10] [--work 100x5] [--pairs 21] [--work-pairs 7]
//                          [--fail-above 1.1]
//
// BEFORE and AFTER are commits, or folders with a built `pipe.cjs`; without AFTER it is the files as they are. `--sizes`
// are those of builds with nothing to do, `--work` that of builds from nothing and after an edit. Prints medians, the
// median ratio of the pairs, and between what it lies with 95 % confidence. With `--fail-above`, the exit code is 1 if
// any ratio is above that and its confidence interval above 1.

import './in-words.mjs';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { countIn, Mistake } from './mistakes.mjs';
import { commandOf } from './speed/builds.mjs';
import { compared, comparisonRow, isTooSlow } from './speed/comparison.mjs';
import { beforeLeaving } from './speed/leaving.mjs';
import { machineInWords } from './speed/machine.mjs';
import { fileName, sizeIn, sizeInWords, writeAll, writeSources } from './speed/pipeline.mjs';
import { plainOf } from './speed/tables.mjs';
import { environment, timed } from './speed/timing.mjs';
import { folderOf, forgetAll, pipeTool } from './speed/tools.mjs';

const repository = path.resolve(import.meta.dirname, '..');
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: 'string', default: '5x10,1000x10' },
    work: { type: 'string', default: '100x5' },
    pairs: { type: 'string', default: '21' },
    'work-pairs': { type: 'string', default: '7' },
    'fail-above': { type: 'string' },
  },
});
if (positionals.length < 1 || positionals.length > 2)
  throw new Mistake('expected one or two commits or folders');
const margin = options['fail-above'] === undefined ? null : Number(options['fail-above']);
if (Number.isNaN(margin)) throw new Mistake(`expected a ratio, found ${options['fail-above']}`);
const pairs = countIn(options.pairs);
const workPairs = countIn(options['work-pairs']);
const sizes = options.sizes.split(',').map(sizeIn);
const work = sizeIn(options.work);

const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-compare-')));
const sides = [];
const cleanUp = beforeLeaving(() => {
  for (const side of sides) side.dispose();
  fs.rmSync(home, { recursive: true, force: true, maxRetries: 3 });
});
try {
  const asked = [positionals[0], positionals[1] ?? null];
  for (const [i, what] of asked.entries()) {
    console.error(`building ${what ?? 'the files as they are'}`);
    sides.push(commandOf(what, { repository, home, name: `tree-${i}` }));
  }
  const comparisons = await compareAll();
  const header = ['ms', `${sides[0].title}`, `${sides[1].title}`, 'ratio', '95 %'];
  const title = `Medians of ${pairs} in turn, of builds that work ${workPairs}. Node ${process.versions.node}; ${machineInWords()}.`;
  console.log(plainOf({ title, header, rows: comparisons.map(comparisonRow) }));
  const slower = margin === null ? [] : comparisons.filter((one) => isTooSlow(one, margin));
  for (const { measure, ratio } of slower)
    console.log(`slower than allowed: ${measure}, ${ratio.toFixed(2)} > ${margin}`);
  if (slower.length > 0) process.exitCode = 1;
} finally {
  cleanUp();
}

async function compareAll() {
  const here = { cwd: home, env: environment() };
  const found = [];
  for (const flag of ['--version', '--help']) {
    console.error(`pipe ${flag}`);
    found.push(await inPairs(`pipe ${flag}`, pairs, (side) => timed([side.command, flag], here)));
  }
  for (const size of sizes) found.push(await nothingToDo(size));
  return [...found, ...(await builds())];
}

async function nothingToDo(size) {
  const measure = `nothing to do: ${sizeInWords(size)}`;
  console.error(measure);
  const places = arrange(size);
  // The first brings it up to date, the second learns what was too new to be trusted, the third leaves a proof.
  for (const place of places) for (let build = 0; build < 3; build++) await place.build();
  const result = await inPairs(measure, pairs, (_, i) => places[i].build());
  clear(places);
  return result;
}

async function builds() {
  console.error(`from nothing, and edits: ${sizeInWords(work)}`);
  const places = arrange(work);
  const cold = await inPairs(`from nothing: ${sizeInWords(work)}`, workPairs, (_, i) => {
    forgetAll(places[i].tool, places[i].folder, work);
    return places[i].build();
  });
  let edits = 0;
  const edit = await inPairs(`one file edited: ${sizeInWords(work)}`, workPairs, (_, i) => {
    const { tool, folder, build } = places[i];
    fs.appendFileSync(path.join(folder, folderOf(tool, work.stages - 1), fileName(0)), `edit ${++edits}\n`);
    return build();
  });
  clear(places);
  return [cold, edit];
}

/** A workspace for each side: neither finds what the other has left. */
function arrange(size) {
  return sides.map(({ command }, i) => {
    const tool = pipeTool({ name: 'pipe', node: process.execPath, command });
    const folder = path.join(home, `workspace-${i}`);
    writeSources(folder, size);
    writeAll(folder, tool.describe(size));
    return { tool, folder, build: () => timed(tool.build, { cwd: folder, env: environment(tool.env) }) };
  });
}

function clear(places) {
  for (const { folder } of places) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** The one that begins changes from pair to pair, so that no side has the better place. Of several, a first one does not count. */
async function inPairs(measure, count, act) {
  const times = [[], []];
  for (let pair = count > 1 ? -1 : 0; pair < count; pair++) {
    for (const i of pair % 2 === 0 ? [0, 1] : [1, 0]) {
      const ms = await act(sides[i], i);
      if (pair >= 0) times[i].push(ms);
    }
  }
  return compared(measure, times[0], times[1]);
}
