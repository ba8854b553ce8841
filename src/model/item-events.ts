// What a run says of the items of a stage as a whole.

/** It is known which items a stage has: from now on there is a task for each. */
export interface StageFannedOut {
  readonly kind: 'stage-fanned-out';
  readonly stage: string;
  /** How many there are. */
  readonly items: number;
  /** How many of them the start of the run told of. */
  readonly expected: number;
}

/** What a stage had made for items that are gone is taken away; in a dry run it would be. */
export interface ItemsGone {
  readonly kind: 'items-gone';
  readonly stage: string;
  readonly items: readonly string[];
  /** Paths of files. */
  readonly removed: readonly string[];
  /** Paths of what a person has edited since: it is moved to where it is kept for good. */
  readonly kept: readonly string[];
  /** Paths of what a killed attempt left: it is moved to where one can look at it. Set where there is any. */
  readonly putAway?: readonly string[];
  readonly dryRun: boolean;
}

/** Of a planned task. */
export interface ItemsToCome {
  /** It stands for all further items of its stage: other stages are yet to make them, and nobody can say how many. */
  readonly furtherItems?: true;
}
