// Compiles the configuration of a workspace as the command does when it first meets it, but in this process: the two
// processes that this costs the command take longer than most of what stories tell.
import path from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { openCodeCache } from '../../src/config/code-cache.ts';
import { stateFolderName } from '../../src/journal/state-folder.ts';

/** Throws when it does not compile; that it loads is taken on trust. `root` is absolute, without symbolic links. */
export async function compileConfig(root: string): Promise<void> {
  const cache = openCodeCache({
    folder: path.join(root, stateFolderName, 'config'),
    root,
    apiPath: path.join(process.env.PIPE_UNDER_TEST ?? '', 'index.js'),
    version: manifest.version,
    writes: true,
  });
  const compiled = await cache.obtain(path.join(root, 'pipeline.config.ts'));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  cache.vouch(compiled.value);
}
