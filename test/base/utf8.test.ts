// Bytes as text: a mark of the encoding is none of it, and what is no UTF-8 is told with its place.
import { expect, test } from 'vitest';
import { beginning, linesEnded, NotUtf8, textIn, utf8Text } from '../../src/base/utf8.ts';

const bytes = (...parts: readonly (string | number)[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(typeof part === 'string' ? part : [part])));

test('a mark at the beginning of the file is no part of the text, one further on is', () => {
  expect(utf8Text(bytes('\uFEFFa\uFEFF'))).toBe('a\uFEFF');
  expect(textIn(bytes('\uFEFF'))).toBe('');
  expect(utf8Text(bytes('\uFEFFa'), { offset: 7, line: 2 })).toBe('\uFEFFa');
});

test.each([
  [bytes('caf', 0xe9), 'byte 0xe9 at offset 3, in line 1'],
  [bytes('a\nb\uFFFDé\n', 0xe9, '"'), 'byte 0xe9 at offset 9, in line 3'],
  [bytes('\uFEFF', 0xc3), 'byte 0xc3 at offset 3, in line 1'],
  // What stands for no character at all: a surrogate, and more bytes than are needed.
  [bytes(0xed, 0xa0, 0x80), 'byte 0xed at offset 0, in line 1'],
  [bytes('x', 0xc0, 0xaf), 'byte 0xc0 at offset 1, in line 1'],
])('%j is not UTF-8, and is told where', (wrong, where) => {
  expect(() => utf8Text(wrong)).toThrow(NotUtf8);
  expect(() => utf8Text(wrong)).toThrow(
    `is not UTF-8: ${where}; if it is Latin-1, convert it: iconv -f latin1 -t utf-8`,
  );
  expect(textIn(wrong)).toContain('\uFFFD');
});

test('the place is that in the file, of which these bytes may be a part', () => {
  expect(() => utf8Text(bytes('a\nb', 0xe9), { offset: 100, line: 7 })).toThrow('at offset 103, in line 8;');
  expect(linesEnded(bytes('a\n\nb'))).toBe(2);
});

test('two bytes that begin a file of UTF-16 say which encoding it is', () => {
  for (const text of [bytes(0xff, 0xfe, '{', 0), bytes(0xfe, 0xff, 0, '{')])
    expect(() => utf8Text(text)).toThrow('if it is UTF-16, convert it: iconv -f utf-16 -t utf-8');
  expect(() => utf8Text(bytes(0xff, 0xfe), { ...beginning, offset: 4 })).toThrow('latin1');
});

test('the sign for what is no UTF-8 may have been written', () => {
  expect(utf8Text(bytes('\uFFFD, \uFFFD'))).toBe('\uFFFD, \uFFFD');
});
