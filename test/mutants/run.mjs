// Breaks the code on purpose, one place at a time, in a copy of the repository, and sees whether the tests notice.
// `node test/mutants/run.mjs [part of a name]`: exit code 1 when a mutant survives.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { mutants } from './mutants.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const chosen = mutants.filter(({ name }) => name.includes(process.argv[2] ?? ''));
const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-mutants-'));
process.on('exit', () => fs.rmSync(copy, { recursive: true, force: true }));

const tracked = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
}).stdout;
for (const file of tracked
  .split('\n')
  .filter((name) => name !== '' && fs.existsSync(path.join(root, name)))) {
  fs.mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
  fs.copyFileSync(path.join(root, file), path.join(copy, file));
}
fs.symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));

let survivors = 0;
for (const mutant of chosen) {
  const file = path.join(copy, mutant.file);
  const text = fs.readFileSync(file, 'utf8');
  if (text.split(mutant.from).length !== 2) {
    console.log(`unclear   ${mutant.name}: its text does not stand exactly once in ${mutant.file}`);
    survivors++;
    continue;
  }
  // A function as the replacement: `$` in the text must mean itself.
  fs.writeFileSync(
    file,
    text.replace(mutant.from, () => mutant.to),
  );
  const killer = mutant.tests.find((test) => fails(test));
  fs.writeFileSync(file, text);
  if (killer === undefined) survivors++;
  console.log(killer === undefined ? `SURVIVED  ${mutant.name}` : `killed    ${mutant.name} (${killer})`);
}
console.log(`${chosen.length} mutants, ${survivors} survived`);
process.exitCode = survivors === 0 ? 0 : 1;

/** @param {string} test */
function fails(test) {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  // Of the random stories those within one process: they are many more in the same time.
  const part = test.startsWith('test/random') ? ['-t', 'whatever'] : [];
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--maxWorkers=1', '--bail=1', ...part, test],
    {
      cwd: copy,
      stdio: 'ignore',
      timeout: 300_000,
      killSignal: 'SIGKILL',
      env: { PIPE_RANDOM_SEED: '1', PIPE_RANDOM_MS: '30000', PIPE_RANDOM_SHORTEN: 'no', ...process.env },
    },
  );
  return status !== 0;
}
