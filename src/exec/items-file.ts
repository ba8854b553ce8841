// PIPE_ITEMS: the file that tells a command which items it is to work on, one JSON line for each.
import { rmSync, writeFileSync } from 'node:fs';
import type { SharedItem } from '../engine/executor.ts';
import { pathFrom } from '../model/items/item-stage.ts';
import type { Stage } from '../model/stage.ts';

/** A line of it. Paths are as they are seen from the working folder. */
interface ItemLine {
  /** By this name it is reported. */
  readonly item: string;
  /** Of a file: as it can be opened. Of a record: `null`. */
  readonly path: string | null;
  readonly captures: SharedItem['captures'];
  /** Of a record: as it stands in its document. */
  readonly value: unknown;
  readonly requires: readonly string[];
  readonly produces: readonly string[];
}

/** Makes the file. A disk that refuses it fails the execution: it could not know what to do. */
export function writeItems(path: string, items: readonly SharedItem[], stage: Stage): void {
  const lines = items.map((item) => JSON.stringify(lineOf(item, stage)));
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
}

function lineOf({ key, captures, value, requires, produces }: SharedItem, stage: Stage): ItemLine {
  const seen = (path: string) => pathFrom(stage.cwd, path);
  const path = stage.forEach?.kind === 'files' ? seen(key) : null;
  return { item: key, path, captures, value, requires: requires.map(seen), produces: produces.map(seen) };
}

export function removeItems(path: string): void {
  try {
    rmSync(path, { force: true, recursive: true });
  } catch {
    // Litter, at worst: it says what stands in the workspace.
  }
}
