// What plans that come to no good end mean for the stages behind them.
import type { TaskPlanned } from '../model/events.ts';
import type { Edge, StageGraph } from '../model/graph/graph.ts';
import type { Stage } from '../model/stage.ts';
import type { EndBefore } from '../model/when.ts';

/** As far as it can be told. */
export function endsBefore(
  graph: StageGraph,
  { name }: Stage,
  plans: readonly TaskPlanned[],
): readonly EndBefore[] {
  const before = graph.upstreamOf([name]);
  const next = new Set(graph.edgesInto(name).map(({ from }) => from));
  return plans.flatMap((plan) => {
    const { stage, action, blockedBy = [] } = plan;
    if (!before.has(stage) || (action !== 'fail' && action !== 'skip')) return [];
    const outcome = action === 'fail' ? 'failed' : 'skipped';
    const { optional } = graph.stageNamed(stage);
    return [{ stage, outcome, blockedBy, optional, isNext: next.has(stage) }];
  });
}

/** As on the board: an optional one that fails stands only in the way of those that need its files. */
export function isInTheWay(plan: TaskPlanned | undefined, { optional }: Stage, kind: Edge['kind']): boolean {
  if (plan === undefined) return false;
  return plan.action === 'skip' || waits(plan) || kind === 'file' || !optional;
}

/** For a person. */
export function waits({ action }: TaskPlanned): boolean {
  return action === 'wait';
}

/** Be it that something before it does. */
export function hasToWait(plan: TaskPlanned | undefined, bad: readonly TaskPlanned[]): boolean {
  if (plan === undefined) return false;
  const { blockedBy = [] } = plan;
  return waits(plan) || bad.some((one) => waits(one) && blockedBy.includes(one.stage));
}
