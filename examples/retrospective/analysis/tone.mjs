// Strategy: hope, threat and urgency, by small lexicons. A thermometer, not a diagnosis.

import { ratesOf, seriesOf } from './corpus.mjs';

const TONES = [
  [
    'hope',
    'Hope',
    'hope hopes hopeful hopefully dream dreams promise proud pride courage confidence optimism optimistic bright brighter happy happiness joy future opportunity opportunities prosperity prosperous success successful',
  ],
  [
    'threat',
    'Threat',
    'threat threats threaten threatened threatening danger dangers dangerous fear fears crisis crises terror terrorism terrorist terrorists evil destroy destruction destroyed hostile hostility aggression violence violent murder crime crimes criminals calamity disaster suffering',
  ],
  [
    'urgency',
    'Urgency',
    'must now today tonight immediate immediately urgent urgently urgency cannot need needs demand demands act action',
  ],
];

export const tone = {
  name: 'tone',
  title: 'Tone',
  question: 'Does the address promise or warn?',
  run(corpus) {
    const series = TONES.map(([name, label, words]) =>
      seriesOf(corpus, { name, label, unit: 'per 10,000 words', values: ratesOf(corpus, words.split(' ')) }),
    );
    const [hope, threat, urgency] = series;
    const darkest = threat.highest;
    return {
      finding:
        `Words of hope rise from ${hope.byEra[0]} to ${hope.byEra.at(-1)} per 10,000, words of urgency from ` +
        `${urgency.byEra[0]} to ${urgency.byEra.at(-1)}. No address names more threats than ${darkest.president}’s of ${darkest.year}.`,
      series,
    };
  },
};
