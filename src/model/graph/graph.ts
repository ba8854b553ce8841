// Which stage needs which: edges from overlapping patterns and from `after`, in an order that respects them.
import { err, ok, type Result } from '../../base/result.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Pipeline, Stage } from '../stage.ts';
import { reportConditions } from './conditions.ts';
import { type Edge, findEdges } from './edges.ts';
import { reportCycles, reportOverlaps } from './graph-problems.ts';
import { Makers } from './makers.ts';
import { topologicalOrder } from './topological-order.ts';

export { type Edge, type Tie, tieOf } from './edges.ts';

/** Names are those of stages; asking for another is a bug and throws. */
export interface StageGraph {
  /** As declared. */
  readonly stages: readonly Stage[];
  /** Every stage after all that it needs; ties by declaration. */
  readonly order: readonly Stage[];
  /** Who may make a file, and who names it. */
  readonly makers: Makers;
  stageNamed(name: string): Stage;
  /** Sorted by the declaration of `from`. */
  edgesInto(stage: string): readonly Edge[];
  /** Sorted by the declaration of `to`. */
  edgesOutOf(stage: string): readonly Edge[];
  /** The named stages and all that they need, in the order of declaration. */
  upstreamOf(names: Iterable<string>): ReadonlySet<string>;
  /** The named stages and all that need them, in the order of declaration. */
  downstreamOf(names: Iterable<string>): ReadonlySet<string>;
}

/** Reports double producers, stages that feed themselves, and one circle for each knot of circles. */
export function buildGraph(pipeline: Pipeline): Result<StageGraph, readonly Diagnostic[]> {
  const { stages } = pipeline;
  const found = findEdges(stages);
  const graph = new DeclaredGraph(stages, found.edges);
  const successors = stages.map((stage) => graph.successorsOf(stage));
  const order = topologicalOrder(successors);
  const problems = [...reportOverlaps(stages, found), ...reportConditions(stages, found.edges)];
  if (order.length < stages.length) {
    problems.push(...reportCycles(stages, successors, (from, to) => graph.edgeBetween(from, to)));
  }
  if (problems.length > 0) return err(problems);
  graph.order = order.map((position) => stages[position]!);
  return ok(graph);
}

class DeclaredGraph implements StageGraph {
  readonly stages: readonly Stage[];
  readonly makers: Makers;
  order: readonly Stage[] = [];
  /** In `stages`. */
  readonly #positions: ReadonlyMap<string, number>;
  /** By the position of the stage that they lead to. */
  readonly #into: readonly Edge[][];
  /** By the position of the stage that they come from. */
  readonly #outOf: readonly Edge[][];

  /** `edges`: one for each pair of stages at most. */
  constructor(stages: readonly Stage[], edges: Iterable<Edge>) {
    this.stages = stages;
    this.makers = new Makers(stages);
    this.#positions = new Map(stages.map(({ name }, position) => [name, position]));
    this.#into = stages.map(() => []);
    this.#outOf = stages.map(() => []);
    for (const edge of edges) {
      this.#into[this.#position(edge.to)]!.push(edge);
      this.#outOf[this.#position(edge.from)]!.push(edge);
    }
    for (const list of this.#into) list.sort((a, b) => this.#position(a.from) - this.#position(b.from));
    for (const list of this.#outOf) list.sort((a, b) => this.#position(a.to) - this.#position(b.to));
  }

  stageNamed(name: string): Stage {
    return this.stages[this.#position(name)]!;
  }

  edgesInto(stage: string): readonly Edge[] {
    return this.#into[this.#position(stage)]!;
  }

  edgesOutOf(stage: string): readonly Edge[] {
    return this.#outOf[this.#position(stage)]!;
  }

  upstreamOf(names: Iterable<string>): ReadonlySet<string> {
    return this.#closure(names, (stage) => this.edgesInto(stage).map(({ from }) => from));
  }

  downstreamOf(names: Iterable<string>): ReadonlySet<string> {
    return this.#closure(names, (stage) => this.edgesOutOf(stage).map(({ to }) => to));
  }

  edgeBetween(from: Stage, to: Stage): Edge {
    return this.edgesOutOf(from.name).find((edge) => edge.to === to.name)!;
  }

  successorsOf(stage: Stage): readonly number[] {
    return this.edgesOutOf(stage.name).map(({ to }) => this.#position(to));
  }

  #position(stage: string): number {
    const position = this.#positions.get(stage);
    if (position === undefined) throw new Error(`no stage is named ${stage}`);
    return position;
  }

  #closure(names: Iterable<string>, neighbours: (stage: string) => readonly string[]): ReadonlySet<string> {
    const reached = new Set(names);
    // A set may grow while it is walked: what is added is visited too.
    for (const stage of reached) for (const next of neighbours(stage)) reached.add(next);
    return new Set(this.stages.filter(({ name }) => reached.has(name)).map(({ name }) => name));
  }
}
