// Loads a module by path while the program runs.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Set by the launcher: code that comes from a compile cache cannot import for itself. */
export const importHook: unique symbol = Symbol.for('pipe-build.import') as typeof importHook;

type Import = (url: string) => Promise<unknown>;

/** Its exports. `absolutePath` tells by its ending what it is: `.cjs` loads without the machinery of ES modules. */
export async function loadModule(absolutePath: string): Promise<unknown> {
  if (absolutePath.endsWith('.cjs')) return createRequire(absolutePath)(absolutePath);
  const url = pathToFileURL(absolutePath).href;
  const hook = (globalThis as { [importHook]?: Import })[importHook];
  return hook === undefined ? import(url) : hook(url);
}
