// What is known of one task at one moment: its verdict, and what it was taken from.
import type { Digest } from '../base/brand.ts';
import type { Once } from '../base/once.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Failure } from '../model/failure.ts';
import type { FingerprintPart, Memory } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Expectation } from './past-items.ts';
import type { ListedFile, Observation, Stamp } from './ports.ts';

/** The inputs as they were read. */
export interface Reading {
  readonly seen: Observation;
  /** Worked out when asked for: what is fresh does not need it. */
  readonly fingerprint: () => Digest;
}

/** What is known of a task at one moment. */
export interface Assessment {
  readonly task: Task;
  readonly verdict: Verdict;
  readonly memory: Memory;
  readonly parts: readonly FingerprintPart[];
  readonly inputs: readonly ListedFile[];
  /** Present files that match `produces`. */
  readonly outputs: readonly ListedFile[];
  /** Hashes the inputs; under `mtime` only when it comes to that. */
  readonly read: Once<Reading | { readonly failure: Failure }>;
  /** What an execution may take: as the last one, or as those of other items of the stage. `null`: there is no measure. */
  readonly expected: () => Expectation | null;
  /** See `circumstancesOf`. */
  readonly circumstances: (over: Failure) => string;
  /** Of the inputs one by one, where all is as on record. */
  readonly stamps?: readonly Stamp[];
}

/** What lies where a task's outputs belong. */
export type Present = Pick<Assessment, 'task' | 'memory' | 'outputs'>;

export type AssessmentOrFailure =
  | Assessment
  | { readonly task: Task; readonly failure: Failure; readonly problems?: readonly Diagnostic[] };

export function isFailure(
  assessed: AssessmentOrFailure,
): assessed is { readonly task: Task; readonly failure: Failure; readonly problems?: readonly Diagnostic[] } {
  return 'failure' in assessed;
}
