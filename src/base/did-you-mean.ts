// Finds the name a person probably meant.
import { distance } from 'fastest-levenshtein';

/** The candidate closest to `typed`, if it is close enough to be a slip of the fingers. */
export function didYouMean(typed: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(typed.length * 0.4)) + 1;
  for (const candidate of candidates) {
    const found = distance(typed.toLowerCase(), candidate.toLowerCase());
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}
