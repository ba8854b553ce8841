// Versions of tools and the ranges that stages ask for.
import fits from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';

/** Whether `text` is a range as npm writes them: `>=3.9`, `^2.1`, `1.x || 2.x`. */
export function isVersionRange(text: string): boolean {
  return text.trim() !== '' && validRange(text) !== null;
}

/** The first thing in a line that looks like a version, as three numbers: `Python 3.11` gives `3.11.0`. */
export function versionIn(line: string): string | null {
  const text = (/\d+(?:\.\d+)+/.exec(line) ?? /\d+/.exec(line))?.[0];
  if (text === undefined) return null;
  // Calendar versions have leading zeros, which semver does not allow; a fourth number is left out.
  const numbers = text.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  return [numbers[0], numbers[1] ?? '0', numbers[2] ?? '0'].join('.');
}

/** Whether a version as {@link versionIn} gives it lies in the range. */
export function satisfies(version: string, range: string): boolean {
  return fits(version, range);
}
