// Is what earlier stages of this build made still as they made it? An edit of it is no result of theirs, and must
// not be built into what follows.
import type { FilePath } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import { affixesOf } from '../model/glob/compiled-glob.ts';
import { isSpelledOut, type PatternSet, setMatches } from '../model/glob/pattern-set.ts';
import { Makers } from '../model/graph/makers.ts';
import { entryAt, type FileEntry, type Manifest, sameEntry, startingWith } from '../model/manifest.ts';
import type { Task } from '../model/task.ts';
import { placeBehindLinks } from './behind-links.ts';
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
  const makers = before.flatMap(({ id, stage }) => {
    const memory = world.records.memory(id);
    if (stage.produces === null || stage.freshness === 'mtime' || memory.kind !== 'done') return [];
    return [{ stage, produces: stage.produces, made: memory.record.outputs }];
  });
  if (makers.length === 0) return null;
  const paths = new Set<FilePath>();
  const stages = new Set<string>();
  // A path that is spelled out is the file that was made.
  const byPattern = makers.filter(({ produces }) => !isSpelledOut(produces));
  const rest = new Set(byPattern.length === 0 ? [] : inputs.map(({ path }) => path));
  for (const { stage, made } of makers) {
    for (const entry of concerning(made, requires, inputs)) {
      rest.delete(entry.path);
      if (isAsMade(world, requires, entry, entryAt(inputs, entry.path))) continue;
      paths.add(entry.path);
      stages.add(stage.name);
    }
  }
  const index = new Makers(byPattern.map(({ stage }) => stage));
  let all: ReadonlyMap<string, FileEntry> | null = null;
  const isAsMadeElsewhere = (path: FilePath) => {
    all ??= new Map(makers.flatMap(({ made }) => made.map((entry) => [entry.path, entry])));
    const place = placeBehindLinks(world.files, all, path);
    const entry = place === null ? undefined : all.get(place);
    if (entry !== undefined) return isAsMade(world, requires, entry, entryAt(inputs, path));
    return place !== null && index.of(place).length === 0;
  };
  for (const path of rest) {
    const namesakes = index.of(path);
    if (namesakes.length === 0 || isAsMadeElsewhere(path)) continue;
    for (const { name } of namesakes) {
      paths.add(path);
      stages.add(name);
    }
  }
  // Each once: makers may be thousands of items of one stage.
  const named = new Set(makers.map(({ stage }) => stage.name).filter((name) => stages.has(name)));
  return paths.size === 0
    ? null
    : { kind: 'input-overwritten', paths: [...paths].sort(), stages: [...named] };
}

/** What the task may have read of it, or requires: of what one stage made for thousands it is little. */
function concerning(made: Manifest, requires: PatternSet, read: Manifest): Iterable<FileEntry> {
  if (made.length <= requires.entries.length + read.length) return made;
  const found = new Set<FileEntry>();
  const add = (prefix: string) => {
    for (const entry of startingWith(made, prefix)) found.add(entry);
  };
  for (const { glob, negated } of requires.entries) if (!negated) add(glob.literal ?? affixesOf(glob).prefix);
  for (const { path } of read) add(path);
  return found;
}

function isAsMade(world: World, requires: PatternSet, made: FileEntry, read: FileEntry | undefined): boolean {
  if (made.kind === 'folder') return true;
  if (read === undefined) return !setMatches(requires, made.path) || world.files.look(made.path) !== null;
  // The digest of a link that is read covers what it leads to.
  return made.kind === 'link' ? read.target === made.target : sameEntry(made, read);
}
