// Whose file is it? Only what `pipe` produced may be dropped; what a person made is kept.

import type { FilePath, TaskId } from '../base/brand.ts';
import { schemaFiles } from '../model/checks.ts';
import { type PatternSet, setMatches } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { modulesOf } from '../model/hooks.ts';
import type { Stage } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import type { OutputPlace } from './outputs.ts';
import type { ListedFile, Records } from './ports.ts';
import type { World } from './world.ts';

/** The present outputs whose content `pipe` never recorded for that path: hand-made, or leftovers of a killed attempt. */
export function unknownAmong(world: World, outputs: readonly ListedFile[]): readonly ListedFile[] {
  const seen = world.files.observe(outputs, 'output');
  const known = new Set(
    seen.manifest
      .filter((entry) => entry.kind === 'folder' || world.records.hasProduced(entry.path, entry.digest))
      .map((entry) => entry.path),
  );
  return outputs.filter((file) => !known.has(file.path));
}

/** Whether a file that the stage once made has become another's: a stage makes it now, or names it as a source. */
export function hasOtherOwner(graph: StageGraph, stage: Stage, path: FilePath): boolean {
  const makers = graph.makers.of(path);
  if (makers.some((one) => one.name !== stage.name)) return true;
  return makers.length === 0 && isNamed(graph, path);
}

export function isNamed(graph: StageGraph, path: FilePath): boolean {
  return graph.makers.naming(path).some((stage) => isNamedBy(stage, path));
}

/** Whether the file is on record as made by the task, or an attempt of it that did not end well may have made it. */
export function mayHaveMade(records: Records, task: TaskId, path: FilePath): boolean {
  const memory = records.memory(task);
  if (memory.kind === 'done') return memory.record.outputs.some((output) => output.path === path);
  return memory.kind === 'unfinished';
}

/** Whether the stage needs this very file, and not only what a pattern finds. */
export function isNamedBy(stage: Stage, path: FilePath): boolean {
  const { requires, implied, checks } = stage;
  const isLiteral = requires.entries.some((entry) => !entry.negated && entry.glob.literal === path);
  if (isLiteral && setMatches(requires, path)) return true;
  if (schemaFiles(checks).includes(path)) return true;
  return implied.includes(path) || modulesOf(stage).includes(path);
}

/** The folders below which a stage's outputs lie; what is empty below them after a clean-up may go. */
export function basesOf(task: Pick<Task, 'stage'>): readonly string[] {
  return basesIn(task.stage.produces);
}

export function basesIn(produces: PatternSet | null): readonly string[] {
  return produces === null
    ? []
    : [...new Set(produces.entries.filter((entry) => !entry.negated).map((entry) => entry.glob.base))];
}

/** Where a restore puts its temporary files: beside the outputs, however deep these lie. */
export function placesOf(task: Task): readonly OutputPlace[] {
  return (task.stage.produces?.entries ?? [])
    .filter((entry) => !entry.negated)
    .map(({ glob: { text, base, literal, deep } }) => ({
      folder: base,
      deep: literal === null && (deep || text.lastIndexOf('/') > base.length),
    }));
}
