// What a build leaves out because nothing that it depends on has changed since it was found fresh.
import type { TaskId } from '../base/brand.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { type Saved, savedInAll } from '../model/saved.ts';
import type { Selection } from '../model/selection.ts';
import type { Summary } from './run-outcome.ts';

/** All stages of the pipeline and all that are selected, asked for only where links make it necessary to know them. */
export type Whole = () => { readonly graph: StageGraph; readonly selection: Selection };

/** The tasks that are selected and known to be fresh; the build's own graph and selection are without them. */
export interface Rest {
  readonly tasks: number;
  /** What their executions took the last time. */
  readonly saved: () => Saved;
  /** What the last execution of a task of the build took, in ms, where that is known without its record. */
  readonly tookMs: (task: TaskId) => number | undefined;
  /** Whether the records, once they were read, were still those by which the rest was known to be fresh. */
  readonly isCurrent: () => boolean;
  /** Of the build and of the rest together. */
  readonly whole: Whole;
}

export function withRest(summary: Summary, rest: Rest | null): Summary {
  if (rest === null) return summary;
  return { ...summary, fresh: summary.fresh + rest.tasks, ...savedInAll([summary, rest.saved()]) };
}
