// One item of a stage that stands for many tasks: a file with what its captures stand for, or a record of a document.

import type { FilePath } from '../../base/brand.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type Glob, globMatches } from '../glob/glob.ts';
import { type Piece, readPieces } from '../glob/glob-pieces.ts';
import type { Captured, CapturePattern } from './capture-pattern.ts';

export interface Item {
  /** Part of the name of its task: the path of the file, or the key of the record. */
  readonly name: string;
  /** `null`: it is a record. */
  readonly path: FilePath | null;
  readonly captures: Captured;
  /** Of a record: as it stands in the document. */
  readonly value: unknown;
}

/** Which files are items, and what their captures stand for. */
export class ItemFiles {
  readonly #glob: Glob;
  readonly #names: readonly string[];
  readonly #whole: RegExp;

  /** `glob` is the widened `pattern`. */
  constructor(pattern: CapturePattern, glob: Glob) {
    this.#glob = glob;
    const seen = new Set<string>();
    const source = pattern.texts.map((text, i) => {
      const capture = pattern.captures[i];
      if (capture === undefined) return sourceOf(text);
      if (seen.has(capture.name)) return `${sourceOf(text)}\\k<${capture.name}>`;
      seen.add(capture.name);
      // As little as will do: of `{a}-{b}` the first dash ends `a`.
      const one = capture.across ? '[^/]+?(?:/[^/]+?)*?' : '[^/]+?';
      return `${sourceOf(text)}(?<${capture.name}>${one})`;
    });
    this.#names = [...seen];
    this.#whole = new RegExp(`^${source.join('')}$`, 'su');
  }

  /** `null`: it is no item. */
  of(path: FilePath): Item | null {
    if (!globMatches(this.#glob, path)) return null;
    const found = this.#whole.exec(path);
    if (found === null) return null;
    const captures = Object.fromEntries(this.#names.map((name) => [name, found.groups![name]!]));
    return { name: path, path, captures, value: null };
  }
}

/** Of one part of a path, on all usual file systems. */
const longestNameBytes = 255;

/** What keeps a text from being the key of a record, which stands in paths and commands; else the key. */
export function keyOf(value: unknown): Result<string, string> {
  const key = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof key !== 'string') return err('is neither text nor a number');
  if (key === '') return err('is empty');
  if (key.includes('/') || key === '.' || key === '..') return err('is no name of a file');
  if (key.includes('\0')) return err('contains a NUL character');
  if (/\p{Surrogate}/u.test(key)) return err('contains half a character: a surrogate without its other half');
  if (Buffer.byteLength(key) > longestNameBytes) return err('is too long for the name of a file');
  return ok(key);
}

/** Text between captures; what it matches has been decided by the glob as a whole. */
function sourceOf(text: string): string {
  const pieces = readPieces(text);
  if (!pieces.ok) throw new Error(`not a part of a parsed glob: ${text}`);
  return sourceOfPieces(pieces.value);
}

const slash = 47;

function sourceOfPieces(pieces: readonly Piece[]): string {
  let source = '';
  for (let i = 0; i < pieces.length; i += 1) {
    const piece = pieces[i]!;
    const next = pieces[i + 1];
    if (piece.kind === 'double-star' && next?.kind === 'character' && next.code === slash) {
      // `**/x` is also `x`.
      source += '(?:.*/)?';
      i += 1;
    } else source += sourceOfPiece(piece);
  }
  return source;
}

function sourceOfPiece(piece: Piece): string {
  switch (piece.kind) {
    case 'character':
      return codePoint(piece.code);
    case 'any':
      return '[^/]';
    case 'star':
      return '[^/]*';
    case 'double-star':
      return '.*';
    case 'class':
      return piece.ranges.length === 0
        ? '(?!)'
        : `[${piece.ranges.map(([low, high]) => `${codePoint(low)}-${codePoint(high)}`).join('')}]`;
    case 'choice':
      return `(?:${piece.alternatives.map(sourceOfPieces).join('|')})`;
  }
}

function codePoint(code: number): string {
  return `\\u{${code.toString(16)}}`;
}
