// Whether a number that somebody wrote is still that one when it has been read and is written again.

const wholeNumber = /^(?:[-+]?\d+|0[xob][\da-f]+)$/i;

/**
 * Too large for a number of JavaScript, or a whole number with more digits than one can have: others are read as the same,
 * so that nobody could tell an edit of it, and a program that is given it is given another. Whole numbers alone are meant
 * to be exact.
 */
export function isMisread(written: string): boolean {
  if (!Number.isFinite(Number(written))) return true;
  const text = written.trim();
  return text.length > 15 && wholeNumber.test(text) && !isKept(BigInt(text));
}

/** The same of a whole number that is at hand. */
export function isKept(whole: bigint): boolean {
  const value = Number(whole);
  return Number.isFinite(value) && writtenAgain(value) === whole;
}

/** The digits with which a whole number is written again: not always its own, but as few as tell it from others. */
export function writtenAgain(value: number): bigint {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(Number(exponent) - fraction.length);
}
