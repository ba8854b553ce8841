// `pipe accept`: takes present outputs, edited by hand or made before there was pipe, as the result of their stages.
import { acceptOutputs } from '../engine/accept.ts';
import { formerOutputs } from '../engine/former.ts';
import { type Diagnostic, UsageError } from '../model/diagnostic.ts';
import type { Failure } from '../model/failure.ts';
import { resolveName, unknownTarget } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { taskOf } from '../model/task.ts';
import { plural } from '../model/words/amounts.ts';
import { explainFailure } from '../model/words/wording.ts';
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
    let former = formerOutputs(world, workspace.graph);
    for (const { stage, asked: paths } of wanted) {
      const acceptance = { by, atMs: Date.now(), reason };
      const task = taskOf(stage);
      const end = acceptOutputs(world, { graph: workspace.graph, task, acceptance, former });
      if ('failure' in end) {
        problems.push(cannotAccept(stage, paths, end.failure));
        continue;
      }
      accepted.push({ stage: stage.name, outputs: end.record.outputs.map((output) => output.path) });
      if (former.length > 0) former = former.filter((one) => one.task.id !== task.id);
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

function cannotAccept(stage: Stage, paths: readonly string[], failure: Failure): Diagnostic {
  const why =
    failure.kind === 'output-missing'
      ? `there is no file for ${failure.patterns.join(', ')}`
      : explainFailure(failure).join(' ');
  return {
    code: 'PIPE040',
    message: `the outputs of stage "${stage.name}" cannot be taken as its result: ${why}`,
    at: paths.join(', '),
    hint: `mend that first, or let the stage make them: pipe build ${stage.name}`,
  };
}
