// The pipeline as GNU make wants it: a Makefile whose targets are the files.

/** @param {{ version: string }} peer as found on this machine */
export function make({ version }) {
  return {
    name: 'make',
    version,
    lacks: {
      cache: 'keeps no results',
      records: 'keeps no records',
      folders: 'targets are files: what is in a folder cannot be declared',
      secrets: 'keeps no logs',
    },
    state: null,
    describe: (stages) => ({ Makefile: makefileOf(stages) }),
    build: () => ['make', '--jobs=2'],
    isOwn: (file) => file === 'Makefile',
  };
}

// Without .DELETE_ON_ERROR, as it is when one does not ask for it.
function makefileOf(stages) {
  const rules = stages.map(({ requires, produces, run }) => {
    const targets = produces.length > 1 ? `${produces.join(' ')} &` : produces[0];
    return `${targets}: ${requires.map(prerequisite).join(' ')}\n\t${run.replaceAll('$', '$$$$')}\n`;
  });
  const all = [...new Set(stages.flatMap((stage) => stage.produces))];
  return `.PHONY: all\nall: ${all.join(' ')}\n\n${rules.join('\n')}`;
}

function prerequisite(pattern) {
  return pattern.includes('*') ? `$(wildcard ${pattern})` : pattern;
}
