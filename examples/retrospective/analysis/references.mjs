// Strategy: which nations and which predecessors the addresses look to.

import { ratesByDecade, seriesOf } from './corpus.mjs';

export const references = {
  name: 'references',
  title: 'References',
  question: 'Whom does a president name?',
  run(corpus) {
    const rate = (field) =>
      corpus.references.map((r, i) => {
        const sum = Object.values(r[field]).reduce((a, b) => a + b, 0);
        return (sum / corpus.measures[i].words) * 10_000;
      });
    const nations = ratesByDecade(corpus, 'nations', 20);
    const presidents = ratesByDecade(corpus, 'presidents', 12);
    const most = (table) => `${table.rows[0].label} (${table.rows[0].total} times)`;
    return {
      finding: `The nation named most often is ${most(nations)}, the predecessor ${most(presidents)}.`,
      series: [
        seriesOf(corpus, {
          name: 'nations',
          label: 'Other nations',
          unit: 'per 10,000 words',
          values: rate('nations'),
        }),
        seriesOf(corpus, {
          name: 'presidents',
          label: 'Earlier presidents',
          unit: 'per 10,000 words',
          values: rate('presidents'),
        }),
        seriesOf(corpus, {
          name: 'constitution',
          label: 'The Constitution',
          unit: 'per 10,000 words',
          values: corpus.references.map(
            (r, i) => ((r.institutions.Constitution ?? 0) / corpus.measures[i].words) * 10_000,
          ),
        }),
      ],
      tables: { nations, presidents },
    };
  },
};
