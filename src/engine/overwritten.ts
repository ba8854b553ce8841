// Is what earlier stages of this build made still as they made it? An edit of it is no result of theirs, and must
// not be built into what follows.
import type { FilePath } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import { type PatternSet, setMatches } from '../model/glob/pattern-set.ts';
import { type FileEntry, type Manifest, sameEntry } from '../model/manifest.ts';
import type { Task } from '../model/task.ts';
import type { World } from './world.ts';

/**
 * Compares the inputs of a task, as they were read, with the records of the tasks before it; `null` where all is
 * as recorded. Of a stage by time nothing is compared: its rule takes an edited output for a fresh one.
 */
export function overwrittenInputs(
  world: World,
  requires: PatternSet,
  inputs: Manifest,
  before: readonly Task[],
): Failure | null {
  const makers = before.flatMap(({ id, stage: { name, produces, freshness } }) => {
    const memory = world.records.memory(id);
    if (produces === null || freshness === 'mtime' || memory.kind !== 'done') return [];
    return [{ name, produces, made: memory.record.outputs }];
  });
  if (makers.length === 0) return null;
  const paths = new Set<FilePath>();
  const stages = new Set<string>();
  const read = new Map(inputs.map((entry) => [entry.path, entry]));
  const rest = new Set(read.keys());
  for (const { name, made } of makers) {
    for (const entry of made) {
      rest.delete(entry.path);
      if (isAsMade(world, requires, entry, read.get(entry.path))) continue;
      paths.add(entry.path);
      stages.add(name);
    }
  }
  for (const { name, produces } of makers) {
    // A path that is spelled out is the file that was made.
    if (produces.entries.every((entry) => entry.negated || entry.glob.literal !== null)) continue;
    for (const path of rest) {
      if (!setMatches(produces, path)) continue;
      paths.add(path);
      stages.add(name);
    }
  }
  return paths.size === 0
    ? null
    : { kind: 'input-overwritten', paths: [...paths].sort(), stages: [...stages] };
}

function isAsMade(world: World, requires: PatternSet, made: FileEntry, read: FileEntry | undefined): boolean {
  if (made.kind === 'folder') return true;
  if (read === undefined) return !setMatches(requires, made.path) || world.files.look(made.path) !== null;
  // The digest of a link that is read covers what it leads to.
  return made.kind === 'link' ? read.target === made.target : sameEntry(made, read);
}
