// What `pipe graph` draws: the selected stages, the edges among them, the files that pass through those.

import { describeCommand } from '../model/command/command-line.ts';
import type { TaskPlanned } from '../model/events.ts';
import {
  allCommonGround,
  entriesFor,
  type PatternEntry,
  type PatternSet,
  setMatches,
} from '../model/glob/pattern-set.ts';
import type { Edge, StageGraph } from '../model/graph/graph.ts';
import { modulesOf } from '../model/hooks.ts';
import { byPath } from '../model/manifest.ts';
import { isOutside } from '../model/paths.ts';
import type { Pipeline, Stage } from '../model/stage.ts';
import type { DrawnEdge, DrawnFile, DrawnStage, DrawnStatus, GraphDrawing } from '../model/words/drawing.ts';

export interface DrawOptions {
  /** As it may be told. */
  readonly pipeline: Pipeline;
  /** The stages to draw. */
  readonly names: ReadonlySet<string>;
  /** Whether files are nodes of their own. */
  readonly files: boolean;
  /** By stage name; `null` draws none. */
  readonly statuses: ReadonlyMap<string, DrawnStatus> | null;
}

export function draw(graph: StageGraph, options: DrawOptions): GraphDrawing {
  const { pipeline, names } = options;
  const stages = pipeline.stages.filter((stage) => names.has(stage.name));
  const edges = stages.flatMap((stage) => graph.edgesInto(stage.name)).filter((edge) => names.has(edge.from));
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const passages = edges.map((edge) => passageOf(edge, byName.get(edge.from)!, byName.get(edge.to)!));
  return {
    pipeline: pipeline.name,
    stages: stages.map((stage) => drawnStage(stage, options)),
    edges: passages.map(({ edge, made }) => drawnEdge(edge, made)),
    ...(options.files ? { files: filesOf(stages, passages) } : {}),
  };
}

/** What a plan means for the picture: a stage that only waits for others is `planned`, not `stale` itself. */
export function statusesOf(plans: readonly TaskPlanned[]): ReadonlyMap<string, DrawnStatus> {
  const statuses = new Map<string, DrawnStatus>();
  for (const plan of plans) {
    const [known, next] = [statuses.get(plan.stage) ?? 'fresh', statusOf(plan)];
    // Of a stage with items that one which needs most attention.
    statuses.set(plan.stage, ranks.indexOf(next) > ranks.indexOf(known) ? next : known);
  }
  return statuses;
}

const ranks: readonly DrawnStatus[] = ['unknown', 'fresh', 'planned', 'stale', 'waiting', 'failed'];

function statusOf(plan: TaskPlanned): DrawnStatus {
  if (plan.action === 'fresh') return 'fresh';
  if (plan.action === 'fail') return 'failed';
  if (plan.action === 'wait') return 'waiting';
  return plan.reasons.every((reason) => reason.code === 'upstream-planned') ? 'planned' : 'stale';
}

/** An edge with the patterns of the producer that pass along it, and those of the consumer that take them in. */
interface Passage {
  readonly edge: Edge;
  readonly made: readonly PatternEntry[];
  /** Paths and patterns as the consumer's inputs are named. */
  readonly taken: ReadonlySet<string>;
}

function passageOf(edge: Edge, producer: Stage, consumer: Stage): Passage {
  const { produces } = producer;
  const made = new Set<PatternEntry>();
  const taken = new Set<string>();
  if (edge.kind === 'after' || produces === null) return { edge, made: [], taken };
  for (const { a, b } of allCommonGround(produces, consumer.requires)) {
    made.add(a);
    taken.add(b.glob.text);
  }
  for (const path of namedFiles(consumer)) {
    for (const output of entriesFor(produces, path)) {
      made.add(output);
      taken.add(path);
    }
  }
  return { edge, made: made.size < 2 ? [...made] : produces.entries.filter((one) => made.has(one)), taken };
}

function drawnStage(stage: Stage, { statuses }: DrawOptions): DrawnStage {
  return {
    name: stage.name,
    description: stage.description,
    command: describeCommand(stage.command),
    ...(stage.batchSize !== null && { batch: stage.batchSize }),
    ...(statuses === null ? {} : { status: statuses.get(stage.name) ?? 'unknown' }),
  };
}

function drawnEdge(edge: Edge, made: readonly PatternEntry[]): DrawnEdge {
  const via = made.map(nodeOf);
  return { from: edge.from, to: edge.to, kind: edge.kind, via };
}

/** One node for each pattern that a stage makes, and for each that nobody drawn makes. Sorted. */
function filesOf(stages: readonly Stage[], passages: readonly Passage[]): readonly DrawnFile[] {
  const files = new Map<string, { producers: Set<string>; consumers: Set<string> }>();
  const fileAt = (path: string) => {
    const known = files.get(path) ?? { producers: new Set(), consumers: new Set() };
    files.set(path, known);
    return known;
  };
  for (const stage of stages) {
    for (const output of included(stage.produces)) fileAt(nodeOf(output)).producers.add(stage.name);
  }
  const taken = new Map(stages.map((stage) => [stage.name, new Set<string>()]));
  for (const passage of passages) {
    for (const output of passage.made) fileAt(nodeOf(output)).consumers.add(passage.edge.to);
    for (const input of passage.taken) taken.get(passage.edge.to)!.add(input);
  }
  for (const stage of stages) {
    const isTaken = (input: string) => taken.get(stage.name)!.has(input);
    for (const input of included(stage.requires)) {
      if (!isTaken(input.glob.text)) fileAt(nodeOf(input)).consumers.add(stage.name);
    }
    for (const path of namedFiles(stage)) {
      if (!isTaken(path) && !setMatches(stage.requires, path)) fileAt(path).consumers.add(stage.name);
    }
  }
  return [...files]
    .map(([path, { producers, consumers }]) => ({
      path,
      producers: [...producers],
      consumers: [...consumers],
    }))
    .sort(byPath);
}

/** One name for one glob, however stages write it; what lies outside the root stays as written, `~/` and all. */
function nodeOf({ glob, source }: PatternEntry): string {
  if (isOutside(glob.text)) return source;
  return glob.ownsFolder ? glob.text.replace(/\*\*$/, '') || './' : glob.text;
}

function included(set: PatternSet | null): readonly PatternEntry[] {
  return (set?.entries ?? []).filter((entry) => !entry.negated);
}

/** Files that the command itself names. */
function namedFiles(stage: Stage): readonly string[] {
  return [...stage.implied, ...modulesOf(stage)];
}
