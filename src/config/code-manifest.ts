// What is remembered of one compiled module: all that went into it, so that a few stats tell whether it still holds.
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/brand.ts';
import type { Link } from './links-on-the-way.ts';
import type { Choice } from './module-choices.ts';
import type { SourceFile } from './source-file.ts';

const format = 6;

export interface CodeManifest {
  readonly format: number;
  /** Of `pipe`. */
  readonly version: string;
  /** Absolute; a folder that was moved compiles anew, because compiled modules hold absolute paths. */
  readonly entry: string;
  /** Absolute path of the API module that was bundled in. */
  readonly apiPath: string;
  /** Covers the content of the local modules and, where packages are imported, of the lock file. */
  readonly identity: Digest;
  /** The entry and the local modules it imports, sorted by path. */
  readonly local: readonly SourceFile[];
  /** What else decides the result: API modules, lock file, each tsconfig and `package.json`; sorted by path. */
  readonly around: readonly SourceFile[];
  /** Where modules were sought and not found: what comes to be there may be taken instead. Absolute, sorted. */
  readonly absent: readonly string[];
  /** Where a folder lies, and a file would be taken instead of what was found elsewhere. Absolute, sorted. */
  readonly passed: readonly string[];
  /** By which modules, and what tells of them, were reached; sorted by path. */
  readonly links: readonly Link[];
  /** The files of packages that are loaded from where they are. Absolute, sorted. */
  readonly packaged: readonly string[];
  /** Names of modules that are known only when they are reached, with the files that stand for them. */
  readonly choices: readonly Choice[];
  /** Whether all of this says when it has to be compiled anew; otherwise it is compiled each time. */
  readonly isFollowed: boolean;
  /** `null` when there is none or no package is imported. */
  readonly lockFile: string | null;
  readonly importsPackages: boolean;
  /** Absolute path, and how the file is known. */
  readonly compiled: SourceFile;
  /** Loading it once in a process of its own went well. */
  readonly vetted: boolean;
}

/**
 * `null` when there is none that can be read and understood. It carries no checksum: any flipped bit leads
 * to a name, stamp or digest that is not found again, and so to compiling anew.
 */
export function readManifest(file: string, version: string): CodeManifest | null {
  try {
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as CodeManifest;
    return isManifest(manifest) && manifest.format === format && manifest.version === version
      ? manifest
      : null;
  } catch {
    return null;
  }
}

/** Whole or not at all. Throws errors of the file system. */
export function writeManifest(file: string, manifest: Omit<CodeManifest, 'format'>): void {
  replaceFile(file, `${JSON.stringify({ ...manifest, format })}\n`, false);
}

/** Writes beside the target and renames. `durable`: the content survives a loss of power if the name does. */
export function replaceFile(file: string, text: string, durable: boolean): void {
  const beside = path.join(path.dirname(file), `${path.basename(file)}-${process.pid}.tmp`);
  const descriptor = fs.openSync(beside, 'w');
  try {
    fs.writeFileSync(descriptor, text);
    if (durable) fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
  fs.renameSync(beside, file);
}

function isManifest(value: CodeManifest): boolean {
  const files = [value.compiled, ...value.local, ...value.around];
  return (
    value.local.length > 0 &&
    files.every((file) => typeof file.path === 'string' && typeof file.digest === 'string') &&
    [...value.absent, ...value.passed, ...value.packaged].every((place) => typeof place === 'string') &&
    value.links.every(({ path: place, text }) => typeof place === 'string' && typeof text === 'string') &&
    value.choices.every(({ pattern, files }) => typeof pattern === 'string' && Array.isArray(files)) &&
    typeof value.isFollowed === 'boolean' &&
    typeof value.identity === 'string' &&
    typeof value.vetted === 'boolean' &&
    typeof value.importsPackages === 'boolean'
  );
}
