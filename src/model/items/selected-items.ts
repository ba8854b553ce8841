// Which single items a command line means: `stage:item`, or a file that one of them makes.
import type { FilePath, TaskId } from '../../base/brand.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { setMatches } from '../glob/pattern-set.ts';
import type { StageGraph } from '../graph/graph.ts';
import type { Stage } from '../stage.ts';
import type { Task } from '../task.ts';
import { taskNamed } from './item-tasks.ts';

/** Of a stage not all items, but those that were named, and those that make the files that were. */
export interface WantedItems {
  readonly items: ReadonlySet<string>;
  /** Which item makes a file is known when it is known which items there are. */
  readonly outputs: ReadonlySet<FilePath>;
}

export type SelectedItems = ReadonlyMap<string, WantedItems>;

/** What was typed. */
export type Named =
  | { readonly kind: 'stages'; readonly stages: readonly string[] }
  | { readonly kind: 'item'; readonly stage: string; readonly item: string }
  | ({ readonly kind: 'output' } & NamedFile);

export interface NamedFile {
  readonly stage: string;
  readonly path: FilePath;
}

/** What `stage:item` means, where the stage may have such an item. */
export function itemNamed(
  graph: StageGraph,
  typed: string,
): { readonly stage: string; readonly item: string } | null {
  if (!typed.includes(':')) return null;
  const task = taskNamed(graph, typed as TaskId);
  return task === null || task.item === null ? null : { stage: task.stage.name, item: task.item };
}

export function isWanted({ items, outputs }: WantedItems, { stage, item }: Task): boolean {
  return items.has(item ?? '') || [...outputs].some((path) => mayMake(stage, path));
}

/** The first that was asked for and is not among the tasks. */
export function missingItem(stage: Stage, wanted: WantedItems, tasks: readonly Task[]): Diagnostic | null {
  const present = new Set(tasks.map(({ item }) => item));
  const item = [...wanted.items].find((name) => !present.has(name));
  const path = [...wanted.outputs].find((output) => !tasks.some((task) => mayMake(task.stage, output)));
  if (item !== undefined) return noSuchItem(stage, `"${item}"`, 'targets');
  return path === undefined ? null : noSuchItem(stage, `that makes ${path}`, 'targets');
}

export function noSuchItem({ name, forEach }: Stage, which: string, at: string): Diagnostic {
  const message = `stage "${name}" has no item ${which}`;
  return { code: 'PIPE030', message, at, hint: `its items are those of ${forEach?.source}` };
}

/**
 * `items`: of these stages not all items are to be built. A stage that is named as a whole as well has all its items; so
 * has one from whose files another target is made. `namedItems`: what was named of which stages, be it all that is
 * built of them or not; `whole`: stages that were named themselves. `meaningOf`: what a typed name means.
 */
export function itemsAmong(
  graph: StageGraph,
  { targets, only }: { readonly targets: readonly string[]; readonly only: readonly string[] },
  meaningOf: (typed: string) => Named | null,
): {
  readonly items?: SelectedItems;
  readonly namedItems?: SelectedItems;
  readonly whole: readonly string[];
} {
  const items = new Map<string, { readonly items: Set<string>; readonly outputs: Set<FilePath> }>();
  const whole: string[] = [];
  for (const typed of [...targets, ...only]) {
    const named = meaningOf(typed);
    if (named === null) continue;
    if (named.kind === 'stages') whole.push(...named.stages);
    else if (graph.stageNamed(named.stage).forEach === null) whole.push(named.stage);
    else {
      const known = items.get(named.stage) ?? { items: new Set(), outputs: new Set() };
      items.set(named.stage, known);
      if (named.kind === 'item') known.items.add(named.item);
      else known.outputs.add(named.path);
    }
  }
  if (items.size === 0) return { whole };
  const isNeeded = (stage: string, by: string) => targets.length > 0 && graph.upstreamOf([by]).has(stage);
  const left = [...items].filter(
    ([stage]) =>
      !whole.includes(stage) &&
      !whole.some((other) => isNeeded(stage, other)) &&
      ![...items.keys()].some((other) => other !== stage && isNeeded(stage, other)),
  );
  return { ...(left.length > 0 && { items: new Map(left) }), namedItems: items, whole };
}

/** Those of the typed names that mean a file which a stage may make. */
export function filesNamed(
  typed: readonly string[],
  meaningOf: (typed: string) => Named | null,
): readonly NamedFile[] {
  return typed.flatMap((name) => {
    const named = meaningOf(name);
    return named?.kind === 'output' ? [named] : [];
  });
}

export function noItemHere(name: string, at: string): Diagnostic {
  const message = `${at} takes stages, and "${name}" is an item of one`;
  const hint = 'name the stage; single items can be targets, or be named with --only';
  return { code: 'PIPE030', message, at, hint };
}

function mayMake({ produces }: Stage, path: FilePath): boolean {
  return produces !== null && setMatches(produces, path);
}
