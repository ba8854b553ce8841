// Commands to compare: of a commit, built in a worktree of its own; of the files as they are; or one that is built already.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Mistake } from '../mistakes.mjs';

const git = (repository, ...args) =>
  execFileSync('git', args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/**
 * @param {string | null} what a commit, a folder with a `pipe.cjs`, or `null` for the files as they are
 * @param {{ repository: string, home: string, name: string }} options `home`: a temporary folder; `name`: a folder in it
 * @returns {{ title: string, command: string, dispose: () => void }}
 */
export function commandOf(what, { repository, home, name }) {
  if (what !== null && fs.existsSync(path.join(what, 'pipe.cjs'))) {
    return {
      title: path.basename(path.resolve(what)),
      command: path.resolve(what, 'pipe.cjs'),
      dispose() {},
    };
  }
  const folder = path.join(home, name);
  if (what === null) {
    // Beside the packages that the command takes from there.
    const out = path.join(repository, 'node_modules', '.cache', `pipe-${path.basename(home)}`);
    build(repository, out);
    const dispose = () => fs.rmSync(out, { recursive: true, force: true });
    return { title: 'as it is', command: path.join(out, 'pipe.cjs'), dispose };
  }
  const commit = commitOf(repository, what);
  git(repository, 'worktree', 'add', '--quiet', '--detach', folder, commit);
  const dispose = () => git(repository, 'worktree', 'remove', '--force', folder);
  try {
    // The packages of today, for both.
    fs.symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'));
    const out = path.join(folder, 'built');
    build(folder, out);
    return { title: commit, command: path.join(out, 'pipe.cjs'), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function build(folder, out) {
  execFileSync(process.execPath, ['build.mjs', '--no-types', '--out', out], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function commitOf(repository, what) {
  try {
    return git(repository, 'rev-parse', '--verify', '--short', `${what}^{commit}`);
  } catch {
    throw new Mistake(`"${what}" is neither a commit nor a folder with a pipe.cjs`);
  }
}
