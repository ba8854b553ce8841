// What is told of items that are gone: what of theirs is taken away, and what is kept where.
import type { FilePath } from '../base/brand.ts';
import type { ItemsGone } from '../model/item-events.ts';
import type { Stage } from '../model/stage.ts';
import type { Cleaning } from './clean.ts';

export interface CleaningOfGone extends Cleaning {
  /** What a killed attempt left: it is put where one can look at it. */
  readonly putAway: readonly FilePath[];
}

export function toldOfGone(stage: Stage, plan: readonly CleaningOfGone[], dryRun: boolean): ItemsGone {
  const items = plan.map(({ task }) => task.slice(stage.name.length + 1)).filter((item) => item !== '');
  const removed = plan.flatMap(({ remove, removeWhole }) => [
    ...remove.map(({ path }) => path),
    ...removeWhole,
  ]);
  const kept = plan.flatMap(({ keep }) => keep);
  const putAway = plan.flatMap((one) => one.putAway);
  const told = { kind: 'items-gone', stage: stage.name, items, removed, kept, dryRun } as const;
  return putAway.length === 0 ? told : { ...told, putAway };
}
