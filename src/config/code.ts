// The identity of the code behind `script()` and inline functions.
import fs from 'node:fs';
import path from 'node:path';
import type { FilePath } from '../base/brand.ts';
import type { Code, CodeIdentity } from '../engine/ports.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { CodeCache, CompiledModule } from './code-cache.ts';
import { filePathOf } from './file-path.ts';

export interface CodeOptions {
  /** Absolute, without symbolic links. */
  readonly root: string;
  readonly cache: CodeCache;
  /** `LoadedConfig.compiled`. */
  readonly config: CompiledModule;
  /** The modules of the `script()` stages that may be asked for; canonical. */
  readonly modules: Iterable<FilePath>;
}

/**
 * Compiles what is stale, all at once, so that `identify` can answer without waiting. What is saved afterwards
 * does not count before the next call: a run has one identity for each module.
 * `identify` throws for a module that was not named here.
 */
export async function prepareCode({ root, cache, config, modules }: CodeOptions): Promise<Code> {
  const known = new Map<FilePath, Identified>();
  await Promise.all(
    [...new Set(modules)].map(async (module) => {
      known.set(module, await identifyModule(path.resolve(root, module), module, root, cache));
    }),
  );
  let ofConfig: CodeIdentity | null = null;
  return {
    identify(module) {
      if (module === null) {
        ofConfig ??= identityOf(config, root);
        return ofConfig;
      }
      const identity = known.get(module);
      if (identity === undefined) throw new Error(`${module} was not prepared`);
      return identity;
    },
  };
}

type Identified = CodeIdentity | { readonly problems: readonly Diagnostic[] };

async function identifyModule(
  entry: string,
  module: FilePath,
  root: string,
  cache: CodeCache,
): Promise<Identified> {
  if (!fs.existsSync(entry)) {
    const hint = 'script() takes a path that is relative to the folder of the configuration';
    return { problems: [{ code: 'PIPE025', message: `there is no module ${module}`, hint }] };
  }
  const compiled = await cache.obtain(entry);
  return compiled.ok ? identityOf(compiled.value, root) : { problems: compiled.error };
}

function identityOf({ path: compiledPath, manifest }: CompiledModule, root: string): CodeIdentity {
  const files = manifest.local.map((file) => file.path);
  if (manifest.lockFile !== null) files.push(manifest.lockFile);
  return {
    digest: manifest.identity,
    modules: files.map((file) => filePathOf(root, file)).sort(),
    compiledPath,
  };
}
