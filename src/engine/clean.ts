// Takes recorded results back: deletes the outputs that `pipe` itself made and forgets their records.
import type { FilePath, TaskId } from '../base/brand.ts';
import { sameEntry } from '../model/manifest.ts';
import type { Acceptance, TaskRecord } from '../model/record.ts';
import type { IsOfAnother } from './make-room.ts';
import type { ListedFile } from './ports.ts';
import { copiesOfKilled } from './untold-copies.ts';
import type { World } from './world.ts';

/** What cleaning one task means. */
export interface Cleaning {
  readonly task: TaskId;
  /** Present, recorded, and as `pipe` made them: to be deleted. */
  readonly remove: readonly ListedFile[];
  /** Folders, or files, that no pattern can name and the stage made: as it left them. */
  readonly removeWhole: readonly FilePath[];
  /** Edited by hand since, or taken as they are by a person: they stay. */
  readonly keep: readonly FilePath[];
  /** Those of `keep` that are as a person accepted them, where there are any, and who it was. */
  readonly accepted?: Acceptance;
}

/** `isOfAnother`: what belongs to another stage by now, or is a source, is never touched. */
export function planCleaning(world: World, record: TaskRecord, isOfAnother: IsOfAnother): Cleaning {
  const remove: ListedFile[] = [];
  const keep: FilePath[] = [];
  const accepted: FilePath[] = [];
  for (const output of record.outputs) {
    const file = world.files.look(output.path);
    if (file === null || isOfAnother(output.path)) continue;
    const [now] = world.files.observe([file], 'output').manifest;
    // What is seen through a linked folder lies where pipe never wrote.
    const ours =
      now !== undefined &&
      world.outputs.blockedBy(output.path) === null &&
      (now.kind === 'folder' || world.records.hasProduced(now.path, now.digest));
    if (ours) remove.push(file);
    else {
      keep.push(output.path);
      if (now !== undefined && record.accepted?.paths.includes(output.path) && sameEntry(now, output))
        accepted.push(output.path);
    }
  }
  const removeWhole: FilePath[] = [];
  for (const { path, digest } of record.unnameable?.made ?? []) {
    const tree = path as FilePath;
    if (world.files.look(tree) === null) continue;
    const isAsMade = world.outputs.blockedBy(tree) === null && world.files.treeDigest(tree) === digest;
    (isAsMade ? removeWhole : keep).push(tree);
  }
  const by = accepted.length > 0 && { accepted: { ...record.accepted!, paths: accepted } };
  return { task: record.task, remove, removeWhole, keep, ...by };
}

export function performCleaning(world: World, cleaning: Cleaning, bases: readonly string[]): void {
  const copies = copiesOfKilled(world, cleaning.task);
  copies.tell((message, hint) => world.events.emit({ kind: 'warning', message, hint }));
  // The record first: a crash in between must leave a task that is not built, never one that seems to be.
  world.records.forget(cleaning.task);
  copies.dropOthers();
  for (const tree of cleaning.removeWhole) world.outputs.removeTree(tree);
  world.outputs.remove(cleaning.remove, bases);
  world.files.forget();
}
