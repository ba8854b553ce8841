// Three small addresses in two eras, as the stages would have written them.

import { type Corpus, corpusOf } from '../../../examples/retrospective/analysis/corpus.mjs';
import { STRATEGIES } from '../../../examples/retrospective/analysis/strategies.mjs';
import type { Era, Measures, References, Terms } from '../../../examples/retrospective/lib/repository.mjs';
import type { Material } from '../../../examples/retrospective/report/material.ts';

const WHO = [
  { id: 'a', year: 1790, president: 'A' },
  { id: 'b', year: 1799, president: 'B' },
  { id: 'c', year: 1901, president: 'C' },
] as const;

export const TERMS: readonly Terms[] = [
  { ...WHO[0], counts: { war: 2, our: 1 } },
  { ...WHO[1], counts: { war: 1, hope: 1 } },
  { ...WHO[2], counts: { jobs: 3, we: 2, constructor: 1 } },
];

export const MEASURES: readonly Measures[] = WHO.map((who, i) => ({
  ...who,
  party: 'none',
  delivery: i === 1 ? 'written' : 'spoken',
  words: [1000, 2000, 500][i]!,
  sentences: 10,
  meanSentence: 20,
  medianSentence: 20,
  longestSentence: 40,
  richness: 0.5,
  syllablesPerWord: 1.5,
  grade: 10,
}));

export const REFERENCES: readonly References[] = WHO.map((who, i) => ({
  ...who,
  presidents: i === 2 ? { A: 1 } : {},
  nations: i === 0 ? { France: 1 } : { France: 1, Spain: 2 },
  institutions: { Constitution: 1 },
}));

export function era(key: string, from: number, to: number, addresses: number): Era {
  const distinctive = [
    { word: 'war', count: 3, score: 4 },
    { word: 'hope', count: 1, score: 2 },
  ];
  return { key, from, to, addresses, words: 100, presidents: ['A', 'B'], distinctive };
}

export const ERAS: readonly Era[] = [era('01', 1790, 1799, 2), era('02', 1901, 1901, 1)];

export function corpus(): Corpus {
  return corpusOf({ terms: TERMS, measures: MEASURES, references: REFERENCES, eras: ERAS });
}

export function material(): Material {
  const strategies = STRATEGIES.map(({ name, title, question, run }) => ({
    name,
    title,
    question,
    ...run(corpus()),
  }));
  return {
    analysis: { strategies, addresses: 3, words: 3500, from: 1790, to: 1901 },
    criterion: 'a test',
    eras: ERAS,
    measures: MEASURES,
    strategies,
  };
}
