// `pipe why`: the full chain of causes for one stage or file.
import type { FilePath } from '../base/brand.ts';
import { type Cause, causesOf } from '../model/cause-chain.ts';
import { UsageError } from '../model/diagnostic.ts';
import { setMatches } from '../model/pattern-set.ts';
import { resolveName, selectEverything, unknownTarget } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { summariseReasons } from '../model/wording.ts';
import { type Flags, isSet } from './flags.ts';
import { planOf } from './looking.ts';
import { outLook, printJson, printLines } from './print.ts';
import { openWorkspace, selectStages, type Workspace } from './workspace.ts';

export async function why([asked = '']: readonly string[], flags: Flags): Promise<number> {
  const workspace = await openWorkspace(flags);
  const { stages, file } = subjectOf(workspace, asked);
  const selection = selectStages(workspace, {
    ...selectEverything,
    targets: stages.map((stage) => stage.name),
  });
  const plans = await planOf(workspace, selection, flags);
  const causes = stages.map((stage) => causesOf(stage.name, plans));
  if (isSet(flags, 'json')) {
    printJson({ v: 1, subject: asked, ...(file === null ? {} : { file: file.about }), causes });
    return 0;
  }
  const { style } = outLook();
  if (file !== null) printLines([...file.about, '']);
  for (const [i, cause] of causes.entries()) {
    const stage = stages[i]!;
    printLines(causeLines(cause, '', style.bold));
    if (stage.command.kind === 'function' && isConfigEdit(workspace, cause)) printLines(functionHint(stage));
  }
  return 0;
}

interface Subject {
  readonly stages: readonly Stage[];
  readonly file: { readonly about: readonly string[] } | null;
}

/** A stage, a named pipeline, an output, or an input of some stage. */
function subjectOf(workspace: Workspace, asked: string): Subject {
  const { graph, pipeline, canonical } = workspace;
  const byName = (names: readonly string[]) => graph.stages.filter((stage) => names.includes(stage.name));
  const named = resolveName(graph, pipeline, asked, () => null);
  if (named !== null) return { stages: byName(named), file: null };
  const path = canonical(asked);
  const producer =
    path === null
      ? undefined
      : graph.stages.find((stage) => stage.produces !== null && setMatches(stage.produces, path));
  const readers = path === null ? [] : graph.stages.filter((stage) => isInput(stage, path));
  if (path === null || (producer === undefined && readers.length === 0)) {
    throw new UsageError([unknownTarget(graph, pipeline, asked, 'pipe why')]);
  }
  const about = [
    producer === undefined
      ? `${path} is made by no stage: a source`
      : `${path} is made by stage ${producer.name}`,
    readers.length === 0
      ? 'no stage requires it'
      : `required by ${readers.map((stage) => stage.name).join(', ')}`,
  ];
  return { stages: producer === undefined ? readers : [producer], file: { about } };
}

function isInput(stage: Stage, path: FilePath): boolean {
  return (
    setMatches(stage.requires, path) ||
    stage.implied.includes(path) ||
    (stage.command.kind === 'script' && stage.command.module === path)
  );
}

function causeLines(cause: Cause, indent: string, bold: (text: string) => string): readonly string[] {
  const verb = {
    run: 'would run',
    restore: 'would be restored from the cache',
    fresh: 'is fresh',
    fail: 'would fail',
  }[cause.action];
  const head = `${indent}${bold(cause.stage)} ${verb}`;
  if (cause.repeated) return [`${head} (see above)`];
  const reasons = summariseReasons(cause.reasons, Number.POSITIVE_INFINITY).map(
    (text) => `${indent}  because ${text}`,
  );
  const upstream = cause.upstream.flatMap((before) => [
    `${indent}  because it needs files of ${before.stage}:`,
    ...causeLines(before, `${indent}    `, bold),
  ]);
  return [head, ...reasons, ...upstream];
}

function isConfigEdit(workspace: Workspace, cause: Cause): boolean {
  const config = workspace.canonical(workspace.configPath);
  return cause.reasons.some((reason) => reason.code === 'input-changed' && reason.path === config);
}

function functionHint(stage: Stage): readonly string[] {
  return [
    `  "${stage.name}" is an inline function: any edit of the configuration or of a module it imports reruns it`,
    `  to rerun it only for edits of its own code, move it to a module and write run: script('./${stage.name}.ts')`,
  ];
}
