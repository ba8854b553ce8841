// Finds the configuration as git finds its repository: in the current folder or the nearest one above it.
import fs from 'node:fs';
import path from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';

/** In the order of preference where one folder holds several. */
export const configNames = [
  'pipeline.config.ts',
  'pipeline.config.mts',
  'pipeline.config.js',
  'pipeline.config.mjs',
] as const;

/** Whether a file of this name may be given as a configuration. */
export function isConfigFile(file: string): boolean {
  return /\.m?[jt]s$/.test(file);
}

export interface LocateOptions {
  /** The folder in which the command was given, absolute. */
  readonly cwd: string;
  /** `--config`: a file, or a folder that holds one; relative to `cwd`. It may lie outside of the root. */
  readonly config?: string | undefined;
  /** `--root`: the folder to which the configuration's paths are relative; relative to `cwd`. */
  readonly root?: string | undefined;
}

export interface Located {
  /** Absolute; its folder has no symbolic link in it. */
  readonly configPath: string;
  /** Absolute, without symbolic links: `--root`, or the folder of the configuration. */
  readonly root: string;
}

/** PIPE001 when there is no configuration, PIPE034 when `--root` names no folder. */
export function locateConfig(options: LocateOptions): Result<Located, readonly Diagnostic[]> {
  const root = options.root === undefined ? null : path.resolve(options.cwd, options.root);
  if (root !== null && kindOf(root) !== 'folder') {
    const closed = closedTo(root);
    if (closed !== null) return err([{ code: 'PIPE034', ...closed, at: '--root' }]);
    return err([{ code: 'PIPE034', message: `there is no folder ${root}`, at: '--root' }]);
  }
  const found = options.config === undefined ? search(options.cwd, root) : named(options.cwd, options.config);
  if (!found.ok) return found;
  const folder = fs.realpathSync.native(path.dirname(found.value));
  return ok({
    configPath: path.join(folder, path.basename(found.value)),
    root: root === null ? folder : fs.realpathSync.native(root),
  });
}

function named(cwd: string, config: string): Result<string, readonly Diagnostic[]> {
  const given = path.resolve(cwd, config);
  const kind = kindOf(given);
  if (kind === 'file' && isConfigFile(given)) return ok(given);
  if (kind === 'folder') {
    const inside = inFolder(given);
    if (inside !== null) return ok(inside);
  }
  const closed = closedTo(kind === 'folder' ? path.join(given, configNames[0]) : given);
  if (closed !== null) return err([{ code: 'PIPE001', ...closed, at: '--config' }]);
  const message =
    kind === 'file'
      ? `${given} is not a .ts, .mts, .js or .mjs file`
      : kind === 'folder'
        ? `there is no pipeline.config.ts in ${given}`
        : `there is no file ${given}`;
  return err([{ code: 'PIPE001', message, at: '--config', hint: 'give the path of a pipeline.config.ts' }]);
}

/** With a root that was named, nothing above it counts: a configuration found there would have another root. */
function search(cwd: string, root: string | null): Result<string, readonly Diagnostic[]> {
  let folder = root ?? path.resolve(cwd);
  for (;;) {
    const found = inFolder(folder);
    if (found !== null) return ok(found);
    const parent = path.dirname(folder);
    if (root !== null || parent === folder) break;
    folder = parent;
  }
  const closed = closedTo(path.join(root ?? path.resolve(cwd), configNames[0]));
  if (closed !== null) return err([{ code: 'PIPE001', ...closed }]);
  const where = root === null ? `${path.resolve(cwd)} or any folder above it` : root;
  return err([
    {
      code: 'PIPE001',
      message: `there is no pipeline.config.ts, .mts, .js or .mjs in ${where}`,
      hint: `to start, pipe init writes one with an example; or write a pipeline.config.ts yourself:

    import { definePipeline } from 'pipe-build';

    export default definePipeline({
      stages: {
        hello: {
          produces: 'hello.txt',
          run: 'echo hello > hello.txt',
        },
      },
    });

  or name one that lies elsewhere with --config <path>`,
    },
  ]);
}

function inFolder(folder: string): string | null {
  for (const name of configNames) {
    const candidate = path.join(folder, name);
    if (kindOf(candidate) === 'file') return candidate;
  }
  return null;
}

/** Why nobody can say whether `wanted` is there: a folder on the way to it must not be entered. `null`: that is not so. */
function closedTo(wanted: string): { readonly message: string; readonly hint: string } | null {
  try {
    fs.statSync(wanted, { throwIfNoEntry: false });
    return null;
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'EACCES') return null;
  }
  let folder = path.dirname(wanted);
  while (kindOf(folder) === null && folder !== path.dirname(folder)) folder = path.dirname(folder);
  return {
    message: `${folder} may not be entered: permission denied`,
    hint: `give yourself the right to enter it: chmod u+rx ${folder} (ls -ld tells whose it is)`,
  };
}

/** What cannot be looked at is not there: a folder above without permission must not end the search. */
function kindOf(candidate: string): 'file' | 'folder' | null {
  try {
    const stat = fs.statSync(candidate, { throwIfNoEntry: false });
    return stat?.isFile() ? 'file' : stat?.isDirectory() ? 'folder' : null;
  } catch {
    return null;
  }
}
