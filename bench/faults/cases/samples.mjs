// Stages and steps that many cases share.

import fs from 'node:fs';
import { judge } from '../judge.mjs';

export const copy = {
  name: 'copy',
  requires: ['in.txt'],
  produces: ['out.txt'],
  run: 'cat in.txt > out.txt',
};

/** Builds, changes one thing, builds again: what a case is that needs no more said. */
export function change({ expected, mayRun, step, ...rest }) {
  return {
    files: { 'in.txt': 'first\n' },
    stages: [copy],
    ...rest,
    async play(scene) {
      await scene.built();
      await step(scene);
      return judge(scene, await scene.build(), { expected, mayRun });
    },
  };
}

export function hoursFromNow(hours) {
  return new Date(Date.now() + hours * 3_600_000);
}

/** Makes a file elsewhere, an hour old, and moves it in: its time of content stays. */
export function moveInOlder(scene, file, content) {
  const elsewhere = `${scene.folder}/elsewhere`;
  fs.writeFileSync(elsewhere, content);
  fs.utimesSync(elsewhere, hoursFromNow(-1), hoursFromNow(-1));
  fs.renameSync(elsewhere, scene.path(file));
}
