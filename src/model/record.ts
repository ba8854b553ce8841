// What is remembered of a task's last success: enough to decide whether it is still fresh, and to say why not.

import type { Digest, RunId, TaskId } from '../base/brand.ts';
import type { Manifest } from './manifest.ts';

/** A named part of a fingerprint that is not a file: `command`, `env NAME`, `tool python3`. */
export interface FingerprintPart {
  readonly name: string;
  /** Readable where it is short and not secret, else a digest. */
  readonly value: string;
}

export interface TaskRecord {
  readonly task: TaskId;
  readonly fingerprint: Digest;
  readonly parts: readonly FingerprintPart[];
  readonly inputs: Manifest;
  readonly outputs: Manifest;
  readonly runId: RunId;
  /** Milliseconds since 1970. For people; never compared. */
  readonly finishedAtMs: number;
  /** What the execution took, also where this record comes from the cache; of what was accepted, the one before: see `measuredMs`. */
  readonly durationMs: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Set where a person took the present outputs as the result. */
  readonly accepted?: Acceptance;
  /** The outputs that a person made and a tool that updates in place left as they were: never pipe's own either. */
  readonly handMade?: readonly string[];
  /** Set where there is anything of the kind. */
  readonly unnameable?: Unnameable;
  /** The run that executed it, where that is known and another than `runId`: the result was in the cache. */
  readonly executedIn?: RunId;
}

/** What lies in the folders that the stage owns and no pattern can name, such as `.git`. Paths are sorted. */
export interface Unnameable {
  /** By the stage: with a digest of all that is in it. */
  readonly made: readonly { readonly path: string; readonly digest: Digest }[];
  readonly theirs: readonly string[];
}

/** What its execution took; `null`: there was none that is known of, for a person took what lay there. */
export function measuredMs({ durationMs, accepted }: TaskRecord): number | null {
  return accepted !== undefined && durationMs === 0 ? null : durationMs;
}

/** The outputs that pipe did not make. */
export function notMadeByPipe(record: TaskRecord): ReadonlySet<string> {
  return new Set([...(record.accepted?.paths ?? []), ...(record.handMade ?? [])]);
}

export interface Acceptance {
  readonly by: string;
  readonly atMs: number;
  readonly reason: string;
  /** The outputs that pipe did not make: taken as they are, and never to be taken for pipe's own. */
  readonly paths: readonly string[];
}

/** The same stage, for other values of its parameters, was about to make an output that a result has too. */
export interface Overwriting {
  readonly path: string;
  /** In words: `a=1, b=2`. */
  readonly params: string;
}

/**
 * What is on record of a task. `unfinished`: an attempt began and did not commit. `leftovers`: nothing says
 * how it ended, so that files of it may lie around; after an orderly failure they were moved away.
 */
export type Memory =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'unfinished';
      readonly runId: RunId;
      readonly leftovers: boolean;
      readonly last: TaskRecord | null;
      /** Set where no attempt of its own has ended its result. */
      readonly overwritten?: Overwriting;
    }
  | { readonly kind: 'done'; readonly record: TaskRecord };

/** The last result on record, whether it still stands or not. */
export function recordIn(memory: Memory): TaskRecord | null {
  switch (memory.kind) {
    case 'none':
      return null;
    case 'unfinished':
      return memory.last;
    case 'done':
      return memory.record;
  }
}
