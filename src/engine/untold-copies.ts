// Copies of a person's files that an attempt had made before its tool went on in place, and that nobody was told of,
// because it was killed.
import type { FilePath, TaskId } from '../base/brand.ts';
import { type PatternSet, setMatches, setOfTexts } from '../model/glob/pattern-set.ts';
import { sameEntry } from '../model/manifest.ts';
import type { Memory } from '../model/record.ts';
import type { Present } from './assessment.ts';
import { keptMessage, type Warn } from './keeping.ts';
import type { ListedFile } from './ports.ts';
import type { World } from './world.ts';

export interface UntoldCopies {
  /** Of files that are as they were before the attempt: a person's still. */
  readonly untouched: ReadonlySet<FilePath>;
  /** Of what the tool had changed or deleted. */
  tell(warn: Warn): void;
  /** Of what it had left as it was: once that is settled in another way. */
  dropOthers(): void;
}

export const noCopies: UntoldCopies = { untouched: new Set(), tell: () => {}, dropOthers: () => {} };

/** An attempt by what it was to make. */
interface LastAttempt {
  readonly task: TaskId;
  readonly memory: Memory;
  readonly produces: PatternSet;
}

/** Of an attempt that is to be made anew. */
export function untoldCopies(world: World, { task, memory, outputs }: Present): UntoldCopies {
  const { produces } = task.stage;
  return produces === null ? noCopies : copiesOfAttempt(world, { task: task.id, memory, produces }, outputs);
}

/** The same by the patterns that it had, for what is to be forgotten. */
export function copiesOfKilled(world: World, task: TaskId): UntoldCopies {
  const { records, files } = world;
  const memory = records.memory(task);
  if (memory.kind !== 'unfinished' || !memory.leftovers) return noCopies;
  const produces = setOfTexts(records.killed().find((one) => one.task === task)?.produces ?? []);
  return copiesOfAttempt(world, { task, memory, produces }, files.expand(produces, 'output').files);
}

/** None where it was not killed. `present`: the files where its outputs belong. */
export function copiesOfAttempt(
  world: World,
  { task, memory, produces }: LastAttempt,
  present: readonly ListedFile[],
): UntoldCopies {
  const { folders, files, outputs } = world;
  if (memory.kind !== 'unfinished' || !memory.leftovers) return noCopies;
  const displaced = folders.displacedIn(memory.runId, task);
  const isAsBefore = (file: ListedFile) => {
    const copy = displaced.of(file.path);
    if (copy === null) return false;
    const path = `${copy.folder}/${file.path}` as FilePath;
    const [now] = files.observe([file], 'output').manifest;
    const [before] = files.observe([{ ...file, path }], 'output').manifest;
    return now !== undefined && before !== undefined && sameEntry(now, before);
  };
  const untouched = new Set(present.filter(isAsBefore).map(({ path }) => path));
  const untold = () => displaced.untold.filter(({ file }) => setMatches(produces, file.path));
  return {
    untouched,
    tell: (warn) => {
      for (const { file, folder } of untold())
        if (!untouched.has(file.path)) warn(...keptMessage(world, file, { folder, refusal: null }));
    },
    dropOthers: () => {
      if (untouched.size === 0) return;
      for (const { file, folder } of untold())
        if (untouched.has(file.path)) outputs.dropCopies([file], folder);
    },
  };
}
