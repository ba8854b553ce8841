// What a watch is told of, and what it is to do then.
import type { Heard, Hints } from './hints.ts';

/** What is asked for, by whoever began the watch or by a person later. */
export type Request =
  /** The first build. */
  | { readonly kind: 'begin' }
  /** All that is stale, also what failed before and what waits to be asked for. */
  | { readonly kind: 'all' }
  | { readonly kind: 'failed' }
  /** One that waits to be asked for, besides what has changed. */
  | { readonly kind: 'stage'; readonly stage: string }
  /** A stage or one of its items, `stage:item`, even where it is fresh. */
  | { readonly kind: 'force'; readonly task: string };

export type WatchInput =
  /** `isCheckout`: git is changing the working tree. */
  | ({ readonly kind: 'heard'; readonly paths: Heard; readonly ofCode: boolean } & Moment)
  /** Something may have been missed, or it is time to make sure. */
  | { readonly kind: 'suspected'; readonly nowMs: number }
  | ({ readonly kind: 'woke' } & Moment)
  | { readonly kind: 'reloaded'; readonly config: 'valid' | 'broken'; readonly nowMs: number }
  | { readonly kind: 'looked'; readonly hasWork: boolean; readonly nowMs: number }
  /** `refused`: it could not even begin. */
  | { readonly kind: 'run-ended'; readonly refused: boolean; readonly nowMs: number }
  | { readonly kind: 'asked'; readonly request: Request; readonly nowMs: number }
  | { readonly kind: 'quit'; readonly exitCode: number };

interface Moment {
  readonly isCheckout: boolean;
  readonly nowMs: number;
}

export type WatchOrder =
  /** Instead of any earlier one. */
  | { readonly kind: 'wake'; readonly atMs: number }
  /**
   * `isSure`: code has changed, or is broken; else it is only to be made sure. `hints`: what led to it, of which the look
   * that follows, at everything, is not told.
   */
  | { readonly kind: 'reload'; readonly isSure: boolean; readonly hints: Hints }
  /** Of what has not settled yet, while nothing else is to be done: most often nothing more comes. */
  | { readonly kind: 'look-ahead'; readonly hints: Hints }
  /** `isAhead`: there was a look ahead, and nothing was heard of since. */
  | { readonly kind: 'look'; readonly hints: Hints; readonly isAhead: boolean }
  /**
   * `request`: `null` where nobody asked and it is for what has changed.
   * `isFirst`: none has come so far before, so that what was asked of the first one is still to be done.
   */
  | { readonly kind: 'run'; readonly request: Request | null; readonly isFirst: boolean }
  /** To the run that is at work: these files were edited meanwhile. */
  | { readonly kind: 'tell-run'; readonly hints: Hints }
  | { readonly kind: 'cancel-run'; readonly how: 'gently' | 'now' }
  /** Runs follow each other without rest. */
  | { readonly kind: 'warn-of-loop' }
  | { readonly kind: 'rest' }
  | { readonly kind: 'end'; readonly exitCode: number };
