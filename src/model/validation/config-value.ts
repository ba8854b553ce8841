// Looks at values of unknown origin: getters may throw, proxies may lie, objects may be circles.
// Nothing here throws, and nothing looks deeper than one level.
import { err, ok, type Result } from '../../base/result.ts';

const longestShown = 40;
/** Far above any real list; a sparse array of a billion places must not hang us. */
const longestList = 1_000_000;

export interface Fields {
  /** In the order of their keys. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Fields whose reading throws, with what they throw. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** The fields of an object that is not an array, a Map or the like; the error says what was found. */
export function fieldsOf(value: unknown): Result<Fields, string> {
  const tag = tagOf(value);
  if (tag !== 'Object' && tag !== 'Module') return err(shown(value));
  const values = new Map<string, unknown>();
  const unreadable = new Map<string, string>();
  try {
    for (const key of Object.keys(value as object)) {
      try {
        values.set(key, (value as Record<string, unknown>)[key]);
      } catch (thrown) {
        unreadable.set(key, messageOf(thrown));
      }
    }
  } catch {
    return err('an object that cannot be read');
  }
  return ok({ values, unreadable });
}

/** The items of an array; the error says what was found. */
export function itemsOf(value: unknown): Result<readonly unknown[], string> {
  if (tagOf(value) !== 'Array') return err(shown(value));
  try {
    const list = value as readonly unknown[];
    const { length } = list;
    if (length > longestList) return err(`an array of ${length} items`);
    return ok(Array.from({ length }, (_, i) => list[i]));
  } catch {
    return err('an array that cannot be read');
  }
}

/** A value in a few words for a message. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(shortened(value));
    case 'bigint':
      return `${shortened(String(value))}n`;
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    case 'object':
      if (value === null) return 'null';
      return isEmpty(value) ? `an empty ${tagOf(value)!.toLowerCase()}` : withArticle(tagOf(value));
    default:
      return String(value);
  }
}

function shortened(text: string): string {
  return text.length <= longestShown ? text : `${text.slice(0, longestShown - 1)}…`;
}

/** `Array`, `Object`, `Map` …; `null` for what is no object or cannot be looked at. */
function tagOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  try {
    if (Array.isArray(value)) return 'Array';
    return Object.prototype.toString.call(value).slice('[object '.length, -1);
  } catch {
    return null;
  }
}

/** An array or an object with nothing in it. */
function isEmpty(value: object): boolean {
  try {
    const tag = tagOf(value);
    return (tag === 'Array' || tag === 'Object') && Object.keys(value).length === 0 && lengthOf(value) === 0;
  } catch {
    return false;
  }
}

/** An array may have places without anything in them. */
function lengthOf(value: object): number {
  return Array.isArray(value) ? value.length : 0;
}

function withArticle(tag: string | null): string {
  if (tag === null) return 'an object that cannot be read';
  const word = tag === 'Array' || tag === 'Object' ? tag.toLowerCase() : shortened(tag);
  return `${/^[aeiou]/i.test(word) ? 'an' : 'a'} ${word}`;
}

function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error && typeof thrown.message === 'string') return shortened(thrown.message);
  } catch {
    // An error whose own message throws says nothing worth showing.
  }
  return shown(thrown);
}
