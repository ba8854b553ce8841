// The thread that hashes, as it is built: tests that run from the sources have none.
import path from 'node:path';
import { buildSync } from 'esbuild';
import { temporaryFolder } from '../store/temporary-folder.ts';

export function thread(): string {
  const outfile = path.join(temporaryFolder(), 'hash-worker.cjs');
  const entryPoints = [path.resolve(import.meta.dirname, '../../src/files/hash-worker.ts')];
  buildSync({ entryPoints, outfile, bundle: true, format: 'cjs', platform: 'node' });
  return outfile;
}
