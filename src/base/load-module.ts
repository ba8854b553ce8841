// Loads a module by path while the program runs.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

/** Set by the launcher: code that comes from a compile cache cannot import for itself. */
export const importHook: unique symbol = Symbol.for('pipe-build.import') as typeof importHook;

type Import = (url: string) => Promise<unknown>;

/**
 * As `loadModule`, without Node's loader where the text needs none of it: that looks for links and packages around
 * the file, which takes as long as to run it. Stack traces then name the file itself, not its sources.
 */
export async function loadPlainModule(absolutePath: string): Promise<unknown> {
  if (!absolutePath.endsWith('.cjs')) return loadModule(absolutePath);
  const known = plainModules.get(absolutePath);
  if (known !== undefined) return known.exports;
  const source = withoutSourceMap(readFileSync(absolutePath));
  if (/\bimport\s*\(/.test(source)) return loadModule(absolutePath);
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  const run = new Script(wrapped, { filename: absolutePath }).runInThisContext() as (
    ...parts: unknown[]
  ) => void;
  const module = { exports: {} };
  run(module.exports, requireFrom(absolutePath), module, absolutePath, posix.dirname(absolutePath));
  plainModules.set(absolutePath, module);
  return module.exports;
}

const mapStart = Buffer.from('\n//# sourceMappingURL=data:');

/** A map within the text, on its last line, is often longer than all of it: nobody asks for it here. */
function withoutSourceMap(bytes: Buffer): string {
  const at = bytes.lastIndexOf(mapStart);
  const lineEnd = at < 0 ? -1 : bytes.indexOf('\n', at + 1);
  const isLast = at >= 0 && (lineEnd === -1 || lineEnd === bytes.length - 1);
  return bytes.toString('utf8', 0, isLast ? at + 1 : bytes.length);
}

/** Made when first called: that takes a millisecond, and most configurations import nothing at run time. */
function requireFrom(absolutePath: string): NodeJS.Require {
  let made: NodeJS.Require | null = null;
  const real = () => {
    made ??= createRequire(absolutePath);
    return made;
  };
  // Node's own modules need no place to be looked for from.
  const lazy = (id: string) =>
    (id.startsWith('node:') ? process.getBuiltinModule(id) : undefined) ?? real()(id);
  return new Proxy(lazy as NodeJS.Require, { get: (_, name) => Reflect.get(real(), name) });
}

type PlainModules = Map<string, { readonly exports: unknown }>;

/** Of the whole process, whichever bundles it runs: a configuration is evaluated once. */
const modulesKey: unique symbol = Symbol.for('pipe-build.modules') as typeof modulesKey;
const shared = globalThis as { [modulesKey]?: PlainModules };
shared[modulesKey] ??= new Map();
const plainModules = shared[modulesKey];

/** Its exports. `absolutePath` tells by its ending what it is: `.cjs` loads without the machinery of ES modules. */
export async function loadModule(absolutePath: string): Promise<unknown> {
  if (absolutePath.endsWith('.cjs')) return createRequire(absolutePath)(absolutePath);
  const url = pathToFileURL(absolutePath).href;
  const hook = (globalThis as { [importHook]?: Import })[importHook];
  return hook === undefined ? import(url) : hook(url);
}
