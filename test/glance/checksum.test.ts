// The checksum of a proof: damage shows, wherever it is.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksumOf } from '../../src/glance/checksum.ts';

test('another byte anywhere, or a byte more, is another checksum', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, place, flip) => {
        const before = checksumOf(bytes);
        const damaged = bytes.slice();
        damaged[place % bytes.length]! ^= flip;
        expect(checksumOf(damaged)).not.toBe(before);
        expect(checksumOf(Uint8Array.of(...bytes, flip))).not.toBe(before);
      },
    ),
  );
});

test('it lies in 32 bits, is the same wherever the bytes lie, and goes on from another', () => {
  const bytes = Uint8Array.from({ length: 11 }, (_, i) => i * 23);
  const shifted = Uint8Array.of(7, ...bytes).subarray(1);
  expect(checksumOf(shifted)).toBe(checksumOf(bytes));
  expect(checksumOf(bytes)).toBeLessThan(2 ** 32);
  expect(checksumOf(bytes, checksumOf(bytes))).not.toBe(checksumOf(bytes));
});
