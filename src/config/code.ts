// The identity of the code behind `script()` and inline functions.
import fs from 'node:fs';
import path from 'node:path';
import type { FilePath } from '../base/brand.ts';
import type { Code, CodeIdentity } from '../engine/ports.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { CodeCache, CompiledModule } from './code-cache.ts';
import { filePathOf } from './file-path.ts';
import { stampOf, tryReadSource } from './source-file.ts';

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
  const compiled = new Map<FilePath | null, CompiledModule>([[null, config]]);
  await Promise.all(
    [...new Set(modules)].map(async (module) => {
      const found = await compiledModule(path.resolve(root, module), module, cache);
      if ('problems' in found) known.set(module, found);
      else {
        known.set(module, identityOf(found, root));
        compiled.set(module, found);
      }
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
    editedBehind(module) {
      const behind = compiled.get(module);
      return behind === undefined ? [] : editedSince(behind).map((file) => filePathOf(root, file));
    },
  };
}

type Identified = CodeIdentity | { readonly problems: readonly Diagnostic[] };

async function compiledModule(
  entry: string,
  module: FilePath,
  cache: CodeCache,
): Promise<CompiledModule | { readonly problems: readonly Diagnostic[] }> {
  if (!fs.existsSync(entry)) {
    const hint = 'script() takes a path that is relative to the folder of the configuration';
    return { problems: [{ code: 'PIPE025', message: `there is no module ${module}`, hint }] };
  }
  const compiled = await cache.obtain(entry);
  return compiled.ok ? compiled.value : { problems: compiled.error };
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

/** Of what counts in its identity; absolute. What is touched and holds the same is not edited. */
function editedSince({ manifest: { local, around, lockFile } }: CompiledModule): readonly string[] {
  return [...local, ...around.filter((file) => file.path === lockFile)]
    .filter(({ path: file, stamp, digest }) => {
      if (stamp !== null && stampOf(file) === stamp) return false;
      return tryReadSource(file, 0n)?.digest !== digest;
    })
    .map((file) => file.path);
}
