import { expect, test } from 'vitest';
import { fieldsOf, itemsOf, shown } from '../../../src/model/validation/config-value.ts';

const revoked = Proxy.revocable({}, {});
revoked.revoke();
const revokedArray = Proxy.revocable([], {});
revokedArray.revoke();

test.each([
  ['text', '"text"'],
  ['x'.repeat(100), `"${'x'.repeat(39)}…"`],
  ['a\nb', '"a\\nb"'],
  [7, '7'],
  [null, 'null'],
  [undefined, 'undefined'],
  [12n, '12n'],
  [Symbol('s'), 'a symbol'],
  [() => 0, 'a function'],
  [{}, 'an empty object'],
  [{ a: 1 }, 'an object'],
  [[], 'an empty array'],
  [[1], 'an array'],
  [new Map(), 'a Map'],
  [new Date(0), 'a Date'],
])('a value is shown in a few words', (value, words) => {
  expect(shown(value)).toBe(words);
});

test('a value that cannot be looked at is still shown', () => {
  expect(shown(revoked.proxy)).toBe('an object that cannot be read');
});

test('objects without a prototype have fields, in order', () => {
  const bare = Object.assign(Object.create(null), { b: 1, a: 2 });
  const fields = fieldsOf(bare);
  expect(fields.ok && [...fields.value.values]).toEqual([
    ['b', 1],
    ['a', 2],
  ]);
});

test('arrays, Maps, functions and values that cannot be read have no fields', () => {
  for (const value of [[], new Map(), () => 0, null, 'text', revoked.proxy]) {
    expect(fieldsOf(value).ok).toBe(false);
  }
});

test('a getter that throws is told apart from the other fields', () => {
  const fields = fieldsOf({
    a: 1,
    get b() {
      throw new Error('not today');
    },
  });
  expect(fields.ok && [...fields.value.unreadable]).toEqual([['b', 'not today']]);
  expect(fields.ok && [...fields.value.values.keys()]).toEqual(['a']);
});

test('what a getter throws may itself be hostile', () => {
  const hostile = new Proxy(new Error('x'), {
    get() {
      throw new Error('y');
    },
    getPrototypeOf() {
      throw new Error('z');
    },
  });
  const fields = fieldsOf({
    get a() {
      throw hostile;
    },
  });
  expect(fields.ok && fields.value.unreadable.has('a')).toBe(true);
});

test('an array gives its items; a hole is undefined', () => {
  // biome-ignore lint/suspicious/noSparseArray: holes are what this is about
  expect(itemsOf([1, , 2])).toEqual({ ok: true, value: [1, undefined, 2] });
});

test('arrays that cannot be read, or are absurdly long, are refused', () => {
  expect(itemsOf(revokedArray.proxy).ok).toBe(false);
  expect(itemsOf(new Array(2 ** 31)).ok).toBe(false);
});
