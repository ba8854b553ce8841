// Finds which of thousands of producers may feed which of thousands of consumers, without trying all pairs.
import { AffixIndex } from './affix-index.ts';
import { type Affixes, affixesOf } from './compiled-glob.ts';
import { type Glob, globMatches, globsMayOverlap } from './glob.ts';
import { type PatternEntry, type PatternSet, pairMayMatch, setMayMatchBoth } from './pattern-set.ts';
import { hasReservedPart } from './reserved-names.ts';

/** That a file of this producer may be one of this consumer's. Numbers are positions in the lists given. */
export interface OverlappingPair {
  readonly producer: number;
  readonly consumer: number;
  readonly a: PatternEntry;
  readonly b: PatternEntry;
}

/** A distinct glob and where it stands: entry `entry` of producer `producer`. */
interface Product {
  readonly glob: Glob;
  readonly uses: { readonly producer: number; readonly entry: number }[];
}

/** Two entries that overlap, by their positions in their sets. */
interface Ground {
  readonly producer: number;
  readonly produced: number;
  readonly required: number;
}

/**
 * All pairs for which `setMayMatchBoth(producer, consumer)` finds common ground, with that ground.
 * Sorted by consumer, then producer; one entry a pair.
 */
export function overlappingPairs(
  producers: readonly PatternSet[],
  consumers: readonly PatternSet[],
): readonly OverlappingPair[] {
  const products = new ProductIndex(producers);
  const takesSomeBack = producers.map(hasNegation);
  const pairs: OverlappingPair[] = [];
  for (const [consumer, set] of consumers.entries()) {
    const takesAway = hasNegation(set);
    for (const { producer, produced, required } of firstGrounds(products, set)) {
      const source = producers[producer]!;
      // The first ground is that of the sets, too, unless it is taken away: then all must be tried.
      const isLess = takesAway || takesSomeBack[producer];
      if (isLess && !pairMayMatch(source, produced, set, required)) {
        const left = setMayMatchBoth(source, set);
        if (left !== null) pairs.push({ producer, consumer, a: left.a, b: left.b });
      } else {
        pairs.push({ producer, consumer, a: source.entries[produced]!, b: set.entries[required]! });
      }
    }
  }
  return pairs;
}

/** Producers to which one consumer after the other is held. */
export class Producers {
  readonly #index: ProductIndex;

  constructor(producers: readonly PatternSet[]) {
    this.#index = new ProductIndex(producers);
  }

  /** Those that may make what the set includes, by their positions, sorted; what is excluded does not count. */
  feeding(consumer: PatternSet): readonly number[] {
    return [...new Set(firstGrounds(this.#index, consumer).map(({ producer }) => producer))];
  }
}

/** For every producer that overlaps the consumer's included patterns the first pair of entries that does; sorted. */
function firstGrounds(products: ProductIndex, consumer: PatternSet): readonly Ground[] {
  const grounds: Ground[] = [];
  for (const [required, entry] of consumer.entries.entries()) {
    if (entry.negated) continue;
    for (const product of products.overlapping(entry.glob)) {
      for (const use of product.uses) grounds.push({ producer: use.producer, produced: use.entry, required });
    }
  }
  if (grounds.length < 2) return grounds;
  grounds.sort((a, b) => a.producer - b.producer || a.produced - b.produced || a.required - b.required);
  return grounds.filter((ground, i) => ground.producer !== grounds[i - 1]?.producer);
}

function hasNegation(set: PatternSet): boolean {
  return set.entries.some((entry) => entry.negated);
}

class ProductIndex {
  readonly #literals = new Map<string, Product>();
  readonly #patterns = new Map<string, Product>();
  readonly #answers = new Map<string, readonly Product[]>();
  readonly #literalIndex: AffixIndex<Product>;
  readonly #patternIndex: AffixIndex<Product>;

  constructor(producers: readonly PatternSet[]) {
    for (const [producer, set] of producers.entries()) {
      for (const [entry, { glob, negated }] of set.entries.entries()) {
        if (!negated) this.#add(glob, producer, entry);
      }
    }
    this.#literalIndex = new AffixIndex([...this.#literals.values()], ({ glob }) => wholeOrAffixes(glob));
    this.#patternIndex = new AffixIndex([...this.#patterns.values()], ({ glob }) => wholeOrAffixes(glob));
  }

  /** The products that share a path with `glob`. */
  overlapping(glob: Glob): readonly Product[] {
    if (glob.literal !== null) return this.#search(glob);
    // Shared inputs are written in many stages: each distinct pattern is searched for once.
    const key = keyOf(glob);
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = this.#search(glob);
      this.#answers.set(key, answer);
    }
    return answer;
  }

  #add(glob: Glob, producer: number, entry: number): void {
    const products = glob.literal === null ? this.#patterns : this.#literals;
    const key = glob.literal ?? keyOf(glob);
    const product = products.get(key);
    if (product === undefined) products.set(key, { glob, uses: [{ producer, entry }] });
    else product.uses.push({ producer, entry });
  }

  #search(glob: Glob): readonly Product[] {
    const affixes = wholeOrAffixes(glob);
    const found: Product[] = [];
    if (glob.literal !== null) {
      const same = this.#literals.get(glob.literal);
      if (same !== undefined && !hasReservedPart(glob.literal)) found.push(same);
    } else {
      for (const product of this.#literalIndex.within(affixes)) {
        if (globMatches(glob, product.glob.literal!)) found.push(product);
      }
    }
    for (const product of this.#patternIndex.compatible(affixes)) {
      if (globsMayOverlap(product.glob, glob)) found.push(product);
    }
    return found;
  }
}

function wholeOrAffixes(glob: Glob): Affixes {
  return glob.literal === null ? affixesOf(glob) : { prefix: glob.literal, tail: glob.literal };
}

/** Distinct for distinct globs: no text contains a NUL. */
function keyOf(glob: Glob): string {
  return glob.ownsFolder ? `\0${glob.text}` : glob.text;
}
