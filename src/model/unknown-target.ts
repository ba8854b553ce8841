// What a person is told who names a stage, item or output that there is not.
import { didYouMean, hintOfNames } from '../base/did-you-mean.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { StageGraph } from './graph/graph.ts';
import type { Pipeline } from './stage.ts';

export function unknownTarget(graph: StageGraph, pipeline: Pipeline, typed: string, at: string): Diagnostic {
  const names = [...graph.stages.map((stage) => stage.name), ...pipeline.pipelines.keys()];
  return {
    code: 'PIPE030',
    message: `there is no stage, named pipeline or output "${typed}"`,
    at,
    hint: hintOfItems(graph, typed) ?? hintOfWriting(typed, names) ?? hintOfNames(typed, names),
  };
}

/** Where it is written in another way than names are; `null`: it is nothing of the kind, or much like a name. */
function hintOfWriting(typed: string, names: readonly string[]): string | null {
  const parts = typed.split(',');
  // As behind a flag.
  if (parts.length > 1 && parts.every((part) => names.includes(part)))
    return `names stand apart here, without commas: ${parts.join(' ')}`;
  if (didYouMean(typed, names) !== null) return null;
  return /[\\/]|\.\w+$/.test(typed)
    ? 'no stage makes a file of that path, which counts from the folder in which you are; pipe list shows the stages'
    : null;
}

/** `stage:item` with a stage that there is; `null`: it is nothing of the kind. */
function hintOfItems(graph: StageGraph, typed: string): string | null {
  const stage = graph.stages.find(({ name }) => typed.startsWith(`${name}:`));
  if (stage === undefined) return null;
  if (stage.forEach === null) return `stage "${stage.name}" has no items`;
  const { name, forEach } = stage;
  return forEach.kind === 'files'
    ? `the items of stage "${name}" are those of ${forEach.source}, each named by its path: ${name}:${forEach.source}`
    : `the items of stage "${name}" are those of ${forEach.source}, each named by its key: ${name}:<key>`;
}
