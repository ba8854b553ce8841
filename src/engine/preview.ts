// What a build would do, without touching anything: behind `--dry-run`, `status`, `why` and `graph --status`.

import type { TaskPlanned } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { recordIn } from '../model/record.ts';
import type { Selection } from '../model/selection.ts';
import type { Task } from '../model/task.ts';
import { taskOf } from '../model/task.ts';
import type { StaleReason } from '../model/verdict.ts';
import { findAction, mayStay } from './artifacts.ts';
import { type Assessment, Assessor, isFailure } from './assess.ts';
import { resultToCheck } from './checking.ts';
import { missingSecrets } from './execution.ts';
import { formerOutputs, leavingWith, worldWithout } from './former.ts';
import { obstructionOf, protectedAmong } from './make-room.ts';
import { servedBy } from './preflight.ts';
import { outcomeOfPlans, type Summary } from './run-outcome.ts';
import { shownCommand } from './secrets.ts';
import type { World } from './world.ts';

/**
 * In topological order. Stages that would run count as having made their files. `built`: the names of what the build
 * would select, where that is more than is asked about.
 */
export function preview(
  now: World,
  graph: StageGraph,
  selection: Selection,
  built: ReadonlySet<string> = selection.names,
): readonly TaskPlanned[] {
  // What stages no longer produce goes before anything is looked at.
  const world = worldWithout(now, leavingWith(formerOutputs(now, graph), built));
  const assessor = new Assessor(world, selection.forced);
  const planned = new Set<string>();
  const plans: TaskPlanned[] = [];
  for (const stage of selection.stages) {
    const task = taskOf(stage);
    const upstream = graph
      .edgesInto(stage.name)
      .filter((edge) => edge.kind === 'file' && planned.has(edge.from))
      .map((edge): StaleReason => ({ code: 'upstream-planned', stage: edge.from }));
    const plan = planOf(world, assessor, graph, selection, task, upstream);
    if (plan.action !== 'fresh') planned.add(stage.name);
    plans.push(plan);
  }
  return plans;
}

function planOf(
  world: World,
  assessor: Assessor,
  graph: StageGraph,
  selection: Selection,
  task: Task,
  upstream: readonly StaleReason[],
): TaskPlanned {
  const { stage } = task;
  const named = { kind: 'task-planned', task: task.id, stage: stage.name, item: task.item } as const;
  const command = shownCommand(world, stage);
  const isServed = servedBy(graph, selection, stage);
  const assessed = assessor.assess(task, (entry) => upstream.length > 0 && isServed(entry));
  if (isFailure(assessed)) {
    const { failure } = assessed;
    return { ...named, action: 'fail', reasons: upstream, command, estimateMs: null, failure };
  }
  const estimateMs = lastDuration(assessed);
  const own = assessed.verdict.kind === 'stale' ? assessed.verdict.reasons : [];
  const reasons = [...own, ...upstream];
  if (reasons.length === 0) {
    const accepted = recordIn(assessed.memory)?.accepted;
    return { ...named, action: 'fresh', reasons, command, estimateMs, ...(accepted && { accepted }) };
  }
  // With stages before it still to run, nobody can say yet what its inputs will be.
  const end = upstream.length > 0 ? 'run' : endOf(world, assessed, selection.forced.has(stage.name));
  if (typeof end === 'string') return { ...named, action: end, reasons, command, estimateMs };
  return { ...named, action: 'fail', reasons, command, estimateMs, failure: end };
}

/** How an attempt would end, as far as that shows beforehand: the same questions, in the same order. */
function endOf(world: World, assessed: Assessment, forced: boolean): 'run' | 'restore' | Failure {
  const { task } = assessed;
  const reading = assessed.read();
  if ('failure' in reading) return reading.failure;
  const obstruction = obstructionOf(world, assessed);
  if (obstruction !== null) return obstruction;
  if (!forced && resultToCheck(world, assessed, assessed.outputs) !== null) return 'restore';
  const action = forced || task.stage.always ? null : findAction(world, task, reading.fingerprint());
  if (action !== null && mayStay(world, task, assessed.outputs, action)) return 'restore';
  const protectedPaths = forced ? [] : protectedAmong(world, assessed);
  if (protectedPaths.length > 0) return { kind: 'protected', paths: protectedPaths };
  if (action !== null) return 'restore';
  const secrets = missingSecrets(world, task.stage);
  return secrets.length > 0 ? { kind: 'secret-missing', names: secrets } : 'run';
}

function lastDuration({ memory }: Assessment): number | null {
  if (memory.kind === 'done') return memory.record.durationMs;
  return memory.kind === 'unfinished' ? (memory.last?.durationMs ?? null) : null;
}

/** The same as events; and how a build would end. */
export function tellPlans(world: World, graph: StageGraph, selection: Selection): Summary {
  const plans = preview(world, graph, selection);
  for (const plan of plans) world.events.emit(plan);
  return outcomeOfPlans(plans);
}
