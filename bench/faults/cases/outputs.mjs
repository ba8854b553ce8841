// What may happen to outputs, and whose they are.

import fs from 'node:fs';
import path from 'node:path';
import { filesIn } from '../files.mjs';
import { ending, judgeFailure } from '../judge.mjs';
import { right, wrong } from '../verdict.mjs';
import { change, copy, hoursFromNow } from './samples.mjs';

const spread = {
  name: 'spread',
  requires: ['src/*.txt'],
  produces: ['out/'],
  run: 'mkdir -p out; cp src/*.txt out/',
};
const parts = { 'src/a.txt': 'a\n', 'src/b.txt': 'b\n' };

/** Where a person's text can still be found, if anywhere. */
function whereaboutsOf(scene, text) {
  const found = filesIn(scene.work, (file) => !file.startsWith('.git/')).find(
    (file) => fs.readFileSync(file, 'utf8') === text,
  );
  return found === undefined ? null : path.relative(scene.work, found);
}

function judgeKept(scene, built, text) {
  const place = whereaboutsOf(scene, text);
  if (place === null) return wrong(`${ending(built)}; what the person wrote is nowhere any more`);
  const folder = path.dirname(place);
  return right(`${ending(built)}; it is in ${folder === '.' ? place : `${folder.replace(/\/.*/, '')}/…`}`);
}

export const outputs = [
  change({
    name: 'an output is deleted',
    step: (scene) => scene.remove('out.txt'),
    expected: { 'out.txt': 'first\n' },
  }),
  change({
    name: 'an output is edited by hand: the next build makes it what it should be',
    step: (scene) => scene.edit('out.txt', 'mine\n'),
    expected: { 'out.txt': 'first\n' },
  }),
  {
    name: 'an output is edited by hand: the edit is not lost without a word',
    files: { 'in.txt': 'first\n' },
    stages: [copy],
    async play(scene) {
      await scene.built();
      scene.edit('out.txt', 'mine\n');
      return judgeKept(scene, await scene.build(), 'mine\n');
    },
  },
  {
    name: 'an output is edited by hand, then its input changes: the edit is not lost without a word',
    files: { 'in.txt': 'first\n' },
    stages: [copy],
    async play(scene) {
      await scene.built();
      scene.edit('out.txt', 'mine\n');
      scene.edit('in.txt', 'second\n');
      return judgeKept(scene, await scene.build(), 'mine\n');
    },
  },
  {
    name: 'a file made by hand stands where a new stage writes: it is not lost without a word',
    files: { 'in.txt': 'first\n', 'out.txt': 'mine\n' },
    stages: [copy],
    async play(scene) {
      fs.utimesSync(scene.path('out.txt'), hoursFromNow(-1), hoursFromNow(-1));
      return judgeKept(scene, await scene.build(), 'mine\n');
    },
  },
  change({
    name: 'a stray file lies in a folder of outputs',
    needs: ['folders'],
    files: parts,
    stages: [spread],
    step: (scene) => scene.edit('out/stray.txt', 'stray\n'),
    expected: { 'out/a.txt': 'a\n', 'out/b.txt': 'b\n', 'out/stray.txt': null },
  }),
  change({
    name: 'an input is removed: the output that was made of it goes too',
    needs: ['folders'],
    files: parts,
    stages: [spread],
    step: (scene) => scene.remove('src/b.txt'),
    expected: { 'out/a.txt': 'a\n', 'out/b.txt': null },
  }),
  {
    name: 'a stage ends well without its output: the build must fail',
    files: { 'in.txt': 'first\n' },
    stages: [{ ...copy, run: 'true' }],
    async play(scene) {
      return judgeFailure(scene, await scene.build(), { 'out.txt': 'first\n' });
    },
  },
  {
    name: 'two stages write the same file: the build must refuse',
    files: { 'a.txt': 'a\n', 'b.txt': 'b\n' },
    stages: [
      { name: 'a', requires: ['a.txt'], produces: ['out.txt'], run: 'cat a.txt > out.txt' },
      { name: 'b', requires: ['b.txt'], produces: ['out.txt'], run: 'cat b.txt > out.txt' },
    ],
    async play(scene) {
      return judgeFailure(scene, await scene.build(), {});
    },
  },
];
