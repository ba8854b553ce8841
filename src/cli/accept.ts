// `pipe accept`: takes present outputs, edited by hand or made before there was pipe, as the result of their stages.
import { acceptOutputs } from '../engine/accept.ts';
import { FormerByTask, formerOutputs } from '../engine/former.ts';
import { ItemTasks } from '../engine/item-tasks.ts';
import type { World } from '../engine/world.ts';
import { type Diagnostic, UsageError } from '../model/diagnostic.ts';
import type { Failure } from '../model/failure.ts';
import { isWanted, itemsAmong, missingItem } from '../model/items/selected-items.ts';
import { meaningOf, resolveName, unknownTarget } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { type Task, taskOf } from '../model/task.ts';
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
    const former = new FormerByTask(graph, formerOutputs(world, graph));
    for (const { task, asked: paths } of wanted.flatMap((one) => tasksOf(world, workspace, one))) {
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

/** Of a stage with items those of its items that were asked for, by their names or by what they make, or all of them. */
function tasksOf(
  world: World,
  { graph, pipeline, canonical }: Workspace,
  { stage, asked }: Wanted,
): readonly { readonly task: Task; readonly asked: readonly string[] }[] {
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
