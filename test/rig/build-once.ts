// Builds the command under test once for each run of the tests, so that it is never an old one; away again at the end.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export function setup(): void {
  // Inside node_modules, so that the command finds the packages that it does not bundle; one for each run of the tests.
  const folder = path.join(root, `node_modules/.cache/pipe-under-test-${process.pid}`);
  execFileSync(process.execPath, ['build.mjs', '--out', folder, '--no-types'], {
    cwd: root,
    stdio: 'inherit',
  });
  process.env.PIPE_UNDER_TEST = folder;
}

export function teardown(): void {
  if (process.env.PIPE_UNDER_TEST !== undefined)
    fs.rmSync(process.env.PIPE_UNDER_TEST, { recursive: true, force: true });
}
