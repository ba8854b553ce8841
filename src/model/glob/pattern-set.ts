// An ordered list of patterns in which later entries win: `!pattern` takes away what earlier ones gave.
import { type Glob, globMatches, globsMayOverlap, parseGlob } from './glob.ts';
import { findPath } from './glob-automaton.ts';

export interface PatternEntry {
  readonly glob: Glob;
  /** Written `!pattern`. */
  readonly negated: boolean;
  /** May match nothing without that being an error. */
  readonly optional: boolean;
  /** As the user wrote it. */
  readonly source: string;
}

export interface PatternSet {
  readonly entries: readonly PatternEntry[];
}

/** The set as texts that `setOfTexts` reads back. */
export function patternTexts(set: PatternSet): readonly string[] {
  return set.entries.map(({ glob, negated }) => {
    const text = glob.ownsFolder ? `./${glob.text.slice(0, -'**'.length)}` : glob.text;
    return `${negated ? '!' : ''}${text}`;
  });
}

/** What cannot be read matches nothing. */
export function setOfTexts(texts: readonly string[]): PatternSet {
  const entries = texts.flatMap((source): readonly PatternEntry[] => {
    const negated = source.startsWith('!');
    const glob = parseGlob(negated ? source.slice(1) : source);
    return glob.ok ? [{ glob: glob.value, negated, optional: true, source }] : [];
  });
  return { entries };
}

/** One included pattern of either set, through which both may match one path. */
export interface CommonGround {
  readonly a: PatternEntry;
  readonly b: PatternEntry;
}

/** Below this, trying all entries costs less than remembering where each stands. */
const FEW = 16;

/** Where the entries of a set stand: each literal by its last place, negated or not and not negated, and all others. */
interface Places {
  readonly literals: ReadonlyMap<string, number>;
  readonly included: ReadonlyMap<string, number>;
  readonly patterns: readonly number[];
}

const placesOfSets = new WeakMap<PatternSet, Places>();

/** Whether the set includes `path`: the last entry that matches it decides. */
export function setMatches(set: PatternSet, path: string): boolean {
  const { entries } = set;
  if (entries.length <= FEW) {
    const last = entries.findLast((entry) => globMatches(entry.glob, path));
    return last !== undefined && !last.negated;
  }
  const { literals, patterns } = placesOf(set);
  const literal = literals.get(path) ?? -1;
  const pattern = patterns.findLast((place) => globMatches(entries[place]!.glob, path)) ?? -1;
  const last = entries[Math.max(literal, pattern)];
  // A literal that is a reserved name matches nothing, and then no pattern does.
  return last !== undefined && !last.negated && globMatches(last.glob, path);
}

/** Whether each file that it includes is written out. */
export function isSpelledOut(set: PatternSet): boolean {
  return placesOf(set).patterns.every((place) => set.entries[place]!.negated);
}

function placesOf(set: PatternSet): Places {
  const known = placesOfSets.get(set);
  if (known !== undefined) return known;
  const literals = new Map<string, number>();
  // The same until there is one that is negated, which few sets have.
  let included = literals;
  const patterns: number[] = [];
  for (const [place, { glob, negated }] of set.entries.entries()) {
    if (glob.literal === null) {
      patterns.push(place);
      continue;
    }
    if (negated && included === literals) included = new Map(literals);
    literals.set(glob.literal, place);
    if (!negated) included.set(glob.literal, place);
  }
  const places = { literals, included, patterns };
  placesOfSets.set(set, places);
  return places;
}

/**
 * The first pair of included patterns that share a path which both sets include, or null.
 * Ordered by the entries of `a`, then of `b`. Where the patterns are too intricate to be sure, the pair counts.
 */
export function setMayMatchBoth(a: PatternSet, b: PatternSet): CommonGround | null {
  for (const [i, fromA] of a.entries.entries()) {
    if (fromA.negated) continue;
    for (const [j, fromB] of b.entries.entries()) {
      if (!fromB.negated && pairMayMatch(a, i, b, j)) return { a: fromA, b: fromB };
    }
  }
  return null;
}

/**
 * Every pair of included patterns that share a path which both sets include; of a path that is written twice, the last
 * place that is not negated. Ordered as `setMayMatchBoth`.
 */
export function allCommonGround(a: PatternSet, b: PatternSet): readonly CommonGround[] {
  const [inA, inB] = [placesOf(a), placesOf(b)];
  const pairs: (readonly [i: number, j: number])[] = [];
  // Most sets are lists of names, and most names are in one of them only: the shorter list is gone through.
  if (inA.included.size <= inB.included.size) {
    for (const [path, i] of inA.included) for (const j of placeIn(inB, path)) pairs.push([i, j]);
  } else {
    for (const [path, j] of inB.included) for (const i of placeIn(inA, path)) pairs.push([i, j]);
  }
  for (const i of inA.patterns) for (const j of b.entries.keys()) pairs.push([i, j]);
  for (const j of inB.patterns) for (const i of inA.included.values()) pairs.push([i, j]);
  return pairs
    .filter(([i, j]) => !a.entries[i]!.negated && !b.entries[j]!.negated && pairMayMatch(a, i, b, j))
    .sort(([i, j], [k, l]) => i - k || j - l)
    .map(([i, j]) => ({ a: a.entries[i]!, b: b.entries[j]! }));
}

function placeIn({ included }: Places, path: string): readonly number[] {
  const place = included.get(path);
  return place === undefined ? [] : [place];
}

/** The included entries that match a path which the set includes; of those that write it out, the last that is not negated. */
export function entriesFor(set: PatternSet, path: string): readonly PatternEntry[] {
  if (!setMatches(set, path)) return [];
  const places = placesOf(set);
  return [...placeIn(places, path), ...places.patterns]
    .sort((a, b) => a - b)
    .map((place) => set.entries[place]!)
    .filter((entry) => !entry.negated && globMatches(entry.glob, path));
}

/** Whether a path that entry `i` of `a` and entry `j` of `b` match may be included by both sets. */
export function pairMayMatch(a: PatternSet, i: number, b: PatternSet, j: number): boolean {
  const one = a.entries[i]!.glob;
  const other = b.entries[j]!.glob;
  if (!globsMayOverlap(one, other)) return false;
  const literal = one.literal ?? other.literal;
  if (literal !== null) return setMatches(a, literal) && setMatches(b, literal);

  // Earlier entries have no say over a path that these two match.
  const laterInA = entriesWithASay(a, i, one, other);
  const laterInB = entriesWithASay(b, j, one, other);
  if (laterInA.length === 0 && laterInB.length === 0) return true;
  const search = findPath({
    walkers: [one, other],
    judges: [...laterInA, ...laterInB].map((entry) => entry.glob),
    wanted: (verdicts) =>
      staysIncluded(laterInA, verdicts, 0) && staysIncluded(laterInB, verdicts, laterInA.length),
  });
  return search.kind !== 'none';
}

/** The entries after `index` that may change the verdict on a path that `one` and `other` match. */
function entriesWithASay(set: PatternSet, index: number, one: Glob, other: Glob): readonly PatternEntry[] {
  const later = set.entries
    .slice(index + 1)
    .filter(({ glob }) => globsMayOverlap(glob, one) && globsMayOverlap(glob, other));
  return later.some((entry) => entry.negated) ? later : [];
}

function staysIncluded(
  later: readonly PatternEntry[],
  verdicts: readonly boolean[],
  offset: number,
): boolean {
  const last = later.findLastIndex((_, i) => verdicts[offset + i]);
  return last < 0 || !later[last]!.negated;
}
