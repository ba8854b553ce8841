// Strategy: who speaks, to whom, and of whom.

import { ratesOf, seriesOf } from './corpus.mjs';

const PERSONS = [
  ['we', 'We', "we us our ours ourselves we're we've we'll we'd let's"],
  ['i', 'I', "i me my mine myself i'm i've i'll i'd"],
  ['you', 'You', "you your yours yourself yourselves you're you've you'll you'd"],
  ['men', 'Men', 'man men'],
  ['women', 'Women', 'woman women'],
];

export const pronouns = {
  name: 'pronouns',
  title: 'Persons',
  question: 'Who is “we”?',
  run(corpus) {
    const series = PERSONS.map(([name, label, words]) =>
      seriesOf(corpus, { name, label, unit: 'per 10,000 words', values: ratesOf(corpus, words.split(' ')) }),
    );
    const [we, i, , men, women] = series;
    const womenFirst = corpus.measures.find(
      (_, at) => women.values[at] > men.values[at] && men.values[at] > 0,
    );
    return {
      finding:
        `“We” and “our” went from ${we.byEra[0]} to ${we.byEra.at(-1)} per 10,000 words, “I” and “my” from ` +
        `${i.byEra[0]} to ${i.byEra.at(-1)}.` +
        (womenFirst === undefined
          ? ''
          : ` The first address to name women more often than men, and both, is ${womenFirst.president}’s of ${womenFirst.year}.`),
      series,
    };
  },
};
