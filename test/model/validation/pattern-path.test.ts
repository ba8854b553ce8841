import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeGlob, parseGlob } from '../../../src/model/glob/glob.ts';
import { canonicalPath } from '../../../src/model/paths.ts';
import { canonicalPattern } from '../../../src/model/validation/pattern-path.ts';

const folders = { root: '/home/ann/project', home: '/home/ann' };

function canonical(text: string, where = folders): string {
  const result = canonicalPattern(text, where);
  return result.ok ? result.value : `error: ${result.error}`;
}

test.each([
  ['./x/*.json', 'x/*.json'],
  ['a/../b', 'b'],
  ['a//b', 'a/b'],
  ['a/./b', 'a/b'],
  ['/home/ann/project/x/**', 'x/**'],
  ['~/project/*', '*'],
  ['../project/x', 'x'],
  ['{a,b/c}/x', '{a,b/c}/x'],
  ['a\\/b', 'a/b'],
  ['\\./x', 'x'],
  ['[a{]/../b', "error: the pattern has '..' after a part with wildcards"],
])('%s inside the root is %s', (written, expected) => {
  expect(canonical(written)).toBe(expected);
});

test.each([
  ['../x/*', '/home/ann/x/*'],
  ['~/sessions/**/*.jsonl', '/home/ann/sessions/**/*.jsonl'],
  ['/etc/*', '/etc/*'],
  ['/', '/'],
])('%s outside the root is %s', (written, expected) => {
  expect(canonical(written)).toBe(expected);
});

test.each([
  ['dir/', 'dir/'],
  ['dir/./', 'dir/'],
  ['a/b/../', 'a/'],
  ['./', './'],
  ['../shared/', '/home/ann/shared/'],
])('%s means a folder', (written, expected) => {
  expect(canonical(written)).toBe(expected);
});

test('only a slash at the end means a folder', () => {
  expect([canonical('dir/.'), canonical('a/b/..'), canonical('.')]).toEqual(['dir', 'a', '.']);
});

test('an escaped wildcard is an ordinary name, so that ".." may take it away', () => {
  expect(canonical('\\*/../b')).toBe('b');
});

test('what ".." takes away must be one folder', () => {
  for (const text of ['*/../x', 'a?/../x', '**/../x', '{a,b/c}/../x', '[ab]/../x']) {
    expect(canonical(text)).toContain("'..' after a part with wildcards");
  }
});

test('wildcards in the names of root and home mean themselves', () => {
  const odd = { root: '/data/[x]/p{1,2}', home: '/home/*' };
  expect(canonical('../y', odd)).toBe('/data/\\[x\\]/y');
  expect(canonical('~/y', odd)).toBe('/home/\\*/y');
  expect(canonical('/data/\\[x\\]/p\\{1,2\\}/y', odd)).toBe('y');
});

test('for plain names a pattern and a path come to the same', () => {
  const part = fc.oneof(fc.constantFrom('.', '..', '', 'project', 'ann', '~'), fc.string({ maxLength: 4 }));
  const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
  const root = fc.constantFrom('/home/ann/project', '/', '/a', '/data/[x]');
  fc.assert(
    fc.property(path, root, (written, where) => {
      fc.pre(!/\0|[\ud800-\udfff]/.test(written) && written !== '' && !written.startsWith('~'));
      const at = { root: where, home: '/home/ann' };
      const pattern = canonicalPattern(escapeGlob(written), at);
      expect(pattern.ok).toBe(true);
      if (!pattern.ok || /(^|\/)\.{0,2}$/.test(written)) return;
      const canonicalWritten = canonicalPath(written, at);
      // Such as `../project` in a root of that name: no file.
      if (canonicalWritten === '') {
        expect(pattern.value).toBe('.');
        return;
      }
      const glob = parseGlob(pattern.value);
      expect(glob.ok && glob.value.literal).toBe(canonicalWritten);
    }),
    { examples: [['../project', '/home/ann/project']] },
  );
});
