// One glob as a value: read from text, matched against paths, compared with other globs.
// The only matcher there is: whatever decides which file belongs to which stage asks here.
import { err, ok, type Result } from '../../base/result.ts';
import { compiledGlob, firstWildcard, isPlainText } from './compiled-glob.ts';
import { affixesAgree, coverQuestion, findPath } from './glob-automaton.ts';
import { matcherOf } from './glob-matcher.ts';
import { leadingText, type Piece, readPieces } from './glob-pieces.ts';

/** Made by `parseGlob` only. Immutable; equal `text` and `ownsFolder` mean the same glob. */
export interface Glob {
  /** Canonical: no `./`, no `//`; `dir/` is written `dir/**`. */
  readonly text: string;
  /** The longest literal folder prefix, `''` for the root folder; absolute if the glob is. */
  readonly base: string;
  /** The one path it can match, without escapes, if it has no wildcard. */
  readonly literal: string | null;
  /** May match below more than one folder level, because of `**`. */
  readonly deep: boolean;
  /** Written `dir/`: everything in the folder counts, dotfiles included. */
  readonly ownsFolder: boolean;
}

const LONGEST = 8_192;
// Braces and commas too: a branch may begin or end with `..` or `**`. Escaped, they are part of a name.
const LEAVES_FOLDER = /(?:^|\/|(?<!\\)(?:\\\\)*[{,])\.\.(?:$|[/},])/;
const SPANS_FOLDERS = /(?:^|[/{},])\*\*(?:$|[/{},])/;
const HAS_EMPTY_OR_DOT_PART = /\/\.?(?:\/|$)|^\.(?:\/|$)/;

/**
 * Reads one glob: `*`, `?`, `**`, `[a-z]`, `[!a]`, `{a,b}`, `\` escapes. `text` is relative to the
 * root or absolute. The error is one sentence for the person who wrote it.
 */
export function parseGlob(text: string): Result<Glob, string> {
  if (text === '') return err('the pattern is empty');
  if (text.length > LONGEST) return err(`the pattern is longer than ${LONGEST} characters; write several`);
  const { parts, ownsFolder } = canonicalForm(text);
  if (parts === '' && !ownsFolder) {
    return err("the pattern names the root folder itself; write './' for everything in it");
  }
  if (parts.includes('..') && LEAVES_FOLDER.test(parts)) {
    return err("the pattern has a '..' part where it cannot be resolved");
  }
  if (!ownsFolder) return globOf(parts, false);
  return globOf(parts === '' || parts === '/' ? `${parts}**` : `${parts}/**`, true);
}

/** Whether `path` (canonical: relative to the root, or absolute) is matched. */
export function globMatches(glob: Glob, path: string): boolean {
  return matcherOf(glob)(path);
}

/** The text of a glob that matches exactly `path`. */
export function escapeGlob(path: string): string {
  // A leading '!' or '~' would mean something to whoever reads a list of patterns; ',' does inside braces.
  return path.replace(/[\\*?[\]{},]|^[!~]/g, '\\$&');
}

/** Whether some path is matched by both. Symmetric; exact but for absurdly intricate patterns, which "may". */
export function globsMayOverlap(a: Glob, b: Glob): boolean {
  if (a.literal !== null) return globMatches(a, a.literal) && globMatches(b, a.literal);
  if (b.literal !== null) return globMatches(b, b.literal) && globMatches(a, b.literal);
  const [one, other] = [compiledGlob(a), compiledGlob(b)];
  if (!affixesAgree(one, other)) return false;
  // Most pairs that overlap do so on the first path that comes to mind.
  const likely = `${longer(one.prefix, other.prefix)}x${longer(one.tail, other.tail)}`;
  if (globMatches(a, likely) && globMatches(b, likely)) return true;
  return findPath({ walkers: [a, b], judges: [], wanted: () => true }).kind !== 'none';
}

function longer(a: string, b: string): string {
  return a.length >= b.length ? a : b;
}

/** Whether `outer` matches every path that `inner` matches. Exact but for absurdly intricate patterns: no. */
export function globCovers(outer: Glob, inner: Glob): boolean {
  if (inner.literal !== null) return !globMatches(inner, inner.literal) || globMatches(outer, inner.literal);
  if (outer.text === inner.text && outer.ownsFolder === inner.ownsFolder) return true;
  return findPath(coverQuestion(outer, inner)).kind === 'none';
}

/** `parts` is the text without empty parts, '.' parts and a '/' at its end. */
function canonicalForm(text: string): { readonly parts: string; readonly ownsFolder: boolean } {
  const plain = text.includes('\\/')
    ? text.replace(/\\([\s\S])/g, (both, c) => (c === '/' ? '/' : both))
    : text;
  if (!HAS_EMPTY_OR_DOT_PART.test(plain)) return { parts: plain, ownsFolder: false };
  const kept = plain.split('/').filter((part) => part !== '' && part !== '.');
  const root = plain.startsWith('/') ? '/' : '';
  return { parts: root + kept.join('/'), ownsFolder: plain.endsWith('/') };
}

function globOf(text: string, ownsFolder: boolean): Result<Glob, string> {
  const deep = text.includes('**') && SPANS_FOLDERS.test(text);
  if (isPlainText(text)) {
    const first = firstWildcard(text);
    const base = folderOf(first < 0 ? text : text.slice(0, first));
    return ok({ text, base, literal: first < 0 ? text : null, deep, ownsFolder });
  }
  const pieces = readPieces(text);
  if (!pieces.ok) return pieces;
  if (!text.startsWith('/') && mayOpenWithSlash(pieces.value)) {
    return err("only some of the braces' alternatives are absolute; write two patterns");
  }
  const leading = leadingText(pieces.value);
  const isLiteral = pieces.value.every((piece) => piece.kind === 'character');
  return ok({ text, base: folderOf(leading), literal: isLiteral ? leading : null, deep, ownsFolder });
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : slash === 0 ? '/' : path.slice(0, slash);
}

function mayOpenWithSlash(pieces: readonly Piece[]): boolean {
  for (const piece of pieces) {
    if (piece.kind === 'character') return piece.code === 47;
    if (piece.kind !== 'choice') return false;
    if (piece.alternatives.some(mayOpenWithSlash)) return true;
    if (!piece.alternatives.some(mayBeEmpty)) return false;
  }
  return false;
}

function mayBeEmpty(pieces: readonly Piece[]): boolean {
  return pieces.every((piece) => piece.kind === 'choice' && piece.alternatives.some(mayBeEmpty));
}
