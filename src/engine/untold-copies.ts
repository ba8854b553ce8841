// Copies of a person's files that an attempt had made before its tool went on in place, and that nobody was told of,
// because it was killed.
import type { FilePath } from '../base/brand.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import { sameEntry } from '../model/manifest.ts';
import type { Memory } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import type { Present } from './assessment.ts';
import { keptMessage, type Warn } from './keeping.ts';
import type { ListedFile } from './ports.ts';
import type { KeptFile } from './run-folders.ts';
import type { World } from './world.ts';

/** None where the last attempt was not killed. */
export function copiesOfKilled({ folders }: World, task: Task, memory: Memory): readonly KeptFile[] {
  const { produces } = task.stage;
  if (memory.kind !== 'unfinished' || !memory.leftovers || produces === null) return [];
  return folders.displacedIn(memory.runId, task.id).filter(({ file }) => setMatches(produces, file.path));
}

/** Those of `present` that are as they were before the attempt: a person's still. */
export function untouchedAmong(
  { files }: World,
  copies: readonly KeptFile[],
  present: readonly ListedFile[],
): readonly ListedFile[] {
  const folderOf = new Map(copies.map(({ file, folder }) => [file.path, folder]));
  return present.filter((file) => {
    const folder = folderOf.get(file.path);
    if (folder === undefined) return false;
    const copy = { ...file, path: `${folder}/${file.path}` as FilePath };
    const [now] = files.observe([file], 'output').manifest;
    const [before] = files.observe([copy], 'output').manifest;
    return now !== undefined && before !== undefined && sameEntry(now, before);
  });
}

export interface UntoldCopies {
  /** Of what the tool had changed or deleted. */
  tell(warn: Warn): void;
  /** Of what it had left as it was: once the next attempt has made its own. */
  dropOthers(): void;
}

export function untoldCopies(world: World, { task, memory, outputs }: Present): UntoldCopies {
  const copies = copiesOfKilled(world, task, memory);
  const untouched = new Set(untouchedAmong(world, copies, outputs).map((file) => file.path));
  return {
    tell: (warn) => {
      // Where old outputs are moved away, it was told when that was done.
      if (task.stage.clean) return;
      for (const { file, folder } of copies)
        if (!untouched.has(file.path)) warn(...keptMessage(world, file, { folder, refusal: null }));
    },
    dropOthers: () => {
      for (const { file, folder } of copies)
        if (untouched.has(file.path)) world.outputs.dropCopies([file], folder);
    },
  };
}
