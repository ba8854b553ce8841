// Which of the files that an execution touched its stage does not declare.

import { setMatches } from '../glob/pattern-set.ts';
import { hasReservedPart } from '../glob/reserved-names.ts';
import { lockNames, pythonLockNames } from '../lock-names.ts';
import type { Stage } from '../stage.ts';
import type { Touched } from './touched-files.ts';

/** Paths relative to the root, sorted. What no pattern can or should name is told as its folder: `.git/`, `node_modules/`. */
export interface Undeclared {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly deletes: readonly string[];
}

export interface Surroundings {
  /** What counts as an input without a pattern: the code of functions, with the lock file of its packages. */
  readonly code: ReadonlySet<string>;
  /** Files and folders (with a `/` at the end) that are the engine's business or the stage's private one. */
  readonly exempt: readonly string[];
  /** Whether an input that the patterns found lies there really, behind a link. */
  readonly isBehindLink: (path: string) => boolean;
  readonly isFolder: (path: string) => boolean;
  readonly isLink: (path: string) => boolean;
}

export function undeclaredFiles(stage: Stage, touched: Touched, around: Surroundings): Undeclared {
  const isExempt = (path: string) =>
    around.exempt.some((one) => (one.endsWith('/') ? path.startsWith(one) : path === one)) ||
    isToolsOwn(path);
  const isOutput = (path: string) => stage.produces !== null && setMatches(stage.produces, path);
  const isInput = (path: string) =>
    setMatches(stage.requires, path) ||
    stage.implied.some((one) => one === path) ||
    around.code.has(path) ||
    // What an update in place reads: with `clean: false` it answers for itself.
    isOutput(path);
  const environments = pythonEnvironments(touched.reads);
  const packagesOf = (path: string) => packagesFolder(path, environments);
  const named = (paths: readonly string[]) =>
    [...new Set(paths.map((path) => packagesOf(path)?.folder ?? nameable(path)))].sort();
  // Folders have no content of their own; a link to one is only a way.
  const isFile = (path: string) => !around.isFolder(path);

  const reads = [...touched.reads]
    .filter((path) => !isInput(path))
    .map(sourceOf)
    .filter((path) => !isExempt(path) && !isInput(path))
    .filter((path) => !areLocked(packagesOf(path), isInput))
    .filter((path) => !around.isBehindLink(path));
  const changed = (paths: ReadonlySet<string>) =>
    [...paths].filter((path) => !isOutput(path) && !isExempt(path) && !isByteCode(path));
  return {
    reads: named(reads.filter(isFile)),
    writes: named(changed(touched.writes).filter((path) => around.isLink(path) || isFile(path))),
    deletes: named(changed(touched.deletes)),
  };
}

/** Python reads what it compiled before in place of the source. */
function sourceOf(path: string): string {
  const [, folder = '', name] = /^(.*\/)?__pycache__\/([^/.]+)\.[^/]*\.pyc$/.exec(path) ?? [];
  return name === undefined ? path : `${folder}${name}.py`;
}

function isByteCode(path: string): boolean {
  return /(?:^|\/)__pycache__\/[^/]+$/.test(path);
}

/** Where tools of the Node world keep what they can make again. */
function isToolsOwn(path: string): boolean {
  return /(?:^|\/)node_modules\/\.cache\//.test(path);
}

interface Packages {
  /** Ends in `/`. */
  readonly folder: string;
  /** Which files vouch for what is in it. */
  readonly locks: readonly string[];
}

/** Where a package manager has put the file. */
function packagesFolder(path: string, environments: readonly string[]): Packages | null {
  const [node] = /^(?:.*?\/)??node_modules\//.exec(path) ?? [];
  if (node !== undefined) return { folder: node, locks: lockNames };
  const python = environments.find((one) => path.startsWith(one));
  return python === undefined ? null : { folder: python, locks: pythonLockNames };
}

/** Python looks for this file where it was started from, so each that is used is found. */
function pythonEnvironments(reads: ReadonlySet<string>): readonly string[] {
  return [...reads].flatMap((path) => /^(.*\/)pyvenv\.cfg$/.exec(path)?.[1] ?? []);
}

/** Whether a file that vouches for the packages is an input; it lies in a folder above them. */
function areLocked(packages: Packages | null, isInput: (path: string) => boolean): boolean {
  if (packages === null) return false;
  for (let folder = packages.folder; folder !== ''; ) {
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
    if (packages.locks.some((name) => isInput(folder + name))) return true;
  }
  return false;
}

/** The path, or its first part that no pattern can name. */
function nameable(path: string): string {
  if (!hasReservedPart(path)) return path;
  const reserved = /^(?:.*?\/)??(?:\.git|\.pipeline-cache)(?:\/|$)/.exec(path);
  return reserved === null ? path : `${reserved[0].replace(/\/$/, '')}/`;
}
