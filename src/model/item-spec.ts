// The language of the configuration for stages that are done once for each item.

/** What a stage function with `forEach` works on. */
export interface ItemContext {
  /** The path of the file, relative to the root; or the key of the record. */
  readonly key: string;
  /** What the captures stand for, by their names. */
  readonly captures: Readonly<Record<string, string>>;
  /** The record as it stands in its document; of a file `null`. */
  readonly value: unknown;
}

/** The records of a document, one task for each. Made by {@link items}. */
export interface ItemsSpec {
  readonly kind: 'items';
  readonly file: string;
  readonly select: (document: never) => unknown;
  readonly key: string;
}

/**
 * One task for each record of a JSON, JSON lines (`.jsonl`) or YAML document: `select` takes the array of records out of
 * it, and must depend on nothing else; `key` is the field of a record by which it is known.
 */
export function items<Document = never>(
  file: string,
  select: (document: Document) => unknown,
  { key }: { readonly key: string },
): ItemsSpec {
  return { kind: 'items', file, select: select as ItemsSpec['select'], key };
}
