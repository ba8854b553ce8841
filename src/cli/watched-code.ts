// The code on which a watch rests: the configuration, what it imports, the modules of stages, files of variables. Which
// of it is watched, whether something heard of is part of it, and whether it may be another one than was loaded.
import fs from 'node:fs';
import path from 'node:path';
import { namedModules } from '../config/named-modules.ts';
import { allModulesOf } from '../model/hooks.ts';
import type { Selection } from '../model/selection.ts';
import type { Heard } from '../model/watch/hints.ts';
import { type Flags, texts } from './flags.ts';
import type { WatchEars } from './watch-ears.ts';
import type { Place, Workspace } from './workspace.ts';

export class WatchedCode {
  private readonly ears: WatchEars;
  private paths: ReadonlySet<string> = new Set();
  private stamps = '';

  constructor(ears: WatchEars) {
    this.ears = ears;
  }

  /** From here on it is these, absolute, and all of them are watched. */
  expect(paths: Iterable<string>): void {
    this.paths = new Set(paths);
    for (const file of this.paths) this.ears.lookedAt.saw(file);
    this.ears.arm();
    this.stamps = this.stampsNow();
  }

  /** The same, and these besides. Answers whether any was not among them before: then it may have changed unheard of. */
  expectAlso(paths: readonly string[]): boolean {
    const hasMore = paths.some((file) => !this.paths.has(file));
    this.expect([...this.paths, ...paths]);
    return hasMore;
  }

  isAmong(heard: Heard): boolean {
    for (const file of this.paths)
      for (const one of heard.keys()) if (file === one || file.startsWith(`${one}/`)) return true;
    return false;
  }

  /** Whether none of it is another one since it was expected, heard of or not. */
  get isAsExpected(): boolean {
    return this.stampsNow() === this.stamps;
  }

  private stampsNow(): string {
    return [...this.paths].map(stampOf).join('\n');
  }
}

/** Absolute. */
export function codeOf(workspace: Workspace, { stages }: Selection, flags: Flags): readonly string[] {
  const modules = stages.flatMap(allModulesOf).map((module) => path.resolve(workspace.root, module));
  const known = ofThisBusiness(workspace.pathsOfCode(), workspace.root);
  const named = modules.flatMap((module) => namedModules(module));
  const code = [...known, ...named].filter((file) => !file.startsWith(`${workspace.state}/`));
  return [...new Set([...code, ...filesOfVariables(flags)])];
}

/** What is looked for in all folders above, and is not there, is not, unless other code lies beside it. */
function ofThisBusiness(paths: ReturnType<Workspace['pathsOfCode']>, root: string): readonly string[] {
  const folders = new Set(paths.flatMap(([file, isThere]) => (isThere ? [path.dirname(file)] : [])));
  return paths
    .filter(([file, isThere]) => isThere || file.startsWith(`${root}/`) || folders.has(path.dirname(file)))
    .map(([file]) => file);
}

/** What can be told of the code while the configuration cannot be loaded; absolute. */
export function codeOfBroken(place: Place, flags: Flags): readonly string[] {
  return [...namedModules(place.configPath), ...filesOfVariables(flags)];
}

function filesOfVariables(flags: Flags): readonly string[] {
  return texts(flags, 'envFile').map((file) => path.resolve(file));
}

/** Another one where the file is another or not there. */
function stampOf(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = fs.statSync(file, { bigint: true });
    return `${file}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return file;
  }
}
