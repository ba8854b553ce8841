// The command as it was installed, but without what a build needs that looks further than at a glance.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { environment, nodeUnderTest, pipeCommand, Running, type RunOptions } from './rig.ts';

export interface Blinkered {
  /** Plain builds: what one told that has nothing to do, `null` where it would have looked further. */
  glance(root: string, words?: readonly string[], options?: RunOptions): Promise<string | null>;
}

/** For all tests of a file. */
export function blinkered(): Blinkered {
  let folder = '';
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-glance-'));
    fs.cpSync(path.dirname(pipeCommand), folder, { recursive: true });
    fs.rmSync(path.join(folder, 'plain-build.cjs'));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  return {
    async glance(root, words = [], { cwd = '.', env = {} } = {}) {
      const child = spawn(nodeUnderTest, ['--', path.join(folder, 'pipe.cjs'), 'build', ...words], {
        cwd: path.join(root, cwd),
        env: environment(env),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const { code, stdout, stderr } = await new Running(child).ended;
      if (code === 0) return stdout;
      // Anything else would be an error of its own.
      expect(stderr).toContain('plain-build.cjs');
      return null;
    },
  };
}
