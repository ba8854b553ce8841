// Runs the command in a workspace of a given size, and tells what it used.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { nodeUnderTest, pipeCommand, Rig } from '../rig/rig.ts';

const counter = path.join(import.meta.dirname, 'counter.cjs');

export interface Counted {
  readonly calls: Readonly<Record<string, number>>;
  readonly opened: readonly string[];
  readonly written: readonly string[];
  /** Of Node, those that were loaded. */
  readonly libraries: readonly string[];
  /** User and system time of the whole process. */
  readonly cpuMs: number;
  readonly heapBytes: number;
}

/** A build with nothing to do, without flags and with one that changes nothing but forbids a glance. */
export const noop = { glance: ['build'], look: ['build', '--log-level', 'info'] } as const;

/** Every stage has `files` of its own; all is built, and what was too new to be trusted is long settled. */
export async function builtWorkspace(stages: number, files: number): Promise<Rig> {
  const rig = await Rig.with(
    {},
    `import { definePipeline } from 'pipe-build';
    export default definePipeline({
      stages: Object.fromEntries(Array.from({ length: ${stages} }, (_, i) => [
        's' + i, { requires: ['in/' + i + '/*.txt'], produces: ['out/' + i + '.txt'], run: 'echo > out/' + i + '.txt' },
      ])),
    });`,
  );
  const longAgo = new Date(Date.now() - 3_600_000);
  for (let stage = 0; stage < stages; stage++) {
    for (let file = 0; file < files; file++) {
      rig.write(`in/${stage}/${file}.txt`, `${stage} ${file}`);
      fs.utimesSync(rig.path(`in/${stage}/${file}.txt`), longAgo, longAgo);
    }
  }
  // The second learns what was too new to be trusted, the third leaves a proof.
  for (let build = 0; build < 3; build++) await run(rig, [pipeCommand, 'build']);
  return rig;
}

/** `flags`: Node's own. */
export async function counted(
  rig: Rig,
  words: readonly string[],
  flags: readonly string[] = [],
): Promise<Counted> {
  const file = path.join(rig.root, '.pipeline-cache', 'counted.json');
  await run(rig, words, ['--require', counter, ...flags], { COUNTED: file });
  const found = JSON.parse(fs.readFileSync(file, 'utf8')) as Counted;
  fs.rmSync(file);
  return found;
}

/** System calls that take a path or a descriptor, of all threads. */
export async function systemCalls(rig: Rig, strace: string, words: readonly string[]): Promise<number> {
  const file = path.join(rig.root, '.pipeline-cache', 'trace.txt');
  const asked = ['-f', '-qq', '-e', 'signal=none', '-e', 'trace=%file,%desc', '-o', file];
  await start(rig, strace, [...asked, nodeUnderTest, '--', ...words], {});
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  fs.rmSync(file);
  // A call that another thread has interrupted has two lines.
  return lines.filter((line) => line !== '' && !line.includes(' resumed>')).length;
}

async function run(
  rig: Rig,
  words: readonly string[],
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await start(rig, nodeUnderTest, [...flags, ...(words[0] === '-e' ? [] : ['--']), ...words], env);
}

/** Rejects unless it succeeds. */
async function start(
  rig: Rig,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  // The same for all: what is looked up of it is part of what a glance compares.
  const own = { PATH: process.env.PATH, HOME: process.env.HOME };
  await promisify(execFile)(program, args, { cwd: rig.root, env: { ...own, ...env } });
}
