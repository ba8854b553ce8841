// Reads the text of one glob into pieces: characters, wildcards, classes and choices.
// Knows the syntax only; what the pieces match is glob-program's business.
import { err, ok, type Result } from '../../base/result.ts';

/** Code points from `low` to `high`, both included. */
export type Range = readonly [low: number, high: number];

export type Piece =
  | { readonly kind: 'character'; readonly code: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'double-star' }
  | { readonly kind: 'class'; readonly ranges: readonly Range[] }
  | { readonly kind: 'choice'; readonly alternatives: readonly (readonly Piece[])[] };

export const LAST_CODE = 0x10ffff;
const DEEPEST_NESTING = 100;

const [BACKSLASH, SLASH, STAR, QUESTION, COMMA, DASH, BANG, CARET, COLON] = codes('\\/*?,-!^:');
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = codes('{}[]');

/** The pieces in order; the error is a sentence that counts characters from 1. */
export function readPieces(text: string): Result<readonly Piece[], string> {
  const reader = new Reader(text);
  const pieces = reader.sequence(0);
  return reader.problem === null ? ok(pieces) : err(reader.problem);
}

/** The text of `pieces` if all are characters, else of those before the first that is not. */
export function leadingText(pieces: readonly Piece[]): string {
  let text = '';
  for (const piece of pieces) {
    if (piece.kind !== 'character') break;
    text += String.fromCodePoint(piece.code);
  }
  return text;
}

/** The text of the characters after the last piece that is none. */
export function trailingText(pieces: readonly Piece[]): string {
  const last = pieces.findLastIndex((piece) => piece.kind !== 'character');
  return leadingText(pieces.slice(last + 1));
}

class Reader {
  problem: string | null = null;
  readonly #codes: readonly number[];
  #at = 0;

  constructor(text: string) {
    this.#codes = codes(text);
  }

  /** Pieces up to the end of the text or, inside braces, up to the ',' or '}' that ends them. */
  sequence(depth: number): Piece[] {
    const pieces: Piece[] = [];
    while (this.#at < this.#codes.length) {
      const code = this.#codes[this.#at]!;
      if (depth > 0 && (code === COMMA || code === CLOSE_BRACE)) break;
      if (code === OPEN_BRACE) this.#braces(depth + 1, pieces);
      else if (code === OPEN_BRACKET) pieces.push(this.#brackets());
      else if (code === STAR) pieces.push(this.#stars());
      else if (code === QUESTION) pieces.push(this.#wildcard());
      else pieces.push({ kind: 'character', code: this.#character() });
    }
    return pieces;
  }

  #fail(problem: string): void {
    this.problem ??= problem;
    this.#at = this.#codes.length;
  }

  #wildcard(): Piece {
    this.#at += 1;
    return { kind: 'any' };
  }

  #stars(): Piece {
    const from = this.#at;
    while (this.#codes[this.#at] === STAR) this.#at += 1;
    return { kind: this.#at - from === 2 ? 'double-star' : 'star' };
  }

  #character(): number {
    if (this.#codes[this.#at] === BACKSLASH) this.#at += 1;
    const code = this.#codes[this.#at];
    if (code === undefined) {
      this.#fail("the backslash at the end escapes nothing; write '\\\\' for the character itself");
      return BACKSLASH!;
    }
    if (code === 0) this.#fail('the pattern contains a NUL character, which no file name can');
    if (code >= 0xd800 && code <= 0xdfff) this.#fail('the pattern contains half of a Unicode character');
    this.#at += 1;
    return code;
  }

  #braces(depth: number, into: Piece[]): void {
    const opened = this.#at;
    if (depth > DEEPEST_NESTING) {
      this.#fail(`braces nest more than ${DEEPEST_NESTING} deep`);
      return;
    }
    const alternatives: Piece[][] = [];
    let end: number | undefined;
    do {
      this.#at += 1;
      alternatives.push(this.sequence(depth));
      end = this.#codes[this.#at];
    } while (end === COMMA);
    if (end === undefined) {
      const place = `the '{' at character ${opened + 1}`;
      this.#fail(`${place} is never closed; write '\\{' for the character itself`);
      return;
    }
    this.#at += 1;
    if (alternatives.length > 1) {
      into.push({ kind: 'choice', alternatives });
      return;
    }
    // Without a comma there is nothing to choose from: `{1..3}` is a name like any other.
    into.push({ kind: 'character', code: OPEN_BRACE! });
    for (const piece of alternatives[0]!) into.push(piece);
    into.push({ kind: 'character', code: CLOSE_BRACE! });
  }

  #brackets(): Piece {
    const place = `the '[' at character ${this.#at + 1}`;
    const ranges: Range[] = [];
    this.#at += 1;
    const negated = this.#codes[this.#at] === BANG || this.#codes[this.#at] === CARET;
    if (negated) this.#at += 1;
    const first = this.#at;
    while (this.problem === null && (this.#codes[this.#at] !== CLOSE_BRACKET || this.#at === first)) {
      const code = this.#codes[this.#at];
      if (code === undefined || code === SLASH) {
        const where = code === SLASH ? "before the next '/'" : 'anywhere';
        this.#fail(`${place} is not closed ${where}; write '\\[' for the character itself`);
      } else if (code === OPEN_BRACKET && this.#codes[this.#at + 1] === COLON) {
        this.#fail(`${place} uses a named class, which patterns do not have; write a range such as [a-z]`);
      } else ranges.push(this.#range(place));
    }
    this.#at += 1;
    return { kind: 'class', ranges: negated ? complement(ranges) : ranges };
  }

  #range(place: string): Range {
    const low = this.#character();
    const after = this.#codes[this.#at + 1];
    if (this.#codes[this.#at] !== DASH || after === CLOSE_BRACKET || after === undefined) return [low, low];
    this.#at += 1;
    if (this.#codes[this.#at] === SLASH) return [low, low];
    const high = this.#character();
    if (high < low) this.#fail(`${place} has a range that runs backwards`);
    return [low, high];
  }
}

function complement(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let from = 1;
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (low > from) gaps.push([from, low - 1]);
    from = Math.max(from, high + 1);
  }
  if (from <= LAST_CODE) gaps.push([from, LAST_CODE]);
  return gaps;
}

function codes(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}
