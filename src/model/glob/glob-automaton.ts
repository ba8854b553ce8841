// Searches for a path that some globs match and others do not: the one engine behind overlap and cover.

import { sampleCodes } from './code-samples.ts';
import { type CompiledGlob, compiledGlob, type WrittenGlob } from './compiled-glob.ts';
import type { Range } from './glob-pieces.ts';
import type { Program } from './glob-program.ts';
import {
  guardAfter,
  guardMayEnd,
  guardStep,
  PART_START,
  REFUSED,
  reservedCodes,
  UNRESERVED,
} from './reserved-names.ts';
import { FIRST, SubsetMachine } from './subset-machine.ts';

export type Search =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'none' }
  /** Given up: the patterns are too intricate to be sure within bounds. */
  | { readonly kind: 'too-intricate' };

export interface Question {
  /** One or two globs that the path must match. */
  readonly walkers: readonly [WrittenGlob] | readonly [WrittenGlob, WrittenGlob];
  /** Globs whose verdicts on the path decide with `wanted`. */
  readonly judges: readonly WrittenGlob[];
  /** Gets one verdict a judge, in their order. */
  readonly wanted: (verdicts: readonly boolean[]) => boolean;
}

/** A shortest path that both match; null if there is none or the search was given up. */
export function overlapWitness(a: WrittenGlob, b: WrittenGlob): string | null {
  return pathOf(findPath({ walkers: [a, b], judges: [], wanted: () => true }));
}

/** A shortest path that `inner` matches and `outer` does not; null if there is none or the search was given up. */
export function coverCounterexample(outer: WrittenGlob, inner: WrittenGlob): string | null {
  return pathOf(findPath(coverQuestion(outer, inner)));
}

/** Asks for a path that `inner` matches and `outer` does not. */
export function coverQuestion(outer: WrittenGlob, inner: WrittenGlob): Question {
  return { walkers: [inner], judges: [outer], wanted: ([covered]) => covered === false };
}

/** Whether the fixed beginnings and ends of both leave room for a common path at all. Cheap, and says yes in doubt. */
export function affixesAgree(a: CompiledGlob, b: CompiledGlob): boolean {
  if (!a.prefix.startsWith(b.prefix) && !b.prefix.startsWith(a.prefix)) return false;
  return a.tail.endsWith(b.tail) || b.tail.endsWith(a.tail);
}

const MOST_PLACES = 50_000;
const MOST_WORK = 500_000;
const MOST_VERDICTS = 32_768;
const MOST_STATES = 65_536;
const MOST_GUARD_STATES = 64;

/** Where all automata stand after one and the same path. */
interface Place {
  readonly walkers: readonly number[];
  readonly judges: readonly number[];
  readonly guard: number;
  readonly from: Place | null;
  readonly code: number;
}

/**
 * Breadth first, so what it finds is shortest. Walkers stay non-deterministic, which keeps overlap
 * polynomial; only judges, whose "no" must be certain, are made deterministic.
 */
export function findPath({ walkers, judges, wanted }: Question): Search {
  const programs = walkers.map((glob) => compiledGlob(glob).program);
  // Whatever all walkers match starts with the longest prefix of any: the search begins behind it.
  const prefix = walkers
    .map((glob) => compiledGlob(glob).prefix)
    .reduce((a, b) => (b.length > a.length ? b : a));
  const machines = judges.map((glob) => new SubsetMachine(compiledGlob(glob).program, prefix));
  const samples = new Samples([...programs, ...judges.map((glob) => compiledGlob(glob).program)]);
  const seen = new Seen();
  const places: Place[] = [];
  let work = 0;

  const visit = (states: readonly (readonly number[])[], rest: Omit<Place, 'walkers'>) => {
    work += states.reduce((product, list) => product * list.length, 1);
    if (work > MOST_WORK) return;
    for (const row of combinations(states)) {
      const place = {
        walkers: row,
        judges: rest.judges,
        guard: rest.guard,
        from: rest.from,
        code: rest.code,
      };
      if (seen.add(place)) places.push(place);
    }
  };
  const accepts = (place: Place) =>
    place.walkers.every((state, i) => programs[i]!.isFinal(state)) &&
    guardMayEnd(place.guard) &&
    wanted(place.judges.map((state, i) => machines[i]!.isFinal(state)));
  const advance = (place: Place, code: number) => {
    const guard = guardStep(place.guard, code);
    if (guard === REFUSED) return;
    const next = place.walkers.map((state, i) => programs[i]!.step(state, code));
    if (next.some((states) => states.length === 0)) return;
    const verdicts = place.judges.map((state, i) => machines[i]!.next(state, code));
    visit(next, { judges: verdicts, guard, from: place, code });
  };

  const guard = guardAfter(prefix);
  if (guard === REFUSED) return { kind: 'none' };
  const starts = programs.map((program) => program.after(prefix));
  visit(starts, { judges: machines.map(() => FIRST), guard, from: null, code: 0 });
  for (let i = 0; i < places.length; i += 1) {
    const place = places[i]!;
    if (accepts(place)) return { kind: 'found', path: prefix + pathTo(place) };
    const only = onlyCode(programs, place);
    if (only !== null) advance(place, only);
    else for (const code of samples.at(place.guard)) advance(place, code);

    const spent = machines.reduce((sum, machine) => sum + machine.work, work);
    if (spent > MOST_WORK || places.length > MOST_PLACES || seen.isFull) return { kind: 'too-intricate' };
  }
  // The first visit may already have asked for too much.
  return work > MOST_WORK ? { kind: 'too-intricate' } : { kind: 'none' };
}

/** The places that were seen, each as one number. */
class Seen {
  readonly #keys = new Set<number>();
  readonly #verdicts = new Map<string, number>([['', 0]]);

  get isFull(): boolean {
    return this.#verdicts.size >= MOST_VERDICTS;
  }

  /** Whether `place` is new. */
  add({ walkers, judges, guard }: Place): boolean {
    const text = judges.join();
    let key = this.#verdicts.get(text);
    if (key === undefined) {
      key = this.#verdicts.size;
      this.#verdicts.set(text, key);
    }
    // At most 2^15 verdicts, 2^6 guards and two walkers of 2^16: within the 53 bits of an exact number.
    key = key * MOST_GUARD_STATES + guard;
    for (const state of walkers) key = key * MOST_STATES + state;
    const before = this.#keys.size;
    return this.#keys.add(key).size > before;
  }
}

/** The characters worth trying. Letters of reserved names are special only in a part that may become one. */
class Samples {
  readonly #ranges: readonly Range[];
  readonly #usual: readonly number[];
  #inReserved: readonly number[] | null = null;

  constructor(programs: readonly Program[]) {
    this.#ranges = programs.flatMap((program) => program.ranges);
    this.#usual = sampleCodes(this.#ranges);
  }

  at(guard: number): readonly number[] {
    if (guard === UNRESERVED || guard === PART_START) return this.#usual;
    if (this.#inReserved === null) {
      const reserved = [...reservedCodes].map((code): Range => [code, code]);
      this.#inReserved = sampleCodes([...this.#ranges, ...reserved]);
    }
    return this.#inReserved;
  }
}

function onlyCode(programs: readonly Program[], place: Place): number | null {
  for (const [i, state] of place.walkers.entries()) {
    const code = programs[i]!.onlyCode(state);
    if (code !== null) return code;
  }
  return null;
}

function pathOf(search: Search): string | null {
  return search.kind === 'found' ? search.path : null;
}

function pathTo(place: Place): string {
  const characters: string[] = [];
  for (let at: Place = place; at.from !== null; at = at.from) characters.push(String.fromCodePoint(at.code));
  return characters.reverse().join('');
}

/** Every choice of one member of each of one or two lists. */
function combinations([first, second]: readonly (readonly number[])[]): readonly number[][] {
  const rows: number[][] = [];
  for (const one of first ?? []) {
    if (second === undefined) rows.push([one]);
    else for (const other of second) rows.push([one, other]);
  }
  return rows;
}
