import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleCodes } from '../../../src/model/glob/code-samples.ts';

test('for every character there is a sample that no range tells apart from it', () => {
  const code = fc.oneof(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 0xd700, max: 0xe100 }));
  const range = fc
    .tuple(code, fc.integer({ min: 0, max: 40 }))
    .map(([low, more]) => [low, low + more] as const);
  const signature = (ranges: readonly (readonly [number, number])[], one: number) =>
    [one === 46, one === 47, ...ranges.map(([low, high]) => low <= one && one <= high)].join();
  fc.assert(
    fc.property(fc.array(range, { maxLength: 6 }), (ranges) => {
      const samples = sampleCodes(ranges);
      const sampled = new Set(samples.map((one) => signature(ranges, one)));
      for (let one = 1; one < 0xe200; one += one === 200 ? 0xd600 - 200 : 1) {
        if (one < 0xd800 || one > 0xdfff) expect(sampled).toContain(signature(ranges, one));
      }
      expect(samples.filter((one) => one < 1 || (one >= 0xd800 && one <= 0xdfff))).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('samples prefer characters that a person can read', () => {
  expect(sampleCodes([[97, 97]]).map((code) => String.fromCodePoint(code))).toEqual(['x', '.', '/', 'a']);
});
