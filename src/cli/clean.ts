// `pipe clean`: deletes recorded outputs, only what pipe itself made.
import type { FilePath } from '../base/brand.ts';
import { type Cleaning, performCleaning, planCleaning } from '../engine/clean.ts';
import { standsForOtherParams } from '../engine/combined-records.ts';
import { makingNow } from '../engine/former.ts';
import { planOfGone } from '../engine/gone-items.ts';
import { ItemTasks } from '../engine/item-tasks.ts';
import { basesOf, hasOtherOwner, isNamed } from '../engine/ownership.ts';
import type { World } from '../engine/world.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { taskOfStage } from '../model/items/item-tasks.ts';
import { isWanted, itemsAmong, type WantedItems } from '../model/items/selected-items.ts';
import { type Acceptance, recordIn, type TaskRecord } from '../model/record.ts';
import { meaningOf, type Selection, selectEverything } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { stageOfTask, taskOf } from '../model/task.ts';
import { plural } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';
import { type Flags, isSet, texts } from './flags.ts';
import { underLock } from './locked.ts';
import { looking } from './looking.ts';
import { printJson, printLines } from './print.ts';
import { openWorkspace, selectStages, stagesNamed, type Workspace } from './workspace.ts';

interface Chosen {
  readonly names: readonly string[];
  /** Where not all items of a stage are meant. */
  readonly items: Selection['items'];
}

interface Job {
  readonly cleaning: Cleaning;
  readonly bases: readonly string[];
}

export async function clean(targets: readonly string[], flags: Flags): Promise<number> {
  const from = texts(flags, 'from');
  const named = targets.length > 0 || from.length > 0;
  const params = isSet(flags, 'orphans') && !named ? 'open' : 'given';
  const workspace = await openWorkspace(flags, { params });
  // With --orphans alone nothing of the present stages is meant.
  const reset = from.length > 0 ? selectStages(workspace, { ...selectEverything, from }).names : null;
  const names = isSet(flags, 'orphans') && !named ? [] : namesOf(workspace, targets, reset);
  const { graph, pipeline, canonical } = workspace;
  const { items } = itemsAmong(graph, { targets: [], only: [...targets, ...(reset ?? [])] }, (name) =>
    meaningOf(graph, pipeline, name, canonical),
  );
  const plan = (world: World) => jobsOf(world, workspace, { names, items }, isSet(flags, 'orphans'));
  if (isSet(flags, 'dryRun')) {
    const everything = selectStages(workspace, selectEverything);
    report(await looking(workspace, everything, flags, plan), flags, true);
    return 0;
  }
  // What is left of items is told by those that there are, for which their stages are looked at.
  return underLock(workspace, isSet(flags, 'orphans') ? graph.stages : [], flags, (world) => {
    const jobs = plan(world);
    for (const job of jobs) performCleaning(world, job.cleaning, job.bases);
    report(jobs, flags, false);
    return 0;
  });
}

/** Named stages alone, not what is upstream of them; `--from` reaches everything downstream. */
function namesOf(
  workspace: Workspace,
  targets: readonly string[],
  reset: ReadonlySet<string> | null,
): readonly string[] {
  const exact = targets.length > 0 ? stagesNamed(workspace, targets, 'pipe clean') : null;
  const all = workspace.graph.order.map((stage) => stage.name);
  if (exact === null && reset === null) return all;
  return all.filter((name) => exact?.has(name) || reset?.has(name));
}

function jobsOf(
  world: World,
  workspace: Workspace,
  { names, items }: Chosen,
  orphans: boolean,
): readonly Job[] {
  const { graph } = workspace;
  const { stages } = graph;
  const isOfOthers = standsForOtherParams(world.records);
  const chosen = new Set(names);
  const jobs: Job[] = [];
  for (const stage of stages.filter((one) => chosen.has(one.name))) {
    const isOfAnother = (path: FilePath) => hasOtherOwner(graph, stage, path) || isOfOthers(path);
    const wanted = items?.get(stage.name);
    const bases = basesOf({ stage });
    for (const record of recordsOf(world, stage)) {
      if (wanted !== undefined && !isAskedFor(wanted, stage, record)) continue;
      jobs.push({ cleaning: planCleaning(world, record, isOfAnother), bases });
    }
  }
  if (!orphans) return jobs;
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  for (const stage of stages.filter((one) => one.forEach === null || !chosen.has(one.name)))
    jobs.push(...goneOf(world, graph, stage).map((cleaning) => ({ cleaning, bases: [''] })));
  // Made by another stage now, or named as a source: then somebody relies on it.
  const isMade = makingNow(world, graph);
  const isOfAnother = (path: FilePath) => isNamed(graph, path) || isMade(path);
  for (const record of world.records.remembered()) {
    if (!byName.has(stageOfTask(record.task)))
      jobs.push({ cleaning: planCleaning(world, record, isOfAnother), bases: [''] });
  }
  return jobs;
}

/** Of a stage with items those of all its items, be they there or not. */
function recordsOf(world: World, stage: Stage): readonly TaskRecord[] {
  if (stage.forEach !== null) return world.records.remembered(stage.name);
  const record = recordIn(world.records.memory(taskOf(stage).id));
  return record === null ? [] : [record];
}

/** By the name of its item, or a file: that it would make, or has made, be its item there or not. */
function isAskedFor(wanted: WantedItems, stage: Stage, { task, outputs }: TaskRecord): boolean {
  if (outputs.some(({ path }) => wanted.outputs.has(path))) return true;
  const today = taskOfStage(stage, task);
  return today !== null && isWanted(wanted, today);
}

/** What is left of items that a stage has no longer. */
function goneOf(world: World, graph: StageGraph, stage: Stage): readonly Cleaning[] {
  const items = new ItemTasks(world, graph);
  const found = stage.forEach === null ? null : items.of(stage);
  if (found?.kind === 'unclear') return [];
  return planOfGone(world, graph, items, { stage, tasks: found?.tasks ?? [taskOf(stage)] });
}

function report(jobs: readonly Job[], flags: Flags, dryRun: boolean): void {
  const removed = jobs.flatMap(({ cleaning: { remove, removeWhole } }) => [
    ...remove.map((file) => file.path),
    ...removeWhole,
  ]);
  const kept = jobs.flatMap((job) => job.cleaning.keep);
  const acceptances = jobs.flatMap(({ cleaning }) => cleaning.accepted ?? []);
  const accepted = new Map(acceptances.flatMap((one) => one.paths.map((path) => [path, one] as const)));
  if (isSet(flags, 'json')) {
    printJson({
      v: 1,
      dryRun,
      stages: jobs.map((job) => job.cleaning.task),
      removed,
      kept,
      accepted: [...accepted.keys()],
    });
    return;
  }
  if (removed.length + kept.length === 0) {
    printLines(['nothing to delete']);
    return;
  }
  const verb = dryRun ? 'would delete' : 'deleted';
  const stages = new Set(jobs.map((job) => stageOfTask(job.cleaning.task)));
  printLines([
    ...removed.map((path) => `${verb} ${path}`),
    ...kept.map((path) => `kept ${path}: ${whyKept(accepted.get(path))}`),
    `${verb} ${plural(removed.length, 'file')} of ${plural(stages.size, 'stage')}${kept.length > 0 ? `, kept ${kept.length}` : ''}`,
  ]);
}

function whyKept(accepted: Acceptance | undefined): string {
  if (accepted === undefined) return 'it is not as pipe made it';
  return `it is as accepted by ${printable(accepted.by)}: ${printable(accepted.reason)}`;
}
