// Looks up values by the fixed beginning and end of what they match.
// Two sorted lists, one by beginning and one by end; each question is answered by the one that leaves fewer.

import type { Affixes } from './compiled-glob.ts';

// Below this many candidates trying them costs less than building the second list.
const FEW = 32;

export class AffixIndex<T> {
  readonly #values: readonly T[];
  readonly #affixesOf: (value: T) => Affixes;
  #byPrefix: SortedKeys<T> | null = null;
  #byTail: SortedKeys<T> | null = null;

  constructor(values: readonly T[], affixesOf: (value: T) => Affixes) {
    this.#values = values;
    this.#affixesOf = affixesOf;
  }

  /** A superset of the values whose own affixes contain the ones given. */
  within(affixes: Affixes): readonly T[] {
    return this.#candidates(affixes, false);
  }

  /** A superset of the values whose affixes leave room for a path that also has the ones given. */
  compatible(affixes: Affixes): readonly T[] {
    return this.#candidates(affixes, true);
  }

  #candidates({ prefix, tail }: Affixes, shorterToo: boolean): readonly T[] {
    if (this.#values.length <= FEW) return this.#values;
    this.#byPrefix ??= new SortedKeys(this.#values, (value) => this.#affixesOf(value).prefix);
    const byPrefix = this.#byPrefix.agreeing(prefix, shorterToo);
    if (tail === '' || sizeOf(byPrefix) <= FEW) return this.#byPrefix.take(byPrefix);
    this.#byTail ??= new SortedKeys(this.#values, (value) => reversed(this.#affixesOf(value).tail));
    const byTail = this.#byTail.agreeing(reversed(tail), shorterToo);
    const tailIsBetter = sizeOf(byTail) < sizeOf(byPrefix);
    return tailIsBetter ? this.#byTail.take(byTail) : this.#byPrefix.take(byPrefix);
  }
}

/** Positions in a sorted list, the end not included. */
type Span = readonly [from: number, to: number];

class SortedKeys<T> {
  readonly #keys: readonly string[];
  readonly #values: readonly T[];
  readonly #lengths: readonly number[];

  constructor(values: readonly T[], keyOf: (value: T) => string) {
    const rows = values.map((value) => ({ key: keyOf(value), value }));
    rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    this.#keys = rows.map(({ key }) => key);
    this.#values = rows.map(({ value }) => value);
    this.#lengths = [...new Set(this.#keys.map((key) => key.length))].sort((a, b) => a - b);
  }

  /** Where the keys stand that start with `key` and, with `shorterToo`, those that `key` starts with. */
  agreeing(key: string, shorterToo: boolean): readonly Span[] {
    const spans: Span[] = [];
    const add = (from: number, to: number) => {
      if (to > from) spans.push([from, to]);
    };
    for (const length of shorterToo ? this.#lengths : []) {
      if (length >= key.length) break;
      const start = key.slice(0, length);
      add(
        this.#lowerBound((one) => one < start),
        this.#lowerBound((one) => one <= start),
      );
    }
    add(
      this.#lowerBound((one) => one < key),
      this.#lowerBound((one) => one < key || one.startsWith(key)),
    );
    return spans;
  }

  take(spans: readonly Span[]): readonly T[] {
    return spans.flatMap(([from, to]) => this.#values.slice(from, to));
  }

  #lowerBound(isBefore: (key: string) => boolean): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#keys[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function sizeOf(spans: readonly Span[]): number {
  return spans.reduce((sum, [from, to]) => sum + to - from, 0);
}

function reversed(text: string): string {
  let result = '';
  for (let i = text.length - 1; i >= 0; i -= 1) result += text[i];
  return result;
}
