// `pipe accept`: takes present outputs, edited by hand or made before there was pipe, as the result of their stages.
import type { FilePath } from '../base/brand.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import { acceptOutputs } from '../engine/accept.ts';
import { FormerByTask, formerOutputs } from '../engine/former.ts';
import { ItemTasks } from '../engine/item-tasks.ts';
import { listOutputs } from '../engine/produced.ts';
import type { World } from '../engine/world.ts';
import { type Diagnostic, UsageError } from '../model/diagnostic.ts';
import type { Failure } from '../model/failure.ts';
import { isWanted, itemsAmong, missingItem } from '../model/items/selected-items.ts';
import { meaningOf, resolveName } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { type Task, taskOf } from '../model/task.ts';
import { unknownTarget } from '../model/unknown-target.ts';
import { plural } from '../model/words/amounts.ts';
import { explainFailure } from '../model/words/failures.ts';
import { type Flags, isSet, text } from './flags.ts';
import { underLock, userName } from './locked.ts';
import { printJson, printLines } from './print.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

interface Wanted {
  readonly stage: Stage;
  /** As asked for; the stage's name where all its outputs are meant. */
  readonly asked: string[];
}

export async function accept(asked: readonly string[], flags: Flags): Promise<number> {
  const workspace = await openWorkspace(flags);
  const wanted = stagesBehind(workspace, asked);
  const reason = (text(flags, 'reason') ?? '').trim();
  if (reason === '')
    throw new UsageError([
      {
        code: 'PIPE034',
        message: 'the reason is empty',
        at: '--reason',
        hint: 'say why: it is kept with the record',
      },
    ]);
  const stages = wanted.map((one) => one.stage);
  return underLock(workspace, stages, flags, (world) => {
    const problems: Diagnostic[] = [];
    const accepted: { stage: string; outputs: readonly string[] }[] = [];
    const by = userName();
    const { graph } = workspace;
    const meant = wanted.map((one) => ({ ...one, tasks: tasksOf(world, workspace, one) }));
    // Before anything is recorded: who mistypes a path has accepted nothing.
    const slips = meant.flatMap((one) => pathsNotThere(world, workspace, one));
    if (slips.length > 0) throw new UsageError(slips);
    const former = new FormerByTask(graph, formerOutputs(world, graph));
    for (const { task, asked: paths } of meant.flatMap(({ tasks }) => tasks)) {
      const acceptance = { by, atMs: Date.now(), reason };
      const end = acceptOutputs(world, { graph, task, acceptance, former: former.concerning(task) });
      if ('failure' in end) {
        problems.push(cannotAccept(task, paths, end.failure));
        continue;
      }
      accepted.push({ stage: task.id, outputs: end.record.outputs.map((output) => output.path) });
      former.accept(task);
    }
    if (problems.length > 0) throw new UsageError(problems);
    if (isSet(flags, 'json')) printJson({ v: 1, accepted });
    else
      printLines(
        accepted.map(
          (one) =>
            `accepted ${plural(one.outputs.length, 'output')} of ${one.stage}, until its inputs change`,
        ),
      );
    return 0;
  });
}

interface Meant {
  readonly task: Task;
  readonly asked: readonly string[];
}

/** Of a stage with items those of its items that were asked for, by their names or by what they make, or all of them. */
function tasksOf(
  world: World,
  { graph, pipeline, canonical }: Workspace,
  { stage, asked }: Wanted,
): readonly Meant[] {
  if (stage.forEach === null) return [{ task: taskOf(stage), asked }];
  const found = new ItemTasks(world, graph).of(stage);
  if (found.kind === 'unclear') throw new UsageError(found.problems);
  const wanted = itemsAmong(graph, { targets: [], only: asked }, (name) =>
    meaningOf(graph, pipeline, name, canonical),
  ).items?.get(stage.name);
  if (wanted === undefined) return found.tasks.map((task) => ({ task, asked }));
  const tasks = found.tasks.filter((task) => isWanted(wanted, task));
  const missing = missingItem(stage, wanted, tasks);
  if (missing !== null) throw new UsageError([{ ...missing, at: 'pipe accept' }]);
  return tasks.map((task) => ({ task, asked: [task.id] }));
}

/** Paths that the patterns of the stage match, but which are neither an output of it nor a folder of such. */
function pathsNotThere(
  world: World,
  { graph, pipeline, canonical }: Workspace,
  { stage, asked, tasks }: Wanted & { readonly tasks: readonly Meant[] },
): readonly Diagnostic[] {
  const paths = asked.flatMap((typed) => {
    const named = meaningOf(graph, pipeline, typed, canonical);
    return named?.kind === 'output' ? [{ typed, path: named.path }] : [];
  });
  if (paths.length === 0) return [];
  const listed = tasks.flatMap(({ task }) => listOutputs(world, task) ?? []);
  const present = listed.flatMap(({ files }) => files.map((file) => file.path));
  const isThere = (path: FilePath) => present.some((file) => file === path || file.startsWith(`${path}/`));
  const isWhole =
    present.length > 0 && listed.every(({ unmatched }) => unmatched.every((entry) => entry.optional));
  // Who has asked for a file as well has not meant it by another name.
  const asks = new Set(paths.map(({ path }) => path));
  const others = present.filter((file) => !asks.has(file));
  return paths
    .filter(({ path }) => !isThere(path))
    .map(({ typed, path }) => ({
      code: 'PIPE040',
      message: `there is no file ${path} to accept: stage "${stage.name}" may produce it, but it is not there`,
      at: typed,
      hint: hintOfPath(didYouMean(path, others), isWhole, stage),
    }));
}

/** `isWhole`: all that the stage has to make is there, so that it can be accepted without naming files. */
function hintOfPath(near: string | null, isWhole: boolean, { name, forEach }: Stage): string {
  const meant = near === null ? [] : [`did you mean "${near}"?`];
  const what = forEach === null ? 'there is of the stage' : 'its items have made';
  const way = isWhole
    ? `to accept all that ${what}: pipe accept ${name} --reason "…"`
    : `let the stage make it: pipe build ${name}`;
  return [...meant, way].join(' ');
}

function stagesBehind(workspace: Workspace, asked: readonly string[]): readonly Wanted[] {
  const { graph, pipeline, canonical } = workspace;
  const wanted = new Map<string, Wanted>();
  const problems: Diagnostic[] = [];
  for (const name of asked) {
    const stages = resolveName(graph, pipeline, name, canonical);
    if (stages === null) problems.push(unknownTarget(graph, pipeline, name, 'pipe accept'));
    for (const found of stages ?? []) {
      const stage = graph.stageNamed(found);
      if (stage.produces === null) {
        problems.push({
          code: 'PIPE040',
          message: `stage "${found}" declares no outputs, so there is nothing to accept`,
          at: name,
          hint: 'it is fresh after its next success: pipe build runs it',
        });
        continue;
      }
      const known = wanted.get(found) ?? { stage, asked: [] };
      known.asked.push(name);
      wanted.set(found, known);
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
  return [...wanted.values()];
}

function cannotAccept({ id }: Task, paths: readonly string[], failure: Failure): Diagnostic {
  const why =
    failure.kind === 'output-missing'
      ? `there is no file for ${failure.patterns.join(', ')}`
      : explainFailure(failure).join(' ');
  return {
    code: 'PIPE040',
    message: `the outputs of stage "${id}" cannot be taken as its result: ${why}`,
    at: paths.join(', '),
    hint: `mend that first, or let the stage make them: pipe build ${id}`,
  };
}
