// What is worked out from a glob once, when it is first needed, and kept as long as the glob.
import { leadingText, type Piece, readPieces, trailingText } from './glob-pieces.ts';
import { Program } from './glob-program.ts';

/** The part of a glob that says what it matches. */
export interface WrittenGlob {
  readonly text: string;
  readonly ownsFolder: boolean;
}

/** What is fixed about every path that a glob matches. */
export interface Affixes {
  /** It starts with this. */
  readonly prefix: string;
  /** It ends with this, which lies within its last part. */
  readonly tail: string;
}

export interface CompiledGlob extends Affixes {
  readonly program: Program;
}

// Printable and without brackets, braces and escapes: such text can be read with `slice`.
const NEEDS_READING = /[[{\\]|[^ -~]/;
const compiled = new WeakMap<WrittenGlob, CompiledGlob>();

/** `glob.text` must have been accepted by `parseGlob`. */
export function compiledGlob(glob: WrittenGlob): CompiledGlob {
  let found = compiled.get(glob);
  if (found === undefined) {
    found = new Compiled(glob);
    compiled.set(glob, found);
  }
  return found;
}

/** Not kept, unlike `compiledGlob`: cheaper where a glob is looked at once. */
export function affixesOf({ text }: WrittenGlob): Affixes {
  if (isPlainText(text)) {
    const first = firstWildcard(text);
    if (first < 0) return { prefix: text, tail: text.slice(text.lastIndexOf('/') + 1) };
    const last = Math.max(text.lastIndexOf('*'), text.lastIndexOf('?'), text.lastIndexOf('/'));
    return { prefix: text.slice(0, first), tail: text.slice(last + 1) };
  }
  const pieces = piecesOf(text);
  const tail = trailingText(pieces);
  // What comes before the last '/' may be absent: `**/x` also matches `x`.
  return { prefix: leadingText(pieces), tail: tail.slice(tail.lastIndexOf('/') + 1) };
}

/** Whether only `*` and `?` have a meaning of their own in `text`. */
export function isPlainText(text: string): boolean {
  return !NEEDS_READING.test(text);
}

/** Where the first `*` or `?` of a plain text stands, or -1. */
export function firstWildcard(text: string): number {
  return text.search(/[*?]/);
}

class Compiled implements CompiledGlob {
  readonly prefix: string;
  readonly tail: string;
  readonly #glob: WrittenGlob;
  #program: Program | null = null;

  constructor(glob: WrittenGlob) {
    this.#glob = glob;
    const { prefix, tail } = affixesOf(glob);
    this.prefix = prefix;
    this.tail = tail;
  }

  get program(): Program {
    this.#program ??= new Program(piecesOf(this.#glob.text), this.#glob.ownsFolder);
    return this.#program;
  }
}

function piecesOf(text: string): readonly Piece[] {
  const read = readPieces(text);
  if (!read.ok) throw new Error(`not the text of a parsed glob: ${text}`);
  return read.value;
}
