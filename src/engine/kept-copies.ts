// What a person made where a tool updates its own outputs stays in place for the tool: of each such file a copy is kept.
import type { FilePath } from '../base/brand.ts';
import { type FileEntry, sameManifest } from '../model/manifest.ts';
import type { Task } from '../model/task.ts';
import { inPlaceFor, keptMessage, type Place, type Warn } from './keeping.ts';
import type { InTheWay } from './make-room.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

export interface KeptCopies {
  /** As it was when all was copied. */
  readonly inTheWay: InTheWay;
  /**
   * Once the tool has ended: tells of the files that it changed or deleted, and drops the copies of the others,
   * which are still a person's. Answers those. Asked again, it answers the same.
   */
  settle(): readonly FilePath[];
}

interface Copy {
  readonly file: ListedFile;
  readonly place: Place;
  /** As it was before. */
  readonly entry: FileEntry | null;
}

/** `again` looks once more, as it takes time to copy. Throws where something cannot be copied; then nothing was touched. */
export function keepCopies(
  world: World,
  task: Task,
  found: InTheWay,
  again: () => InTheWay,
  warn: Warn,
): KeptCopies {
  const copies = new Map<FilePath, Copy>();
  let inTheWay = found;
  const drop = (some: Iterable<Copy>) => {
    for (const { file, place } of some) world.outputs.dropCopies([file], place.folder);
  };
  try {
    for (;;) {
      const more = copiesOf(
        world,
        task,
        inTheWay.handMade.filter(({ path }) => !copies.has(path)),
      );
      if (more.length === 0) break;
      for (const copy of more) copies.set(copy.file.path, copy);
      inTheWay = again();
    }
  } catch (problem) {
    unlessRefused(() => drop(copies.values()), undefined);
    throw problem;
  }

  const isUnchanged = ({ file, entry }: Copy): boolean => {
    if (entry === null || world.outputs.blockedBy(file.path) !== null) return false;
    const present = world.files.look(file.path);
    if (present === null) return false;
    return sameManifest(world.files.observe([present], 'output').manifest, [entry]);
  };
  let settled: readonly FilePath[] | null = null;
  return {
    inTheWay,
    settle: () => {
      if (settled !== null) return settled;
      if (copies.size > 0) world.files.forget();
      const unchanged = new Set(
        [...copies.values()].filter((copy) => unlessRefused(() => isUnchanged(copy), false)),
      );
      settled = [...unchanged].map(({ file }) => file.path);
      for (const copy of copies.values())
        if (!unchanged.has(copy)) warn(...keptMessage(world, copy.file, copy.place));
      // A copy too many is no reason to fail.
      unlessRefused(() => drop(unchanged), undefined);
      return settled;
    },
  };
}

function copiesOf(world: World, task: Task, handMade: readonly ListedFile[]): readonly Copy[] {
  // A pipe or a socket has no content that could be lost.
  const files = handMade.filter((file) => file.kind !== 'other');
  if (files.length === 0) return [];
  const { manifest } = world.files.observe(files, 'output');
  const before = new Map(manifest.map((entry) => [entry.path, entry]));
  const place = inPlaceFor(world, 'displaced', task.id, (folder) => world.outputs.copyTo(files, folder));
  return place.kept.map((file) => ({ file, place, entry: before.get(file.path) ?? null }));
}

function unlessRefused<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    return otherwise;
  }
}
