// Measures tools beside each other: in turn, round by round, so that what else the machine does slows all of them.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeLeaving } from './leaving.mjs';
import { fileName, writeAll, writeSources } from './pipeline.mjs';
import { environment, median, peakMemory, TooLong, timed } from './timing.mjs';
import { folderOf, forgetAll } from './tools.mjs';

/** @typedef {{ rounds: number, budgetMs: number, patienceMs: number }} Effort how often, and for how long at most */

/**
 * What is known of one tool at one size: median milliseconds, megabytes; `null` where it was not measured, 'late' where
 * that took longer than the patience allowed.
 *
 * @typedef {number | 'late' | null} Figure
 * @typedef {{ cold: Figure, noop: Figure, edit: Figure, memoryMb: Figure }} Figures
 */

/**
 * @param {import('./pipeline.mjs').Size} size
 * @param {readonly import('./tools.mjs').Tool[]} tools
 * @param {readonly { name: string, node: string }[]} nodes to compare with: each starts and does nothing
 * @param {Effort} effort
 * @param {(text: string) => void} say
 */
export async function measureSize(size, tools, nodes, effort, say) {
  const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-speed-')));
  const figures = Object.fromEntries(
    tools.map((tool) => [tool.name, { cold: null, noop: null, edit: null, memoryMb: null }]),
  );
  say('writing the files');
  const places = new Map();
  const clear = beforeLeaving(() => {
    for (const [tool, folder] of places) tool.stop?.(folder);
    // To remove so many files may take minutes, for which nobody need wait.
    spawn('rm', ['-rf', home], { detached: true, stdio: 'ignore' }).unref();
  });
  for (const tool of tools.filter((tool) => isWithin(tool, size)))
    places.set(tool, arrange(home, size, tool));
  let present = [...places.keys()];
  const build = (tool) =>
    timed(tool.build, {
      cwd: places.get(tool),
      env: environment(tool.env),
      ...(!tool.isWaitedFor && { limitMs: effort.patienceMs }),
    });
  const late = (measure) => (tool) => {
    figures[tool.name][measure] = 'late';
    present = present.filter((one) => one !== tool);
  };
  const keep = (measure, times) => {
    for (const tool of present) figures[tool.name][measure] = median(times.get(tool));
  };

  try {
    say('from nothing');
    // One round says little of a build that waits for the disk: each tool gets three, where that takes no minutes.
    const few = { ...effort, rounds: Math.min(3, effort.rounds), budgetMs: effort.budgetMs * 10 };
    const cold = await inTurn(present, few, late('cold'), async (tool) => {
      forgetAll(tool, places.get(tool), size);
      return build(tool);
    });
    keep('cold', cold);
    // They learn what was too new to be trusted, or leave a proof.
    await inTurn(present, { rounds: 2, budgetMs: effort.budgetMs }, late('noop'), build);

    say('nothing to do');
    const starts = nodes.map(({ name, node }) => ({ name, build: [node, '-e', '0'] }));
    const noop = await inTurn([...starts, ...present], effort, late('noop'), (one) =>
      starts.includes(one) ? timed(one.build, { cwd: home }) : build(one),
    );
    keep('noop', noop);
    // Who is slow has been waited for long enough.
    for (const tool of present.filter(
      (one) => one.isWaitedFor || figures[one.name].noop <= effort.budgetMs,
    )) {
      const options = { cwd: places.get(tool), env: environment(tool.env) };
      figures[tool.name].memoryMb = await peakMemory(tool.build, options);
    }
    const ratios = ratiosOf(present, starts, noop, cold);

    say('one file edited');
    let edits = 0;
    const some = { ...effort, rounds: Math.min(5, effort.rounds) };
    const edit = await inTurn(present, some, late('edit'), (tool) => {
      const file = path.join(places.get(tool), folderOf(tool, size.stages - 1), fileName(0));
      fs.appendFileSync(file, `edit ${++edits}\n`);
      return build(tool);
    });
    keep('edit', edit);
    const startsMs = Object.fromEntries(starts.map((start) => [start.name, median(noop.get(start))]));
    return { size, figures, startsMs, ratios };
  } finally {
    clear();
  }
}

function isWithin({ mostStages = Number.POSITIVE_INFINITY, mostFiles = Number.POSITIVE_INFINITY }, size) {
  return size.stages <= mostStages && size.stages * size.files <= mostFiles;
}

/** Answers where the tool works. */
function arrange(home, size, tool) {
  const folder = path.join(home, tool.home ?? 'shared');
  if (!fs.existsSync(folder)) writeSources(folder, size, (stage) => folderOf(tool, stage));
  writeAll(folder, tool.describe(size));
  tool.prepare?.(folder);
  return folder;
}

/** For each pair the median of the ratios of the same rounds: with nothing to do, and for ninja from nothing as well. */
function ratiosOf(tools, starts, noop, cold) {
  const ninja = tools.find((tool) => tool.name === 'ninja');
  const over = (times, a, b) => {
    const [own, other] = [times.get(a), times.get(b)];
    return median(own.slice(0, other.length).map((ms, round) => ms / other[round]));
  };
  return tools.map((tool) => ({
    name: tool.name,
    node: starts.map((start) => ({ name: start.name, ratio: over(noop, tool, start) })),
    ninja: ninja === undefined ? null : { noop: over(noop, tool, ninja), cold: over(cold, tool, ninja) },
  }));
}

/**
 * Times by what was measured. In each round all have their turn whose time is not used up; the first round all have.
 * Who takes longer than patience allows is out, and `late` is told.
 */
export async function inTurn(all, { rounds, budgetMs }, late, measure) {
  const times = new Map();
  const isOut = new Set();
  for (let round = 0; round < rounds; round++) {
    for (const one of all) {
      const own = times.get(one) ?? [];
      const usedMs = own.reduce((sum, ms) => sum + ms, 0);
      // The next one takes as long as those before it, presumably.
      if (isOut.has(one) || (round > 0 && usedMs + usedMs / own.length > budgetMs)) continue;
      try {
        times.set(one, [...own, await measure(one)]);
      } catch (error) {
        if (!(error instanceof TooLong)) throw error;
        late(one);
        isOut.add(one);
      }
    }
  }
  return times;
}
