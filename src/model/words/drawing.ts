// What a picture of the pipeline shows, free of any picture's language.

export type DrawnStatus = 'fresh' | 'stale' | 'planned' | 'waiting' | 'failed' | 'unknown';

export interface DrawnStage {
  readonly name: string;
  readonly description: string | null;
  readonly status?: DrawnStatus;
  /** In one line. */
  readonly command?: string;
  /** How many of its items one execution serves at most. */
  readonly batch?: number;
}

/** From producer to consumer. */
export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  /** `after`: order alone, without a file in between. */
  readonly kind: 'file' | 'after';
  /** The patterns through which files pass; empty for `after`. */
  readonly via: readonly string[];
}

/** A pattern or a file between stages. */
export interface DrawnFile {
  readonly path: string;
  /** Stages that make it; empty for what comes from outside. */
  readonly producers: readonly string[];
  readonly consumers: readonly string[];
}

export interface GraphDrawing {
  readonly pipeline: string;
  /** In the order of declaration. */
  readonly stages: readonly DrawnStage[];
  readonly edges: readonly DrawnEdge[];
  /** Where given, files are drawn as nodes of their own. */
  readonly files?: readonly DrawnFile[];
}

/** One edge for each pair of stages: a file says more than `after`, and its patterns are joined. Sorted. */
export function distinctEdges(edges: readonly DrawnEdge[]): readonly DrawnEdge[] {
  const byPair = new Map<string, DrawnEdge>();
  for (const edge of edges) {
    const pair = `${edge.from}\0${edge.to}`;
    const other = byPair.get(pair);
    if (other === undefined) {
      byPair.set(pair, { ...edge, via: [...new Set(edge.via)].sort() });
      continue;
    }
    const kind = edge.kind === 'file' || other.kind === 'file' ? 'file' : 'after';
    byPair.set(pair, { ...edge, kind, via: [...new Set([...other.via, ...edge.via])].sort() });
  }
  return [...byPair.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge);
}

/** Edges that no drawn file stands for: those stay direct when files are drawn. */
export function directEdges(drawing: GraphDrawing): readonly DrawnEdge[] {
  const files = drawing.files ?? [];
  const passing = new Set(
    files.flatMap((file) => file.producers.flatMap((from) => file.consumers.map((to) => `${from}\0${to}`))),
  );
  return distinctEdges(drawing.edges).filter((edge) => !passing.has(`${edge.from}\0${edge.to}`));
}
