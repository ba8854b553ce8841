// When unread files are looked for among all others.
import { expect, test } from 'vitest';
import type { Stamp } from '../../src/engine/ports.ts';
import type { HashedFile } from '../../src/files/hash-file.ts';
import { ReadingTogether } from '../../src/files/reading-together.ts';

const stampOf = (sizeBytes: bigint) => ({ sizeBytes }) as Stamp;
const read = { digest: 'd' } as unknown as HashedFile;

function scene(): { readonly together: ReadingTogether; readonly times: () => number } {
  let times = 0;
  const together = new ReadingTogether(() => {
    times++;
    return new Map([
      ['5', read],
      ['large', read],
    ]);
  });
  return { together, times: () => times };
}

test('for a few small files nobody looks through all the others; for more, once', () => {
  const { together, times } = scene();
  for (const file of ['1', '2', '3', '4']) expect(together.of(file, stampOf(100n))).toBe(undefined);
  expect(times()).toBe(0);
  expect(together.of('5', stampOf(100n))).toBe(read);
  expect(together.of('6', stampOf(100n))).toBe(undefined);
  expect(times()).toBe(1);
});

test('a large file is worth it at once', () => {
  const { together, times } = scene();
  expect(together.of('large', stampOf(1n << 30n))).toBe(read);
  expect(together.of('1', stampOf(100n))).toBe(undefined);
  expect(times()).toBe(1);
});
