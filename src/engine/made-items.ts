// Whether the items of a stage are those that the stages before it made in this build: somebody may have changed that since.
import type { FilePath } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import { type Task, taskOf } from '../model/task.ts';
import type { BuildTasks } from './build-tasks.ts';
import { overwrittenInputs } from './overwritten.ts';
import { documentNow } from './own-record.ts';
import type { World } from './world.ts';

/** Where records are the items: as their document lies there now. `before`: who may have made it, and did not fail. */
export function doubtOfDocument(world: World, { stage }: Task, before: readonly Task[]): Failure | null {
  const { forEach } = stage;
  if (forEach?.kind !== 'records') return null;
  const document = documentNow(world, forEach);
  const requires = { entries: [forEach.entry] };
  return overwrittenInputs(world, requires, document === null ? [] : [document], before);
}

/**
 * Of files that are items, those that were made in this build and are gone since: they are items all the same, and fail for
 * want of it. Without them the rest would pass for all, and what was made of them before would be taken away. `found`: the
 * items that are there. `hasFailed`: what lies at the outputs of the task is nothing that it made.
 */
export function itemsTakenAway(
  tasks: BuildTasks,
  { stage }: Task,
  found: readonly Task[],
  hasFailed: (task: Task) => boolean,
): readonly Task[] {
  const { items, selection } = tasks;
  const { files, records } = tasks.world;
  const { forEach, name } = stage;
  if (forEach?.kind !== 'files') return [];
  const present = new Set<string>(found.map(({ item }) => item ?? ''));
  const known = selection.knownItems?.get(name);
  const isGone = (path: FilePath) =>
    !present.has(path) &&
    setMatches({ entries: [forEach.entry] }, path) &&
    (known === undefined || known.includes(path)) &&
    files.look(path) === null;
  const gone = tasks.sourcesOf(stage).flatMap((source) => {
    const makers = source.forEach === null ? [taskOf(source)] : items.lastOf(source.name);
    return makers.flatMap((maker) => {
      const memory = records.memory(maker.id);
      // By times a stage may be fresh without a file that it once made.
      if (memory.kind !== 'done' || maker.stage.freshness === 'mtime' || hasFailed(maker)) return [];
      return memory.record.outputs.flatMap(({ path }) =>
        isGone(path) ? (tasks.itemMadeBy(maker, stage, path) ?? []) : [],
      );
    });
  });
  if (gone.length > 0) items.assume(stage, [...found, ...gone]);
  return gone;
}
