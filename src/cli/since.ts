// `pipe build --since <run>`: selects what has changed since an earlier run, and what follows from it.
import type { RunId } from '../base/brand.ts';
import { foresee } from '../engine/foresee.ts';
import type { World } from '../engine/world.ts';
import { UsageError } from '../model/diagnostic.ts';
import { type Selection, type SelectionRequest, selectEverything } from '../model/selection.ts';
import { stageOfTask } from '../model/task.ts';
import type { Flags } from './flags.ts';
import { looking } from './looking.ts';
import { pastRun } from './past-run.ts';
import { selectStages, type Workspace } from './workspace.ts';

/**
 * The request narrowed to that; with no stage at all where nothing has. Its targets are not those of the result, which
 * is asked for stage by stage: what has changed since is another question later. `which`: as `pipe show` takes it.
 */
export async function selectSince(
  workspace: Workspace,
  request: SelectionRequest,
  which: string,
  flags: Flags,
): Promise<Selection> {
  refuseContradictions(request);
  const { runId } = pastRun(workspace, which, '--since');
  const asked = selectStages(workspace, request);
  const everything = selectStages(workspace, selectEverything);
  const changed = await looking(workspace, everything, flags, (world) =>
    changedSince(world, workspace, everything, runId),
  );
  const following = workspace.graph.downstreamOf([...changed]);
  const stages = asked.stages.filter(({ name }) => changed.has(name) || following.has(name));
  const names = new Set(stages.map(({ name }) => name));
  return {
    ...asked,
    stages,
    names,
    forced: asked.forced.within(names),
    audited: asked.audited.within(names),
    targets: [],
  };
}

/** What is stale now, or was made again meanwhile: where neither is so, all is as that run left it, or found it. */
async function changedSince(
  world: World,
  { graph }: Workspace,
  everything: Selection,
  runId: RunId,
): Promise<ReadonlySet<string>> {
  // A stage of which an item is gone has nothing stale, and yet something to take away.
  const { plans, gone } = await foresee(world, graph, everything);
  const withGone = gone.map(({ stage }) => stage);
  const stale = plans.filter(({ action }) => action !== 'fresh');
  const made = world.records.remembered().filter((record) => record.runId > runId);
  const named = [...stale.map(({ stage }) => stage), ...made.map(({ task }) => stageOfTask(task))];
  return new Set([...withGone, ...named]);
}

function refuseContradictions({ from, only }: SelectionRequest): void {
  const other = only.length > 0 ? '--only' : from.length > 0 ? '--from' : null;
  if (other === null) return;
  const message = `--since says where to begin, so it cannot be combined with ${other}`;
  throw new UsageError([{ code: 'PIPE031', message, at: '--since', hint: 'leave out one of them' }]);
}
