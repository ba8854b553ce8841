// The files in which package managers write down what they installed: they stand for the packages.

export const lockNames: readonly string[] = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
];

/** Of Python. What is merely asked for counts as well: many projects have nothing else. */
export const pythonLockNames: readonly string[] = [
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'Pipfile.lock',
  'requirements.txt',
];
