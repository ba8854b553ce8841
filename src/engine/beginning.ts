// Puts an attempt together: what it is told beforehand, and who hears what it tells.
import type { FilePath } from '../base/brand.ts';
import type { Task } from '../model/task.ts';
import { fateIn } from './after-edit.ts';
import type { Assessor } from './assess.ts';
import type { Assessment } from './assessment.ts';
import { Attempt } from './attempt.ts';
import type { FailedEnd } from './attempt-end.ts';
import { newsOf } from './attempt-news.ts';
import type { Batch } from './batch.ts';
import type { Board } from './board.ts';
import type { Doubts } from './doubts.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import { shownCommand } from './secrets.ts';
import type { ToldOnce } from './told-once.ts';
import { estimateOf } from './whats-to-do.ts';
import type { World } from './world.ts';

export function attemptAt(
  assessment: Assessment,
  its: {
    readonly world: World;
    readonly assessor: Assessor;
    readonly board: Board;
    readonly doubts: Doubts;
    readonly toldOnce: ToldOnce;
    readonly options: SchedulerOptions;
    readonly number: number;
    readonly batch: Batch | null;
    readonly isTriedAgain: (end: FailedEnd) => boolean;
    readonly onMade: () => void;
  },
): Attempt {
  const { task, verdict } = assessment;
  const { world, assessor, board, doubts, toldOnce, number, batch, isTriedAgain, onMade } = its;
  const { forced, audited, stdin, spending, hasOtherOwner } = its.options;
  if (verdict.kind === 'stale') toldOnce.ahead(task, verdict.reasons);
  return new Attempt({
    ...{ world, assessor, task, assessment },
    options: {
      ...{ number, batch, stdin, isTriedAgain },
      forced: forced.has(task),
      audited: audited.has(task),
      spent: () => spending.of(task),
      serviceDown: () => its.options.lackingFor(task.stage),
      failedBefore: board.places.failedBefore(task),
      isOfAnother: (file: FilePath) => hasOtherOwner(task.stage, file),
      fate: (edit) => fateIn(world, task, edit, its.options),
      distrust: (inputs) => doubts.of(task, inputs),
    },
    watcher: newsOf(task, { world, board, toldOnce, spending, onMade }),
  });
}

/** `first`: of its batch, if it is in one. */
export function toldOf(world: World, assessment: Assessment, first: Task | null) {
  const { task, verdict } = assessment;
  return {
    reasons: verdict.kind === 'stale' ? verdict.reasons : [],
    command: shownCommand(world, task.stage),
    estimateMs: estimateOf(assessment),
    ...(first !== null && { batch: first.id }),
  };
}
