// The pipeline as `pipe` wants it: pipeline.config.ts.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { filesIn } from '../files.mjs';

const state = '.pipeline-cache';

/** @param {string} command absolute path of the command under test */
export function pipe(command) {
  return {
    name: 'pipe',
    version: execFileSync(process.execPath, ['--', command, '--version'], { encoding: 'utf8' }).trim(),
    lacks: {},
    state,
    describe: (stages) => ({ 'pipeline.config.ts': configOf(stages) }),
    build: () => [process.execPath, '--', command, 'build'],
    records: (work) => filesIn(work, (file) => file === `${state}/state`),
    contents: (work) => filesIn(work, (file) => file.startsWith(`${state}/cas/`)),
    isOwn: (file) =>
      file === state || file.startsWith(`${state}/`) || path.basename(file) === 'pipeline.config.ts',
  };
}

function configOf(stages) {
  const fields = Object.fromEntries(
    stages.map(({ name, requires, produces, run, env = [], secrets = [] }) => [
      name,
      { requires, produces, run, env: Object.fromEntries(env.map((variable) => [variable, true])), secrets },
    ]),
  );
  return `import { definePipeline } from 'pipe-build';\n\nexport default definePipeline({ stages: ${JSON.stringify(fields, null, 2)} });\n`;
}
