// What each address talks about, as a vector: the shares of the words that matter, on a scale where rare ones count.

import type { Terms } from '../lib/repository.mjs';
import { STOP_WORDS } from '../lib/words.mjs';

export interface Profiles {
  /** The words of the vector's places, in alphabetical order. */
  readonly vocabulary: readonly string[];
  /** One vector of length 1 for each address. */
  readonly vectors: readonly Float64Array[];
}

/**
 * Square roots of word shares (the Hellinger map): distances then weigh a word by its relative change, so that
 * "congress" does not drown everything else. Only words of at least `minimumShare` of the addresses take part.
 */
export function profilesOf(terms: readonly Terms[], minimumShare = 0.1): Profiles {
  const vocabulary = wordsInEnoughAddresses(terms, minimumShare * terms.length);
  const place = new Map(vocabulary.map((word, index) => [word, index]));

  const vectors = terms.map(({ counts }) => {
    const vector = new Float64Array(vocabulary.length);
    let total = 0;
    for (const [word, count] of Object.entries(counts)) {
      const index = place.get(word);
      if (index === undefined) continue;
      vector[index] = count;
      total += count;
    }
    return total === 0 ? vector : vector.map((count) => Math.sqrt(count / total));
  });
  return { vocabulary, vectors };
}

function wordsInEnoughAddresses(terms: readonly Terms[], minimum: number): string[] {
  const addresses = new Map<string, number>();
  for (const { counts } of terms) {
    for (const word of Object.keys(counts)) {
      if (!STOP_WORDS.has(word)) addresses.set(word, (addresses.get(word) ?? 0) + 1);
    }
  }
  return [...addresses]
    .filter(([, count]) => count >= minimum)
    .map(([word]) => word)
    .sort();
}
