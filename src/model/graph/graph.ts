// Which stage needs which: edges from overlapping patterns and from `after`, in an order that respects them.
import { Graph } from '@dagrejs/graphlib';
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
  // Nodes are positions, not names: graphlib lists number-like ids in ascending order, which is that of
  // declaration, and takes "toString" for a node that it has.
  readonly #graph = new Graph<string, Stage, Edge>();
  readonly #positions = new Map<string, string>();
  /** By stage, as they are asked for: an attempt asks several times, and graphlib looks each edge up by both its ends. */
  readonly #into = new Map<string, readonly Edge[]>();
  readonly #outOf = new Map<string, readonly Edge[]>();

  constructor(stages: readonly Stage[], edges: Iterable<Edge>) {
    this.stages = stages;
    this.makers = new Makers(stages);
    for (const [position, stage] of stages.entries()) {
      this.#positions.set(stage.name, String(position));
      this.#graph.setNode(String(position), stage);
    }
    for (const edge of edges) this.#graph.setEdge(this.#position(edge.from), this.#position(edge.to), edge);
  }

  stageNamed(name: string): Stage {
    return this.stages[Number(this.#position(name))]!;
  }

  edgesInto(stage: string): readonly Edge[] {
    return madeOnce(this.#into, stage, () => {
      const to = this.#position(stage);
      return this.#graph.predecessors(to)!.map((from) => this.#graph.edge(from, to));
    });
  }

  edgesOutOf(stage: string): readonly Edge[] {
    return madeOnce(this.#outOf, stage, () => {
      const from = this.#position(stage);
      return this.#graph.successors(from)!.map((to) => this.#graph.edge(from, to));
    });
  }

  upstreamOf(names: Iterable<string>): ReadonlySet<string> {
    return this.#closure(names, (position) => this.#graph.predecessors(position)!);
  }

  downstreamOf(names: Iterable<string>): ReadonlySet<string> {
    return this.#closure(names, (position) => this.#graph.successors(position)!);
  }

  edgeBetween(from: Stage, to: Stage): Edge {
    return this.#graph.edge(this.#position(from.name), this.#position(to.name));
  }

  successorsOf(stage: Stage): readonly number[] {
    return this.#graph.successors(this.#position(stage.name))!.map(Number);
  }

  #position(stage: string): string {
    const position = this.#positions.get(stage);
    if (position === undefined) throw new Error(`no stage is named ${stage}`);
    return position;
  }

  #closure(
    names: Iterable<string>,
    neighbours: (position: string) => readonly string[],
  ): ReadonlySet<string> {
    const reached = new Set([...names].map((name) => this.#position(name)));
    // A set may grow while it is walked: what is added is visited too.
    for (const position of reached) for (const next of neighbours(position)) reached.add(next);
    const declared = this.stages.filter((_, position) => reached.has(String(position)));
    return new Set(declared.map((stage) => stage.name));
  }
}

function madeOnce<T>(known: Map<string, T>, name: string, make: () => T): T {
  let made = known.get(name);
  if (made === undefined) {
    made = make();
    known.set(name, made);
  }
  return made;
}
