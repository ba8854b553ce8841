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

test('what contains itself has no text', () => {
  const round: { self?: unknown } = {};
  round.self = round;
  expect(specText(round)).toBeNull();
  expect(specText({ big: 1n })).toBeNull();
});
