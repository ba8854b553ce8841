// Types of corpus.mjs.

import type { Era, Measures, References, Series, StrategyTable, Terms } from '../lib/repository.mjs';

export interface CorpusFiles {
  readonly terms: readonly Terms[];
  readonly measures: readonly Measures[];
  readonly references: readonly References[];
  readonly eras: readonly Era[];
}

export interface Corpus extends CorpusFiles {
  /** For each address the index of its era. */
  readonly eraOf: readonly number[];
}

export interface SeriesSpec {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly digits?: number;
}

export function loadCorpus(): Promise<Corpus>;
export function corpusOf(files: CorpusFiles): Corpus;
export function seriesOf(corpus: Corpus, spec: SeriesSpec): Series;
export function ratesOf(corpus: Corpus, words: readonly string[]): number[];
export function ratesByDecade(corpus: Corpus, field: 'nations' | 'presidents', limit: number): StrategyTable;
export function mean(values: readonly number[]): number;
export function rounded(value: number, digits: number): number;
