// What `forEach` of a stage says: what its items are, and the patterns that each of them fills.

import type { FilePath } from '../../base/brand.ts';
import type { PatternEntry } from '../glob/pattern-set.ts';
import type { CapturePattern } from './capture-pattern.ts';
import type { ItemFiles } from './item.ts';

interface OfItems {
  /** As the user wrote it. */
  readonly source: string;
  /** What a placeholder or a pattern may name. */
  readonly captures: readonly string[];
  /** In order, with those of the pipeline in front, and without what the items are read from. */
  readonly requires: readonly ItemEntry[];
  readonly produces: readonly ItemEntry[] | null;
}

export interface ForEachFile extends OfItems {
  readonly kind: 'files';
  /** The files that may be items; among the inputs of the stage. */
  readonly entry: PatternEntry;
  readonly whole: CapturePattern;
  readonly files: ItemFiles;
}

export interface ForEachRecord extends OfItems {
  readonly kind: 'records';
  /** Where the records stand: it tells which items there are, and is no input of them. */
  readonly document: FilePath;
  readonly entry: PatternEntry;
  /** The records of a document, of a person's making: it may throw, and answer anything. */
  readonly select: (document: unknown) => unknown;
  /** The name of the field that tells records apart. */
  readonly key: string;
}

export type ForEach = ForEachFile | ForEachRecord;

/** A pattern of `requires` or `produces`. */
export interface ItemEntry {
  /** Widened, where it has captures. */
  readonly entry: PatternEntry;
  /** `null`: it is the same for all items. */
  readonly pattern: CapturePattern | null;
}

/**
 * All files that the entries may mean for any item. An exclusion with captures takes away from one item what another
 * may have: it is left out.
 */
export function forAllItems(entries: readonly ItemEntry[]): readonly PatternEntry[] {
  return entries.flatMap(({ entry, pattern }) => (entry.negated && pattern !== null ? [] : [entry]));
}
