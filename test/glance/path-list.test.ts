// Paths in chunks: together they are all of them, in order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allPaths,
  checksumOfPaths,
  chunkLength,
  chunksOf,
  encodedPaths,
  pathsOfChunk,
} from '../../src/glance/path-list.ts';

const name = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replaceAll('\0', '0'));

test('chunks have their paths, whatever bytes these are made of, and as many as there should be', () => {
  fc.assert(
    fc.property(
      fc.array(name, { minLength: 1, maxLength: 5 }),
      fc.nat({ max: 3 * chunkLength }),
      (texts, count) => {
        const paths = Array.from({ length: count }, (_, i) => `${texts[i % texts.length]}${i}`);
        const list = encodedPaths(paths);
        const chunks = Array.from({ length: chunksOf(count) }, (_, chunk) => pathsOfChunk(list, chunk));
        expect(chunks.flat()).toEqual(paths);
        expect(allPaths(list)).toEqual(paths);
        expect(chunks.slice(0, -1).every(({ length }) => length === chunkLength)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

test('another name, or another end of a chunk, shows in the checksum', () => {
  const { bytes, ends, checksum } = encodedPaths(Array.from({ length: chunkLength + 1 }, (_, i) => `${i}`));
  expect(checksumOfPaths({ bytes, ends })).toBe(checksum);
  expect(checksumOfPaths({ bytes, ends: ends.map((end, chunk) => (chunk === 0 ? end - 1 : end)) })).not.toBe(
    checksum,
  );
  expect(checksumOfPaths({ bytes: Buffer.from(bytes).fill('x', 0, 1), ends })).not.toBe(checksum);
});
