// Finds the name a person probably meant.
import { distance } from 'fastest-levenshtein';

/** The candidate closest to `typed`, if it is close enough to be a slip of the fingers. */
export function didYouMean(typed: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(typed.length * 0.4)) + 1;
  for (const candidate of candidates) {
    const found = distance(typed.toLowerCase(), candidate.toLowerCase());
    // Two short names are near each other without having anything in common.
    if (found < bestDistance && found < Math.max(typed.length, candidate.length)) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

const mostShown = 12;

/** A hint for a name that is not among the known ones: the one that was probably meant, else what there is. */
export function hintOfNames(typed: string, known: readonly string[]): string {
  const near = didYouMean(typed, known);
  if (near !== null) return `did you mean "${near}"?`;
  if (known.length === 1) return `there is "${known[0]}" alone`;
  const shown = known.slice(0, mostShown).join(', ');
  return known.length > mostShown
    ? `there are ${shown} and ${known.length - mostShown} more, which pipe list shows`
    : `there are ${shown}`;
}
