// The port that changes the files of the workspace.

import type { Digest, FilePath } from '../base/brand.ts';
import type { Manifest } from '../model/manifest.ts';
import type { ListedFile } from './ports.ts';

/** Changes the files of the workspace: only ever output paths, never through a link, never outside the root. */
export interface Outputs {
  /** The first parent folder of `path` that is a link or no folder, if any. */
  blockedBy(path: FilePath): { readonly path: FilePath; readonly message: string } | null;
  /**
   * Moves what stages made to `folder` (absolute) under their own relative paths, making folders there, in place of what
   * an earlier attempt put there; then `prune`.
   */
  moveAway(files: readonly ListedFile[], folder: string, bases: readonly string[]): void;
  /**
   * Moves one file, which may be a person's, so. Throws EEXIST where something else is there or on the way; whatever it
   * throws, the file is where it was. False: it is not to be had, being gone or behind a link.
   */
  keep(file: ListedFile, folder: string): boolean;
  /** As `keep`, but they stay where they are; synced. Answers those that are copied: all that there are, or it throws. */
  copyTo(files: readonly ListedFile[], folder: string): readonly ListedFile[];
  /** Deletes such copies again. */
  dropCopies(files: readonly ListedFile[], folder: string): void;
  /** Removes the folders of these files that are empty, as far as they lie below one of `bases`. */
  prune(files: readonly ListedFile[], bases: readonly string[]): void;
  /**
   * Something is at work that writes there: until the answer is called, no folder of these goes for being empty, nor one
   * above. Then what was spared is looked at again; what is `staying` does so until the end of the run, with all above.
   */
  hold(places: readonly OutputPlace[]): (staying: readonly string[]) => void;
  /** Whether this process may put files there, or make the folder. */
  mayWrite(folder: string): boolean;
  /** Creates the folder and its parents. */
  makeFolder(path: string): void;
  /** Gives files the present time, links themselves and not what they lead to. */
  touch(files: readonly FilePath[]): void;
  /**
   * Copies all blobs beside their targets and compares each copy with its digest. Nothing is in place
   * before `place` of the answer renames them. `null`: a blob is missing or wrong, and nothing is left.
   */
  stage(entries: Manifest, blobPath: (digest: Digest) => string): StagedOutputs | null;
  /** Deletes what a `stage` that was killed left in these places. */
  sweep(places: readonly OutputPlace[]): void;
  /** Removes files, and folders as `moveAway` does. */
  remove(files: readonly ListedFile[], bases: readonly string[]): void;
  /** As `keep`, a folder with all that is in it. */
  moveTree(path: FilePath, folder: string): boolean;
  removeTree(path: FilePath): void;
  /** Deletes a folder tree of pipe's own (absolute, below the state folder). */
  discard(folder: string): void;
}

/** A folder in which outputs belong; `deep`: in folders below it as well. */
export interface OutputPlace {
  readonly folder: string;
  readonly deep: boolean;
}

export interface StagedOutputs {
  place(): void;
  drop(): void;
}
