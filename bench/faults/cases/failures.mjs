// Stages that fail, builds that are killed, and the plain build after it.

import fs from 'node:fs';
import { pauseAt } from '../gate.mjs';
import { judge, judgeFailure } from '../judge.mjs';
import { familyOf } from '../process-table.mjs';
import { copy } from './samples.mjs';

const failing = {
  ...copy,
  run: 'echo half > out.txt; if test -e ../fail; then exit 1; fi; cat in.txt > out.txt',
};
const halfway = { ...copy, run: `echo half > out.txt; ${pauseAt('half')}; cat in.txt > out.txt` };
/** Passes once before it waits, so that there is a result to begin with. */
const halfwayLater = {
  ...copy,
  run: `echo half > out.txt; if mkdir ../built 2> /dev/null; then true; else ${pauseAt('half')}; fi; cat in.txt > out.txt`,
};

async function failInTheMiddle(scene) {
  await scene.built();
  scene.edit('in.txt', 'second\n');
  fs.writeFileSync(`${scene.folder}/fail`, '');
  const failed = await scene.build();
  if (failed.code === 0) throw new Error(`${scene.tool.name}: a stage failed and the build did not`);
}

async function killInTheMiddle(scene) {
  const half = scene.gate('half');
  const running = scene.start();
  if ((await half.reached(running)) === null) throw new Error(`${scene.tool.name}: did not run the stage`);
  scene.kill();
  await running.ended;
}

export const failures = [
  {
    name: 'a stage fails after half of its output; the cause goes away; one more build',
    files: { 'in.txt': 'first\n' },
    stages: [failing],
    async play(scene) {
      await failInTheMiddle(scene);
      fs.rmSync(`${scene.folder}/fail`);
      return judge(scene, await scene.build(), { expected: { 'out.txt': 'second\n' } });
    },
  },
  {
    name: 'a stage fails after half of its output; the cause stays: the next build must fail too',
    files: { 'in.txt': 'first\n' },
    stages: [failing],
    async play(scene) {
      await failInTheMiddle(scene);
      return judgeFailure(scene, await scene.build(), { 'out.txt': 'second\n' });
    },
  },
  {
    name: 'all is killed after half of an output; one more build',
    files: { 'in.txt': 'first\n' },
    stages: [halfway],
    async play(scene) {
      await killInTheMiddle(scene);
      return judge(scene, await scene.build(), { expected: { 'out.txt': 'first\n' } });
    },
  },
  {
    name: 'all is killed after half of an output, and the edit taken back; one more build',
    files: { 'in.txt': 'first\n' },
    stages: [halfwayLater],
    async play(scene) {
      await scene.built();
      scene.edit('in.txt', 'second\n');
      await killInTheMiddle(scene);
      scene.edit('in.txt', 'first\n');
      return judge(scene, await scene.build(), { expected: { 'out.txt': 'first\n' } });
    },
  },
  {
    name: 'the tool is killed, its stage lives on and writes after the next build; one more build',
    files: { 'in.txt': 'first\n' },
    stages: [{ ...copy, run: `text=$(cat in.txt); ${pauseAt('late', '$$')}; echo "$text" > out.txt` }],
    async play(scene) {
      const late = scene.gate('late');
      const running = scene.start();
      const shell = Number(await late.reached(running));
      scene.kill(familyOf(shell));
      await running.ended;
      scene.edit('in.txt', 'second\n');
      await scene.build();
      const isStillThere = late.openIfAwaited();
      await scene.quiet();
      const cell = judge(scene, await scene.build(), { expected: { 'out.txt': 'second\n' } });
      return { ...cell, seen: `${cell.seen}; the stage ${isStillThere ? 'had lived on' : 'had been ended'}` };
    },
  },
  {
    name: "the tool's own records are cut in half; one more build, and one after an edit",
    needs: ['records'],
    files: { 'in.txt': 'first\n' },
    stages: [copy],
    async play(scene) {
      await scene.built();
      const records = scene.tool.records(scene.work);
      if (records.length === 0) throw new Error(`${scene.tool.name}: no records were found`);
      for (const file of records) fs.truncateSync(file, fs.statSync(file).size >> 1);
      const again = judge(scene, await scene.build(), { expected: { 'out.txt': 'first\n' } });
      scene.edit('in.txt', 'second\n');
      const edited = judge(scene, await scene.build(), { expected: { 'out.txt': 'second\n' } });
      return again.verdict === 'right' ? edited : again;
    },
  },
];
