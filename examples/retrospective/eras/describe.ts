// From cuts between addresses to eras that can be read: years, presidents, distinctive words.

import type { Era, Terms } from '../lib/repository.mjs';
import { STOP_WORDS } from '../lib/words.mjs';
import { distinctiveWords } from './distinctive.ts';

/** The eras that begin at `starts` (indexes into `terms`, the first is 0), in order. */
export function describeEras(terms: readonly Terms[], starts: readonly number[]): Era[] {
  const everywhere = countsOf(terms);
  return starts.map((start, index) => {
    const inside = terms.slice(start, starts[index + 1] ?? terms.length);
    const counts = countsOf(inside);
    const shared = wordsOfSeveralPresidents(inside);

    const here = new Map<string, number>();
    const elsewhere = new Map<string, number>();
    for (const [word, count] of everywhere) {
      if (STOP_WORDS.has(word) || word.length < 3) continue;
      // A word of one president is a habit, not an era; it still counts for the other eras' comparison.
      if (shared.has(word)) here.set(word, counts.get(word) ?? 0);
      elsewhere.set(word, count - (counts.get(word) ?? 0));
    }

    const from = inside[0]!.year;
    const to = inside.at(-1)!.year;
    return {
      key: `${String(index + 1).padStart(2, '0')}-${from}-${to}`,
      from,
      to,
      addresses: inside.length,
      words: [...counts.values()].reduce((sum, count) => sum + count, 0),
      presidents: [...new Set(inside.map(({ president }) => president))],
      distinctive: distinctiveWords(here, elsewhere, { limit: 30 }),
    };
  });
}

function countsOf(terms: readonly Terms[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { counts } of terms) {
    for (const [word, count] of Object.entries(counts)) sums.set(word, (sums.get(word) ?? 0) + count);
  }
  return sums;
}

function wordsOfSeveralPresidents(terms: readonly Terms[]): Set<string> {
  const speakers = new Map<string, Set<string>>();
  for (const { president, counts } of terms) {
    for (const word of Object.keys(counts)) {
      const known = speakers.get(word);
      if (known === undefined) speakers.set(word, new Set([president]));
      else known.add(president);
    }
  }
  const needed = Math.min(2, new Set(terms.map(({ president }) => president)).size);
  return new Set([...speakers].filter(([, presidents]) => presidents.size >= needed).map(([word]) => word));
}
