// Types of strategies.mjs.

import type { StrategyResult } from '../lib/repository.mjs';
import type { Corpus } from './corpus.mjs';

export interface Strategy extends Pick<StrategyResult, 'name' | 'title' | 'question'> {
  run(corpus: Corpus): Omit<StrategyResult, 'name' | 'title' | 'question'>;
}

export const STRATEGIES: readonly Strategy[];
