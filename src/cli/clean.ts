// `pipe clean`: deletes recorded outputs, only what pipe itself made.
import type { FilePath } from '../base/brand.ts';
import { type Cleaning, performCleaning, planCleaning } from '../engine/clean.ts';
import { hasOtherOwner, isNamed } from '../engine/ownership.ts';
import type { World } from '../engine/world.ts';
import type { TaskRecord } from '../model/record.ts';
import { selectEverything } from '../model/selection.ts';
import { taskOf } from '../model/task.ts';
import { plural } from '../model/words/amounts.ts';
import { type Flags, isSet, texts } from './flags.ts';
import { underLock } from './locked.ts';
import { looking } from './looking.ts';
import { printJson, printLines } from './print.ts';
import { openWorkspace, selectStages, stagesNamed, type Workspace } from './workspace.ts';

interface Job {
  readonly cleaning: Cleaning;
  readonly bases: readonly string[];
}

export async function clean(targets: readonly string[], flags: Flags): Promise<number> {
  const workspace = await openWorkspace(flags);
  const from = texts(flags, 'from');
  const named = targets.length > 0 || from.length > 0;
  // With --orphans alone nothing of the present stages is meant.
  const names = isSet(flags, 'orphans') && !named ? [] : namesOf(workspace, targets, from);
  const plan = (world: World) => jobsOf(world, workspace, names, isSet(flags, 'orphans'));
  if (isSet(flags, 'dryRun')) {
    const everything = selectStages(workspace, selectEverything);
    report(await looking(workspace, everything, flags, plan), flags, true);
    return 0;
  }
  return underLock(workspace, [], flags, (world) => {
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
  from: readonly string[],
): readonly string[] {
  const exact = targets.length > 0 ? stagesNamed(workspace, targets, 'pipe clean') : null;
  const reset = from.length > 0 ? selectStages(workspace, { ...selectEverything, from }).names : null;
  const all = workspace.graph.order.map((stage) => stage.name);
  if (exact === null && reset === null) return all;
  return all.filter((name) => exact?.has(name) || reset?.has(name));
}

function jobsOf(
  world: World,
  workspace: Workspace,
  names: readonly string[],
  orphans: boolean,
): readonly Job[] {
  const { stages } = workspace.graph;
  const chosen = new Set(names);
  const jobs: Job[] = [];
  for (const stage of stages.filter((one) => chosen.has(one.name))) {
    const record = recordOf(world, taskOf(stage).id);
    const isOfAnother = (path: FilePath) => hasOtherOwner(workspace.graph, stage, path);
    const bases =
      stage.produces?.entries.filter((entry) => !entry.negated).map((entry) => entry.glob.base) ?? [];
    if (record !== null) jobs.push({ cleaning: planCleaning(world, record, isOfAnother), bases });
  }
  if (!orphans) return jobs;
  const known = new Set<string>(stages.map((stage) => taskOf(stage).id));
  // Made by another stage now, or named as a source: then somebody relies on it.
  const isOfAnother = (path: FilePath) =>
    isNamed(workspace.graph, path) || workspace.graph.makers.of(path).length > 0;
  for (const record of world.records.remembered()) {
    if (!known.has(record.task))
      jobs.push({ cleaning: planCleaning(world, record, isOfAnother), bases: [''] });
  }
  return jobs;
}

function recordOf(world: World, task: TaskRecord['task']): TaskRecord | null {
  const memory = world.records.memory(task);
  if (memory.kind === 'done') return memory.record;
  return memory.kind === 'unfinished' ? memory.last : null;
}

function report(jobs: readonly Job[], flags: Flags, dryRun: boolean): void {
  const removed = jobs.flatMap(({ cleaning: { remove, removeWhole } }) => [
    ...remove.map((file) => file.path),
    ...removeWhole,
  ]);
  const kept = jobs.flatMap((job) => job.cleaning.keep);
  if (isSet(flags, 'json')) {
    printJson({ v: 1, dryRun, stages: jobs.map((job) => job.cleaning.task), removed, kept });
    return;
  }
  if (removed.length + kept.length === 0) {
    printLines(['nothing to delete']);
    return;
  }
  const verb = dryRun ? 'would delete' : 'deleted';
  printLines([
    ...removed.map((path) => `${verb} ${path}`),
    ...kept.map((path) => `kept ${path}: it is not as pipe made it`),
    `${verb} ${plural(removed.length, 'file')} of ${plural(jobs.length, 'stage')}${kept.length > 0 ? `, kept ${kept.length}` : ''}`,
  ]);
}
