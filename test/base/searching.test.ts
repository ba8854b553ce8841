// Finds names in a long list, the first few without an index and the others by one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { searching } from '../../src/base/searching.ts';

test('a name is found at all its places, however many were asked for before', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  fc.assert(
    fc.property(fc.array(name), fc.array(name, { maxLength: 30 }), (list, asked) => {
      const search = searching(() => list);
      for (const one of asked) {
        const places = [...list.keys()].filter((place) => list[place] === one);
        expect(search(one)).toEqual(places);
      }
    }),
  );
});

test('the list is made when something is first searched for', () => {
  let made = 0;
  const search = searching(() => {
    made++;
    return ['a'];
  });
  expect(made).toBe(0);
  expect(search('a')).toEqual([0]);
  expect(made).toBeGreaterThan(0);
});
