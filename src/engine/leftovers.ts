// What lies there that a build from nothing would not have: what a person is told of it before a run, once for each stage.
import type { FilePath } from '../base/brand.ts';
import type { EventBody, Warning } from '../model/events.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import { stageOfTask } from '../model/task.ts';
import {
  makerInWords,
  type Orphans,
  type RequiredLeftovers,
  toldAsLeft,
  toldAsMoving,
  toldAsOrphans,
  toldAsSources,
} from '../model/words/leftover-words.ts';
import { type FormerOutputs, formerOutputs, makingNow, presentAmong } from './former.ts';
import { isNamed, isNamedBy } from './ownership.ts';
import type { ListedFile } from './ports.ts';
import type { World } from './world.ts';

type Told = EventBody & Warning;
type Chosen = Pick<Selection, 'stages' | 'names'>;

/** Where the selected stages have to do with it; `isAhead`: nothing of it will have been taken away. */
export function leftoverWarnings(
  world: World,
  graph: StageGraph,
  selection: Selection,
  isAhead: boolean,
): readonly Told[] {
  const former = formerOutputs(world, graph, selection);
  const moving = isAhead ? movingAmong(graph, former, selection).map(toldAsMoving).map(asWarning) : [];
  return [
    ...formerWarnings(world, former, selection),
    ...moving,
    ...orphanWarnings(world, graph, selection, former),
  ];
}

/** Of what the stages no longer produce, or require while others do not: all that a clearing of the ground leaves. */
export function formerWarnings(
  { typing }: World,
  former: readonly FormerOutputs[],
  { stages, names }: Chosen,
): readonly Told[] {
  const sources = new Groups<{ readonly maker: string }>();
  const left = new Groups<{ readonly maker: string; readonly consumer: string }>();
  for (const { task, leaving, staying } of former) {
    const maker = task.stage.name;
    const isSelected = names.has(maker);
    for (const { path } of staying)
      if (isSelected || stages.some((stage) => isNamedBy(stage, path))) sources.add({ maker }, path);
    for (const { path } of isSelected ? [] : leaving) {
      const consumer = stages.find(({ requires }) => setMatches(requires, path))?.name;
      if (consumer !== undefined) left.add({ maker, consumer }, path);
    }
  }
  return [
    ...sources.all().map(toldAsSources),
    ...left.all().map((one) => toldAsLeft(one, typing?.flags ?? '')),
  ].map(asWarning);
}

/** What a build of the stages would move to where it is kept for good: somebody may have come to rely on it. */
function movingAmong(
  graph: StageGraph,
  former: readonly FormerOutputs[],
  { names }: Chosen,
): readonly RequiredLeftovers[] {
  const groups = new Groups<{ readonly maker: string; readonly consumer: string }>();
  for (const { task, leaving } of former) {
    const maker = task.stage.name;
    for (const file of names.has(maker) ? leaving : []) {
      const consumer = consumerOf(graph, file);
      if (consumer !== null) groups.add({ maker, consumer }, file.path);
    }
  }
  return groups.all();
}

/** The stage for which a file is kept that no stage makes any more; an empty folder is made again as easily. */
export function consumerOf({ stages }: StageGraph, { path, kind }: ListedFile): string | null {
  if (kind === 'folder') return null;
  return stages.find(({ requires }) => setMatches(requires, path))?.name ?? null;
}

/** Outputs of stages that are gone, where selected ones still take them for inputs; not those that some other stage left. */
function orphanWarnings(
  world: World,
  graph: StageGraph,
  { stages }: Selection,
  former: readonly FormerOutputs[],
): readonly Told[] {
  const declared = new Set(graph.stages.map((stage) => stage.name));
  const gone = world.records.remembered().filter((record) => !declared.has(stageOfTask(record.task)));
  if (gone.length === 0) return [];
  const isMade = makingNow(world, graph);
  const told = new Set(
    former.flatMap(({ leaving, staying }) => [...leaving, ...staying]).map(({ path }) => path),
  );
  const groups = new Groups<Omit<Orphans, 'paths'>>();
  for (const { task, outputs } of gone) {
    const made = makerInWords(task, (stage) => declared.has(stage));
    for (const { path } of presentAmong(world, outputs, isMade)) {
      const consumer = stages.find((stage) => setMatches(stage.requires, path) || isNamedBy(stage, path));
      if (consumer !== undefined && !told.has(path))
        groups.add({ made, consumer: consumer.name, areNamed: isNamed(graph, path) }, path);
    }
  }
  return groups.all().map((one) => asWarning(toldAsOrphans(one, world.typing?.place ?? '')));
}

/** Paths by what is to be said of them, in the order in which they come. */
class Groups<Key extends object> {
  private readonly byKey = new Map<string, Key & { readonly paths: FilePath[] }>();

  add(key: Key, path: FilePath): void {
    const text = JSON.stringify(key);
    const group = this.byKey.get(text) ?? { ...key, paths: [] };
    this.byKey.set(text, group);
    group.paths.push(path);
  }

  all(): readonly (Key & { readonly paths: readonly FilePath[] })[] {
    return [...this.byKey.values()];
  }
}

function asWarning(told: Omit<Warning, 'kind'>): Told {
  return { kind: 'warning', ...told };
}
