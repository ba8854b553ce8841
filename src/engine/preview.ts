// What a build would do, without touching anything: behind `--dry-run`, `status`, `why` and `graph --status`.
import { describeCommand } from '../model/command-line.ts';
import type { TaskPlanned } from '../model/events.ts';
import type { StageGraph } from '../model/graph.ts';
import type { Selection } from '../model/selection.ts';
import type { Task } from '../model/task.ts';
import { taskOf } from '../model/task.ts';
import type { StaleReason } from '../model/verdict.ts';
import { findAction } from './artifacts.ts';
import { type Assessment, Assessor, isFailure } from './assess.ts';
import { isServedBy } from './preflight.ts';
import type { World } from './world.ts';

/** In topological order. Stages that would run count as having made their files. */
export function preview(world: World, graph: StageGraph, selection: Selection): readonly TaskPlanned[] {
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
  const base = {
    kind: 'task-planned',
    task: task.id,
    stage: stage.name,
    item: task.item,
    command: describeCommand(stage.command),
    estimateMs: null,
  } as const;
  const assessed = assessor.assess(
    task,
    (entry) => upstream.length > 0 && isServedBy(graph, selection, stage, entry),
  );
  if (isFailure(assessed)) return { ...base, action: 'fail', reasons: upstream, failure: assessed.failure };
  const estimateMs = lastDuration(assessed);
  const own = assessed.verdict.kind === 'stale' ? assessed.verdict.reasons : [];
  const reasons = [...own, ...upstream];
  if (reasons.length === 0) return { ...base, action: 'fresh', reasons, estimateMs };
  // With stages before it still to run, nobody can say yet what its inputs will be.
  const restorable = upstream.length === 0 && !selection.forced.has(stage.name) && isInCache(world, assessed);
  return { ...base, action: restorable ? 'restore' : 'run', reasons, estimateMs };
}

function isInCache(world: World, assessed: Assessment): boolean {
  if (assessed.task.stage.always) return false;
  const reading = assessed.read();
  return 'fingerprint' in reading && findAction(world, assessed.task, reading.fingerprint) !== null;
}

function lastDuration({ memory }: Assessment): number | null {
  if (memory.kind === 'done') return memory.record.durationMs;
  return memory.kind === 'unfinished' ? (memory.last?.durationMs ?? null) : null;
}
