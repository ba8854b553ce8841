// The name that was probably meant.
import { expect, test } from 'vitest';
import { didYouMean, hintOfNames } from '../../src/base/did-you-mean.ts';

test.each([
  ['extrct', 'extract'],
  ['Extract', 'extract'],
  ['extarct', 'extract'],
])('%s means %s', (typed, meant) => {
  expect(didYouMean(typed, ['merge', 'extract', 'extras'])).toBe(meant);
});

test.each(['zzzzzz', '', 'q'])('%j means nothing that is known', (typed) => {
  expect(didYouMean(typed, ['extract', 'a', 'b'])).toBeNull();
});

test('without a near name the hint tells what there is, at most twelve of it', () => {
  const many = Array.from({ length: 20 }, (_, i) => `stage${i}`);
  expect(hintOfNames('zz', ['a', 'b'])).toBe('there are a, b');
  expect(hintOfNames('zz', ['a'])).toBe('there is "a" alone');
  expect(hintOfNames('zz', many)).toBe(
    `there are ${many.slice(0, 12).join(', ')} and 8 more, which pipe list shows`,
  );
});
