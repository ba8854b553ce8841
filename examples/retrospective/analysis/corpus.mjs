// What every strategy works on: the repository's data, loaded once, and the few ways to summarise a number a year.

import { BadData, load } from '../lib/repository.mjs';

/** Loads all data and checks that the files speak of the same addresses. Throws BadData. */
export async function loadCorpus() {
  const [terms, measures, references, index] = await Promise.all([
    load('terms'),
    load('measures'),
    load('references'),
    load('eras'),
  ]);
  const eras = await Promise.all(index.eras.map(({ key }) => load('era', key)));
  return corpusOf({ terms, measures, references, eras });
}

/** The corpus of data that is already in memory. Throws BadData where it does not fit together. */
export function corpusOf({ terms, measures, references, eras }) {
  sameAddresses(measures, terms, 'terms');
  sameAddresses(measures, references, 'references');
  const inEras = eras.reduce((sum, era) => sum + era.addresses, 0);
  if (inEras !== measures.length) {
    throw new BadData(`the eras hold ${inEras} addresses, but ${measures.length} were measured`);
  }

  const eraOf = eras.flatMap((era, index) => new Array(era.addresses).fill(index));
  return { terms, measures, references, eras, eraOf };
}

/** One number for each address, with its mean in each era and its highest value. */
export function seriesOf(corpus, { name, label, unit, values, digits = 1 }) {
  const { measures, eras, eraOf } = corpus;
  const byEra = eras.map((_, era) => mean(values.filter((_, i) => eraOf[i] === era)));
  const top = values.reduce((best, value, i) => (value > values[best] ? i : best), 0);
  return {
    name,
    label,
    unit,
    values: values.map((value) => rounded(value, digits)),
    byEra: byEra.map((value) => rounded(value, digits)),
    highest: {
      year: measures[top].year,
      president: measures[top].president,
      value: rounded(values[top], digits),
    },
  };
}

/** How often each address uses any of the words, for each 10,000 words it has. */
export function ratesOf(corpus, words) {
  return corpus.terms.map(({ counts }, i) => {
    let sum = 0;
    for (const word of words) if (Object.hasOwn(counts, word)) sum += counts[word];
    return (sum / corpus.measures[i].words) * 10_000;
  });
}

/** Counts by decade, for each 10,000 words spoken in it; the `limit` most frequent names, most frequent first. */
export function ratesByDecade(corpus, field, limit) {
  const decades = [...new Set(corpus.measures.map(({ year }) => decadeOf(year)))];
  const words = new Map(decades.map((decade) => [decade, 0]));
  for (const m of corpus.measures) words.set(decadeOf(m.year), words.get(decadeOf(m.year)) + m.words);

  const counts = new Map();
  for (const reference of corpus.references) {
    for (const [name, count] of Object.entries(reference[field])) {
      if (!counts.has(name)) counts.set(name, new Map());
      const row = counts.get(name);
      const decade = decadeOf(reference.year);
      row.set(decade, (row.get(decade) ?? 0) + count);
    }
  }
  const sum = (row) => [...row.values()].reduce((a, b) => a + b, 0);
  const rows = [...counts]
    .sort(([a, m], [b, n]) => sum(n) - sum(m) || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([label, row]) => ({
      label,
      total: sum(row),
      values: decades.map((decade) => rounded(((row.get(decade) ?? 0) / words.get(decade)) * 10_000, 2)),
    }));
  return { unit: 'mentions per 10,000 words', columns: decades.map((decade) => `${decade}s`), rows };
}

export function mean(values) {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function rounded(value, digits) {
  return Number(value.toFixed(digits));
}

function decadeOf(year) {
  return Math.floor(year / 10) * 10;
}

function sameAddresses(expected, found, name) {
  const at = expected.findIndex(({ id }, i) => found[i]?.id !== id);
  if (at === -1 && expected.length === found.length) return;
  throw new BadData(
    `${name}.json and measures.json speak of different addresses (from ${expected[at]?.id ?? found[expected.length].id} on); ` +
      'build both again with: pipe build extraction enrichment --force',
  );
}
