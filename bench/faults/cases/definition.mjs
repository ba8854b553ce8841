// What is said about a stage changes, while its files do not.

import { judge } from '../judge.mjs';
import { change, copy } from './samples.mjs';

export const definition = [
  change({
    name: 'a command is changed',
    step: (scene) => scene.define([{ ...copy, run: 'cat in.txt in.txt > out.txt' }]),
    expected: { 'out.txt': 'first\nfirst\n' },
  }),
  {
    name: 'a variable that the stage uses is changed',
    files: { 'in.txt': 'first\n' },
    stages: [{ ...copy, env: ['MODE'], run: 'echo "$MODE" > out.txt' }],
    async play(scene) {
      scene.env = { MODE: 'draft' };
      await scene.built();
      scene.env = { MODE: 'final' };
      return judge(scene, await scene.build(), { expected: { 'out.txt': 'final\n' } });
    },
  },
];
