// How one run of a watch differs from a build by itself: what is stale may have to wait, and inputs may be edited meanwhile.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { Metrics } from '../model/metrics.ts';
import type { Task } from '../model/task.ts';
import type { Assessment, AssessmentOrFailure } from './assessment.ts';

/** Why something that is stale is not to run now. */
export type Hold =
  /** A person has to ask for it: it says so, it has failed when it was asked for, or the budget of a run was spent. */
  | { readonly kind: 'until-asked'; readonly why: 'manual' | 'failed' | 'budget' }
  /** It would fail as it did before. */
  | { readonly kind: 'until-changed'; readonly failure: Failure }
  /** There is nothing to compare with: what it did last stands. */
  | { readonly kind: 'as-it-is' };

export const overBudget: Hold = { kind: 'until-asked', why: 'budget' };

export interface Watching {
  /** `isBeforeItsTurn`: whether something that comes before it is to run first; in a run it is its turn. */
  hold(task: Task, assessed: AssessmentOrFailure, isBeforeItsTurn?: () => boolean): Hold | null;
  /** It failed over what was assessed. `overEdits`: or over what its inputs held in between. */
  failed(task: Task, assessed: AssessmentOrFailure, failure: Failure, overEdits: boolean): void;
  /** Nothing more may begin in this run, which has used so much. */
  stoppedByBudget(task: TaskId, spent: Metrics): void;
  /** Whatever it came to before. */
  foundFresh(task: TaskId): void;
  /** Nothing is to be run. `isGone`: there is no such task any more, so that whoever brings it back is a person. */
  foundAtRest(isGone: (task: TaskId) => boolean): void;
  /** Whether the next run may see to it, whose inputs were edited in this one; not where that was so again and again. */
  leavesToNext(task: Task): boolean;
  /** What items had made that are gone was taken away, as far as could be; `null`: of stages that have none any more. */
  clearedUp(stage: string | null): void;
  /** Whether that was done, and nothing has been heard of since: what is left would be refused again. */
  hasClearedUp(stage: string | null): boolean;
}

/** Whether the document of its record is among them: of that it has only its record. */
export function areOfDocument({ stage: { forEach } }: Task, { paths, everything }: EditedFiles): boolean {
  return forEach?.kind === 'records' && (everything || paths.includes(forEach.document));
}

/** Files of which was heard, by their canonical paths; `everything`: others may have changed as well. */
export interface EditedFiles {
  readonly paths: readonly FilePath[];
  readonly everything: boolean;
}

/** Whether it may be news for what was assessed. It errs on the safe side: stamps tell. */
export function mayConcern({ task, inputs }: Assessment, { paths, everything }: EditedFiles): boolean {
  if (everything) return true;
  const { requires, implied } = task.stage;
  // What a link leads to has another path.
  if (inputs.some((file) => file.kind === 'link')) return true;
  const known = new Set<FilePath>([...implied, ...inputs.map((file) => file.path)]);
  return paths.some(
    (path) =>
      known.has(path) ||
      setMatches(requires, path) ||
      requires.entries.some(({ glob }) => glob.base === path || glob.base.startsWith(`${path}/`)) ||
      inputs.some((file) => file.path.startsWith(`${path}/`)),
  );
}
