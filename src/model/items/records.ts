// The records of a document as items: each with a key, none twice.
import { err, ok, type Result } from '../../base/result.ts';
import type { ForEachRecord } from './for-each.ts';
import { type Item, keyOf } from './item.ts';

/** The error is a clause about the document. `select` may be anybody's: what it throws is told. */
export function itemsIn(
  { select, key: field }: ForEachRecord,
  document: unknown,
): Result<readonly Item[], string> {
  let records: unknown;
  try {
    records = select(document);
  } catch (thrown) {
    return err(`the function that takes the records out of it throws: ${messageOf(thrown)}`);
  }
  if (!Array.isArray(records)) return err('the function that takes the records out of it gives no array');
  const places = new Map<string, number>();
  const items: Item[] = [];
  for (const [i, record] of (records as readonly unknown[]).entries()) {
    const text = textOf(record);
    if (text === null) return err(`record ${i + 1} is no object of plain data`);
    const value = (record as Record<string, unknown>)[field];
    if (value === undefined) return err(`record ${i + 1} has no key "${field}"`);
    const key = keyOf(value);
    if (!key.ok) return err(`the key "${field}" of record ${i + 1} ${key.error}`);
    const other = places.get(key.value);
    if (other !== undefined)
      return err(`records ${other + 1} and ${i + 1} have the same key, "${field}": ${key.value}`);
    places.set(key.value, i);
    // As it is told to others, and compared.
    items.push({ name: key.value, path: null, captures: { key: key.value }, value: JSON.parse(text) });
  }
  return ok(items);
}

function textOf(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return null;
  try {
    return JSON.stringify(record) ?? null;
  } catch {
    return null;
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
