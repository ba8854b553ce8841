// The pipeline as ninja wants it: a build.ninja with one rule a stage.

import { filesIn } from '../files.mjs';

/** @param {{ version: string }} peer as found on this machine */
export function ninja({ version }) {
  return {
    name: 'ninja',
    version,
    lacks: {
      cache: 'keeps no results',
      folders: 'targets are files: what is in a folder cannot be declared',
      globs: 'has no patterns: whatever writes build.ninja lists the files',
      secrets: 'keeps no logs',
    },
    state: null,
    describe: (stages) => ({ 'build.ninja': buildFileOf(stages) }),
    build: () => ['ninja'],
    records: (work) => filesIn(work, (file) => file === '.ninja_log'),
    isOwn: (file) => /^(build\.ninja|\.ninja_log|\.ninja_deps)$/.test(file),
  };
}

function buildFileOf(stages) {
  return stages
    .map(({ name, requires, produces, run }) => {
      const command = run.replaceAll('$', '$$$$');
      return `rule ${name}\n  command = ${command}\nbuild ${produces.join(' ')}: ${name} ${requires.join(' ')}\n`;
    })
    .join('\n');
}
