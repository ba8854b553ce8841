// Strategy: how long the addresses are, and what became of length when they were spoken again.

import { mean, seriesOf } from './corpus.mjs';

export const length = {
  name: 'length',
  title: 'Length',
  question: 'How many words does a president need?',
  run(corpus) {
    const words = seriesOf(corpus, {
      name: 'words',
      label: 'Words',
      unit: 'words',
      values: corpus.measures.map((m) => m.words),
      digits: 0,
    });
    const average = (delivery) =>
      Math.round(mean(corpus.measures.filter((m) => m.delivery === delivery).map((m) => m.words)));
    const text = (value) => value.toLocaleString('en-US');
    return {
      finding:
        `A written message has ${text(average('written'))} words on average, a spoken one ${text(average('spoken'))}. ` +
        `The longest, ${words.highest.president}’s of ${words.highest.year}, has ${text(words.highest.value)}.`,
      series: [words],
    };
  },
};
