// The shape of every data file, and the types of repository.mjs.

export interface Address {
  readonly id: string;
  readonly year: number;
  readonly president: string;
  readonly party: string;
  readonly delivery: 'written' | 'spoken';
  readonly words: number;
  readonly sentences: readonly string[];
}

export interface Terms {
  readonly id: string;
  readonly year: number;
  readonly president: string;
  /** How often each word occurs; numbers are not words here. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface Measures {
  readonly id: string;
  readonly year: number;
  readonly president: string;
  readonly party: string;
  readonly delivery: 'written' | 'spoken';
  readonly words: number;
  readonly sentences: number;
  readonly meanSentence: number;
  readonly medianSentence: number;
  readonly longestSentence: number;
  /** Share of different words in a window of 500, on average over all windows. */
  readonly richness: number;
  readonly syllablesPerWord: number;
  /** Flesch-Kincaid: years of school that a reader needs. */
  readonly grade: number;
}

export interface References {
  readonly id: string;
  readonly year: number;
  readonly president: string;
  readonly presidents: Readonly<Record<string, number>>;
  readonly nations: Readonly<Record<string, number>>;
  readonly institutions: Readonly<Record<string, number>>;
}

export interface DistinctiveWord {
  readonly word: string;
  readonly count: number;
  /** Standard deviations by which the word is more frequent here than elsewhere. */
  readonly score: number;
}

export interface Era {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly addresses: number;
  readonly words: number;
  readonly presidents: readonly string[];
  readonly distinctive: readonly DistinctiveWord[];
}

export interface EraIndex {
  readonly criterion: string;
  readonly penalty: number;
  readonly eras: readonly { readonly key: string; readonly from: number; readonly to: number }[];
}

/** One number for each address, in the order of the addresses. */
export interface Series {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** The mean within each era, in the order of the eras. */
  readonly byEra: readonly number[];
  readonly highest: { readonly year: number; readonly president: string; readonly value: number };
}

export interface StrategyResult {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly finding: string;
  readonly series: readonly Series[];
  /** Further results: one row for each thing, one column for each span of time. */
  readonly tables?: Readonly<Record<string, StrategyTable>>;
}

export interface StrategyTable {
  readonly unit: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    readonly total: number;
    readonly values: readonly number[];
  }[];
}

export interface Analysis {
  readonly strategies: readonly { readonly name: string; readonly title: string; readonly finding: string }[];
  readonly addresses: number;
  readonly words: number;
  readonly from: number;
  readonly to: number;
}

export interface Kinds {
  addresses: readonly Address[];
  terms: readonly Terms[];
  measures: readonly Measures[];
  references: readonly References[];
  eras: EraIndex;
  era: Era;
  strategy: StrategyResult;
  analysis: Analysis;
}

export class BadData extends Error {}
export const SCHEMAS: Readonly<Record<keyof Kinds, { file: string; version: number; stage: string }>>;
export function fileOf(kind: keyof Kinds, key?: string): string;
export function sealed<K extends keyof Kinds>(kind: K, data: Kinds[K]): string;
export function unsealed<K extends keyof Kinds>(kind: K, file: string, text: string): Kinds[K];
export function load<K extends keyof Kinds>(kind: K, key?: string): Promise<Kinds[K]>;
export function save<K extends keyof Kinds>(kind: K, data: Kinds[K], key?: string): Promise<string>;
