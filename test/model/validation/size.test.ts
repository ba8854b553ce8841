import { expect, test } from 'vitest';
import { parseSize } from '../../../src/model/validation/size.ts';

test.each([
  ['12B', 12],
  ['5KB', 5_000],
  ['500MB', 500_000_000],
  ['10GB', 10_000_000_000],
  ['1TB', 1_000_000_000_000],
  ['1KiB', 1_024],
  ['1.5MiB', 1_572_864],
  ['1GiB', 1_073_741_824],
  ['2TiB', 2_199_023_255_552],
  [4_096, 4_096],
])('%j is %d bytes', (value, bytes) => {
  expect(parseSize(value)).toEqual({ ok: true, value: bytes });
});

test.each(['10', '10 GB', '10gb', '1BiB', '-1GB', '', null, {}, Number.NaN])('%j is no size', (value) => {
  expect(parseSize(value)).toMatchObject({ error: expect.stringContaining("such as '10GB'") });
});

test('nothing is too small a size, and endless too large', () => {
  expect(parseSize(0)).toMatchObject({ error: 'a size of at least one byte' });
  expect(parseSize(`${'9'.repeat(30)}TB`)).toMatchObject({ error: 'a smaller size' });
});
