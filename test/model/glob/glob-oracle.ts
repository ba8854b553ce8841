// A second opinion for the tests: globs as trees, expanded and matched by backtracking, with nothing shared.
import fc from 'fast-check';

export type Tree =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' | 'star' | 'stars' }
  | { readonly kind: 'slash' }
  | { readonly kind: 'set'; readonly not: boolean; readonly members: readonly string[] }
  | { readonly kind: 'braces'; readonly branches: readonly (readonly Tree[])[] };

type Token = Exclude<Tree, { kind: 'braces' } | { kind: 'slash' }>;

export interface Pattern {
  readonly trees: readonly Tree[];
  readonly owns: boolean;
  readonly absolute: boolean;
}

/** What a person would write. */
export function written({ trees, owns, absolute }: Pattern): string {
  const middle = trees.map(writtenTree).join('');
  return (absolute ? '/' : '') + middle + (owns ? '/' : '');
}

function writtenTree(tree: Tree): string {
  switch (tree.kind) {
    case 'text':
      return tree.text.replace(/[*?[\]{},\\]/g, '\\$&');
    case 'any':
      return '?';
    case 'star':
      return '*';
    case 'stars':
      return '**';
    case 'slash':
      return '/';
    case 'set':
      return `[${tree.not ? '!' : ''}${tree.members.join('')}]`;
    case 'braces':
      return `{${tree.branches.map((branch) => branch.map(writtenTree).join('')).join(',')}}`;
  }
}

/** Whether the pattern matches `path`: tries every expansion of the braces. */
export function oracleMatches(pattern: Pattern, path: string): boolean {
  if (path.startsWith('/') !== pattern.absolute) return false;
  const parts = (pattern.absolute ? path.slice(1) : path).split('/');
  if (parts.some((part) => part === '' || isReserved(part))) return false;
  return expand(pattern.trees).some((row) => partsMatch(splitParts(row), parts, pattern.owns));
}

function isReserved(part: string): boolean {
  return ['.', '..', '.git', '.pipeline-cache'].includes(part) || part.startsWith('.pipe-tmp-');
}

function expand(trees: readonly Tree[]): (readonly Tree[])[] {
  const [first, ...rest] = trees;
  if (first === undefined) return [[]];
  const tails = expand(rest);
  const heads = first.kind === 'braces' ? first.branches.flatMap(expand) : [[first]];
  return heads.flatMap((head) => tails.map((tail) => [...head, ...tail]));
}

function splitParts(row: readonly Tree[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const tree of row) {
    if (tree.kind === 'slash') parts.push([]);
    else if (tree.kind !== 'braces') parts.at(-1)!.push(tree);
  }
  return parts;
}

function partsMatch(patterns: readonly Token[][], parts: readonly string[], owns: boolean): boolean {
  const [pattern, ...rest] = patterns;
  if (pattern === undefined) return owns ? parts.length > 0 : parts.length === 0;
  // Two slashes in a row are one; a slash at the end leaves an empty part, which nothing matches.
  if (pattern.length === 0 && (rest.length > 0 || owns)) return partsMatch(rest, parts, owns);
  if (pattern.length === 1 && pattern[0]!.kind === 'stars') {
    const most = parts.findIndex((part) => part.startsWith('.'));
    const limit = most < 0 ? parts.length : most;
    for (let taken = rest.length === 0 && !owns ? 1 : 0; taken <= limit; taken += 1) {
      if (partsMatch(rest, parts.slice(taken), owns)) return true;
    }
    return false;
  }
  const [part, ...others] = parts;
  return part !== undefined && partMatches(pattern, part) && partsMatch(rest, others, owns);
}

function partMatches(pattern: readonly Token[], part: string): boolean {
  const first = pattern.find((token) => token.kind !== 'text' || token.text !== '');
  if (part.startsWith('.') && !(first?.kind === 'text' && first.text.startsWith('.'))) return false;
  return part !== '' && tokensMatch(pattern, Array.from(part));
}

function tokensMatch(pattern: readonly Token[], characters: readonly string[]): boolean {
  const [token, ...rest] = pattern;
  if (token === undefined) return characters.length === 0;
  const [character, ...others] = characters;
  switch (token.kind) {
    case 'text': {
      const text = Array.from(token.text);
      return (
        text.every((one, i) => one === characters[i]) && tokensMatch(rest, characters.slice(text.length))
      );
    }
    case 'any':
      return character !== undefined && tokensMatch(rest, others);
    case 'set':
      return (
        character !== undefined &&
        token.members.includes(character) !== token.not &&
        tokensMatch(rest, others)
      );
    case 'star':
    case 'stars':
      return tokensMatch(rest, characters) || (character !== undefined && tokensMatch(pattern, others));
  }
}

const text = fc
  .constantFrom('a', 'b', 'a', 'b', '.', 'ab', '😀', '*', ',', '.git', '.gi', '.pipe-tmp-', '.pipe')
  .map((one): Tree => ({ kind: 'text', text: one }));
const wild = fc.constantFrom('any', 'star', 'stars', 'star').map((kind): Tree => ({ kind }) as Tree);
const set = fc
  .record({
    not: fc.boolean(),
    members: fc.uniqueArray(fc.constantFrom('a', 'b', '.', 'g', '😀'), { minLength: 1 }),
  })
  .map((one): Tree => ({ kind: 'set', ...one }));
const slash = fc.constant<Tree>({ kind: 'slash' });

const { trees } = fc.letrec<{ trees: readonly Tree[]; braces: Tree }>((tie) => ({
  trees: fc.array(
    fc.oneof(
      { maxDepth: 2 },
      { arbitrary: text, weight: 4 },
      { arbitrary: wild, weight: 3 },
      { arbitrary: set, weight: 1 },
      { arbitrary: slash, weight: 3 },
      { arbitrary: tie('braces'), weight: 1 },
    ),
    { maxLength: 6 },
  ),
  braces: fc
    .array(tie('trees'), { minLength: 2, maxLength: 3 })
    .map((branches): Tree => ({ kind: 'braces', branches: branches.map((one) => one.slice(0, 3)) })),
}));

/** Patterns over a tiny alphabet, in which coincidences are common. Some of them are refused by the parser. */
export const patterns: fc.Arbitrary<Pattern> = fc
  .record({ trees, owns: fc.boolean(), absolute: fc.integer({ min: 0, max: 9 }).map((n) => n === 0) })
  .filter((pattern) => soundStars(pattern.trees))
  .map((pattern) => ({ ...pattern, text: written(pattern) }))
  // '.' parts disappear from the text; the examples show that.
  .filter(({ text }) => !/(^|\/)\.(\/|$)/.test(text))
  .map(({ trees, text }) => ({ trees, owns: text.endsWith('/'), absolute: text.startsWith('/') }));

/** A star beside a star would be read as another token than the tree has. */
function soundStars(row: readonly Tree[]): boolean {
  return row.every((tree, i) => {
    if (tree.kind === 'braces') return tree.branches.every(soundStars);
    const starred = (one: Tree | undefined) => one?.kind === 'star' || one?.kind === 'stars';
    return !(starred(tree) && starred(row[i + 1]));
  });
}

/** Paths over the same alphabet. */
export const paths: fc.Arbitrary<string> = fc
  .record({
    parts: fc.array(
      fc.oneof(
        fc
          .array(fc.constantFrom('a', 'b', '.', '😀', 'g', '*', ','), { minLength: 1, maxLength: 4 })
          .map((one) => one.join('')),
        fc.constantFrom('a', 'ab', '.git', '.pipe-tmp-a', '.pipe-tmp', '.gi', '.a', '.pipeline-cache'),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    absolute: fc.integer({ max: 9, min: 0 }).map((n) => n === 0),
  })
  .map(({ parts, absolute }) => (absolute ? '/' : '') + parts.join('/'));

/** Every relative path of one or two parts of up to two characters, and some longer ones. */
export const smallWorld: readonly string[] = everyPath();

function everyPath(): string[] {
  const names = ['a', 'b', '.', '😀', 'g', '*', ','];
  for (const first of ['a', 'b', '.', 'g'])
    for (const second of ['a', 'b', '.', 'g']) names.push(first + second);
  names.push('.git', '.gi', '.pipe', '.pipe-tmp-', '.pipe-tmp-a', 'aab', 'aba', '.ab');
  const all = [...names];
  for (const folder of names) for (const name of names) all.push(`${folder}/${name}`);
  for (const folder of ['a', 'ab', '.a'])
    for (const name of ['a/b', '.a/a', 'b/.b', 'b/a/b']) all.push(`${folder}/${name}`);
  return [...all, ...all.slice(0, 60).map((path) => `/${path}`)];
}
