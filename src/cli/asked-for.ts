// What a command asks of its run, as the run tells it; and what of that is to be told anew from another folder.
import path from 'node:path';
import type { BuildOptions } from '../engine/build-options.ts';
import { valuesOf } from '../model/params/param.ts';
import { type Flags, selectedOf, texts } from './flags.ts';
import { typedFrom } from './going-on.ts';
import { commandWords } from './hidden-secrets.ts';
import type { Workspace } from './workspace.ts';

export function askedFor(
  workspace: Workspace,
  flags: Flags,
): Pick<BuildOptions, 'command' | 'params' | 'selected' | 'envFiles'> {
  return {
    command: commandWords(),
    params: paramsOf(workspace),
    selected: selectedOf(flags),
    envFiles: envFilesIn(workspace, flags),
  };
}

/** `undefined` where the pipeline has none. */
function paramsOf({ pipeline: { params } }: Workspace): BuildOptions['params'] {
  if (params.length === 0) return undefined;
  return valuesOf(params.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }])));
}

/** As seen from the root, so that they are found from any folder and in a workspace that was moved; absolute ones stay so. */
function envFilesIn({ root }: Pick<Workspace, 'root'>, flags: Flags): BuildOptions['envFiles'] {
  const files = texts(flags, 'envFile');
  if (files.length === 0) return undefined;
  return files.map((file) => (path.isAbsolute(file) ? file : path.relative(root, path.resolve(file))));
}

/** What a run has told of them, as it would be typed here. */
export function envFilesFromHere(root: string, told: readonly string[]): readonly string[] {
  const typed = typedFrom(root);
  return told.map((file) => (path.isAbsolute(file) ? file : typed(file)));
}
