import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary-folder.ts';

test('a process that has nothing left to wait for, and no answer, has not ended well', () => {
  const outfile = path.join(temporaryFolder(), 'ending.cjs');
  const entryPoints = [path.resolve(import.meta.dirname, '../../src/cli/ending.ts')];
  buildSync({ entryPoints, outfile, bundle: true, format: 'cjs', platform: 'node' });
  const run = `require(${JSON.stringify(outfile)}).endWith(new Promise(() => {}))`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', run], { encoding: 'utf8' });
  expect(stderr).toContain('nothing is left to wait for, and there is no answer');
  expect(status).toBe(70);
});
