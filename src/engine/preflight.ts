// What can be known to be wrong before anything runs: all of it, over all selected stages.
import type { FilePath } from '../base/brand.ts';
import { schemaFiles } from '../model/checks.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { escapeGlob, globMatches, globsMayOverlap, parseGlob } from '../model/glob/glob.ts';
import type { PatternEntry } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { allModulesOf, codeOf } from '../model/hooks.ts';
import { taskForFile } from '../model/items/item-tasks.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { aliasedInputs, aliasProblem } from './aliases.ts';
import { formerOutputs, leavingWith, worldWithout } from './former.ts';
import { requiredAmong } from './input-files.ts';
import type { Expansion, ListedFile } from './ports.ts';
import type { Whole } from './rest.ts';
import type { World } from './world.ts';

/** What names a file that is missing. */
type Field = 'forEach' | 'requires' | 'run' | 'check';

/** `inputs`: where it was just found that all is there that it requires, and can be read. */
export interface ToCheck {
  readonly stage: Stage;
  readonly inputs?: readonly ListedFile[];
}

/** Tools that are missing, code that does not compile, required files that nobody has or will make, or that hide an order. */
export function preflight(
  now: World,
  graph: StageGraph,
  selection: Selection,
  whole: Whole = () => ({ graph, selection }),
  /** Those that are not known to be in order. */
  about: readonly ToCheck[] = selection.stages.map((stage) => ({ stage })),
): readonly Diagnostic[] {
  const leaving = leavingWith(formerOutputs(now, graph, selection), selection.names);
  const world = worldWithout(now, leaving);
  const isAsFound = leaving.size === 0;
  const problems: Diagnostic[] = [];
  for (const { stage, inputs } of about) {
    // It was in order, and nothing of that has changed.
    if (selection.asBefore?.has(stage.name)) continue;
    problems.push(...codeProblems(world, stage));
    // Whether it is needed at all nobody can say.
    if (stage.when === 'failure') continue;
    for (const requirement of stage.tools) {
      const tool = world.tools.identify(requirement, stage);
      if ('problem' in tool) problems.push(tool.problem);
    }
    const listed =
      isAsFound && inputs !== undefined ? asFound(stage, inputs) : required(world, stage, selection);
    problems.push(
      ...missingInputs(world, graph, selection, stage, listed, leaving),
      ...aliasedInputs(world, whole, stage, listed.files).map((alias) => aliasProblem(stage, alias)),
    );
  }
  return distinct(problems);
}

/** Whether a selected stage may make files for a pattern, so that it need not match anything yet. */
export function servedBy(
  graph: StageGraph,
  selection: Selection,
  stage: Stage,
): (entry: PatternEntry) => boolean {
  const producersOf = producersFor(graph, stage);
  return (entry) => producersOf(entry).some((producer) => selection.names.has(producer.name));
}

/** What is there of what the stage requires; where not all items are asked for, beside what all of them require. */
function required({ files }: World, stage: Stage, { knownItems }: Selection): Expansion {
  const known = knownItems?.get(stage.name);
  if (known === undefined) return files.expand(stage.requires, 'input');
  const ofItems = entriesOfItems(stage);
  const isOfAll = (entry: PatternEntry) => entry !== stage.forEach?.entry && !ofItems.has(entry);
  const ofAll = files.expand({ entries: stage.requires.entries.filter(isOfAll) }, 'input');
  const own = known.flatMap((path) => {
    const task = taskForFile(stage, path);
    return task?.ok ? files.expand(task.value.stage.requires, 'input').files : [];
  });
  return { ...ofAll, files: [...ofAll.files, ...own] };
}

/** Without scripts and modules: these are named, and no pattern led to them. */
function asFound(stage: Stage, inputs: readonly ListedFile[]): Expansion {
  return { files: requiredAmong(stage, inputs), unmatched: [], unreadable: [] };
}

function entriesOfItems({ forEach }: Stage): ReadonlySet<PatternEntry> {
  return new Set(forEach?.requires.flatMap(({ entry, pattern }) => (pattern === null ? [] : [entry])));
}

function missingInputs(
  world: World,
  graph: StageGraph,
  selection: Selection,
  stage: Stage,
  { unmatched, unreadable }: Expansion,
  leaving: ReadonlyMap<FilePath, string>,
): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const producersOf = producersFor(graph, stage);
  const report = (entry: PatternEntry, field: Field) => {
    const producers = producersOf(entry);
    if (producers.some((producer) => selection.names.has(producer.name))) return;
    problems.push(
      producers.length > 0
        ? missingFromEarlier(stage, entry, producers, field)
        : missingOutright(world, stage, entry, field, leaving),
    );
  };
  // What only some items may lack is theirs to fail over.
  const ofItems = entriesOfItems(stage);
  for (const entry of unmatched) {
    if (!entry.optional && !ofItems.has(entry))
      report(entry, entry === stage.forEach?.entry ? 'forEach' : 'requires');
  }
  for (const { path, message } of unreadable) {
    problems.push({
      code: 'PIPE050',
      message: `stage "${stage.name}" requires ${path}, which ${message}`,
      at: `stages.${stage.name}.requires`,
    });
  }
  for (const path of stage.implied) {
    if (world.files.look(path) !== null) continue;
    const entry = literalEntry(path);
    if (entry !== null) report(entry, 'run');
  }
  for (const path of schemaFiles(stage.checks)) {
    const entry = world.files.look(path) === null ? literalEntry(path) : null;
    if (entry !== null) report(entry, 'check');
  }
  return problems;
}

function missingFromEarlier(
  stage: Stage,
  entry: PatternEntry,
  producers: readonly Stage[],
  field: Field,
): Diagnostic {
  const names = producers.map((producer) => `"${producer.name}"`).join(' or ');
  return {
    code: 'PIPE033',
    message: `stage "${stage.name}" requires ${entry.source}, which stage ${names} makes, and it is not there`,
    at: `stages.${stage.name}.${field}`,
    hint: `this run leaves ${names} out: build it first with pipe build ${producers[0]!.name}`,
  };
}

function missingOutright(
  world: World,
  stage: Stage,
  entry: PatternEntry,
  field: Field,
  leaving: ReadonlyMap<FilePath, string>,
): Diagnostic {
  const { literal } = entry.glob;
  if (literal !== null && world.files.look(literal as FilePath)?.kind === 'folder') {
    return {
      code: 'PIPE050',
      message: `stage "${stage.name}" requires ${entry.source}, which is a folder`,
      at: `stages.${stage.name}.${field}`,
      hint:
        field === 'requires'
          ? `write ${entry.source}/ for everything in it`
          : 'name the file, which may lie in it',
    };
  }
  const former = [...leaving].find(([path]) => globMatches(entry.glob, path));
  if (former !== undefined) {
    const [path, maker] = former;
    return {
      code: 'PIPE050',
      message: `stage "${stage.name}" requires ${entry.source}, and no stage makes it: ${path} goes, which stage "${maker}" made and no longer produces`,
      at: `stages.${stage.name}.${field}`,
      hint: `to keep ${path} as a source file, require it by its name`,
    };
  }
  const what = entry.glob.literal === null ? 'matches no file' : 'is not there';
  return {
    code: 'PIPE050',
    message: `stage "${stage.name}" requires ${entry.source}, which ${what}, and no stage makes it`,
    at: `stages.${stage.name}.${field}`,
    hint: hintOfMissing(stage, entry, field),
  };
}

function hintOfMissing({ forEach }: Stage, { source }: PatternEntry, field: Field): string {
  if (field === 'run' || field === 'check')
    return `check the path: the ${field === 'run' ? 'command' : 'check'} names this file`;
  const optional = `optional('${source}')`;
  const may = field === 'forEach' && forEach?.kind === 'records' ? `items(${optional}, …)` : optional;
  return `check the path, or write ${may} if it may be missing`;
}

function codeProblems(world: World, stage: Stage): readonly Diagnostic[] {
  const { command } = stage;
  const own = command.kind === 'script' ? command.module : null;
  return [...new Set([...codeOf(stage), ...allModulesOf(stage)])].flatMap((module) => {
    const code = world.code.identify(module);
    const field = module === own || module === null ? 'run' : 'hooks';
    // What does not compile has its place in the module itself.
    return 'problems' in code
      ? code.problems.map((one) => ({ at: `stages.${stage.name}.${field}`, ...one }))
      : [];
  });
}

/** Of one entry after the other: there may be thousands of entries, and of producers. */
function producersFor(graph: StageGraph, stage: Stage): (entry: PatternEntry) => readonly Stage[] {
  let before: ReadonlySet<Stage> | null = null;
  return ({ glob }) => {
    before ??= producersBefore(graph, stage);
    const { literal } = glob;
    const known = before;
    if (literal !== null) return graph.makers.of(literal).filter((producer) => known.has(producer));
    return [...known].filter(({ produces }) =>
      produces?.entries.some((made) => !made.negated && globsMayOverlap(made.glob, glob)),
    );
  };
}

function producersBefore(graph: StageGraph, stage: Stage): ReadonlySet<Stage> {
  const edges = graph.edgesInto(stage.name).filter((edge) => edge.kind === 'file');
  return new Set(edges.map((edge) => graph.stageNamed(edge.from)));
}

function literalEntry(path: FilePath): PatternEntry | null {
  const glob = parseGlob(escapeGlob(path));
  return glob.ok ? { glob: glob.value, negated: false, optional: false, source: path } : null;
}

function distinct(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
