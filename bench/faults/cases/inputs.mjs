// What may happen to inputs between two builds, and during one.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { pauseAt } from '../gate.mjs';
import { firstFault, judge, judgeFailure } from '../judge.mjs';
import { change, copy, hoursFromNow, moveInOlder } from './samples.mjs';

const join = { name: 'join', requires: ['src/*.txt'], produces: ['all.txt'], run: 'cat src/*.txt > all.txt' };
const parts = { 'src/a.txt': 'a\n', 'src/b.txt': 'b\n' };

/** Reads first and writes last, as most programs do. */
const slowly = (...pauses) => ({
  name: 'copy',
  requires: ['in.txt'],
  produces: ['out.txt'],
  run: [...pauses.slice(1), 'text=$(cat in.txt)', pauses[0], 'echo "$text" > out.txt'].join('; '),
});

export const inputs = [
  change({
    name: 'a second build',
    step: () => {},
    expected: { 'out.txt': 'first\n' },
    mayRun: [],
  }),
  change({
    name: 'an input is touched, and not changed',
    step: (scene) => fs.utimesSync(scene.path('in.txt'), new Date(), new Date()),
    expected: { 'out.txt': 'first\n' },
    mayRun: [],
  }),
  change({
    name: 'a rerun gives the same bytes: what comes after it need not run',
    files: { 'in.txt': 'v0\n' },
    stages: [
      { name: 'format', requires: ['in.txt'], produces: ['mid.txt'], run: "tr -d ' ' < in.txt > mid.txt" },
      {
        name: 'use',
        requires: ['mid.txt'],
        produces: ['out.txt'],
        run: 'cat mid.txt > out.txt',
        after: ['format'],
      },
    ],
    step: (scene) => scene.edit('in.txt', 'v 0\n'),
    expected: { 'out.txt': 'v0\n' },
    mayRun: ['format'],
  }),
  change({
    name: 'an older file is moved over an input',
    step: (scene) => moveInOlder(scene, 'in.txt', 'older\n'),
    expected: { 'out.txt': 'older\n' },
  }),
  change({
    name: 'an edit keeps size and time of the input',
    step(scene) {
      const file = scene.path('in.txt');
      execFileSync('cp', ['-p', file, `${scene.folder}/times`]);
      scene.edit('in.txt', 'other\n');
      execFileSync('touch', ['-r', `${scene.folder}/times`, file]);
    },
    expected: { 'out.txt': 'other\n' },
  }),
  change({
    name: 'an edit within the tick of the clock in which the output was written',
    step(scene) {
      scene.edit('in.txt', 'other\n');
      // Such a tick cannot be met at will: the time that it would have given is set.
      execFileSync('touch', ['-r', scene.path('out.txt'), scene.path('in.txt')]);
    },
    expected: { 'out.txt': 'other\n' },
  }),
  {
    name: 'an input from the future',
    files: { 'in.txt': 'first\n' },
    stages: [copy],
    async play(scene) {
      fs.utimesSync(scene.path('in.txt'), hoursFromNow(24), hoursFromNow(24));
      await scene.built();
      const again = judge(scene, await scene.build(), { expected: { 'out.txt': 'first\n' }, mayRun: [] });
      scene.edit('in.txt', 'second\n');
      const edited = judge(scene, await scene.build(), { expected: { 'out.txt': 'second\n' } });
      return firstFault([
        ['edited', edited],
        ['a second build', again],
      ]);
    },
  },
  {
    name: 'an input that is a link is pointed at an older file',
    files: { 'a.txt': 'a\n', 'b.txt': 'b\n' },
    stages: [copy],
    arrange: (scene) => fs.symlinkSync('a.txt', scene.path('in.txt')),
    async play(scene) {
      fs.utimesSync(scene.path('b.txt'), hoursFromNow(-1), hoursFromNow(-1));
      await scene.built();
      scene.remove('in.txt');
      fs.symlinkSync('b.txt', scene.path('in.txt'));
      return judge(scene, await scene.build(), { expected: { 'out.txt': 'b\n' } });
    },
  },
  change({
    name: 'a file is added under a pattern',
    needs: ['globs'],
    files: parts,
    stages: [join],
    step: (scene) => scene.edit('src/c.txt', 'c\n'),
    expected: { 'all.txt': 'a\nb\nc\n' },
  }),
  change({
    name: 'an older file is moved in under a pattern',
    needs: ['globs'],
    files: parts,
    stages: [join],
    step: (scene) => moveInOlder(scene, 'src/c.txt', 'c\n'),
    expected: { 'all.txt': 'a\nb\nc\n' },
  }),
  change({
    name: 'a file is removed from under a pattern',
    needs: ['globs'],
    files: parts,
    stages: [join],
    step: (scene) => scene.remove('src/b.txt'),
    expected: { 'all.txt': 'a\n' },
  }),
  {
    name: 'an input is deleted: the build must fail',
    files: { 'in.txt': 'first\n' },
    stages: [copy],
    async play(scene) {
      await scene.built();
      scene.remove('in.txt');
      return judgeFailure(scene, await scene.build(), {});
    },
  },
  {
    name: 'an input is edited while its stage runs; one more build',
    files: { 'in.txt': 'first\n' },
    stages: [slowly(pauseAt('read'))],
    async play(scene) {
      const read = scene.gate('read');
      const running = scene.start();
      await read.reached(running);
      scene.edit('in.txt', 'second\n');
      await read.open(running);
      await running.ended;
      return judge(scene, await scene.build(), { expected: { 'out.txt': 'second\n' } });
    },
  },
  {
    name: 'an edit while the stage runs is taken back before it ends; one more build, and one without the output',
    files: { 'in.txt': 'first\n' },
    stages: [slowly(pauseAt('read'), pauseAt('begun'))],
    async play(scene) {
      const [begun, read] = [scene.gate('begun'), scene.gate('read')];
      const running = scene.start();
      await begun.reached(running);
      scene.edit('in.txt', 'torn\n');
      await begun.open(running);
      await read.reached(running);
      scene.edit('in.txt', 'first\n');
      await read.open(running);
      await running.ended;
      const claim = { expected: { 'out.txt': 'first\n' } };
      const again = judge(scene, await scene.build(), claim);
      scene.remove('out.txt');
      const without = judge(scene, await scene.build(), claim);
      return firstFault([
        ['one more build', again],
        ['without the output', without],
      ]);
    },
  },
  {
    name: 'a file is added under a pattern while the stage runs, and removed before it ends; one more build',
    isLimit: true,
    needs: ['globs'],
    files: parts,
    stages: [
      {
        ...join,
        run: `${pauseAt('begun')}; text=$(cat src/*.txt); ${pauseAt('read')}; echo "$text" > all.txt`,
      },
    ],
    async play(scene) {
      const [begun, read] = [scene.gate('begun'), scene.gate('read')];
      const running = scene.start();
      await begun.reached(running);
      scene.edit('src/c.txt', 'c\n');
      await begun.open(running);
      await read.reached(running);
      scene.remove('src/c.txt');
      await read.open(running);
      await running.ended;
      return judge(scene, await scene.build(), { expected: { 'all.txt': 'a\nb\n' } });
    },
  },
  change({
    name: 'a file is changed that the stage reads and does not declare',
    isLimit: true,
    files: { 'in.txt': 'first\n', 'side.txt': 'side\n' },
    stages: [{ ...copy, run: 'cat in.txt side.txt > out.txt', readsMore: true }],
    step: (scene) => scene.edit('side.txt', 'other\n'),
    expected: { 'out.txt': 'first\nother\n' },
  }),
];
