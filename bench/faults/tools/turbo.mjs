// The pipeline as Turborepo wants it: a package of scripts, turbo.json, and a git repository around it.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { filesIn } from '../files.mjs';

const state = '.turbo';

/** @param {{ version: string, modules: string }} peer where it is installed */
export function turbo({ version, modules }) {
  return {
    name: 'Turborepo',
    version,
    lacks: { secrets: 'has no secrets' },
    state,
    env: {
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
      DO_NOT_TRACK: '1',
      npm_config_update_notifier: 'false',
    },
    describe: (stages) => ({
      'package.json': packageOf(stages),
      'turbo.json': tasksOf(stages),
      '.gitignore': ['node_modules', '.turbo', ...stages.flatMap((stage) => stage.produces)].join('\n'),
    }),
    prepare(scene) {
      fs.symlinkSync(modules, scene.path('node_modules'));
      const git = (...args) =>
        execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], {
          cwd: scene.work,
          env: { PATH: process.env.PATH, HOME: path.join(scene.folder, 'home'), GIT_CONFIG_NOSYSTEM: '1' },
        });
      git('init', '--quiet');
      git('add', '--all');
      git('commit', '--quiet', '--message', 'inputs');
    },
    build: (stages) => ['node_modules/.bin/turbo', 'run', ...stages.map((stage) => stage.name)],
    records: (work) => filesIn(work, (file) => /^\.turbo\/cache\/.*\.json$/.test(file)),
    contents: (work) => filesIn(work, (file) => /^\.turbo\/cache\/.*\.tar\.zst$/.test(file)),
    isOwn: (file) =>
      /^(\.turbo|\.git|node_modules)($|\/)|^(package\.json|turbo\.json|\.gitignore)$/.test(file),
  };
}

/** A folder is a pattern for all that is in it. */
function everythingIn(pattern) {
  return pattern.endsWith('/') ? `${pattern}**` : pattern;
}

function packageOf(stages) {
  const scripts = Object.fromEntries(stages.map((stage) => [stage.name, stage.run]));
  return JSON.stringify({ name: 'faults', private: true, packageManager: 'npm@10.0.0', scripts }, null, 2);
}

function tasksOf(stages) {
  const made = new Set(stages.flatMap((stage) => stage.produces));
  const tasks = stages.map(({ name, requires, produces, readsMore, after = [], env = [], secrets = [] }) => [
    name,
    {
      dependsOn: after,
      // All inputs are hashed before anything runs: what another task makes counts through `dependsOn`.
      // Without `inputs`, every file of the package is one.
      ...(readsMore ? {} : { inputs: requires.filter((pattern) => !made.has(pattern)) }),
      outputs: produces.map(everythingIn),
      env: [...env, ...secrets],
    },
  ]);
  return JSON.stringify(
    { $schema: 'https://turborepo.com/schema.json', tasks: Object.fromEntries(tasks) },
    null,
    2,
  );
}
