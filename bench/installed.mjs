// Tools that other people made: from npm into a folder under the temporary one, or from the PATH.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * Installed once for all later runs.
 *
 * @param {Record<string, string>} packages versions by name
 * @returns {string} absolute path of a `node_modules` with all of them
 */
export function installedFromNpm(packages) {
  const versions = Object.entries(packages).map(([one, version]) => `${one}@${version}`);
  // Other users of this machine have folders of their own.
  const folder = path.join(os.tmpdir(), `pipe-bench-tools-${os.userInfo().uid}`, versions.join('+'));
  if (!fs.existsSync(path.join(folder, 'done'))) {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...versions], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    fs.writeFileSync(path.join(folder, 'done'), '');
  }
  return path.join(folder, 'node_modules');
}

/** The version of a program on the PATH. Throws where there is none. */
export function versionOnPath(program, pattern, args = ['--version']) {
  const text = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return pattern.exec(text)?.[1] ?? 'of unknown version';
}
