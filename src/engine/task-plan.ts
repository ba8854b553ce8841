// What a build would do with one task, as far as that shows before anything is touched.
import type { TaskPlanned } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import { noMetrics } from '../model/metrics.ts';
import { recordIn } from '../model/record.ts';
import type { Stage } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import type { StaleReason } from '../model/verdict.ts';
import { findAction, mayStay } from './artifacts.ts';
import { type Assessment, type AssessmentOrFailure, isFailure } from './assessment.ts';
import { resultToCheck } from './checking.ts';
import { missingSecrets } from './execution.ts';
import { protectedAmong } from './make-room.ts';
import { obstructionOf } from './obstruction.ts';
import type { Expectation } from './past-items.ts';
import { shownCommand } from './secrets.ts';
import type { World } from './world.ts';

export interface PlanContext {
  /** What the task may read of, and would run. */
  readonly upstream: readonly StaleReason[];
  readonly isForced: boolean;
  readonly brokenCheck: Failure | null;
}

export function planOf(
  world: World,
  task: Task,
  assessed: AssessmentOrFailure,
  context: PlanContext,
): TaskPlanned {
  const { upstream } = context;
  const { stage } = task;
  const named = { kind: 'task-planned', task: task.id, stage: stage.name, item: task.item } as const;
  const command = shownCommand(world, stage);
  if (isFailure(assessed)) {
    const { failure } = assessed;
    return {
      ...named,
      action: 'fail',
      reasons: upstream,
      command,
      estimateMs: null,
      failure,
      ...optionalIf(stage),
    };
  }
  const expected = assessed.expected();
  const estimateMs = expected === null ? null : Math.round(expected.durationMs);
  const own = assessed.verdict.kind === 'stale' ? assessed.verdict.reasons : [];
  const reasons = [...own, ...upstream];
  if (reasons.length === 0) {
    const accepted = recordIn(assessed.memory)?.accepted;
    return { ...named, action: 'fresh', reasons, command, estimateMs, ...(accepted && { accepted }) };
  }
  // With stages before it still to run, nobody can say yet what its inputs will be.
  const end = upstream.length > 0 ? 'run' : endOf(world, assessed, context);
  if (end === 'run') {
    const batch = stage.batchSize === null ? {} : { batch: stage.batchSize };
    return { ...named, action: end, reasons, command, estimateMs, ...metricsIn(expected), ...batch };
  }
  if (end === 'restore') return { ...named, action: end, reasons, command, estimateMs };
  const failure = end;
  // That is no failure, nor has an optional stage any choice about it.
  if (end.kind === 'protected') return { ...named, action: 'wait', reasons, command, estimateMs, failure };
  return { ...named, action: 'fail', reasons, command, estimateMs, failure, ...optionalIf(stage) };
}

/** As it is told of what would fail. */
export function optionalIf({ optional }: Stage): { readonly optional?: true } {
  return optional ? { optional } : {};
}

/** How an attempt would end, as far as that shows beforehand: the same questions, in the same order. */
function endOf(
  world: World,
  assessed: Assessment,
  { isForced: forced, brokenCheck }: PlanContext,
): 'run' | 'restore' | Failure {
  const { task } = assessed;
  const reading = assessed.read();
  if ('failure' in reading) return reading.failure;
  const obstruction = obstructionOf(world, assessed);
  if (obstruction !== null) return obstruction;
  if (brokenCheck !== null) return brokenCheck;
  if (!forced && resultToCheck(world, assessed, assessed.outputs) !== null) return 'restore';
  const action = forced || task.stage.always ? null : findAction(world, assessed, reading.fingerprint());
  if (action !== null && mayStay(world, task, assessed.outputs, action)) return 'restore';
  const protectedPaths = forced ? [] : protectedAmong(world, assessed);
  if (protectedPaths.length > 0) return { kind: 'protected', paths: protectedPaths };
  if (action !== null) return 'restore';
  return missingSecrets(world, task.stage) ?? 'run';
}

function metricsIn(expected: Expectation | null): Pick<TaskPlanned, 'estimateMetrics'> {
  const metrics = expected?.metrics ?? noMetrics;
  return Object.keys(metrics).length === 0 ? {} : { estimateMetrics: metrics };
}
