// What a build would do, with what shows only when checks are read: that one of them cannot be made.
import type { TaskPlanned } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { ItemsGone } from '../model/item-events.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { whyBroken } from './broken-schemas.ts';
import { filesNotMade } from './files-asked-for.ts';
import { type PreviewOptions, preview } from './preview.ts';
import { outcomeOfPlans, type Summary } from './run-outcome.ts';
import type { World } from './world.ts';

export interface Foreseen {
  readonly plans: readonly TaskPlanned[];
  /** In the order in which it is found, each before the plans of its stage. */
  readonly gone: readonly ItemsGone[];
}

/** The plans of `preview`. Schemas are read only of stages of which something is to be done: it takes a library. */
export async function foresee(
  world: World,
  graph: StageGraph,
  selection: Selection,
  options: Pick<PreviewOptions, 'built'> = {},
): Promise<Foreseen> {
  const look = (more: PreviewOptions): Foreseen => {
    const gone: ItemsGone[] = [];
    const plans = preview(world, graph, selection, { ...options, ...more, onGone: (one) => gone.push(one) });
    return { plans, gone };
  };
  const first = look({});
  const stale = new Set(first.plans.filter(({ action }) => action !== 'fresh').map(({ stage }) => stage));
  const brokenChecks = await brokenAmong(
    world,
    selection.stages.filter(({ name }) => stale.has(name)),
  );
  return brokenChecks.size === 0 ? first : look({ brokenChecks });
}

async function brokenAmong(
  { checker }: World,
  stages: readonly Stage[],
): Promise<ReadonlyMap<string, Failure>> {
  const broken = new Map<string, Failure>();
  const why = whyBroken(checker);
  for (const { name, checks } of stages) {
    for (const { check, at } of checks) {
      if (check.kind === 'function' || broken.has(name)) continue;
      const message = await why(check);
      if (message !== null) broken.set(name, { kind: 'check-broken', at, message });
    }
  }
  return broken;
}

/** Of stages. */
export function isFreshIn(plans: readonly TaskPlanned[]): (stage: string) => boolean {
  return (stage) => plans.every((plan) => plan.stage !== stage || plan.action === 'fresh');
}

/** The same as events; and how a build would end. */
export async function tellForeseen(world: World, graph: StageGraph, selection: Selection): Promise<Summary> {
  const { plans, gone } = await foresee(world, graph, selection);
  const warnings = filesNotMade(world, graph, selection, isFreshIn(plans));
  for (const event of [...gone, ...plans, ...warnings]) world.events.emit(event);
  return outcomeOfPlans(plans);
}
