// What a configuration exports, as text: equal texts mean equal meanings.
import { expect, test } from 'vitest';
import { specText } from '../../src/glance/spec-text.ts';

test('a function has its place and no more; nothing is left behind on functions', () => {
  const text = specText({ run: () => 1, more: [1, 'a', null] });
  expect(text).toBe(specText({ run: () => 2, more: [1, 'a', null] }));
  expect(text).not.toBe(specText({ more: [1, 'a', null] }));
  expect(text).not.toBe(specText({ run: 'function', more: [1, 'a', null] }));
  expect('toJSON' in (() => {})).toBe(false);
});

test('a pattern is told from others, and nothing is left behind on patterns', () => {
  const texts = [/a/, /a/i, /b/, 'a', {}].map((output) => specText({ output }));
  expect(new Set(texts).size).toBe(5);
  expect(specText({ output: /a/i })).toBe(texts[1]);
  expect('toJSON' in /a/).toBe(false);
  expect(specText({ output: Object.assign(/a/, { more: 1 }) })).toBeNull();
});

test('what contains itself has no text', () => {
  const round: { self?: unknown } = {};
  round.self = round;
  expect(specText(round)).toBeNull();
  expect(specText({ big: 1n })).toBeNull();
});

test('what is more than its own properties, or than JSON can say, has no text', () => {
  class Stage {
    get requires() {
      return ['a'];
    }
  }
  for (const odd of [new Stage(), new Map([['a', 1]]), new Date(0), { at: Number.NaN }, { at: Symbol('a') }])
    expect(specText({ odd })).toBeNull();
  expect(specText(Object.assign(Object.create(null), { a: [undefined, true] }))).toBe('{"a":[null,true]}');
});
