// Patterns with captures: read, widened to all files, filled for one item.
import { expect, test } from 'vitest';
import type { FilePath } from '../../../src/base/brand.ts';
import { globMatches, parseGlob } from '../../../src/model/glob/glob.ts';
import { filled, readCapturePattern, widened } from '../../../src/model/items/capture-pattern.ts';
import { ItemFiles, keyOf } from '../../../src/model/items/item.ts';

function read(text: string) {
  const pattern = readCapturePattern(text);
  if (!pattern.ok) throw new Error(pattern.error);
  const glob = widened(pattern.value);
  if (!glob.ok) throw new Error(glob.error);
  const parsed = parseGlob(glob.value);
  if (!parsed.ok) throw new Error(parsed.error);
  return { pattern: pattern.value, glob: parsed.value, files: new ItemFiles(pattern.value, parsed.value) };
}

/** What the captures stand for; `null`: no item. */
function captured(pattern: string, path: string) {
  return read(pattern).files.of(path as FilePath)?.captures ?? null;
}

test.each([
  ['sow/{course}/{order}.json', 'sow/*/*.json'],
  ['data/{rest...}', 'data/**'],
  ['data/{rest...}/x.md', 'data/**/x.md'],
  ['data/a-{rest...}.md', 'data/{a-*.md,a-*/**/*.md}'],
  ['{a,b}/{name}.[jt]s', '{a,b}/*.[jt]s'],
  ['\\{no\\}/{name}', '\\{no\\}/*'],
])('%s is widened to %s', (text, wide) => {
  expect(read(text).glob.text).toBe(wide);
});

test('a capture stands for text within one part of the path, and is never empty', () => {
  expect(captured('sow/{course}/{order}.json', 'sow/maths/07.json')).toEqual({
    course: 'maths',
    order: '07',
  });
  expect(captured('sow/{course}/{order}.json', 'sow/a/b/07.json')).toBeNull();
  expect(captured('sow/x{order}.json', 'sow/x.json')).toBeNull();
  expect(captured('sow/{order}.json', 'sow/.json')).toBeNull();
});

test('a capture with dots reaches across folders', () => {
  expect(captured('docs/{page...}.md', 'docs/a/b/c.md')).toEqual({ page: 'a/b/c' });
  expect(captured('docs/{page...}.md', 'docs/c.md')).toEqual({ page: 'c' });
  expect(captured('{top}/{page...}', 'a/b/c')).toEqual({ top: 'a', page: 'b/c' });
});

test('the first capture takes as little as it can', () => {
  expect(captured('{a}-{b}.txt', 'x-y-z.txt')).toEqual({ a: 'x', b: 'y-z' });
});

test('a capture that is written twice is the same text twice', () => {
  expect(captured('{name}/{name}.json', 'a/a.json')).toEqual({ name: 'a' });
  expect(captured('{name}/{name}.json', 'a/b.json')).toBeNull();
});

test('what is around captures is a pattern like any other', () => {
  expect(captured('**/{name}.[jt]s', 'a/b/c.ts')).toEqual({ name: 'c' });
  expect(captured('**/{name}.[jt]s', 'c.js')).toEqual({ name: 'c' });
  expect(captured('{a,b}/x?/{name}', 'b/x1/n')).toEqual({ name: 'n' });
  expect(captured('{a,b}/x?/{name}', 'c/x1/n')).toBeNull();
});

test.each(['[x]', 'a*b', '{a,b}', '!not', '~home', 'a\\b', '$HOME', "it's", 'é'])(
  'filled with %s a pattern means this name alone',
  (name) => {
    const { pattern, glob } = read('out/{name}.txt');
    const one = parseGlob(filled(pattern, { name }));
    expect(one).toMatchObject({ ok: true, value: { literal: `out/${name}.txt` } });
    expect(globMatches(glob, `out/${name}.txt`)).toBe(true);
  },
);

test.each([
  ['{a,{b}}', 'stands inside braces'],
  ['{a}-{rest...}', 'needs a part of its own'],
  ['x,y{rest...}z', 'needs a part of its own'],
])('%s is refused: it %s', (text, why) => {
  const pattern = readCapturePattern(text);
  const result = pattern.ok ? widened(pattern.value) : pattern;
  expect(result).toMatchObject({ ok: false, error: expect.stringContaining(why) });
});

test('a key is text or a number that can be the name of a file', () => {
  expect(keyOf(7)).toEqual({ ok: true, value: '7' });
  expect(keyOf('a b')).toEqual({ ok: true, value: 'a b' });
  for (const wrong of ['', '.', '..', 'a/b', 'a\0', '\ud800', 'é'.repeat(128), null, {}, Number.NaN])
    expect(keyOf(wrong).ok).toBe(false);
});
