// More than one build, the end of one, and what is left of it.

import fs from 'node:fs';
import path from 'node:path';
import { filesIn } from '../files.mjs';
import { pauseAt } from '../gate.mjs';
import { ending, judge } from '../judge.mjs';
import { notApplicable, right, wrong } from '../verdict.mjs';
import { copy } from './samples.mjs';

/** What comes of a build that should wait for another one is not waited for longer. */
const silenceMs = 10_000;
/** A person who pressed Ctrl-C has gone away. */
const goneMs = 20_000;

/** Resolves to `null` if it takes too long. */
async function within(ms, promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Presses Ctrl-C, which a terminal sends to all of the process group; `null` when the tool does not end. */
async function interrupt(scene) {
  const begun = scene.gate('begun');
  const running = scene.start();
  await begun.reached(running);
  process.kill(-running.child.pid, 'SIGINT');
  return within(goneMs, running.ended);
}

const stillThere = (scene) =>
  wrong(`after ${goneMs / 1000} s the tool has not ended; processes at work: ${scene.atWork().length}`);
const codeOf = (built) => (built.code === null ? 'ended by the signal' : `exit ${built.code}`);

function leavesNothing(name, run, more = {}) {
  return {
    name,
    isSlow: true,
    files: { 'in.txt': 'first\n' },
    stages: [{ ...copy, run }],
    ...more,
    async play(scene) {
      const built = await interrupt(scene);
      if (built === null) return stillThere(scene);
      // What was killed last may need a moment to be gone.
      await within(5000, scene.quiet());
      const left = scene.atWork().length;
      return left > 0
        ? wrong(`${codeOf(built)}; processes left behind: ${left}`)
        : right(`${codeOf(built)}; nothing is left`);
    },
  };
}

export const processes = [
  {
    name: 'two builds at once',
    files: { 'in.txt': 'first\n' },
    stages: [
      {
        ...copy,
        run: `echo begin > out.txt; if test -e ../gates/one; then ${pauseAt('two')}; else ${pauseAt('one')}; fi; echo end >> out.txt`,
      },
    ],
    async play(scene) {
      const [one, two] = [scene.gate('one'), scene.gate('two')];
      const claim = { expected: { 'out.txt': 'begin\nend\n' } };
      // Each as it ends: what is there when a build says that it is done is what it says that is done.
      const judged = (running) => running.ended.then((built) => judge(scene, built, claim));
      const first = scene.start();
      await one.reached(first);
      const second = scene.start();
      const cellsToCome = Promise.all([judged(first), judged(second)]);
      const arrival = two.reached(second);
      const waits = new Promise((resolve) => {
        second.onText = () => /wait/i.test(second.text) && resolve('waits');
      });
      const came = await within(silenceMs, Promise.race([arrival, waits]));
      await one.open(first);
      arrival.then((words) => words !== null && two.open(second));
      const cells = await cellsToCome;
      const cell = cells.find((one) => one.verdict !== 'right') ?? cells[1];
      const how =
        { here: 'both ran the stage at once', waits: 'the second waited' }[came?.trim()] ??
        'the second said nothing';
      return { ...cell, seen: `${how}; ${cell.seen}` };
    },
  },
  {
    name: 'Ctrl-C: the exit code says that the build was not finished',
    files: { 'in.txt': 'first\n' },
    stages: [{ ...copy, run: `${pauseAt('begun')}; cat in.txt > out.txt` }],
    async play(scene) {
      const built = await interrupt(scene);
      if (built === null) return stillThere(scene);
      return built.code === 0 ? wrong('exit 0, and no output') : right(codeOf(built));
    },
  },
  leavesNothing(
    'Ctrl-C, with a process in the background of a stage: nothing is left',
    `sleep 1000 & ${pauseAt('begun')}; wait`,
    { isSlow: false },
  ),
  leavesNothing(
    'Ctrl-C, with a stage that is deaf to INT and TERM: nothing is left',
    `trap '' INT TERM; ${pauseAt('begun')}; wait`,
  ),
  leavesNothing(
    'Ctrl-C, with a process that left its process group: nothing is left',
    `setsid sleep 1000 > /dev/null 2>&1 & ${pauseAt('begun')}; wait`,
    { isSlow: false },
  ),
  {
    name: 'a secret that a stage prints is in no file, and not printed',
    files: { 'in.txt': 'first\n' },
    stages: [{ ...copy, secrets: ['TOKEN'], run: 'echo "$TOKEN"; cat in.txt > out.txt' }],
    async play(scene) {
      const secret = 'correct-horse-battery';
      scene.env = { TOKEN: secret };
      const built = await scene.build();
      const places = filesIn(scene.work, (file) => !file.startsWith('.git/'))
        .filter((file) => fs.readFileSync(file, 'latin1').includes(secret))
        .map((file) => path.relative(scene.work, file).replace(/\/.*\//, '/…/'));
      if (built.text.includes(secret)) places.unshift('what it printed');
      const { secrets: lack } = scene.tool.lacks;
      if (lack !== undefined)
        return notApplicable(`${lack}; the value was in ${places.join(', ') || 'nothing'}`);
      return places.length === 0 ? right(ending(built)) : wrong(`the value is in ${places.join(', ')}`);
    },
  },
];
