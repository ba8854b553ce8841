// The code on which a watch rests: the configuration, what it imports, the modules of stages, files of variables. Which
// of it is watched, whether something heard of is part of it, and whether it may be another one than was loaded.
import fs from 'node:fs';
import path from 'node:path';
import { namedModules } from '../config/named-modules.ts';
import { placesOf } from '../config/passed-over.ts';
import { allModulesOf } from '../model/hooks.ts';
import type { Selection } from '../model/selection.ts';
import type { Heard } from '../model/watch/hints.ts';
import { type Flags, texts } from './flags.ts';
import type { WatchEars } from './watch-ears.ts';
import type { Place, Workspace } from './workspace.ts';

export class WatchedCode {
  private readonly ears: WatchEars;
  /** By path, absolute. */
  private stamps: ReadonlyMap<string, string | null> = new Map();
  /** The same paths, and every folder on the way to one of them. */
  private ways: ReadonlySet<string> = new Set();
  /** Those of the paths that are folders: what comes to be in them may be part of it. */
  private folders: ReadonlySet<string> = new Set();
  private passed: ReadonlySet<string> = new Set();

  constructor(ears: WatchEars) {
    this.ears = ears;
  }

  /** From here on it is these, absolute, and all of them are watched. `passed`: see `CodePaths`. */
  expect(paths: Iterable<string>, passed: Iterable<string> = []): void {
    this.passed = new Set(passed);
    const expected = [...new Set(paths)];
    for (const file of expected) this.ears.lookedAt.saw(file);
    const folders = expected.filter((place) => isFolder(place) && !this.passed.has(place));
    for (const folder of folders) this.ears.lookedAt.followed(folder);
    this.ears.arm();
    this.stamps = new Map(expected.map((file) => [file, this.stampOf(file)]));
    this.ways = waysTo(expected);
    this.folders = new Set(folders);
  }

  /**
   * The same, and these besides, and where what is gone could be under another ending. Answers whether any was not
   * among them before: then it may have changed unheard of.
   */
  expectAlso(paths: readonly string[]): boolean {
    const gone = [...this.stamps].filter(([file, stamp]) => stamp !== null && this.stampOf(file) === null);
    const places = gone.flatMap(([file]) => placesOf(file.slice(0, file.length - path.extname(file).length)));
    const more = [...paths, ...places].filter((file) => !this.stamps.has(file));
    this.expect([...this.stamps.keys(), ...more], this.passed);
    return more.length > 0;
  }

  isAmong(heard: Heard): boolean {
    for (const one of heard.keys())
      if (this.ways.has(one) || (this.folders.size > 0 && this.folders.has(path.dirname(one)))) return true;
    return false;
  }

  /** Whether none of it is another one since it was expected, heard of or not. */
  get isAsExpected(): boolean {
    return [...this.stamps].every(([file, stamp]) => this.stampOf(file) === stamp);
  }

  /** What comes and goes in a folder that is only passed by is no matter. */
  private stampOf(file: string): string | null {
    return this.passed.has(file) && isFolder(file) ? null : stampOf(file);
  }
}

function waysTo(files: readonly string[]): ReadonlySet<string> {
  const ways = new Set<string>();
  for (const file of files) for (let at = file; !ways.has(at); at = path.dirname(at)) ways.add(at);
  return ways;
}

/** Absolute. */
export interface CodePaths {
  readonly paths: readonly string[];
  /** Those of them that are folders in place of which a file would be taken. */
  readonly passed: Iterable<string>;
}

export function codeOf(workspace: Workspace, { stages }: Selection, flags: Flags): CodePaths {
  const modules = stages.flatMap(allModulesOf).map((module) => path.resolve(workspace.root, module));
  const behind = workspace.pathsOfCode();
  const known = new Set(ofThisBusiness(behind, workspace.root));
  // Those that could not be compiled.
  const named = modules.filter((module) => !known.has(module)).flatMap((module) => namedModules(module));
  const code = [...known, ...named].filter((file) => !file.startsWith(`${workspace.state}/`));
  const passed = behind.flatMap(({ path: place, as }) => (as === 'passed' ? [place] : []));
  return { paths: [...new Set([...code, ...filesOfVariables(flags)])], passed };
}

/** What is looked for in all folders above, and is not there, is not, unless other code lies beside it. */
function ofThisBusiness(paths: ReturnType<Workspace['pathsOfCode']>, root: string): readonly string[] {
  const folders = new Set(paths.flatMap((one) => (one.as === 'absent' ? [] : [path.dirname(one.path)])));
  return paths
    .filter(
      (one) => one.as !== 'absent' || one.path.startsWith(`${root}/`) || folders.has(path.dirname(one.path)),
    )
    .map((one) => one.path);
}

/** What can be told of the code while the configuration cannot be loaded; absolute. */
export function codeOfBroken(place: Place, flags: Flags): readonly string[] {
  return [...namedModules(place.configPath), ...filesOfVariables(flags)];
}

function filesOfVariables(flags: Flags): readonly string[] {
  return texts(flags, 'envFile').map((file) => path.resolve(file));
}

function isFolder(place: string): boolean {
  try {
    return fs.statSync(place).isDirectory();
  } catch {
    return false;
  }
}

/** Another one where the file is another; `null` where there is none. */
function stampOf(file: string): string | null {
  try {
    const { ino, size, mtimeNs, ctimeNs } = fs.statSync(file, { bigint: true });
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return null;
  }
}
