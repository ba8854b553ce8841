// Base64 searched for in a stream of text in which it is broken into lines, as `base64`, `openssl` and mail do.
import { type Needles, type Place, type Span, start } from './needles.ts';

/** Of a line's end with what indents the next line. More of it ends an encoded text. */
const longestGap = 40;

/**
 * No encoder makes shorter lines. Without such a limit a line of ordinary words that ends in the first
 * letter of a secret would have to wait for the next line.
 */
const shortestBrokenLine = 16;

/** Positions that are kept before those that matter are dropped. */
const longestTrail = 1024;

/** What may follow the first character of a needle instead of the second. */
export const breaks: readonly string[] = ['\n', '\r', '\\'];

const backslash = 0x5c;
const slash = 0x2f;

/** What a character is in base64: 0 nothing, else the character in the standard alphabet. */
const symbols = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=')
  symbols[char.charCodeAt(0)] = char.charCodeAt(0);
symbols['-'.charCodeAt(0)] = '+'.charCodeAt(0);
symbols['_'.charCodeAt(0)] = '/'.charCodeAt(0);

function symbolOf(unit: number): number {
  return unit < 128 ? symbols[unit]! : 0;
}

/**
 * Goes on from one piece of a stream to the next. A line's end, and a slash, may also be written as JSON escapes
 * them. The positions of symbols are kept, since what lies between them is not told by their number.
 */
export class BrokenNeedles {
  private readonly needles: Needles;
  private place: Place = start;
  /** Where the symbols are that led to `place`, and a few before them. */
  private trail: number[] = [];
  /** How long the gap is in which the search stands; 0: in none. */
  private gap = 0;
  private afterBackslash = false;
  /** How many characters of base64 stand right before the text that is looked through, as far as that matters. */
  private lineBefore = 0;

  /** In the standard alphabet; found in that for URLs as well. */
  constructor(needles: Needles) {
    this.needles = needles;
  }

  /** Whether nothing has begun. */
  get isIdle(): boolean {
    return this.place === start;
  }

  /** Goes one character on in the text. Adds what is found, a span for each line. */
  step(text: string, at: number, unit: number, found: Span[]): void {
    const symbol = symbolOf(unit);
    if (this.afterBackslash) this.escaped(text, at, unit, found);
    else if (symbol !== 0) this.symbol(text, at, symbol, found);
    else if (this.place !== start) this.other(text, at, unit);
  }

  /** Where that begins which may be the beginning of a form. */
  openFrom(text: string): number {
    const begun = this.needles.begun(this.place);
    return begun === 0 ? text.length : this.trail[this.trail.length - begun]!;
  }

  /** The text up to `cut` is done with; the next begins there. */
  passed(text: string, cut: number): void {
    this.lineBefore = this.lineUpTo(text, cut);
    const begun = this.needles.begun(this.place);
    this.trail = begun === 0 ? [] : this.trail.slice(-begun).map((at) => at - cut);
  }

  /** Another stream begins. */
  reset(): void {
    this.end();
    this.lineBefore = 0;
  }

  private symbol(text: string, at: number, symbol: number, found: Span[]): void {
    this.gap = 0;
    this.place = this.needles.step(this.place, symbol);
    if (this.place === start) {
      if (this.trail.length > 0) this.trail = [];
      return;
    }
    this.trail.push(at);
    const length = this.needles.ended(this.place);
    if (length > 0) pushRuns(text, this.trail.slice(-length), found);
    // Of a text that goes on and on being a beginning, such as `AAAA…`.
    if (this.trail.length > longestTrail + 2 * this.needles.begun(this.place))
      this.trail = this.trail.slice(-this.needles.begun(this.place));
  }

  private other(text: string, at: number, unit: number): void {
    if (unit === backslash) this.afterBackslash = true;
    else if (unit === 0x0a || unit === 0x0d || (this.gap > 0 && (unit === 0x20 || unit === 0x09)))
      this.widen(text, at, 1);
    else this.end();
  }

  private escaped(text: string, at: number, unit: number, found: Span[]): void {
    this.afterBackslash = false;
    if (unit === 0x6e || unit === 0x72) {
      this.widen(text, at - 1, 2);
      return;
    }
    // Nothing else of base64 is ever escaped.
    if (unit !== slash) this.end();
    if (symbolOf(unit) !== 0) this.symbol(text, at, symbolOf(unit), found);
  }

  private widen(text: string, at: number, by: number): void {
    const isTooShort =
      this.gap === 0 &&
      // As much of a form as that is no chance: then shorter lines go on with it too.
      this.needles.begun(this.place) < shortestBrokenLine &&
      this.lineUpTo(text, at) < shortestBrokenLine;
    this.gap += by;
    if (isTooShort || this.gap > longestGap) this.end();
  }

  private end(): void {
    this.place = start;
    this.trail = [];
    this.gap = 0;
    this.afterBackslash = false;
  }

  private lineUpTo(text: string, end: number): number {
    let length = 0;
    for (let at = end - 1; at >= 0 && length < shortestBrokenLine; at--) {
      if (symbolOf(text.charCodeAt(at)) === 0) return length;
      length++;
    }
    return Math.min(shortestBrokenLine, length + this.lineBefore);
  }
}

function pushRuns(text: string, trail: readonly number[], found: Span[]): void {
  let from = trail[0]!;
  let last = from;
  for (const at of trail) {
    const isEscapedSlash = at === last + 2 && text.charCodeAt(at) === slash;
    if (at > last + 1 && !isEscapedSlash) {
      found.push([from, last + 1]);
      from = at;
    }
    last = at;
  }
  found.push([from, last + 1]);
}
