// `pipe describe`: everything about one stage, or the members of a named pipeline.
import type { TaskId } from '../base/brand.ts';
import { UsageError } from '../model/diagnostic.ts';
import { taskOfStage } from '../model/items/item-tasks.ts';
import { resolveName, selectEverything } from '../model/selection.ts';
import { toldStage } from '../model/told-pipeline.ts';
import { unknownTarget } from '../model/unknown-target.ts';
import { descriptionJson, descriptionLines } from './description.ts';
import { type Flags, isSet } from './flags.ts';
import { hiddenValues } from './hidden-secrets.ts';
import { stageTable } from './listing.ts';
import { atWorkJson, atWorkLines, looking, runAtWork } from './looking.ts';
import { outLook, printJson, printLines } from './print.ts';
import { lookAtStage } from './stage-facts.ts';
import { stageJson } from './stage-json.ts';
import { openWorkspace, selectStages, type Workspace } from './workspace.ts';

export async function describe([asked = '']: readonly string[], flags: Flags): Promise<number> {
  const workspace = await openWorkspace(flags, { writes: false });
  const { graph, pipeline, canonical } = workspace;
  const names = resolveName(graph, pipeline, asked, canonical);
  if (names === null) throw new UsageError([unknownTarget(graph, pipeline, asked, 'pipe describe')]);
  const isPipeline = pipeline.pipelines.has(asked) && !graph.stages.some((stage) => stage.name === asked);
  if (isPipeline) describePipeline(workspace, asked, names, flags);
  else await describeStage(workspace, names[0]!, asked, flags);
  return 0;
}

async function describeStage(workspace: Workspace, name: string, asked: string, flags: Flags): Promise<void> {
  const { graph, told } = workspace;
  // With all before it: whether it is fresh depends on what those would do.
  const selection = selectStages(workspace, { ...selectEverything, targets: [name] });
  const declared = graph.stageNamed(name);
  const stage = taskOfStage(declared, asked as TaskId)?.stage ?? declared;
  const atWork = runAtWork(workspace);
  const found = await looking(workspace, selection, flags, (world) =>
    lookAtStage({ world, graph, selection, stage, state: workspace.state, atWork }),
  );
  const toldOne =
    stage === declared ? told.stages.find((one) => one.name === name)! : toldStage(stage, hiddenValues());
  const facts = { ...found, stage: toldOne };
  if (isSet(flags, 'json')) printJson({ ...descriptionJson(facts, graph), ...atWorkJson(atWork) });
  else {
    const look = outLook();
    printLines([
      ...atWorkLines(atWork, look),
      ...descriptionLines(facts, graph, { look, nowMs: Date.now() }),
    ]);
  }
}

function describePipeline(
  { graph, told }: Workspace,
  name: string,
  members: readonly string[],
  flags: Flags,
): void {
  const byName = new Map(told.stages.map((stage) => [stage.name, stage]));
  const stages = members.map((member) => byName.get(member)!);
  if (isSet(flags, 'json')) {
    printJson({ v: 1, name, kind: 'pipeline', stages: stages.map((stage) => stageJson(stage, graph)) });
    return;
  }
  const look = outLook();
  const head = `${look.style.bold(name)}  a named pipeline: pipe build ${name} builds these and what they need`;
  printLines([head, '', ...stageTable(stages, look)]);
}
