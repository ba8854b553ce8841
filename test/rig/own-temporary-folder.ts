// All temporary files of a run of the tests lie in one folder, which goes away at its end: also those that the command
// under test leaves for a person to find.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

let folder: string | null = null;

export function setup(): void {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-tests-'));
  // Some tests are other users.
  fs.chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;
}

export function teardown(): void {
  if (folder !== null) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
