// Strategy: sentences, richness of vocabulary, and how hard the texts are to read.

import { mean, seriesOf } from './corpus.mjs';

export const vocabulary = {
  name: 'vocabulary',
  title: 'Language',
  question: 'How does a president build a sentence?',
  run(corpus) {
    const of = (field) => corpus.measures.map((m) => m[field]);
    const sentence = seriesOf(corpus, {
      name: 'sentence',
      label: 'Words in a sentence',
      unit: 'words',
      values: of('meanSentence'),
    });
    const grade = seriesOf(corpus, {
      name: 'grade',
      label: 'Years of school needed',
      unit: 'years',
      values: of('grade'),
    });
    const richness = seriesOf(corpus, {
      name: 'richness',
      label: 'Different words in 500',
      unit: 'words',
      values: of('richness').map((share) => share * 500),
      digits: 0,
    });
    return {
      finding:
        `The average sentence went from ${sentence.byEra[0]} words to ${sentence.byEra.at(-1)}, and the reading level ` +
        `from grade ${grade.byEra[0]} to grade ${grade.byEra.at(-1)}. Vocabulary hardly moved: ` +
        `${Math.round(mean(richness.values))} different words in 500, give or take ${Math.round(spread(richness.values))}.`,
      series: [sentence, grade, richness],
    };
  },
};

function spread(values) {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
