// What is asked of a build of a pipeline with items, and what it tells.
import type { Params, StageName } from './recipes.ts';
import type { Texts } from './tasks.ts';

export type End = 'executed' | 'restored' | 'fresh' | 'failed' | 'skipped' | 'waiting';

export interface Request {
  readonly params: Params;
  /** The pipeline has them, and they are told. */
  readonly isParamGiven: boolean;
  /** `targets`: with all that comes before them. */
  readonly what:
    | { readonly kind: 'all' }
    | { readonly kind: 'targets' | 'only'; readonly stage: StageName; readonly item: string | null };
  readonly force: boolean;
  readonly keepGoing: boolean;
  readonly jobs: number;
  /** In dollars: each attempt whose command begins costs one. */
  readonly budget: number | null;
  /** Whether it may restore from the cache, and stores there. */
  readonly cache: boolean;
}

export interface ToldEnd {
  readonly end: End;
  readonly attempts: number;
  /** In this run. */
  readonly spent: number;
}

/** How a build ended, as it tells. */
export interface Told {
  readonly exitCode: number;
  /** By task, or by stage where nobody knows its items; those that are `fresh` may not be told of. */
  readonly ends: ReadonlyMap<string, ToldEnd>;
  readonly freshUntold: boolean;
  readonly spent: number;
  /** Those around it that ran. */
  readonly hooks: readonly string[];
  readonly found: Texts;
  /** That is what lay there when another build had come after it. */
  readonly isFoundLater?: boolean;
  /** Of tasks in batches, whether the last attempt was to succeed, as the program itself knows; else unknown. */
  readonly witnessed?: ReadonlyMap<string, boolean>;
  /** How many had been reported as done when their batch crashed. */
  readonly spared?: number;
}
