// Which single items a command line means: `stage:item`.
import type { TaskId } from '../../base/brand.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { StageGraph } from '../graph/graph.ts';
import { taskNamed } from './item-tasks.ts';

type SelectedItems = ReadonlyMap<string, ReadonlySet<string>>;

/** What `stage:item` means, where the stage may have such an item. */
export function itemNamed(
  graph: StageGraph,
  typed: string,
): { readonly stage: string; readonly item: string } | null {
  if (!typed.includes(':')) return null;
  const task = taskNamed(graph, typed as TaskId);
  return task === null || task.item === null ? null : { stage: task.stage.name, item: task.item };
}

/**
 * Of these stages not all items are meant. A stage that is named as a whole as well has all its items; so has one from
 * whose files another target is made. `stagesOf`: the stages behind a typed name.
 */
export function itemsAmong(
  graph: StageGraph,
  { targets, only }: { readonly targets: readonly string[]; readonly only: readonly string[] },
  stagesOf: (typed: string) => readonly string[],
): { readonly items?: SelectedItems } {
  const items = new Map<string, Set<string>>();
  const typed = [...targets, ...only];
  for (const name of typed) {
    const found = itemNamed(graph, name);
    if (found === null) continue;
    const known = items.get(found.stage);
    if (known === undefined) items.set(found.stage, new Set([found.item]));
    else known.add(found.item);
  }
  if (items.size === 0) return {};
  const isNeeded = (stage: string, by: string) => targets.length > 0 && graph.upstreamOf([by]).has(stage);
  const whole = typed.filter((name) => itemNamed(graph, name) === null).flatMap(stagesOf);
  const left = [...items].filter(
    ([stage]) =>
      !whole.includes(stage) &&
      !whole.some((other) => isNeeded(stage, other)) &&
      ![...items.keys()].some((other) => other !== stage && isNeeded(stage, other)),
  );
  return left.length === 0 ? {} : { items: new Map(left) };
}

export function noItemHere(name: string, at: string): Diagnostic {
  const message = `${at} takes stages, and "${name}" is an item of one`;
  const hint = 'name the stage; single items can be targets, or be named with --only';
  return { code: 'PIPE030', message, at, hint };
}
