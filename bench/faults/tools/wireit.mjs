// The pipeline as wireit wants it: scripts of a package.json, with `files`, `output`, `dependencies`.

import fs from 'node:fs';
import { filesIn } from '../files.mjs';

const state = '.wireit';

/** @param {{ version: string, modules: string }} peer where it is installed */
export function wireit({ version, modules }) {
  return {
    name: 'wireit',
    version,
    lacks: { secrets: 'has no secrets' },
    state,
    env: { npm_config_update_notifier: 'false' },
    describe: (stages) => ({ 'package.json': packageOf(stages) }),
    prepare: (scene) => fs.symlinkSync(modules, scene.path('node_modules')),
    build: () => ['npm', 'run', 'build'],
    records: (work) => filesIn(work, (file) => /^\.wireit\/[^/]+\/(fingerprint|manifest)$/.test(file)),
    contents: (work) => filesIn(work, (file) => /^\.wireit\/[^/]+\/cache\//.test(file)),
    isOwn: (file) => /^(\.wireit|node_modules)($|\/)|^package\.json$/.test(file),
  };
}

/** A folder is a pattern for all that is in it. */
function everythingIn(pattern) {
  return pattern.endsWith('/') ? `${pattern}**` : pattern;
}

function packageOf(stages) {
  const scripts = stages.map(({ name, requires, produces, run, after = [], env = [], secrets = [] }) => [
    name,
    {
      command: run,
      files: requires,
      output: produces.map(everythingIn),
      // The files that a script made are among `files`, so its name alone need not count: that gives early cut-off.
      dependencies: after.map((script) => ({ script, cascade: false })),
      env: Object.fromEntries([...env, ...secrets].map((variable) => [variable, { external: true }])),
    },
  ]);
  return JSON.stringify(
    {
      name: 'faults',
      private: true,
      scripts: { build: 'wireit', ...Object.fromEntries(scripts.map(([name]) => [name, 'wireit'])) },
      wireit: {
        build: { dependencies: stages.map((stage) => stage.name) },
        ...Object.fromEntries(scripts),
      },
    },
    null,
    2,
  );
}
