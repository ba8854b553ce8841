// What a run was asked for besides targets: what the one needs to know that goes on with it.
import type { RunId } from '../base/brand.ts';

export interface AskedFor {
  /** As typed: by the names of the flags. */
  readonly selected?:
    | Readonly<Partial<Record<'from' | 'to' | 'only' | 'skip', readonly string[]>>>
    | undefined;
  /** Of `--env-file`, in order: from the root, or absolute. What stands in them is not told. */
  readonly envFiles?: readonly string[] | undefined;
  /** Of a run with `--force`. */
  readonly forced?: ForcedTasks | undefined;
}

export interface ForcedTasks {
  /** Stages, items and files of items. Default: all that was selected. */
  readonly named?: readonly string[];
  /** They were to be executed in this run, or where it goes on with an earlier one, since that. */
  readonly since: RunId;
}
