// Finds what ties stages to each other: files that one may produce and another requires, and `after`.
import { schemaFiles } from '../checks.ts';
import { escapeGlob, parseGlob } from '../glob/glob.ts';
import { type OverlappingPair, overlappingPairs } from '../glob/pattern-index.ts';
import { type PatternEntry, type PatternSet, setMayMatchBoth } from '../glob/pattern-set.ts';
import { modulesOf } from '../hooks.ts';
import { isOutside } from '../paths.ts';
import type { Stage } from '../stage.ts';

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** A file edge may stand in an `after` as well. */
  readonly kind: 'file' | 'after';
  /** The first pair of patterns that may match the same file, as written; empty for `after`. */
  readonly via: readonly { readonly produces: string; readonly requires: string }[];
  /** The earlier one may fail, and the later one takes of its files what there is: all that it requires of them is `optional('…')`. */
  readonly mayLack?: true;
}

/** What a stage needs of the one before it: its files, those that there are when it has ended, or just its end. */
export type Tie = Edge['kind'] | 'spare';

export function tieOf({ kind, mayLack }: Edge): Tie {
  return mayLack === true ? 'spare' : kind;
}

/** `producer` and `consumer` are positions of stages; both may be the same. */
export interface FoundEdges {
  /** One for each pair of stages; none from a stage to itself. */
  readonly edges: readonly Edge[];
  /** Stages that may produce what they require, with the patterns. */
  readonly ownInputs: readonly OverlappingPair[];
  /** Pairs of stages that may produce the same file, the earlier stage as `producer`. */
  readonly doubleProducers: readonly OverlappingPair[];
}

export function findEdges(stages: readonly Stage[]): FoundEdges {
  const positions = new Map(stages.map((stage, position) => [stage.name, position]));
  const producing = stages.flatMap(({ produces }, position) =>
    produces === null ? [] : [{ position, produces }],
  );
  const outputs = producing.map(({ produces }) => produces);
  const positionOf = (producer: number) => producing[producer]!.position;

  const byPair = new Map<string, Edge>();
  const ownInputs: OverlappingPair[] = [];
  for (const pair of overlappingPairs(outputs, stages.map(inputsOf))) {
    const producer = positionOf(pair.producer);
    if (producer === pair.consumer) ownInputs.push({ ...pair, producer });
    else {
      const via = [{ produces: pair.a.source, requires: pair.b.source }];
      const [from, to] = [stages[producer]!, stages[pair.consumer]!];
      const edge = { from: from.name, to: to.name, kind: 'file', via } as const;
      byPair.set(`${producer} ${pair.consumer}`, mayLack(from, to) ? { ...edge, mayLack: true } : edge);
    }
  }
  for (const [position, stage] of stages.entries()) {
    for (const from of stage.after) {
      const key = `${positions.get(from)} ${position}`;
      if (!byPair.has(key)) byPair.set(key, { from, to: stage.name, kind: 'after', via: [] });
    }
  }
  const doubleProducers = overlappingPairs(outputs, outputs)
    .filter((pair) => pair.producer < pair.consumer)
    .map((pair) => ({
      ...pair,
      producer: positionOf(pair.producer),
      consumer: positionOf(pair.consumer),
    }));
  return { edges: [...byPair.values()], ownInputs, doubleProducers };
}

/** What a stage reads: what it requires, what its command names, its module, the schemas of its checks. All may be another stage's output. */
function inputsOf(stage: Stage): PatternSet {
  const named = [...stage.implied, ...modulesOf(stage), ...schemaFiles(stage.checks)];
  if (named.length === 0) return stage.requires;
  return { entries: [...stage.requires.entries, ...named.flatMap(literalEntry)] };
}

/** Its items a stage does not do without: those of the other have to be known. */
function mayLack(from: Stage, to: Stage): boolean {
  if (!from.optional || from.produces === null) return false;
  const items = to.forEach === null ? [] : [to.forEach.entry];
  const needed = inputsOf(to).entries.filter(({ negated, optional }) => negated || !optional);
  return [needed, items].every((entries) => setMayMatchBoth(from.produces!, { entries }) === null);
}

function literalEntry(path: string): readonly PatternEntry[] {
  // Nothing outside the root is produced by a stage.
  const glob = isOutside(path) ? null : parseGlob(escapeGlob(path));
  if (!glob?.ok) return [];
  return [{ glob: glob.value, negated: false, optional: false, source: path }];
}
