// The language of the configuration for stages that are done once for each item.

import type { OptionalPattern } from './value-spec.ts';

/** What a stage function with `forEach` works on. */
export interface ItemContext {
  /** The path of the file, relative to the root; or the key of the record. */
  readonly key: string;
  /** What the captures stand for, by their names. */
  readonly captures: Readonly<Record<string, string>>;
  /** The record as it stands in its document; of a file `null`. */
  readonly value: unknown;
}

/** How many of the items of a stage one execution serves at most. */
export interface BatchSpec {
  readonly size: number;
}

/** One of the items that a stage function with `batch` works on. */
export interface BatchItem extends ItemContext {
  /** Its present input files, relative to the root where they are inside it, sorted. */
  readonly requires: readonly string[];
  /** The patterns of its outputs. */
  readonly produces: readonly string[];
  /** Its outputs are complete: they are looked at and recorded, whatever becomes of the others. */
  done(): void;
  /** It has failed, for this reason; the others go on. */
  failed(why: string): void;
  /** As `ctx.metric`, for this item alone. */
  metric(values: Readonly<Record<string, number>>): void;
}

/** The records of a document, one task for each. Made by {@link items}. */
export interface ItemsSpec {
  readonly kind: 'items';
  readonly file: string | OptionalPattern;
  readonly select: (document: never) => unknown;
  readonly key: string;
}

/**
 * One task for each record of a JSON, JSON lines (`.jsonl`) or YAML document: `select` takes the array of records out of
 * it, and must depend on nothing else; `key` is the field of a record by which it is known. The document has to be there
 * and to have records, unless it is written as `optional('…')` or another stage makes it.
 */
export function items<Document = never>(
  file: string | OptionalPattern,
  select: (document: Document) => unknown,
  by: { readonly key: string },
): ItemsSpec {
  // Whoever writes JavaScript and leaves it out is told so with the place, as of any field that is missing.
  const { key } = (by ?? {}) as typeof by;
  return { kind: 'items', file, select: select as ItemsSpec['select'], key };
}
