// Picks a few characters that stand for all: two characters no pattern tells apart need one sample.
import { LAST_CODE, type Range } from './glob-pieces.ts';

const [DOT, SLASH] = [46, 47];
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
// Tried first, so that an example shown to a person looks like a file name.
const READABLE = 'xyzabcdefghijklmnopqrstuvw0123456789_-';

/**
 * For every class of characters that `ranges` treat alike, one member; '.' and '/' always among them.
 * Neither NUL nor halves of characters, which paths do not contain. Sorted.
 */
export function sampleCodes(ranges: readonly Range[]): readonly number[] {
  const cuts = new Set([1, DOT, DOT + 1, SLASH, SLASH + 1, FIRST_SURROGATE, LAST_SURROGATE + 1]);
  const wide: Range[] = [];
  const named = new Set([DOT, SLASH]);
  for (const [low, high] of ranges) {
    cuts.add(low);
    if (high < LAST_CODE) cuts.add(high + 1);
    if (low === high) named.add(low);
    else wide.push([low, high]);
  }
  const starts = [...cuts].sort((a, b) => a - b);
  const samples: number[] = [];
  let sampledOthers = false;
  for (const [i, low] of starts.entries()) {
    const high = (starts[i + 1] ?? LAST_CODE + 1) - 1;
    if (low < 1 || low === FIRST_SURROGATE || (low > FIRST_SURROGATE && low <= LAST_SURROGATE)) continue;
    // A single member named by a pattern; or some of a wide range; or of what no pattern mentions, once.
    const mentioned = named.has(low) || wide.some((range) => range[0] <= low && low <= range[1]);
    if (mentioned) samples.push(readableIn(low, high));
    else if (!sampledOthers) {
      samples.push(unmentioned(named, wide) ?? low);
      sampledOthers = true;
    }
  }
  return samples;
}

function readableIn(low: number, high: number): number {
  if (low === high) return low;
  for (let i = 0; i < READABLE.length; i += 1) {
    const code = READABLE.charCodeAt(i);
    if (code >= low && code <= high) return code;
  }
  return low;
}

function unmentioned(named: ReadonlySet<number>, wide: readonly Range[]): number | null {
  for (let i = 0; i < READABLE.length; i += 1) {
    const code = READABLE.charCodeAt(i);
    if (!named.has(code) && !wide.some(([low, high]) => low <= code && code <= high)) return code;
  }
  return null;
}
