// What a person made where a tool updates its own outputs stays in place for the tool: of each such file a copy is kept.
import type { FilePath } from '../base/brand.ts';
import { sameManifest } from '../model/manifest.ts';
import type { Task } from '../model/task.ts';
import { inPlaceFor, keptMessage, type Warn } from './keeping.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

export interface KeptCopies {
  /**
   * Once the tool has ended: tells of the files that it changed or deleted, and drops the copies of the others,
   * which are still a person's. Answers those. Asked again, it answers the same.
   */
  settle(): readonly FilePath[];
}

/** Throws where they cannot be copied; then nothing was touched. */
export function keepCopies(
  world: World,
  task: Task,
  handMade: readonly ListedFile[],
  warn: Warn,
): KeptCopies {
  // A pipe or a socket has no content that could be lost.
  const files = handMade.filter((file) => file.kind !== 'other');
  if (files.length === 0) return { settle: () => [] };
  const before = new Map(
    world.files.observe(files, 'output').manifest.map((entry) => [entry.path as string, entry]),
  );
  const place = inPlaceFor(world, 'displaced', task.id, (folder) => world.outputs.copyTo(files, folder));

  const isUnchanged = (file: ListedFile): boolean => {
    const entry = before.get(file.path);
    if (entry === undefined || world.outputs.blockedBy(file.path) !== null) return false;
    const present = world.files.look(file.path);
    if (present === null) return false;
    return sameManifest(world.files.observe([present], 'output').manifest, [entry]);
  };
  let settled: readonly FilePath[] | null = null;
  return {
    settle: () => {
      if (settled !== null) return settled;
      world.files.forget();
      const unchanged = files.filter((file) => unlessRefused(() => isUnchanged(file), false));
      settled = unchanged.map((file) => file.path);
      const isSettled = new Set(unchanged);
      for (const file of files) if (!isSettled.has(file)) warn(...keptMessage(world, file, place));
      // A copy too many is no reason to fail.
      unlessRefused(() => world.outputs.dropCopies(unchanged, place.folder), undefined);
      return settled;
    },
  };
}

function unlessRefused<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    return otherwise;
  }
}
