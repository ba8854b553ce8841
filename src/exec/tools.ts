// Finds the programs that stages ask for, and asks them for their version.

import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Witness } from '../base/witness.ts';
import type { Tools } from '../engine/ports.ts';
import { satisfies, versionIn } from '../model/command/version-range.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Stage, ToolRequirement } from '../model/stage.ts';

const answerTimeoutMs = 10_000;

/** Where answers are kept from run to run. */
export interface ToolMemory {
  get(key: string): string | undefined;
  put(key: string, value: string): void;
}

export interface ToolsOptions {
  readonly root: string;
  /** The stage's whole environment: its PATH decides what is found. */
  readonly environmentOf: (stage: Stage) => Readonly<Record<string, string>>;
  readonly memory: ToolMemory;
  /** Hears of everything that was looked at to find a program. Default: nobody. */
  readonly witness?: Witness | null;
}

interface Place {
  readonly program: string;
  /** Absolute, as found. */
  readonly path: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Of a tool: the line in which it tells its version, such as `Python 3.11.7`. Kept by real path and
 * stamp; programs that hand over to another one by folder or environment are asked in every run.
 */
export function createTools(options: ToolsOptions): Tools {
  const askedNow = new Map<string, { readonly identity: string | null; readonly isKept: boolean }>();
  const searched = new Map<string, readonly Candidate[]>();
  const { witness = null } = options;

  /** Each time anew for the witness: another task asks. */
  const find = (program: string, searchPath: string, cwd: string): string | null => {
    const once = `${program}\0${cwd}\0${searchPath}`;
    const candidates = searched.get(once) ?? candidatesFor(program, searchPath, cwd);
    searched.set(once, candidates);
    for (const { path, isThere } of candidates) {
      // Of what lies there also whether it is a link, for one that leads elsewhere may be another program.
      if (isThere) witness?.saw(path, true);
      witness?.followed(path, isThere);
    }
    const last = candidates.at(-1);
    return last?.isProgram ? last.path : null;
  };

  const identityOf = (place: Place): string | null => {
    const once = `${place.path}\0${place.cwd}\0${place.env.PATH}`;
    const known = askedNow.get(once) ?? askedFor(place);
    askedNow.set(once, known);
    // Here too each time anew.
    if (!known.isKept) witness?.unsure();
    return known.identity;
  };

  const askedFor = (place: Place) => {
    const key = memoryKey(place);
    const identity = (key === null ? undefined : options.memory.get(key)) ?? ask(place);
    if (key !== null && identity !== null) options.memory.put(key, identity);
    return { identity, isKept: key !== null };
  };

  return {
    identify(requirement, stage) {
      const { program, range } = requirement;
      const env = options.environmentOf(stage);
      const cwd = resolve(options.root, stage.cwd);
      const path = find(program, env.PATH ?? '', cwd);
      const problem = (what: string) => ({ problem: problemWith(requirement, stage, what) });
      if (path === null) return problem('it is not on the PATH of the stage');
      const identity = identityOf({ program, path, cwd, env });
      if (identity === null) return problem(`${path} does not tell its version`);
      const version = versionIn(identity)!;
      return satisfies(version, range) ? { identity } : problem(`${path} is ${version}`);
    },
  };
}

function problemWith({ program, range }: ToolRequirement, stage: Stage, what: string): Diagnostic {
  return {
    code: 'PIPE037',
    message: `stage "${stage.name}" needs ${program} ${range}, but ${what}`,
    at: `stages.${stage.name}.tools.${program}`,
    hint: `install ${program} ${range} and put it on the PATH, or change the range`,
  };
}

/** A place where the program could be. */
interface Candidate {
  /** Absolute. */
  readonly path: string;
  readonly isThere: boolean;
  readonly isProgram: boolean;
}

/** In the order of the PATH, up to the one that is the program. */
function candidatesFor(program: string, searchPath: string, cwd: string): readonly Candidate[] {
  const paths = program.includes('/')
    ? [resolve(cwd, program)]
    : searchPath.split(':').map((folder) => resolve(cwd, folder, program));
  const candidates: Candidate[] = [];
  for (const path of paths) {
    const candidate = candidateAt(path);
    candidates.push(candidate);
    if (candidate.isProgram) break;
  }
  return candidates;
}

function candidateAt(path: string): Candidate {
  let isThere = false;
  try {
    const stat = statSync(path);
    isThere = true;
    accessSync(path, constants.X_OK);
    return { path, isThere, isProgram: stat.isFile() };
  } catch {
    return { path, isThere, isProgram: false };
  }
}

/** By `go.mod`, `global.json`. */
const byFolder = new Set(['go', 'dotnet']);

/**
 * `null` where the answer may change without the file: version managers' shims, wrapper scripts, and programs that take
 * their version from a file of the folder.
 */
function memoryKey({ program, path }: Place): string | null {
  const real = realpathSync.native(path);
  if (/\/(shims|\.cargo\/bin|\.volta|corepack)\//.test(`${path}\n${real}`)) return null;
  if (byFolder.has(basename(program))) return null;
  // Package managers replace the file whenever they replace the package.
  const isPackaged = real.includes('/node_modules/');
  const stem = basename(program).replace(/[\d.]+$/, '');
  if (!isPackaged && (!basename(real).startsWith(stem) || isScript(real))) return null;
  const { size, mtimeNs, ctimeNs, ino } = statSync(real, { bigint: true });
  return `tool 1 ${real} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

function isScript(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    const start = Buffer.alloc(2);
    readSync(file, start, 0, 2, 0);
    closeSync(file);
    return start.toString('latin1') === '#!';
  } catch {
    return true;
  }
}

/** The line that carries the version; `null` when no way of asking gives one. */
function ask({ path, cwd, env }: Place): string | null {
  for (const question of ['--version', '-version', 'version']) {
    const answer = spawnSync(path, [question], {
      ...{
        cwd,
        env,
        encoding: 'utf8',
        timeout: answerTimeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 1_048_576,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (answer.status !== 0) continue;
    const lines = `${answer.stdout}\n${answer.stderr}`.split('\n').map((line) => line.trim());
    // A dotted number before a plain one: the first line may be a year or a greeting.
    const line = lines.find((one) => /\d\.\d/.test(one)) ?? lines.find((one) => versionIn(one) !== null);
    if (line !== undefined) return line;
  }
  return null;
}
