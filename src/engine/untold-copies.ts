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
import type { World } from './world.ts';

interface Copies {
  /** Absolute. */
  readonly folder: string;
  readonly files: readonly ListedFile[];
}

/** `null`: the last attempt was not killed, or had made none. */
export function copiesOfKilled({ folders }: World, task: Task, memory: Memory): Copies | null {
  const { produces } = task.stage;
  if (memory.kind !== 'unfinished' || !memory.leftovers || produces === null) return null;
  const { folder, files } = folders.displacedIn(memory.runId, task.id);
  const own = files.filter(({ path }) => setMatches(produces, path));
  return own.length === 0 ? null : { folder, files: own };
}

/** Those of `present` that are as they were before the attempt: a person's still. */
export function untouchedAmong(
  { files }: World,
  copies: Copies | null,
  present: readonly ListedFile[],
): readonly ListedFile[] {
  if (copies === null) return [];
  const isCopied = new Set(copies.files.map((file) => file.path));
  return present.filter((file) => {
    if (!isCopied.has(file.path)) return false;
    const copy = { ...file, path: `${copies.folder}/${file.path}` as FilePath };
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
  if (copies === null) return { tell: () => {}, dropOthers: () => {} };
  const { folder, files } = copies;
  const untouched = untouchedAmong(world, copies, outputs);
  const isUntouched = new Set(untouched.map((file) => file.path));
  return {
    tell: (warn) => {
      // Where old outputs are moved away, it was told when that was done.
      if (task.stage.clean) return;
      for (const file of files)
        if (!isUntouched.has(file.path)) warn(...keptMessage(world, file, { folder, refusal: null }));
    },
    dropOthers: () => world.outputs.dropCopies(untouched, folder),
  };
}
