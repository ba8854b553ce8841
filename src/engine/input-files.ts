// Which files are inputs of a stage now, or why that cannot be told.
import type { FilePath } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import { type PatternEntry, setMatches } from '../model/glob/pattern-set.ts';
import { codeOf } from '../model/hooks.ts';
import { byPath } from '../model/manifest.ts';
import type { Stage } from '../model/stage.ts';
import type { ListedFile } from './ports.ts';
import type { World } from './world.ts';

/** `modules`: behind its functions. `isPlanned`: a stage that is yet to run will serve the pattern. */
export function inputFilesOf(
  { files }: Pick<World, 'files'>,
  stage: Stage,
  {
    modules,
    isPlanned,
  }: { readonly modules: readonly FilePath[]; readonly isPlanned: (entry: PatternEntry) => boolean },
): { readonly files: readonly ListedFile[] } | { readonly failure: Failure } {
  const expansion = files.expand(stage.requires, 'input');
  const [unreadable] = expansion.unreadable;
  if (unreadable !== undefined) return { failure: { kind: 'input-unreadable', ...unreadable } };
  const missing = expansion.unmatched
    .filter((entry) => !entry.optional && !isPlanned(entry))
    .map((entry) => entry.source);
  const named = new Map<FilePath, ListedFile>();
  for (const path of [...stage.implied, ...modules]) {
    const file = files.look(path);
    if (file !== null) named.set(path, file);
  }
  if (missing.length > 0) return { failure: { kind: 'input-missing', patterns: missing } };
  if (named.size === 0) return { files: expansion.files };
  for (const file of expansion.files) named.set(file.path, file);
  return { files: [...named.values()].sort(byPath) };
}

/**
 * Without the code: a script that is an input because the command names it is no file to work on, and no pattern led to
 * it. Most stages have none, and nothing need be matched.
 */
export function requiredAmong(stage: Stage, inputs: readonly ListedFile[]): readonly ListedFile[] {
  const hasMore = stage.implied.length > 0 || codeOf(stage).length > 0;
  return hasMore ? inputs.filter(({ path }) => setMatches(stage.requires, path)) : inputs;
}
