import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guardAfter, guardMayEnd, hasReservedPart, REFUSED } from '../../../src/model/glob/reserved-names.ts';

test.each([
  ['.git', true],
  ['.git/x', true],
  ['a/.git', true],
  ['a/.pipeline-cache/b', true],
  ['/x/.git', true],
  ['a/.pipe-tmp-1', true],
  ['.pipe-tmp-/x', true],
  ['..', true],
  ['a/./b', true],
  ['.gitignore', false],
  ['a/.git2/b', false],
  ['x.git', false],
  ['a/x.pipe-tmp-1', false],
  ['.pipe-tmp', false],
  ['...', false],
  ['.git\n', false],
])('%j is reserved: %s', (path, reserved) => {
  expect(hasReservedPart(path)).toBe(reserved);
});

test('the automaton says what the expression says', () => {
  const part = fc.oneof(
    fc.constantFrom('.git', '.pipeline-cache', '.pipe-tmp-', '.', '..', '.gi'),
    fc.array(fc.constantFrom(...'.git-pe'), { minLength: 1, maxLength: 5 }).map((one) => one.join('')),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
      const path = parts.join('/');
      const state = guardAfter(path);
      expect(state === REFUSED || !guardMayEnd(state)).toBe(hasReservedPart(path));
    }),
    { numRuns: 1_000 },
  );
});
