// Text from outside on one line.
import { expect, test } from 'vitest';
import { printable } from '../../../src/model/words/printable.ts';

test('exactly the characters that move, reorder or hide text are escaped', () => {
  const unsafe = /^[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]$/u;
  const wrong: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if ((printable(character) !== character) !== unsafe.test(character)) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});

test('what is escaped can be read', () => {
  expect(printable('a\nb\tc\u0007d\u202ee\ud83df 😀')).toBe('a\\nb\\tc\\x07d\\u{202e}e\\u{d83d}f 😀');
});
