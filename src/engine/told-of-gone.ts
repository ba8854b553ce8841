// What is told of items that are gone: by a build that takes away what was made for them, or that would.
import type { ItemsGone } from '../model/item-events.ts';
import type { Stage } from '../model/stage.ts';
import type { Cleaning } from './clean.ts';

export function toldOfGone(stage: Stage, plan: readonly Cleaning[], dryRun: boolean): ItemsGone {
  const items = plan.map(({ task }) => task.slice(stage.name.length + 1)).filter((item) => item !== '');
  const removed = plan.flatMap(({ remove, removeWhole }) => [
    ...remove.map(({ path }) => path),
    ...removeWhole,
  ]);
  const kept = plan.flatMap(({ keep }) => keep);
  return { kind: 'items-gone', stage: stage.name, items, removed, kept, dryRun };
}
