// The records of a document as items: each with a key, none twice.
import { callForeign } from '../../base/foreign-call.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { writtenAgain } from '../../base/written-number.ts';
import type { ForEachRecord } from './for-each.ts';
import { type Item, keyOf } from './item.ts';

/** More than this tells a person nothing new. */
export const mostProblems = 10;

export interface DocumentContent {
  readonly value: unknown;
  /** Default: all numbers are as they are written. */
  readonly misread?: readonly MisreadNumber[];
}

/** A number that stands for others as well: of two that are written, nobody could tell that one was edited. */
export interface MisreadNumber {
  /** As it is read; it may be infinite, or none. */
  readonly value: number;
  readonly written: string;
  /** From 1; where it stands first. */
  readonly line: number;
}

/** The errors are clauses about the document. `select` may be anybody's: why it gives nothing is told. */
export function itemsIn(
  { select, key: field }: ForEachRecord,
  { value: document, misread = [] }: DocumentContent,
): Result<readonly Item[], readonly string[]> {
  const answer = callForeign(select, document);
  if (answer.kind === 'none') return err([`the function that takes the records out of it ${answer.why}`]);
  const records = answer.value;
  if (!Array.isArray(records)) return err(['the function that takes the records out of it gives no array']);
  const places = new Map<string, number>();
  const others = new Map(misread.map((one) => [one.value, one]));
  const items: Item[] = [];
  const problems: string[] = [];
  for (const [i, record] of (records as readonly unknown[]).entries()) {
    const item = itemOf(record, i, field, others);
    if (!item.ok) problems.push(item.error);
    else {
      const { name } = item.value;
      const other = places.get(name);
      if (other === undefined) places.set(name, i);
      else problems.push(`records ${other + 1} and ${i + 1} have the same key, "${field}": ${name}`);
      items.push(item.value);
    }
    if (problems.length === mostProblems) break;
  }
  return problems.length === 0 ? ok(items) : err(problems);
}

function itemOf(
  record: unknown,
  i: number,
  field: string,
  others: ReadonlyMap<number, MisreadNumber>,
): Result<Item, string> {
  const text = textOf(record);
  if (text === null) return err(`record ${i + 1} is no object of plain data`);
  // As JSON, what is no finite number is null, and a collection of another kind is an object without anything in it.
  const isSuspect = others.size > 0 || text.includes('null') || text.includes('{}');
  const wrong = isSuspect ? misreadIn(record, others) : null;
  if (wrong !== null) return err(`record ${i + 1} ${wrong}`);
  const value = (record as Record<string, unknown>)[field];
  if (value === undefined) return err(`record ${i + 1} has no key "${field}"`);
  const key = keyOf(value);
  if (!key.ok) return err(`the key "${field}" of record ${i + 1} ${key.error}`);
  // As it is told to others, and compared.
  return ok({ name: key.value, path: null, captures: { key: key.value }, value: JSON.parse(text) });
}

function textOf(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return null;
  try {
    return JSON.stringify(record) ?? null;
  } catch {
    return null;
  }
}

/** Says of the first value that JSON cannot have what is wrong with it; `null`: there is none. `value` is without circles. */
function misreadIn(value: unknown, others: ReadonlyMap<number, MisreadNumber>, pointer = ''): string | null {
  if (typeof value === 'number') {
    const other = others.get(value);
    if (other === undefined && Number.isFinite(value)) return null;
    const written = other === undefined ? String(value) : `${other.written} (line ${other.line})`;
    const read = Number.isFinite(value)
      ? `which would be passed on as ${writtenAgain(value)}`
      : 'which JSON has no number for';
    return `has at ${pointer} the number ${written}, ${read}: write it as text, in quotes`;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof Map || value instanceof Set)
    return `has at ${pointer} a ${value instanceof Map ? 'Map' : 'Set'}, which JSON has nothing for: make it an array or an object`;
  for (const [name, one] of Object.entries(value)) {
    const found = misreadIn(one, others, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    if (found !== null) return found;
  }
  return null;
}
