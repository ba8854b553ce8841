// What lies there that a build from nothing would not have: what a person is told of it before a run, once for each stage.
import type { FilePath } from '../base/brand.ts';
import type { EventBody, Warning } from '../model/events.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
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
    ...formerWarnings(world, graph, former, selection),
    ...moving,
    ...orphanWarnings(world, graph, selection, former),
  ];
}

/** Of what the stages no longer produce, or require while others do not: all that a clearing of the ground leaves. */
export function formerWarnings(
  { typing }: World,
  graph: StageGraph,
  former: readonly FormerOutputs[],
  selection: Chosen,
): readonly Told[] {
  if (former.length === 0) return [];
  const chosen = new Takers(graph, selection);
  const sources = new Groups<{ readonly maker: string }>();
  const left = new Groups<{ readonly maker: string; readonly consumer: string }>();
  for (const { task, leaving, staying } of former) {
    const maker = task.stage.name;
    const isSelected = selection.names.has(maker);
    for (const { path } of staying)
      if (isSelected || chosen.naming(path) !== null) sources.add({ maker }, path);
    for (const { path } of isSelected ? [] : leaving) {
      const consumer = chosen.requiring(path);
      if (consumer !== null) left.add({ maker, consumer }, path);
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
export function consumerOf({ makers }: StageGraph, { path, kind }: ListedFile): string | null {
  return kind === 'folder' ? null : (makers.requiring(path)[0]?.name ?? null);
}

/** Of some stages, the first that takes a file for its input: looked up, for there may be as many files as stages. */
class Takers {
  private readonly graph: StageGraph;
  private readonly byName: ReadonlyMap<string, Stage>;

  constructor(graph: StageGraph, { stages }: Chosen) {
    this.graph = graph;
    this.byName = new Map(stages.map((stage) => [stage.name, stage]));
  }

  requiring(path: FilePath): string | null {
    return this.first(this.graph.makers.requiring(path), ({ requires }) => setMatches(requires, path));
  }

  naming(path: FilePath): string | null {
    return this.first(this.graph.makers.naming(path), (stage) => isNamedBy(stage, path));
  }

  /** A stage that is chosen may be that of one item, which takes less than what is declared. */
  private first(declared: readonly Stage[], takes: (stage: Stage) => boolean): string | null {
    for (const { name } of declared) {
      const stage = this.byName.get(name);
      if (stage !== undefined && takes(stage)) return name;
    }
    return null;
  }
}

/** Outputs of stages that are gone, where selected ones still take them for inputs; not those that some other stage left. */
function orphanWarnings(
  world: World,
  graph: StageGraph,
  selection: Selection,
  former: readonly FormerOutputs[],
): readonly Told[] {
  const declared = new Set(graph.stages.map((stage) => stage.name));
  const gone = world.records.remembered().filter((record) => !declared.has(stageOfTask(record.task)));
  if (gone.length === 0) return [];
  const isMade = makingNow(world, graph);
  const told = new Set(
    former.flatMap(({ leaving, staying }) => [...leaving, ...staying]).map(({ path }) => path),
  );
  const chosen = new Takers(graph, selection);
  const groups = new Groups<Omit<Orphans, 'paths'>>();
  for (const { task, outputs } of gone) {
    const made = makerInWords(task, (stage) => declared.has(stage));
    for (const { path } of presentAmong(world, outputs, isMade)) {
      const consumer = chosen.requiring(path) ?? chosen.naming(path);
      if (consumer !== null && !told.has(path))
        groups.add({ made, consumer, areNamed: isNamed(graph, path) }, path);
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
