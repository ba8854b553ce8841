// Strategy: what the addresses talk about, by lists of words that belong to one subject.

import { ratesOf, seriesOf } from './corpus.mjs';

const TOPICS = [
  [
    'war',
    'War and defence',
    'war wars army armies navy naval military militia troops soldiers soldier battle enemy enemies weapons weapon missiles missile defense defenses forces armed combat invasion attack attacks fleet',
  ],
  [
    'money',
    'Taxes and money',
    'tax taxes taxation tariff tariffs revenue revenues duties budget budgets deficit deficits debt debts currency gold silver bank banks treasury dollars inflation spending appropriations',
  ],
  [
    'work',
    'Work and wages',
    'jobs job workers worker wages wage labor employment unemployment unemployed employees employers strike strikes union unions workforce',
  ],
  [
    'land',
    'Land and settlement',
    'territory territories territorial lands land settlers settlement settlements frontier indian indians tribes tribe survey homestead mines mining forests forest reclamation',
  ],
  [
    'commerce',
    'Trade and shipping',
    'commerce commercial trade vessels vessel ships shipping ports port exports imports export import merchants navigation merchant canal canals',
  ],
  [
    'foreign',
    'Treaties and diplomacy',
    'treaty treaties convention conventions minister ministers negotiations negotiation ambassador envoy diplomatic consul consuls arbitration ratification ratified',
  ],
  [
    'law',
    'Law and constitution',
    'constitution constitutional law laws court courts judges judge judicial statute statutes justice legislation amendment amendments',
  ],
  [
    'rights',
    'Freedom and rights',
    'freedom free liberty rights equality equal democracy democratic vote votes voting citizenship slavery discrimination',
  ],
  [
    'school',
    'Schools and children',
    'school schools education educational teachers teacher students student college colleges university universities children child families family parents',
  ],
  [
    'health',
    'Health and care',
    'health medical care hospital hospitals medicare medicaid insurance disease diseases doctors doctor patients drug drugs cancer elderly',
  ],
  [
    'energy',
    'Energy and nature',
    'energy oil gas coal nuclear solar environment environmental pollution climate conservation clean fuel electricity',
  ],
  [
    'faith',
    'God and providence',
    'god providence almighty divine blessing blessings bless prayer prayers pray faith heaven creator sacred christian',
  ],
];

export const topics = {
  name: 'topics',
  title: 'Subjects',
  question: 'What is on a president’s mind?',
  run(corpus) {
    const series = TOPICS.map(([name, label, words]) =>
      seriesOf(corpus, { name, label, unit: 'per 10,000 words', values: ratesOf(corpus, words.split(' ')) }),
    );
    const leading = (era) =>
      series.reduce((a, b) => (b.byEra[era] > a.byEra[era] ? b : a)).label.toLowerCase();
    const last = corpus.eras.length - 1;
    const rise = series.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    return {
      finding:
        `The first era (${range(corpus.eras[0])}) speaks most of ${leading(0)}, the last (${range(corpus.eras[last])}) ` +
        `of ${leading(last)}. The largest rise is that of ${rise.label.toLowerCase()}: ` +
        `${rise.byEra[0]} to ${rise.byEra[last]} per 10,000 words.`,
      series,
    };
  },
};

function gain(series) {
  return series.byEra.at(-1) - series.byEra[0];
}

function range(era) {
  return `${era.from}–${era.to}`;
}
