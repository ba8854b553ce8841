// Which words set one group of texts apart from the rest.

import type { DistinctiveWord } from '../lib/repository.mjs';

export type Counts = ReadonlyMap<string, number>;

/**
 * The words that `inside` uses more than `outside`, most distinctive first, ties in alphabetical order.
 * Log-odds ratio with an informative Dirichlet prior, as z-scores (Monroe, Colaresi & Quinn 2008, "Fightin' Words"):
 * the prior, both sides together, keeps a word that occurs twice from looking decisive.
 */
export function distinctiveWords(
  inside: Counts,
  outside: Counts,
  { limit, priorWords = 10_000 }: { readonly limit: number; readonly priorWords?: number },
): DistinctiveWord[] {
  const insideTotal = total(inside);
  const outsideTotal = total(outside);
  const priorScale = priorWords / Math.max(1, insideTotal + outsideTotal);

  const scored: DistinctiveWord[] = [];
  for (const [word, count] of inside) {
    const elsewhere = outside.get(word) ?? 0;
    const prior = priorScale * (count + elsewhere);
    const logOdds =
      Math.log((count + prior) / (insideTotal + priorWords - count - prior)) -
      Math.log((elsewhere + prior) / (outsideTotal + priorWords - elsewhere - prior));
    const score = logOdds / Math.sqrt(1 / (count + prior) + 1 / (elsewhere + prior));
    if (score > 0) scored.push({ word, count, score: Number(score.toFixed(2)) });
  }
  return scored.sort((a, b) => b.score - a.score || (a.word < b.word ? -1 : 1)).slice(0, limit);
}

function total(counts: Counts): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
