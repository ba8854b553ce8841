// Compiled modules, kept by content: a module whose sources are unchanged costs a few stats, not a compilation.
import path from 'node:path';
import type { Digest } from '../base/brand.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { byPath } from '../model/manifest.ts';
import { type CacheFolder, openCacheFolder } from './cache-folder.ts';
import { type CodeManifest, readManifest, replaceFile, writeManifest } from './code-manifest.ts';
import type { Compilation } from './compile.ts';
import { compiledPathOf, manifestPathOf, removeSuperseded } from './compiled-files.ts';
import { leadsOn } from './links-on-the-way.ts';
import { isTheSameChoice, lookedThrough } from './module-choices.ts';
import { isFile, isThere } from './passed-over.ts';
import { digestOfBytes, fileSystemNow, type SourceFile, stampOf, tryReadSource } from './source-file.ts';
import { nearestLockFile, placesWithoutLockFile } from './surroundings.ts';

export interface CodeCacheOptions {
  /** Absolute path of the folder of compiled modules, `<state>/config`. Made when there is something to write. */
  readonly folder: string;
  /** Absolute, without symbolic links. */
  readonly root: string;
  /** Absolute path of the module that `pipe-build` means in compiled modules. */
  readonly apiPath: string;
  /** Of `pipe`: another version compiles anew. */
  readonly version: string;
  /**
   * Whether `folder` may be changed: compilations kept, and stamps brought up to date where only they changed, so that
   * the next look need not read. Without it, what is new is compiled into a temporary folder.
   */
  readonly writes: boolean;
}

export interface CompiledModule {
  /** Absolute path of the module to import. Another content has another name. */
  readonly path: string;
  readonly manifest: CodeManifest;
}

export interface CodeCache {
  /**
   * Compiles `entry` (absolute) unless it holds a compilation of the present sources. PIPE002 when it cannot. `meanwhile`
   * is called where it has to be compiled, which takes a while.
   */
  obtain(entry: string, meanwhile?: () => unknown): Promise<Result<CompiledModule, readonly Diagnostic[]>>;
  /** Remembers that loading it went well. */
  vouch(module: CompiledModule): void;
}

export interface PathBehind {
  /** Absolute. */
  readonly path: string;
  /**
   * What is asked of it: itself, whether it is there or not, what lies at the end of the link that it may be, or whether it
   * is a folder yet.
   */
  readonly as: 'file' | 'absent' | 'end' | 'passed';
}

/** What `obtain` looks at before it says that a compiled module still holds. */
export function pathsBehind(module: CompiledModule, root: string): readonly PathBehind[] {
  const { entry, local, around, absent, passed, importsPackages, lockFile, links, packaged, choices } =
    module.manifest;
  const files = [
    module.path,
    manifestPathOf(path.dirname(module.path), root, entry),
    ...[...local, ...around].map((file) => file.path),
  ];
  const missed = importsPackages ? placesWithoutLockFile(path.dirname(entry), lockFile) : [];
  const ends = [
    ...links.map((link) => link.path),
    ...packaged,
    ...choices.flatMap(({ pattern }) => lookedThrough(pattern).folders),
  ];
  const known = new Map<string, PathBehind['as']>();
  for (const place of passed) known.set(place, 'passed');
  for (const place of ends) known.set(place, 'end');
  for (const place of [...missed, ...absent]) known.set(place, 'absent');
  for (const file of files) known.set(file, 'file');
  return [...known].map(([path, as]) => ({ path, as }));
}

/** Never fails for want of a writable folder: it then keeps its files in a temporary one until the process ends. */
export function openCodeCache(options: CodeCacheOptions): CodeCache {
  const { root, writes } = options;
  const folder = openCacheFolder(options.folder, writes);
  return {
    async obtain(entry, meanwhile) {
      for (const place of folder.readable()) {
        const known = lookUp(place, entry, options);
        if (known !== null) return ok(known);
      }
      meanwhile?.();
      return compileInto(folder, entry, options);
    },
    vouch(module) {
      const place = path.dirname(module.path);
      if (!writes && place === options.folder) return;
      remember(module.path, { ...withSettledStamps(module.manifest, nowOr(place, 0n)), vetted: true }, root);
    },
  };
}

function lookUp(folder: string, entry: string, options: CodeCacheOptions): CompiledModule | null {
  const { version, apiPath, root } = options;
  const manifest = readManifest(manifestPathOf(folder, root, entry), version);
  if (manifest === null || manifest.entry !== entry || manifest.apiPath !== apiPath) return null;
  if (path.dirname(manifest.compiled.path) !== folder) return null;
  if (!manifest.isFollowed || !manifest.links.every(leadsOn) || !manifest.packaged.every(isFile)) return null;
  if (!manifest.choices.every(isTheSameChoice)) return null;
  if (manifest.importsPackages && nearestLockFile(path.dirname(entry)) !== manifest.lockFile) return null;
  if (manifest.absent.some(isThere)) return null;
  if (manifest.passed.some(isFile)) return null;

  const sources = [...manifest.local, ...manifest.around, manifest.compiled];
  const touched = sources.filter((file) => file.stamp === null || stampOf(file.path) !== file.stamp);
  if (touched.length === 0) return { path: manifest.compiled.path, manifest };

  const now = new Map<string, SourceFile>();
  const nowNs = options.writes ? nowOr(folder, 0n) : 0n;
  for (const file of touched) {
    const present = tryReadSource(file.path, nowNs);
    if (present === null || present.digest !== file.digest) return null;
    now.set(file.path, present);
  }
  const refreshed = withFiles(manifest, (file) => {
    const present = now.get(file.path);
    return present?.stamp ? present : file;
  });
  // A stamp that still does not count (a time in the future) must not cost a write each time.
  if (touched.some((file) => now.get(file.path)?.stamp)) remember(manifest.compiled.path, refreshed, root);
  return { path: manifest.compiled.path, manifest: refreshed };
}

async function compileInto(
  place: CacheFolder,
  entry: string,
  options: CodeCacheOptions,
): Promise<Result<CompiledModule, readonly Diagnostic[]>> {
  const folder = place.writable();
  // Before anything is read: what changes from here on has a stamp that does not count.
  const nowNs = nowOr(folder, 0n);
  const lockPath = nearestLockFile(path.dirname(entry));
  const lockFile = lockPath === null ? null : tryReadSource(lockPath, nowNs);
  const { compile } = await import('./compile.ts');
  const result = await compile({ entry, root: options.root, apiPath: options.apiPath, nowNs });
  if (!result.ok) return err(result.error);
  // Set back meanwhile, the clock gives times of before that moment to what was edited after it.
  const isFollowed = result.value.isFollowed && nowOr(folder, nowNs) >= nowNs;
  const compilation = { ...result.value, isFollowed, lockFile };
  try {
    return ok(store(folder, entry, compilation, options));
  } catch {
    return ok(store(place.temporary(), entry, compilation, options));
  }
}

/** Relative paths, so that the same sources in another folder are the same code. */
function identityOf(local: readonly SourceFile[], lockFile: SourceFile | null, root: string): Digest {
  const sources = local.map((file) => [path.relative(root, file.path), file.digest] as const);
  sources.sort(([a], [b]) => (a < b ? -1 : 1));
  return digestOfBytes(JSON.stringify(['pipe-code-1', sources, lockFile?.digest ?? null]));
}

function store(
  folder: string,
  entry: string,
  compilation: Compilation & { readonly lockFile: SourceFile | null },
  { root, version, apiPath }: CodeCacheOptions,
): CompiledModule {
  const digest = digestOfBytes(compilation.code);
  const compiledPath = compiledPathOf(folder, root, entry, { digest, ending: compilation.ending });
  // Stamps vouch for this file from the start, so its content must be on the disk before its name is.
  replaceFile(compiledPath, compilation.code, true);

  const { absent, passed, links, packaged, choices, isFollowed, importsPackages } = compilation;
  const lockFile = importsPackages ? compilation.lockFile : null;
  const around = [...compilation.api, lockFile, ...compilation.telling].filter((file) => file !== null);
  const manifest: CodeManifest = {
    format: 6,
    version,
    entry,
    identity: identityOf(compilation.local, lockFile, root),
    apiPath,
    local: compilation.local,
    around: around.sort(byPath),
    ...{ absent, passed, links, packaged, choices, isFollowed },
    lockFile: lockFile?.path ?? null,
    importsPackages,
    compiled: { path: compiledPath, digest, stamp: stampOf(compiledPath) },
    vetted: false,
  };
  const previous = readManifest(manifestPathOf(folder, root, entry), version)?.compiled.path ?? null;
  remember(compiledPath, manifest, root);
  removeSuperseded(compiledPath, previous);
  return { path: compiledPath, manifest };
}

/** Sources saved just before compiling are read once more, now that their stamps may count. */
function withSettledStamps(manifest: CodeManifest, nowNs: bigint): CodeManifest {
  return withFiles(manifest, (file) => {
    if (file.stamp !== null) return file;
    const again = tryReadSource(file.path, nowNs);
    return again?.digest === file.digest ? again : file;
  });
}

function withFiles(manifest: CodeManifest, change: (file: SourceFile) => SourceFile): CodeManifest {
  return {
    ...manifest,
    local: manifest.local.map(change),
    around: manifest.around.map(change),
    compiled: change(manifest.compiled),
  };
}

/** Beside the compiled module. Not being able to costs a compilation next time, nothing else. */
function remember(compiledPath: string, manifest: CodeManifest, root: string): void {
  try {
    writeManifest(manifestPathOf(path.dirname(compiledPath), root, manifest.entry), manifest);
  } catch {}
}

function nowOr(folder: string, otherwise: bigint): bigint {
  try {
    return fileSystemNow(folder);
  } catch {
    return otherwise;
  }
}
