// The names no pattern ever matches: version control, our own state, our own temporary files, and '.' and '..'.

const NAMES = ['.', '..', '.git', '.pipeline-cache'];
const PREFIX = '.pipe-tmp-';
const RESERVED = /(?:^|\/)(?:\.pipe-tmp-|(?:\.\.?|\.git|\.pipeline-cache)(?:\/|$))/;

/** Whether any part of `path` is reserved, so that no glob matches it. */
export function hasReservedPart(path: string): boolean {
  if (path.charCodeAt(0) !== DOT && !path.includes('/.')) return false;
  return RESERVED.test(path);
}

/** A name that other programs give to what is theirs: not `.`, and none of our temporary files. */
export function isReservedName(name: string): boolean {
  return name === '.git' || name === '.pipeline-cache';
}

/*
 * The same rule as an automaton that reads a path character by character:
 *
 *   PART_START --'.'--> inside a reserved name --other--> UNRESERVED --'/'--> PART_START
 *                            '/' or the end after a whole one: REFUSED
 */
const DOT = 46;
const SLASH = 47;
export const PART_START = 0;
export const UNRESERVED = 1;
export const REFUSED = -1;

const forward: Map<number, number>[] = [new Map(), new Map()];
const wholeNames = new Set<number>();
for (const name of NAMES) wholeNames.add(grow(name));
const wholePrefix = grow(PREFIX);

/** Every character of a reserved name. */
export const reservedCodes: ReadonlySet<number> = new Set(
  [...NAMES, PREFIX].flatMap((name) => [...name].map((character) => character.charCodeAt(0))),
);

/** The state after one more character of the path. */
export function guardStep(state: number, code: number): number {
  if (code === SLASH) return guardMayEnd(state) ? PART_START : REFUSED;
  const next = forward[state]!.get(code) ?? UNRESERVED;
  return next === wholePrefix ? REFUSED : next;
}

/** The state after `text`, from the beginning. */
export function guardAfter(text: string): number {
  let state = PART_START;
  for (let i = 0; i < text.length && state !== REFUSED; i += 1) state = guardStep(state, text.charCodeAt(i));
  return state;
}

/** Whether the part read so far may stand as a whole. */
export function guardMayEnd(state: number): boolean {
  return !wholeNames.has(state);
}

function grow(name: string): number {
  let state = PART_START;
  for (let i = 0; i < name.length; i += 1) {
    const code = name.charCodeAt(i);
    let next = forward[state]!.get(code);
    if (next === undefined) {
      next = forward.push(new Map()) - 1;
      forward[state]!.set(code, next);
    }
    state = next;
  }
  return state;
}
