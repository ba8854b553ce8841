// What a person made where a tool updates its own outputs stays in place for the tool: of each such file a copy is kept.
import type { FilePath } from '../base/brand.ts';
import { type FileEntry, sameEntry, sameManifest } from '../model/manifest.ts';
import type { Task } from '../model/task.ts';
import { inPlaceFor, keptMessage, type Place, type Warn } from './keeping.ts';
import { type InTheWay, rounds } from './make-room.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

export interface KeptCopies {
  /** As it was when all was copied. */
  readonly inTheWay: InTheWay;
  /**
   * Once the tool has ended: tells of the files that it changed or deleted. Answers the others, which are still a
   * person's. Asked again, it answers the same.
   */
  settle(): readonly FilePath[];
  /** The copies of those others, once it is on record how the attempt ended: until then they say whose the files are. */
  drop(): void;
}

interface Seen {
  readonly file: ListedFile;
  /** `null`: it cannot be read, or has gone. */
  readonly entry: FileEntry | null;
}

interface Copy extends Seen {
  readonly place: Place;
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
    for (let round = 0; round < rounds; round++) {
      const due = seen(world, inTheWay.handMade).filter((one) => !isCopied(one, copies.get(one.file.path)));
      if (due.length === 0) break;
      // Of one that was edited since.
      drop(due.flatMap(({ file }) => copies.get(file.path) ?? []));
      for (const copy of copiesOf(world, task, due)) copies.set(copy.file.path, copy);
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
  let unchanged: ReadonlySet<Copy> | null = null;
  const settle = (): ReadonlySet<Copy> => {
    if (unchanged !== null) return unchanged;
    if (copies.size > 0) world.files.forget();
    unchanged = new Set([...copies.values()].filter((copy) => unlessRefused(() => isUnchanged(copy), false)));
    for (const copy of copies.values())
      if (!unchanged.has(copy)) warn(...keptMessage(world, copy.file, copy.place));
    return unchanged;
  };
  return {
    inTheWay,
    settle: () => [...settle()].map(({ file }) => file.path),
    // A copy too many is no reason to fail.
    drop: () => unlessRefused(() => drop(settle()), undefined),
  };
}

/** What has content that could be lost: no pipe or socket, nor an empty folder. */
function seen(world: World, handMade: readonly ListedFile[]): readonly Seen[] {
  const files = handMade.filter(({ kind }) => kind === 'file' || kind === 'link');
  if (files.length === 0) return [];
  const { manifest } = world.files.observe(files, 'output');
  const entries = new Map(manifest.map((entry) => [entry.path, entry]));
  return files.map((file) => ({ file, entry: entries.get(file.path) ?? null }));
}

function isCopied({ entry }: Seen, copy: Copy | undefined): boolean {
  const known = copy?.entry ?? null;
  return entry !== null && known !== null && sameEntry(entry, known);
}

function copiesOf(world: World, task: Task, due: readonly Seen[]): readonly Copy[] {
  const files = due.map(({ file }) => file);
  const entries = new Map(due.map(({ file, entry }) => [file.path, entry]));
  const place = inPlaceFor(world, 'displaced', task.id, (folder) => world.outputs.copyTo(files, folder));
  return place.kept.map((file) => ({ file, place, entry: entries.get(file.path) ?? null }));
}

function unlessRefused<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    return otherwise;
  }
}
