// How the time of each command grows with the size of a pipeline: series over three decades, as a table and a plot.
//
//   node bench/growth.mjs [--kind stages,files,…] [--rounds 1] [--most 10000] [--clock cpu] [--pipe dist/pipe.cjs] [--plots docs/plots] [--markdown]
//
// Kinds: stages, chain, fan-in, fan-in-names, fan-out, files, folder, outputs, bytes, history; without `--kind` all of
// them, which takes some ten minutes. `--most` leaves out larger sizes; without `--plots` nothing is drawn. Medians of
// rounds. With `--clock cpu` processor time is taken, which says more where others are at work on the same machine
// (Linux). The exponent is that of the growth over the last decade, the start of Node taken off: 1 is linear.

import './in-words.mjs';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { kinds, Place } from './growth/kinds.mjs';
import { plotOf } from './growth/plot.mjs';
import { builtCommand, chosenFrom, countIn, Mistake } from './mistakes.mjs';

const repository = path.resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: {
    kind: { type: 'string', default: Object.keys(kinds).join(',') },
    rounds: { type: 'string', default: '1' },
    most: { type: 'string' },
    pipe: { type: 'string', default: 'dist/pipe.cjs' },
    clock: { type: 'string', default: 'wall' },
    plots: { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
});
const rounds = countIn(options.rounds);
const most = options.most === undefined ? Number.POSITIVE_INFINITY : countIn(options.most);
const pipe = builtCommand(options.pipe);
const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` };
delete env.NODE_EXTRA_CA_CERTS;

/** Of this process's children that have ended and of theirs, in seconds; 1/100 is the least that is told. */
function childrenCpu() {
  const [, fields] = fs.readFileSync('/proc/self/stat', 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(13, 15);
  return (Number(user) + Number(system)) / 100;
}

const chosen = chosenFrom(kinds, options.kind);
if (!['wall', 'cpu'].includes(options.clock))
  throw new Mistake(`expected --clock wall or cpu, found "${options.clock}"`);
const unit = options.clock === 'cpu' ? 'CPU seconds' : 'seconds';
const now = options.clock === 'cpu' ? childrenCpu : () => performance.now() / 1000;

/** Seconds. Throws unless the command ends well. */
function run(command, args, cwd) {
  const start = now();
  const { status, error, stderr } = spawnSync(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
  });
  const seconds = now() - start;
  if (status !== 0)
    throw new Error(`pipe ${args.join(' ')}: exit code ${status} ${error ?? String(stderr).slice(-2000)}`);
  return Math.max(seconds, 0.01);
}

const timed = (folder, args) => run(pipe, args, folder);

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** The seconds of each command at one size. */
function measure(kind, size) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-growth-'));
  const place = new Place(folder);
  const { stage, edited, made } = kind.asked;
  const seconds = {};
  try {
    kind.write(place, size);
    if (kind.executes(size)) seconds['first build'] = timed(folder, ['build', '-q']);
    else {
      kind.prepare(place, size);
      timed(folder, ['accept', 'everything', '--reason', 'made beforehand']);
    }
    if (kind.leave !== undefined) {
      kind.leave(place, size);
      seconds['build that shortens it'] = timed(folder, ['build', '-q']);
    }
    // The first of them learns what was too new to be trusted, the second leaves a proof for a glance.
    for (let build = 0; build < 2; build++) timed(folder, ['build']);
    const times = (act) => median(Array.from({ length: rounds }, (_, round) => act(round)));
    seconds['nothing to do'] = times(() => timed(folder, ['build']));
    seconds['nothing to do, no glance'] = times(() => timed(folder, ['build', '-q']));
    seconds.status = times(() => timed(folder, ['status']));
    seconds.why = times(() => timed(folder, ['why', stage]));
    seconds.graph = times(() => timed(folder, ['graph']));
    seconds['build --dry-run'] = times(() => timed(folder, ['build', '--dry-run']));
    seconds['clean --dry-run'] = times(() => timed(folder, ['clean', '--dry-run']));
    if (kind.leave !== undefined) seconds.runs = times(() => timed(folder, ['runs']));
    seconds['one file edited'] = times((round) => {
      fs.appendFileSync(path.join(folder, edited), `edit ${round}\n`);
      return timed(folder, ['build', '-q']);
    });
    seconds['one file restored'] = times(() => {
      fs.rmSync(path.join(folder, made));
      return timed(folder, ['build', '-q']);
    });
    seconds['accept of all'] = times(() => timed(folder, ['accept', 'everything', '--reason', 'measured']));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return seconds;
}

/** How steeply the time grows between the last two sizes, the start of Node taken off. */
function exponent(sizes, times, base) {
  const known = sizes.flatMap((size, i) => (times[i] === undefined ? [] : [[size, times[i] - base]]));
  const [before, last] = known.slice(-2);
  if (last === undefined || before[1] < 0.02) return null;
  return Math.log(last[1] / before[1]) / Math.log(last[0] / before[0]);
}

const startSeconds = median(Array.from({ length: 5 }, () => run(process.execPath, ['-e', '0'], repository)));
for (const [i, kind] of chosen.entries()) {
  const name = options.kind.split(',')[i];
  const sizes = kind.sizes.filter((size) => size <= most);
  const measured = sizes.map((size) => measure(kind, size));
  const commands = [...new Set(measured.flatMap((seconds) => Object.keys(seconds)))];
  const series = commands.map((command) => ({ command, seconds: measured.map((one) => one[command]) }));
  const labelOf = kind.label ?? ((size) => size.toLocaleString('en'));
  const header = [`${unit} by ${kind.what}`, ...sizes.map(labelOf), 'exponent'];
  const rows = series.map(({ command, seconds }) => {
    const steep = exponent(sizes, seconds, startSeconds);
    return [
      command,
      ...seconds.map((one) => (one === undefined ? '–' : one.toFixed(one < 10 ? 2 : 1))),
      steep === null ? '–' : steep.toFixed(2),
    ];
  });
  if (options.markdown) {
    const lines = [header, ['---', ...header.slice(1).map(() => '--:')], ...rows];
    console.log(`\n${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}`);
  } else {
    const widths = header.map((_, i) => Math.max(...[header, ...rows].map((line) => line[i].length)));
    const aligned = (line) =>
      line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
    console.log(`\n${[header, ...rows].map(aligned).join('\n')}`);
  }
  if (options.plots !== undefined) {
    fs.mkdirSync(path.resolve(options.plots), { recursive: true });
    fs.writeFileSync(
      path.resolve(options.plots, `growth-${name}.svg`),
      plotOf({
        title: `${options.clock === 'cpu' ? 'Processor time' : 'Time'} by ${kind.what}`,
        what: kind.axis,
        sizes,
        labelOf,
        series,
      }),
    );
  }
}
const [processor] = os.cpus();
console.log(
  `\nMedians of ${rounds}. Node ${process.versions.node}, ${process.platform}-${process.arch}, ${os.availableParallelism()} × ${processor?.model ?? 'unknown'}; \`node -e 0\` takes ${startSeconds.toFixed(3)} s.`,
);
