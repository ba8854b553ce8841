// Where `pipe init` writes: the configuration and its root, as the same flags will find them, and what is in the way.
import fs from 'node:fs';
import path from 'node:path';
import { configNames, isConfigFile, locateConfig } from '../config/locate.ts';
import { type DiagnosticCode, UsageError } from '../model/diagnostic.ts';
import { type Flags, text } from './flags.ts';

/** Absolute paths. */
export interface NewPlace {
  readonly configPath: string;
  /** It may not be there yet. */
  readonly root: string;
}

/** Throws `UsageError` where there is a configuration already, or none would be found. */
export function newPlace(flags: Flags): NewPlace {
  const config = text(flags, 'config');
  const root = text(flags, 'root');
  const given = path.resolve(config ?? root ?? '.');
  const isFile = config !== undefined && !isFolder(given);
  if (isFile && !isConfigFile(given)) throw noConfigName(config);
  const folder = isFile ? path.dirname(given) : given;
  if (config !== undefined) refuseWhatIsInTheWay(folder, '--config');
  if (root !== undefined) refuseWhatIsInTheWay(path.resolve(root), '--root');
  const name = isFile ? path.basename(given) : configNames[0];
  // Of those that are found unasked, one would hide the other.
  const present = [name, ...(isFoundUnasked(name) ? configNames : [])].find((one) =>
    isThere(path.join(folder, one)),
  );
  if (present !== undefined) {
    const other = config === undefined ? 'go to another folder with --root <dir>' : 'give another --config';
    const hint = `it is left as it is: edit it, move it away, or ${other}`;
    throw refused('PIPE007', { message: `there is a ${present} in ${folder} already`, hint });
  }
  return { configPath: path.join(folder, name), root: path.resolve(root ?? folder) };
}

/** The configuration that is found no more from the folder of this one, once it is written. Absolute. */
export function configHidden(configPath: string): string | null {
  const folder = fs.realpathSync.native(path.dirname(configPath));
  const parent = path.dirname(folder);
  if (!isFoundUnasked(path.basename(configPath)) || parent === folder) return null;
  const above = locateConfig({ cwd: parent });
  return above.ok ? above.value.configPath : null;
}

function isFoundUnasked(name: string): boolean {
  return (configNames as readonly string[]).includes(name);
}

/** Throws `UsageError` if no such folder can be made, since it, or one above it, is a file. */
export function refuseWhatIsInTheWay(folder: string, at: string): void {
  for (let way = folder; !isFolder(way); way = path.dirname(way)) {
    if (!isThere(way)) continue;
    const message = `${way} is no folder${way === folder ? '' : `, and ${folder} cannot be made in it`}`;
    throw refused('PIPE034', { message, at, hint: 'name another folder, or move away what is there' });
  }
}

function noConfigName(config: string): UsageError {
  const { dir, name, ext } = path.parse(config);
  const better = ext === '' ? path.join(config, configNames[0]) : path.join(dir, `${name}.ts`);
  return refused('PIPE034', {
    message: `${config} would be no configuration: it does not end in .ts, .mts, .js or .mjs`,
    at: '--config',
    hint: `name a file such as ${better}, or a folder that is there`,
  });
}

function refused(
  code: DiagnosticCode,
  said: { readonly message: string; readonly hint: string; readonly at?: string },
): UsageError {
  return new UsageError([{ code, ...said }]);
}

function isFolder(candidate: string): boolean {
  // Above all there is the root of the file system.
  if (path.dirname(candidate) === candidate) return true;
  try {
    return fs.statSync(candidate).isDirectory();
  } catch {
    return false;
  }
}

/** Also a link that leads nowhere: nothing is written over it. */
function isThere(candidate: string): boolean {
  try {
    fs.lstatSync(candidate);
    return true;
  } catch {
    return false;
  }
}
