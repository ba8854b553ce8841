// Inputs that are outputs by another name: behind a link lies what another stage makes, and nothing orders the two.
import { posix } from 'node:path';
import type { FilePath } from '../base/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Failure } from '../model/failure.ts';
import type { Manifest } from '../model/manifest.ts';
import { isOutside } from '../model/paths.ts';
import type { Stage } from '../model/stage.ts';
import { requiredAmong } from './input-files.ts';
import type { ListedFile } from './ports.ts';
import type { Whole } from './rest.ts';
import type { World } from './world.ts';

/** An input that leads to what `producer` makes, which nothing makes come first. */
export interface Alias {
  readonly path: FilePath;
  readonly leadsTo: FilePath;
  readonly producer: Stage;
}

/**
 * Patterns are compared by name, so an edge that leads through a link is not seen: the stage might run before
 * the other, on files of yesterday. The first of each producer is told.
 */
export function aliasedInputs(
  world: World,
  whole: Whole,
  stage: Stage,
  inputs: readonly ListedFile[] = world.files.expand(stage.requires, 'input').files,
): readonly Alias[] {
  const aliases = new Map<string, Alias>();
  let before: ReadonlySet<string> | null = null;
  for (const { path, leadsTo } of linked(world, inputs)) {
    const { graph, selection } = whole();
    const producer = graph.makers.of(leadsTo).find(({ name }) => selection.names.has(name));
    if (producer === undefined || aliases.has(producer.name)) continue;
    before ??= graph.upstreamOf([stage.name]);
    if (producer.name !== stage.name && before.has(producer.name)) continue;
    aliases.set(producer.name, { path, leadsTo, producer });
  }
  return [...aliases.values()];
}

/** The files that lie elsewhere than their path says, but within the root. One look at each folder. */
function* linked(
  world: World,
  files: readonly ListedFile[],
): Iterable<{ readonly path: FilePath; readonly leadsTo: FilePath }> {
  const folders = new Map<string, FilePath | null>();
  for (const { path, kind } of files) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (!folders.has(folder)) folders.set(folder, world.files.realPath(folder as FilePath));
    const real = folders.get(folder);
    if (real === folder && kind !== 'link') continue;
    const leadsTo = kind === 'link' ? world.files.realPath(path) : below(real, path);
    if (leadsTo !== null && !isOutside(leadsTo)) yield { path, leadsTo };
  }
}

function below(folder: FilePath | null | undefined, path: FilePath): FilePath | null {
  return folder == null ? null : (posix.join(folder, posix.basename(path)) as FilePath);
}

/** Beforehand it is a mistake in the configuration. */
export function aliasProblem(stage: Stage, { path, leadsTo, producer }: Alias): Diagnostic {
  const isOwn = producer.name === stage.name;
  return {
    code: 'PIPE051',
    message: `stage "${stage.name}" requires ${path}, which leads to ${leadsTo}, and ${isOwn ? 'it' : `stage "${producer.name}"`} makes that`,
    at: `stages.${stage.name}.requires`,
    hint: isOwn
      ? 'let it write elsewhere, or require something else'
      : `require ${leadsTo}, or say after: ['${producer.name}']`,
  };
}

/** Where a stage of the same build made the link, it shows when the turn of the other has come. */
export function hiddenOrder(
  world: World,
  whole: Whole,
  stage: Stage,
  inputs: Manifest | null,
): Failure | null {
  const listed = inputs === null ? undefined : requiredAmong(stage, inputs);
  const [alias] = aliasedInputs(world, whole, stage, listed);
  if (alias === undefined) return null;
  const { path, leadsTo, producer } = alias;
  return { kind: 'input-aliased', path, leadsTo, producer: producer.name };
}
