// Numbers as they are written: which of them would be passed on as others.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isKept, isMisread, writtenAgain } from '../../src/base/written-number.ts';

test.each([
  ['9007199254740992', false],
  ['9007199254740993', true],
  ['-9007199254740993', true],
  [' +9007199254740993 ', true],
  ['0x20000000000000', false],
  ['0x20000000000001', true],
  // As it is passed on, and as it is held: what is typed is what a command is given.
  ['590295810358705700000', false],
  ['590295810358705651712', true],
  [`1${'0'.repeat(22)}`, false],
  ['12345678901234567890123', true],
  ['0000000000000000000000007', false],
  ['1e999', true],
  ['1.50', false],
  // Whole numbers alone are meant to be exact.
  ['0.1000000000000000055511151231257827', false],
  ['1e300', false],
])('whether %s would be passed on as another: %s', (written, isAnother) => {
  expect(isMisread(written)).toBe(isAnother);
});

test('a whole number that is kept is passed on as it was written, so no two of them are one', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }), fc.boolean(), (any, isRound) => {
      const whole = isRound ? writtenAgain(Number(any)) : any;
      expect(isKept(whole)).toBe(writtenAgain(Number(whole)) === whole);
      expect(isMisread(String(whole))).toBe(!isKept(whole));
      if (isRound) expect(isKept(whole)).toBe(true);
    }),
  );
});
