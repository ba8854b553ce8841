// The long form of the tests that look for more each time: random stories, faults at every call, deliberate faults in the code.
// `npm run nightly -- [--minutes n | --stories n] [--seed n] [stories] [faults] [mutants]`: exit code 1 when one of them fails.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');

const storyFiles = ['test/random.test.ts', 'test/random-items.test.ts'];
const faultFiles = [
  'test/faults',
  'test/config/followed.test.ts',
  'test/stories/surroundings.test.ts',
  'test/stories/watch-loss.test.ts',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Of stories, shared by the kinds of them. */
    minutes: { type: 'string', default: '60' },
    /** Of each kind, instead of a time. */
    stories: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});

/** @type {Record<string, () => Promise<boolean>>} */
const parts = { stories, faults, mutants };
const chosen = positionals.length === 0 ? Object.keys(parts) : positionals;
const unknown = chosen.filter((part) => !(part in parts));
if (unknown.length > 0) throw new Error(`no part of it: ${unknown.join(', ')}`);
/** @type {string[]} */
const failed = [];
for (const part of chosen) {
  console.log(`\n== ${part}`);
  if (!(await parts[part]?.())) failed.push(part);
}
console.log(failed.length === 0 ? '\nall of it holds' : `\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function stories() {
  const { minutes, stories, seed } = values;
  const much =
    stories === undefined
      ? { PIPE_RANDOM_MS: String(Number(minutes) * 15_000) }
      : { PIPE_RANDOM_STORIES: stories };
  const { isGood, printed } = await run([vitest, 'run', '--maxWorkers=1', ...storyFiles], {
    ...much,
    PIPE_RANDOM_SEED: seed,
  });
  /** @type {Record<string, number>} */
  const sum = {};
  for (const [, tally = '{}'] of printed.matchAll(/random stories, seed \d+: (\{.*\})/g))
    for (const [what, count] of Object.entries(JSON.parse(tally))) sum[what] = (sum[what] ?? 0) + count;
  const words = Object.entries(sum).map(([what, count]) => `${what} ${count}`);
  console.log(`in all, from seed ${seed}: ${words.join(', ')}`);
  for (const [, line] of printed.matchAll(/(to tell it again: .*)/g)) console.log(line);
  const missing = Object.keys(sum).filter((what) => sum[what] === 0);
  if (missing.length > 0) console.log(`that proves nothing: none of ${missing.join(', ')}`);
  return isGood && missing.length === 0 && words.length > 0;
}

async function faults() {
  const { seed } = values;
  const { isGood } = await run([vitest, 'run', '--maxWorkers=1', ...faultFiles], {
    PIPE_FAULTS: 'all',
    PIPE_FAULTS_SEED: seed,
  });
  if (!isGood)
    console.log(
      `to do it again: PIPE_FAULTS=all PIPE_FAULTS_SEED=${seed} npx vitest run ${faultFiles.join(' ')}`,
    );
  return isGood;
}

async function mutants() {
  const { isGood } = await run([path.join(root, 'test/mutants/run.mjs')], {});
  if (!isGood) console.log('to do it again: npm run mutants -- [part of a name]');
  return isGood;
}

/**
 * Runs Node to its end; what it prints is shown as it comes.
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<{ isGood: boolean, printed: string }>}
 */
function run(args, env) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    printed += text;
    process.stdout.write(text);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ isGood: code === 0, printed }));
  });
}
