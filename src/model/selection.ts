// Targets and selection flags → the stages that this run is about.
import type { FilePath, RunId, TaskId } from '../base/brand.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { StageGraph } from './graph/graph.ts';
import {
  filesNamed,
  itemNamed,
  itemsAmong,
  type Named,
  type NamedFile,
  noItemHere,
  type SelectedItems,
} from './items/selected-items.ts';
import { NamedTasks, noTasks } from './named-tasks.ts';
import type { Pipeline, Stage } from './stage.ts';
import { unknownTarget } from './unknown-target.ts';

/** What was asked for, as typed. Each may name stages, named pipelines or output paths. */
export interface SelectionRequest {
  readonly targets: readonly string[];
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** For all that is asked for; or for these, which are names as `NamedTasks.words` has them, as far as they still mean something. */
  readonly force: boolean | readonly string[];
  readonly audit: boolean;
}

export interface Selection {
  /** In topological order. */
  readonly stages: readonly Stage[];
  readonly names: ReadonlySet<string>;
  /** Of these stages not all items are meant. */
  readonly items?: SelectedItems;
  /** All items that were named, and by the files that they make: each must be there. */
  readonly namedItems?: SelectedItems;
  /** Of these stages the files that are items, as far as they are selected: nobody need look for others. */
  readonly knownItems?: ReadonlyMap<string, readonly FilePath[]>;
  /** The items of a stage that are known to be fresh, and whose files selected stages read. */
  readonly leftOut?: (stage: string) => readonly TaskId[];
  /** Tasks that were found fresh, and nothing that they looked at has changed since: they follow from others. */
  readonly asBefore?: ReadonlySet<string>;
  /** What was named by its path, where anything was: a stage may make it, and need not. */
  readonly files?: readonly NamedFile[];
  /** To be rerun even if fresh. */
  readonly forced: NamedTasks;
  /** Unless that or a later run has executed them. */
  readonly forcedSince?: RunId;
  /** To be executed under watch, even if fresh. */
  readonly audited: NamedTasks;
  readonly targets: readonly string[];
}

export const selectEverything: SelectionRequest = {
  targets: [],
  from: [],
  to: [],
  only: [],
  skip: [],
  force: false,
  audit: false,
};

/**
 * Upstream closure of the targets ∩ union of the `from` closures ∩ union of the `to` closures; or
 * exactly `only`; minus `skip`. `canonical` turns what a person typed into a path of the workspace.
 */
export function select(
  graph: StageGraph,
  pipeline: Pipeline,
  request: SelectionRequest,
  canonical: (typed: string) => FilePath | null,
): Result<Selection, readonly Diagnostic[]> {
  const problems: Diagnostic[] = [];
  const resolve = (typed: readonly string[], at: string) =>
    typed.map((name) => {
      const found = resolveName(graph, pipeline, name, canonical);
      if (found === null) problems.push(unknownTarget(graph, pipeline, name, at));
      if (found !== null && itemNamed(graph, name) !== null && at !== 'targets' && at !== '--only')
        problems.push(noItemHere(name, at));
      return found ?? [];
    });
  const targets = resolve(request.targets, 'targets').flat();
  const from = resolve(request.from, '--from').flat();
  const to = resolve(request.to, '--to').flat();
  const only = resolve(request.only, '--only').flat();
  const skip = new Set(resolve(request.skip, '--skip').flat());
  problems.push(...contradictions(graph, request, skip));
  if (problems.length > 0) return err(problems);

  const wanted = request.only.length > 0 ? new Set(only) : closures(graph, request, targets, from, to);
  const stages = graph.order.filter((stage) => wanted.has(stage.name) && !skip.has(stage.name));
  if (stages.length === 0) {
    const hint = 'pipe list shows the stages and pipe graph how they depend on each other';
    const message = 'the selection is empty: no stage is left to build';
    return err([{ code: 'PIPE032', message, at: givenIn(request).join(', '), hint }]);
  }
  const names = new Set(stages.map(({ name }) => name));
  const { whole, ...some } = itemsAmong(graph, request, (name) =>
    meaningOf(graph, pipeline, name, canonical),
  );
  const isAll = request.targets.length === 0 && request.only.length === 0;
  const asked = isAll ? new NamedTasks(names) : tasksAmong({ whole, ...some }).within(names);
  const files = filesNamed([...request.targets, ...request.to, ...request.only], (name) =>
    meaningOf(graph, pipeline, name, canonical),
  ).filter(({ stage }) => names.has(stage));
  return ok({
    ...{ stages, names },
    ...some,
    ...(files.length > 0 && { files }),
    forced: forcedBy(request.force, asked, (words) => meantBy(graph, pipeline, words).within(names)),
    audited: request.audit ? asked : noTasks,
    targets: request.targets,
  });
}

/** Of a stage that others need as a whole, what was named is one of its items all the same. */
function tasksAmong({ whole, namedItems }: ReturnType<typeof itemsAmong>): NamedTasks {
  return new NamedTasks(whole, new Map([...(namedItems ?? [])].filter(([stage]) => !whole.includes(stage))));
}

function forcedBy(
  force: SelectionRequest['force'],
  asked: NamedTasks,
  meant: (words: readonly string[]) => NamedTasks,
): NamedTasks {
  if (typeof force === 'boolean') return force ? asked : noTasks;
  return meant(force);
}

/** What words of another day mean today. */
function meantBy(graph: StageGraph, pipeline: Pipeline, words: readonly string[]): NamedTasks {
  const meaning = (word: string) => meaningOf(graph, pipeline, word, (path) => path as FilePath);
  return tasksAmong(itemsAmong(graph, { targets: words, only: [] }, meaning));
}

/** `null`: nothing. In the order: stage, `stage:item`, named pipeline, output path. */
export function meaningOf(
  graph: StageGraph,
  pipeline: Pipeline,
  typed: string,
  canonical: (typed: string) => FilePath | null,
): Named | null {
  if (graph.stages.some((stage) => stage.name === typed)) return { kind: 'stages', stages: [typed] };
  const item = itemNamed(graph, typed);
  if (item !== null) return { kind: 'item', ...item };
  const members = pipeline.pipelines.get(typed);
  if (members !== undefined) return { kind: 'stages', stages: members };
  const path = canonical(typed);
  if (path === null) return null;
  const [producer] = graph.makers.of(path);
  return producer === undefined ? null : { kind: 'output', stage: producer.name, path };
}

/** Stage names behind a typed name, or `null`. */
export function resolveName(
  graph: StageGraph,
  pipeline: Pipeline,
  typed: string,
  canonical: (typed: string) => FilePath | null,
): readonly string[] | null {
  const named = meaningOf(graph, pipeline, typed, canonical);
  if (named === null) return null;
  return named.kind === 'stages' ? named.stages : [named.stage];
}

function closures(
  graph: StageGraph,
  request: SelectionRequest,
  targets: readonly string[],
  from: readonly string[],
  to: readonly string[],
): ReadonlySet<string> {
  const limits: ReadonlySet<string>[] = [];
  if (request.targets.length > 0) limits.push(graph.upstreamOf(targets));
  if (request.from.length > 0) limits.push(graph.downstreamOf(from));
  if (request.to.length > 0) limits.push(graph.upstreamOf(to));
  const all = graph.stages.map((stage) => stage.name);
  return new Set(all.filter((name) => limits.every((limit) => limit.has(name))));
}

function contradictions(
  graph: StageGraph,
  request: SelectionRequest,
  skip: ReadonlySet<string>,
): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const others = givenIn({ ...request, only: [], skip: [] });
  if (request.only.length > 0 && others.length > 0) {
    problems.push({
      code: 'PIPE031',
      message: `--only selects exactly the stages it names, so it cannot be combined with ${others.join(' and ')}`,
      at: '--only',
      hint: 'leave out one of them',
    });
  }
  // Only what is named itself: a named pipeline may well be built without one of its stages.
  const asked = new Set([...request.targets, ...request.from, ...request.to, ...request.only]);
  for (const { name } of graph.stages) {
    if (!asked.has(name) || !skip.has(name)) continue;
    problems.push({
      code: 'PIPE031',
      message: `stage "${name}" is both asked for and skipped`,
      at: '--skip',
      hint: 'leave out one of the two',
    });
  }
  return problems;
}

/** Where on the command line something was asked for. */
function givenIn(request: SelectionRequest): readonly string[] {
  const flags = ['from', 'to', 'only', 'skip'] as const;
  const given = flags.filter((flag) => request[flag].length > 0).map((flag) => `--${flag}`);
  return request.targets.length > 0 ? ['targets', ...given] : given;
}
