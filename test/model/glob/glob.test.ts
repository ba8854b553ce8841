import { describe, expect, test } from 'vitest';
import {
  escapeGlob,
  type Glob,
  globCovers,
  globMatches,
  globsMayOverlap,
  parseGlob,
} from '../../../src/model/glob/glob.ts';

function glob(text: string): Glob {
  const parsed = parseGlob(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error}`);
  return parsed.value;
}

describe('a glob matches', () => {
  test.each<[pattern: string, matched: string[], notMatched: string[]]>([
    ['a/b.txt', ['a/b.txt'], ['a/b.txtx', 'b.txt', '/a/b.txt', 'A/b.txt', 'a/b.tx']],
    ['*', ['a', 'a.b', 'a\nb', 'a "b" c', '😀'], ['.a', 'a/b', '/a']],
    [
      'data/*.json',
      ['data/a.json', 'data/a.b.json'],
      ['data/.json', 'data/.a.json', 'data/a/b.json', 'data/a.jsonl'],
    ],
    ['data/a*', ['data/a', 'data/a.x'], ['data/b', 'data/a/b']],
    ['data/.a*', ['data/.a', 'data/.ab'], ['data/a']],
    ['.g*', ['.gi', '.gitignore'], ['.git']],
    ['a?c', ['abc', 'a😀c', 'a\nc', 'a.c'], ['ac', 'a/c', 'abbc']],
    ['?a', ['xa'], ['.a', '/a']],
    ['**', ['a', 'a/b/c'], ['.a', 'a/.b/c', '/a', '/a/b']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'ab/c', 'a/.b', 'a/b/.c']],
    ['**/a', ['a', 'b/a', 'b/c/a'], ['ba', 'a/b', '.b/a']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['ab', 'a/xb', 'a/.x/b']],
    ['a/**/*.txt', ['a/b.txt', 'a/x/b.txt'], ['a/.txt', 'b.txt']],
    ['**/**', ['a', 'a/b'], ['.a']],
    ['a**b', ['ab', 'axxb', 'a.b'], ['a/b', 'ax/yb']],
    ['***', ['a'], ['a/b']],
    ['[abc]', ['a', 'c'], ['d', 'ab', '']],
    ['x[a-c]', ['xa', 'xb'], ['xd', 'x-']],
    ['x[a-]', ['xa', 'x-'], ['xb']],
    ['x[!a-c]y', ['xdy', 'x.y', 'x😀y'], ['xay', 'x/y', 'xy']],
    ['x[^a]', ['xb'], ['xa', 'x/']],
    ['x[+-9]', ['x+', 'x5', 'x.'], ['x/']],
    ['x[]a]', ['x]', 'xa'], ['x']],
    ['x[\\]a]', ['x]', 'xa'], ['x\\']],
    ['x[😀-😂]', ['x😁'], ['x😃']],
    ['[.]a', [], ['.a', 'a']],
    ['x[.]a', ['x.a'], ['xa']],
    ['{a,b}', ['a', 'b'], ['c', '{a,b}']],
    ['{a,b/{c,d*}}/e', ['a/e', 'b/c/e', 'b/dx/e'], ['b/e', 'a/c/e']],
    ['x{,y}z', ['xz', 'xyz'], ['xyyz']],
    ['a/{b,}/c', ['a/b/c', 'a/c'], ['a//c']],
    ['{**,x}/b', ['b', 'x/b', 'y/z/b'], ['yb']],
    ['a{**,b}', ['a', 'ab', 'axy'], ['a/b']],
    ['{a/,}**', ['a/b/c', 'b/c'], ['.b']],
    ['{a,**}{b,/c}', ['ab', 'a/c', 'xb', 'c', 'x/y/c'], ['x/b']],
    ['{.a,*}', ['.a', 'b'], ['.b']],
    ['{*,}.x', ['.x', 'a.x'], ['.a.x']],
    ['x{1..3}', ['x{1..3}'], ['x1', 'x2']],
    ['x{*}', ['x{}', 'x{ab}'], ['xab']],
    ['x{}', ['x{}'], ['x']],
    ['a}b,c', ['a}b,c'], []],
    ['{[,],a}', [',', 'a'], ['[', ']']],
    ['\\*', ['*'], ['a', '\\*']],
    ['\\.a', ['.a'], []],
    ['a\\{b,c}', ['a{b,c}'], ['ab']],
    ['{a\\,b,c}', ['a,b', 'c'], ['a']],
    ['/x/*', ['/x/y'], ['x/y', '/x/.y', '/y']],
    ['/**', ['/x', '/x/y'], ['x', '/.x']],
    ['/{a,b/**}/c', ['/a/c', '/b/c', '/b/x/c'], ['a/c']],
    [
      'dir/',
      ['dir/a', 'dir/.a', 'dir/.b/.c/d', 'dir/.gitignore'],
      ['dir', 'dirx/a', 'dir/.git', 'dir/a/.git/b'],
    ],
    ['./', ['a', '.a', 'a/.b'], ['/a', '.git/x', 'x/.pipeline-cache/y']],
    ['/', ['/a', '/.a/b'], ['a', '/.git']],
    ['{a,b}/', ['a/.x', 'b/c'], ['c/x']],
    ['*/', ['a/.x', 'a/b'], ['a', '.a/x']],
    ['.git/config', [], ['.git/config']],
    ['**/.git/*', [], ['.git/config', 'a/.git/config']],
    ['.pipe*/x', ['.pipex/x', '.pipe-tmp/x'], ['.pipeline-cache/x', '.pipe-tmp-1/x']],
    ['a/.pipe-tmp-x', [], ['a/.pipe-tmp-x']],
    ['.*', ['.a', '.gi', '...'], ['.', '..', '.git', '.pipeline-cache', '.pipe-tmp-']],
  ])('%s', (pattern, matched, notMatched) => {
    const parsed = glob(pattern);
    expect(matched.filter((path) => !globMatches(parsed, path))).toEqual([]);
    expect(notMatched.filter((path) => globMatches(parsed, path))).toEqual([]);
  });
});

describe('a glob knows its shape', () => {
  test.each<[string, Partial<Glob>]>([
    ['data/seg/*.json', { base: 'data/seg', literal: null, deep: false, ownsFolder: false }],
    ['./a//b/./c.txt', { text: 'a/b/c.txt', base: 'a/b', literal: 'a/b/c.txt' }],
    ['x', { base: '', literal: 'x' }],
    ['dir/', { text: 'dir/**', base: 'dir', literal: null, deep: true, ownsFolder: true }],
    ['dir/**', { text: 'dir/**', base: 'dir', deep: true, ownsFolder: false }],
    ['./', { text: '**', base: '', deep: true, ownsFolder: true }],
    ['a/**/b', { base: 'a', deep: true }],
    ['a**/b', { base: '', deep: false }],
    ['a/{b,**}/c', { base: 'a', deep: true }],
    ['/x/y*', { base: '/x', literal: null }],
    ['/*', { base: '/', literal: null }],
    ['/x', { base: '/', literal: '/x' }],
    ['a\\*/b\\/c', { text: 'a\\*/b/c', base: 'a*/b', literal: 'a*/b/c' }],
    ['v{1..3}/{a}/[b]', { base: 'v{1..3}/{a}', literal: null }],
    ['v{1..3}', { base: '', literal: 'v{1..3}' }],
    ['{a,b}/c', { base: '', literal: null, deep: false }],
  ])('%s', (pattern, shape) => {
    expect(glob(pattern)).toMatchObject(shape);
  });
});

describe('a pattern that cannot be read is refused with a sentence', () => {
  test.each([
    ['', 'empty'],
    ['a{b', "'{' at character 2 is never closed"],
    ['a{b,{c}', "'{' at character 2 is never closed"],
    ['a[b', "'[' at character 2 is not closed anywhere"],
    ['a[b/c]', "'[' at character 2 is not closed before the next '/'"],
    ['a[]', 'not closed'],
    ['a[z-a]', 'runs backwards'],
    ['a[[:alpha:]]', 'named class'],
    ['a\\', 'backslash'],
    ['a[\\', 'backslash'],
    ['a\0b', 'NUL'],
    ['a\ud83d', 'half of a Unicode character'],
    ['.', 'root folder itself'],
    ['..', "'..'"],
    ['../a', "'..'"],
    ['*/../a', "'..'"],
    ['a/{../b,c}', "'..'"],
    ['a/{b\\\\,../c}', "'..'"],
    ['{/a,b}/c', 'absolute'],
    ['{,a}/c', 'absolute'],
    ['{'.repeat(101) + '}'.repeat(101), 'nest'],
    ['a'.repeat(8_193), 'longer than'],
  ])('%j', (pattern, words) => {
    const parsed = parseGlob(pattern);
    expect(parsed.ok ? parsed.value : parsed.error).toContain(words);
  });
});

test('an escaped path is matched by its glob and is its literal', () => {
  for (const path of [
    'a/b',
    '!a',
    '~a',
    'a,b',
    '{a,b}[c]*?\\',
    'a\nb',
    '😀',
    '-x',
    '[',
    '/abs/{x}',
    ',../a',
  ]) {
    const parsed = glob(escapeGlob(path));
    expect(parsed.literal).toBe(path);
    expect(globMatches(parsed, path)).toBe(true);
  }
});

describe('two globs overlap if and only if a path exists that both match', () => {
  test.each<[string, string, boolean]>([
    ['a/*.json', 'a/b.json', true],
    ['a/*.json', 'a/*.txt', false],
    ['a/*', 'b/*', false],
    ['a*', '*b', true],
    ['a*c', '*b*', true],
    ['**/x', 'a/**', true],
    ['a/**', 'a', false],
    ['a/**/b', 'a/*/c', false],
    ['[a-m]*', '[k-z]*', true],
    ['[a-j]*', '[k-z]*', false],
    ['[!a]', '[a]', false],
    ['?', '😀', true],
    ['*', '.a', false],
    ['**', '.a/b', false],
    ['.*', '*', false],
    ['a/', 'a/.b', true],
    ['a/', 'a/**/.*', true],
    ['.git/**', '.git/x', false],
    ['.gi?', '.git', false],
    ['.gi?', '.g[t]t', false],
    ['.pipe-tmp-*', '.pipe*', false],
    ['.pipe-tmp*', '.pipe*', true],
    ['{a,b}/c', '{b,c}/c', true],
    ['{a,b}/c', '{d,c}/c', false],
    ['/a/*', 'a/*', false],
    ['/a/*', '/**', true],
    ['**', '/**', false],
    ['*-????????????.json', '*_??????????.csv', false],
    ['*-??????????????x', '*-??????????????y', false],
    ['run-*-[0-9].txt', 'run-*-[a-z].txt', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(globsMayOverlap(glob(a), glob(b))).toBe(expected);
    expect(globsMayOverlap(glob(b), glob(a))).toBe(expected);
  });
});

describe('a glob covers another if it matches all that the other matches', () => {
  test.each<[string, string, boolean]>([
    ['**', '*', true],
    ['**', 'a/**/b*', true],
    ['*', '**', false],
    ['**', '.a', false],
    ['./', '**', true],
    ['**', './', false],
    ['a/', 'a/**', true],
    ['a/**', 'a/', false],
    ['a/**', 'a/*/*', true],
    ['{a,b}*', 'a*', true],
    ['a*', '{a,b}*', false],
    ['{[a-m],[n-z]}', '[a-z]', true],
    ['{[a-m],[o-z]}', '[a-z]', false],
    ['**/x', '{x,*/x,*/**/x}', true],
    ['a', '.git', true],
    ['.[!g]*', '.*', false],
    // All dotfiles, spelled out: with and without one of the cases. `.git` itself never matches.
    ['{.[!g]*,.g,.g[!i]*,.gi,.gi[!t]*,.git?*}', '.*', true],
    ['{.[!g]*,.g,.g[!i]*,.gi[!t]*,.git?*}', '.*', false],
  ])('%s covers %s: %s', (outer, inner, expected) => {
    expect(globCovers(glob(outer), glob(inner))).toBe(expected);
  });
});

describe('a hostile pattern is answered within bounds', () => {
  const path = 'a'.repeat(2_000);
  test.each([
    ['many stars', `${'*a'.repeat(200)}*b`],
    ['many empty choices', `${'{,a}'.repeat(1_500)}b`],
    ['deep braces', `${'{a,'.repeat(100)}b${'}'.repeat(100)}*c`],
    ['many double stars', `${'**/'.repeat(1_000)}b`],
    ['a long memory', `*b${'?'.repeat(40)}`],
    ['many ambiguous choices', `${'{*,?}'.repeat(300)}b`],
  ])('%s', (_, text) => {
    const hostile = glob(text);
    expect(globMatches(hostile, path)).toBe(false);
    expect(globMatches(hostile, `${path}/${path}`)).toBe(false);
    // Whatever the search cannot settle counts as an overlap, and not as cover.
    expect(globsMayOverlap(hostile, hostile)).toBe(true);
    globsMayOverlap(hostile, glob(`**/*a*${text}`));
    expect(globCovers(glob(`*b${'?'.repeat(40)}a`), hostile)).toBe(false);
  });
});
