// One glob as a non-deterministic automaton over code points, built from its syntax tree.
// Braces are branches of it, never expanded, so its size is linear in the text.
import type { Piece, Range } from './glob-pieces.ts';

/*
 * A state is a node and how far the present part of the path has come. Three rules need that:
 * a part is never empty, a leading '.' must be met by a literal one, and `**` stands for folders
 * only where it is a whole part - which inside braces only the neighbours of a branch decide.
 *
 *   START        the part of the pattern and the part of the path both begin here
 *   EMPTY        the pattern's part has begun, with wildcards that matched nothing; the path's has not
 *   INSIDE       the path's part has begun
 *   DEEP_START   within `**`, where a part begins
 *   DEEP_INSIDE  within `**`, in the middle of a part
 *   DEEP_LEAVE   on the way out of `**` at the begin of a part: only a '/' may come
 *   DEEP_END     on the way out of `**` in a part: only the end may come
 */
const START = 0;
const EMPTY = 1;
const INSIDE = 2;
const DEEP_START = 3;
const DEEP_INSIDE = 4;
const DEEP_LEAVE = 5;
const DEEP_END = 6;
const MODES = 7;

const DOT = 46;
const SLASH = 47;
const NOWHERE = -1;

type Node =
  | { readonly kind: 'character'; readonly code: number; readonly next: number }
  | { readonly kind: 'any'; readonly next: number }
  | { readonly kind: 'class'; readonly ranges: readonly Range[]; readonly next: number }
  | { readonly kind: 'star'; readonly next: number }
  | { readonly kind: 'double-star'; readonly next: number; readonly owns: boolean }
  | { readonly kind: 'choice'; readonly branches: readonly number[] }
  | { readonly kind: 'slash'; readonly next: number }
  | { readonly kind: 'root'; readonly next: number }
  | { readonly kind: 'end' };

/** States are numbers; a set of states is a list without repeats. */
export class Program {
  /** Where reading a path begins. */
  readonly start: readonly number[];
  /** The characters and ranges that the pattern tells apart. */
  readonly ranges: Range[] = [];
  readonly #nodes: Node[] = [{ kind: 'end' }];
  readonly #closures: (readonly number[] | undefined)[] = [];

  /** With `ownsFolder` the closing `**` takes dotfiles too. */
  constructor(pieces: readonly Piece[], ownsFolder: boolean) {
    const absolute = isSlash(pieces[0]);
    let first = this.#chain(absolute ? pieces.slice(1) : pieces, 0, ownsFolder);
    if (absolute) first = this.#add({ kind: 'root', next: first });
    this.start = this.#closure(at(first, START));
  }

  /** The states that reading `code` in `state` leads to. */
  step(state: number, code: number): readonly number[] {
    const target = this.#target(state, code);
    return target === NOWHERE ? [] : this.#closure(target);
  }

  /** The states that reading `code` in any of `states` leads to; sorted. */
  stepAll(states: readonly number[], code: number): readonly number[] {
    const targets: number[] = [];
    for (const state of states) {
      const target = this.#target(state, code);
      if (target !== NOWHERE) targets.push(target);
    }
    // One state is by far the commonest and its closure is known; many are closed together,
    // or a row of empty choices would be walked once for each.
    return targets.length === 1 ? this.#closure(targets[0]!) : this.#close(targets);
  }

  /** The states that reading `text` from the start leads to. */
  after(text: string): readonly number[] {
    let states = this.start;
    for (const character of text) states = this.stepAll(states, character.codePointAt(0)!);
    return states;
  }

  /** Where reading `code` leads before anything is passed for free. */
  #target(state: number, code: number): number {
    const mode = state % MODES;
    const id = (state - mode) / MODES;
    const node = this.#nodes[id]!;
    switch (node.kind) {
      case 'character':
        return code === node.code ? at(node.next, INSIDE) : NOWHERE;
      case 'slash':
      case 'root':
        return code === SLASH ? at(node.next, START) : NOWHERE;
      case 'double-star':
        if (mode === DEEP_INSIDE) return at(id, code === SLASH ? DEEP_START : DEEP_INSIDE);
        if (mode === DEEP_START && node.owns) return code === SLASH ? NOWHERE : at(id, DEEP_INSIDE);
        if (!wildcardTakes(code, mode)) return NOWHERE;
        return at(id, mode === DEEP_START ? DEEP_INSIDE : INSIDE);
      case 'star':
        return wildcardTakes(code, mode) ? at(id, INSIDE) : NOWHERE;
      case 'any':
        return wildcardTakes(code, mode) ? at(node.next, INSIDE) : NOWHERE;
      case 'class':
        return wildcardTakes(code, mode) && isWithin(code, node.ranges) ? at(node.next, INSIDE) : NOWHERE;
      case 'choice':
      case 'end':
        return NOWHERE;
    }
  }

  /** Whether a path may end in `state`. */
  isFinal(state: number): boolean {
    return state < MODES;
  }

  /** The one character that `state` can read, where there is only one. */
  onlyCode(state: number): number | null {
    const node = this.#nodes[Math.floor(state / MODES)]!;
    if (node.kind === 'character') return node.code;
    return node.kind === 'slash' || node.kind === 'root' ? SLASH : null;
  }

  #add(node: Node): number {
    return this.#nodes.push(node) - 1;
  }

  #chain(pieces: readonly Piece[], last: number, ownsFolder: boolean): number {
    let next = last;
    for (let i = pieces.length - 1; i >= 0; i -= 1) {
      next = this.#link(pieces[i]!, next, ownsFolder && i === pieces.length - 1);
    }
    return next;
  }

  #link(piece: Piece, next: number, owns: boolean): number {
    switch (piece.kind) {
      case 'character':
        if (piece.code === SLASH) return this.#add({ kind: 'slash', next });
        this.ranges.push([piece.code, piece.code]);
        return this.#add({ kind: 'character', code: piece.code, next });
      case 'class':
        this.ranges.push(...piece.ranges);
        return this.#add({ kind: 'class', ranges: piece.ranges, next });
      case 'double-star': {
        const follower = this.#nodes[next]!.kind;
        const mayBeWhole = follower === 'slash' || follower === 'end' || follower === 'choice';
        return this.#add(mayBeWhole ? { kind: 'double-star', next, owns } : { kind: 'star', next });
      }
      case 'choice': {
        const branches = piece.alternatives.map((pieces) => this.#chain(pieces, next, false));
        return this.#add({ kind: 'choice', branches });
      }
      default:
        return this.#add({ kind: piece.kind, next });
    }
  }

  #closure(state: number): readonly number[] {
    let known = this.#closures[state];
    if (known === undefined) {
      known = this.#close([state]);
      this.#closures[state] = known;
    }
    return known;
  }

  /** The states reached without reading that can themselves read something or end; sorted. */
  #close(states: readonly number[]): readonly number[] {
    const seen = new Set<number>();
    const kept: number[] = [];
    // Not recursive: a row of thousands of empty choices must not exhaust the stack.
    const open = [...states];
    const reach = (id: number, mode: number) => open.push(at(id, mode));
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (seen.has(state)) continue;
      seen.add(state);
      if (this.#passes(state, reach)) kept.push(state);
    }
    return kept.sort((a, b) => a - b);
  }

  /** Reports where `state` leads without reading; whether it can itself read or end. */
  #passes(state: number, reach: (id: number, mode: number) => void): boolean {
    const mode = state % MODES;
    const id = (state - mode) / MODES;
    const node = this.#nodes[id]!;
    const leaving = mode === DEEP_LEAVE || mode === DEEP_END;
    switch (node.kind) {
      case 'choice':
        for (const branch of node.branches) reach(branch, mode);
        return false;
      case 'end':
        return mode === INSIDE || mode === DEEP_END;
      case 'slash':
        // At the begin of a part this is the second of two slashes, which count as one.
        if (mode === START || mode === DEEP_LEAVE) reach(node.next, START);
        return mode === INSIDE;
      case 'character':
        return !leaving && (mode !== EMPTY || node.code !== DOT);
      case 'star':
        if (!leaving) reach(node.next, mode === START ? EMPTY : mode);
        return !leaving;
      case 'double-star':
        if (leaving) return false;
        if (mode === DEEP_START) reach(node.next, DEEP_LEAVE);
        else if (mode === DEEP_INSIDE) reach(node.next, DEEP_END);
        else if (mode === START) {
          reach(id, DEEP_START);
          // What it matches as a star it also matches as folders, unless a branch takes that reading away.
          if (this.#nodes[node.next]!.kind !== 'choice') return false;
          reach(node.next, EMPTY);
        } else reach(node.next, mode);
        return true;
      default:
        return !leaving;
    }
  }
}

function at(node: number, mode: number): number {
  return node * MODES + mode;
}

function wildcardTakes(code: number, mode: number): boolean {
  return code !== SLASH && (code !== DOT || mode === INSIDE);
}

function isWithin(code: number, ranges: readonly Range[]): boolean {
  for (const [low, high] of ranges) if (code >= low && code <= high) return true;
  return false;
}

function isSlash(piece: Piece | undefined): boolean {
  return piece?.kind === 'character' && piece.code === SLASH;
}
